// The examples of docs/library.md run as they stand, one after the other in one folder, and what they print is true.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { emptyFolder } from "./cli/process.js";

const root = resolve(import.meta.dirname, "..");
const cwd = emptyFolder();
const text = readFileSync(join(root, "docs/library.md"), "utf8");
const examples = new Map(
  text
    .split(/^## /m)
    .slice(1)
    .filter((section) => section.includes("```js")) // a page's example runs in test/browser/
    .map((section) => [/[^:\n]*$/.exec(section.split("\n")[0])![0].trim(), /```js\n([\s\S]*?)```/.exec(section)![1]]),
);

/** Lines that an example prints, in words. */
function run(name: string): string[][] {
  // Inside the package, so that "crisp-sparse" is the package itself, as built.
  mkdirSync(join(root, ".cache"), { recursive: true });
  const file = join(root, ".cache", `library-${name}.mjs`);
  writeFileSync(file, examples.get(name)!);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
}

test("docs/library.md has an example under each heading of Node", () => {
  expect([...examples.keys()]).toEqual(["encodeImages", "denoisePictures", "runStudy", "fitTable", "Errors"]);
});

test("encodeImages: each code within its gap, more active units at the smaller λ, and as many codes written", () => {
  const [first, second, last] = run("encodeImages");
  for (const [, active, , gap] of [first, second]) {
    expect(Number(active)).toBeGreaterThan(0);
    expect(Number(gap)).toBeLessThanOrEqual(0.01);
  }
  expect([first[0], second[0]]).toEqual(["1", "0.5"]);
  expect(Number(second[1])).toBeGreaterThan(Number(first[1]));
  expect(last).toEqual(["2", "codes"]);
});

test("denoisePictures: noise of 40/√12 = 11.5 grey levels is found within a fifth, and a PNG is written", () => {
  const [[output, sigma]] = run("denoisePictures");
  expect(output).toBe(join(cwd, "noisy-denoised.png"));
  expect(existsSync(output)).toBe(true);
  expect(Math.abs(Number(sigma) / 11.5 - 1)).toBeLessThan(0.2);
});

test("runStudy: the minima of the sizes asked for, and a report; the second call only reads", () => {
  const lines = run("runStudy");
  expect(lines.slice(0, 3).map(([features]) => features)).toEqual(["4", "8", "16"]);
  expect(existsSync(lines.at(-1)!.at(-1)!)).toBe(true);
  expect(run("runStudy")).toEqual(lines);
});

test("fitTable: the planted exponent −0.75 comes back within 0.02", () => {
  const lines = run("fitTable");
  expect(lines.length).toBe(7);
  expect(Math.abs(Number(lines.at(-1)!.at(-1)) + 0.75)).toBeLessThan(0.02);
});

test("Errors: a missing file is a CrispError of the code data", () => {
  const [[code, ...message]] = run("Errors");
  expect(code).toBe("data");
  expect(message.join(" ")).toContain("none.npy");
});
