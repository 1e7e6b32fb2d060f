// docs/commands.md against the program itself: same commands, same options, same presets and settings.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { presets } from "../../src/study/presets.js";
import { settingPaths } from "../../src/study/schema.js";
import { problems } from "../../src/tasks/problems/registry.js";
import { crisp } from "./process.js";

const text = readFileSync(resolve(import.meta.dirname, "../../docs/commands.md"), "utf8");
const sections = new Map(text.split(/^## /m).map((part) => [part.slice(0, part.indexOf("\n")), part]));
let commands: readonly string[] = [];

/** Long options named at the start of a line or a table row. */
function options(of: string): readonly string[] {
  return [...of.matchAll(/^(?: {2}(?:-h, )?|\| `)(--[a-z-]+)/gm)].map((match) => match[1]).sort();
}

beforeAll(async () => {
  const { stdout } = await crisp(["--help"]);
  commands = [...stdout.slice(stdout.indexOf("Commands:")).matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1]);
});

describe("docs/commands.md", () => {
  it("has a section for every command, and for no other", () => {
    const documented = [...sections.keys()].filter((name) => name.startsWith("crisp ")).map((name) => name.slice(6));
    expect(documented).toEqual(commands);
  });

  it("names every option of every command, and no other", async () => {
    expect(commands.length).toBeGreaterThan(7);
    for (const command of commands) {
      const { stdout } = await crisp([command, "--help"]);
      const known = options(stdout).filter((name) => name !== "--help");
      expect({ command, options: options(sections.get(`crisp ${command}`)!) }).toEqual({ command, options: known });
    }
  });

  it("lists every setting with the value of the quick preset", () => {
    const rows = [...sections.get("Settings")!.matchAll(/^\| `([\w.]+)` \| ([^|]+) \|/gm)];
    const listed = rows.filter(([, name]) => !(name in presets)).map(([, name, value]) => [name, value.trim()]);
    const shown = settingPaths.map((path) => [path, shownValue(path)]);
    expect(listed).toEqual(shown);
  });
});

function shownValue(path: string): string {
  if (path === "task.kind") return problems[0].kind;
  if (path.startsWith("task."))
    return String(problems.map(({ options }) => options[path.slice(5)]).find(Boolean)!.usual);
  const value = path.split(".").reduce<unknown>((tree, key) => (tree as Record<string, unknown>)[key], presets.quick);
  if (value === undefined) return "";
  return Array.isArray(value) ? value.join(path === "patch" || path === "stride" ? "x" : ",") : String(value);
}
