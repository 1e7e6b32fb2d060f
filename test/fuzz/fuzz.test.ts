// 2,000 damaged files through every reader that the commands use; `npm run fuzz` takes any number (docs/reliability.md).
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";

test("each of 2,000 damaged files is read to what its reader promises or refused by a CrispError, in bounds", () => {
  const script = resolve(import.meta.dirname, "../../scripts/fuzz.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "2000", "1"], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("2000 inputs of seed 1, 0 failed");
});
