// What the command loads before it begins: the libraries of the command that was asked for, and no others.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { cli } from "./process.js";

const folder = dirname(cli);
const built = (file: string) => readFileSync(join(folder, file), "utf8");

/** Names of packages that a built file imports as it is loaded, by way of others too. */
function libraries(file: string, seen = new Set<string>()): readonly string[] {
  seen.add(file);
  const found = [...built(file).matchAll(/^(?:import|export)\b[^"'\n]*"([^"]+)";$/gm)].map(([, name]) => name);
  const own = found.filter((name) => name.startsWith("./")).map((name) => name.slice(2));
  const all = own.filter((name) => !seen.has(name)).flatMap((name) => libraries(name, seen));
  return [...new Set([...found.filter((name) => !/^(\.|node:)/.test(name)), ...all])].sort();
}

/** The built file of a command, which the command line loads by name. */
function fileOf(command: string): string {
  return new RegExp(`import\\("\\./(${command}-[\\w-]+\\.js)"\\)`).exec(built("cli.js"))![1];
}

test("the command line itself loads what reads its arguments and colours its messages, nothing else", () => {
  expect(libraries("cli.js")).toEqual(["commander", "picocolors"]);
});

test("a command loads what it uses: doctor hashes and codes; it reads no settings, pictures or tables", () => {
  expect(libraries(fileOf("doctor"))).toEqual(["@noble/hashes/sha2.js", "@noble/hashes/utils.js"]);
  expect(libraries(fileOf("run"))).toEqual(expect.arrayContaining(["hyparquet", "zod"]));
});

test("only commands that take a study's settings load what checks them, and none what reads a file of them", () => {
  const names = [...built("cli.js").matchAll(/^\t(\w+): async \(\) => \(await import/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(20);
  const checking = names.filter((name) => libraries(fileOf(name)).includes("zod"));
  expect(checking).toEqual(["run", "train", "data"]);
  expect(names.filter((name) => libraries(fileOf(name)).includes("yaml"))).toEqual([]);
});
