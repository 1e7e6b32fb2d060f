// README's library example runs as it stands, and proves what it prints; its table of commands is whole.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");

test("README's example codes an image along three λ, each with its certificate", () => {
  const [, example] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8"))!;
  // Inside the package, so that "crisp-sparse" is the package itself, as built.
  mkdirSync(join(root, ".cache"), { recursive: true });
  const file = join(root, ".cache", "readme-example.mjs");
  writeFileSync(file, example);
  const lines = execFileSync(process.execPath, [file], { encoding: "utf8" }).trim().split("\n");
  const rows = lines.map((line) => line.split(" ").map(Number));
  expect(rows.map(([lambda]) => lambda)).toEqual([2, 1, 0.5]);
  for (const [, active, energy, gap] of rows) {
    expect(active).toBeGreaterThan(0);
    expect(energy).toBeGreaterThan(0);
    expect(gap).toBeLessThanOrEqual(0.01);
  }
  expect(rows[2][1]).toBeGreaterThan(rows[0][1]); // smaller λ, more active units
  expect(rows[2][2]).toBeLessThan(rows[0][2]); // and less energy
});

test("README's table of commands names every command, and no other", () => {
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  const commands = [...read("docs/commands.md").matchAll(/^## crisp ([a-z]+)$/gm)].map((match) => match[1]);
  const rows = read("README.md").match(/^\| `crisp .*$/gm)!;
  const named = rows.flatMap((row) => [...row.split(" | ")[0].matchAll(/`crisp ([a-z]+)/g)].map((match) => match[1]));
  expect([...new Set(named)].sort()).toEqual(commands.sort());
});
