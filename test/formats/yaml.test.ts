// Settings as YAML: plain values, and texts that would take the parser for ever.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { parseYaml } from "../../src/formats/yaml.js";

test("a text gives its values, an empty one null, and an alias what it names", async () => {
  expect(
    await parseYaml("preset: quick # a comment\nlearning: { lambda: 0.7 }\nsizes: &s [8, 16]\nagain: *s\n", "a.yaml"),
  ).toEqual({
    preset: "quick",
    learning: { lambda: 0.7 },
    sizes: [8, 16],
    again: [8, 16],
  });
  expect(await parseYaml("# nothing\n", "a.yaml")).toBeNull();
});

test("an alias bomb, 9 levels of 9 aliases each, is refused in words", async () => {
  const bomb = Array.from(
    { length: 9 },
    (_, i) =>
      `k${i}: &k${i} [${Array(9)
        .fill(i ? `*k${i - 1}` : "x")
        .join()}]`,
  );
  await expect(parseYaml(bomb.join("\n"), "bomb.yaml")).rejects.toThrow(
    "bomb.yaml: its aliases stand for more than 100 values; settings need none. Write the values out.",
  );
});

test.each([
  ["an alias of nothing", "a: *b\n", /^a\.yaml: Unresolved alias.*Write the values out\.$/],
  ["brackets without end", `a: ${"[".repeat(5000)}`, /^a\.yaml, line 1: .*Correct the YAML\.$/],
  [
    "more text than settings have",
    `${"a".repeat(70_000)}: 1\n`,
    /^a\.yaml has 70004 characters; settings have at most 65536/,
  ],
  ["a key twice", "a: 1\na: 2\n", /^a\.yaml, line 2: Map keys must be unique/],
])("%s is refused", async (_what, text, says) => {
  await expect(parseYaml(text, "a.yaml")).rejects.toThrow(says);
});

const hostile = resolve(import.meta.dirname, "../../../shared/cases/hostile/bomb.yaml");
test.skipIf(!existsSync(hostile))("an alias bomb of others is refused", async () => {
  await expect(parseYaml(readFileSync(hostile, "utf8"), "bomb.yaml")).rejects.toThrow(
    "its aliases stand for more than 100 values",
  );
});
