// The API reference: typedoc reads every export, and finds each function and type documented.
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");

test("typedoc makes the API reference without a warning", () => {
  const typedoc = join(root, "node_modules", "typedoc", "bin", "typedoc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [typedoc, "--emit", "none"], {
    cwd: root,
    encoding: "utf8",
    timeout: 600_000,
  });
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: expect.not.stringContaining("warning") });
});
