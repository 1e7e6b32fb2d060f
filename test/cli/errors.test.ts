// What a folder without permission is told as: the truth about the study, and no name of a temporary file.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { endingOf } from "../../src/cli/errors.js";
import { targetOf, temporaryName } from "../../src/node/files.js";
import { emptyFolder } from "./process.js";

const study = emptyFolder();
mkdirSync(join(study, "figures"));
writeFileSync(join(study, "manifest.json"), "{}");

/** The system's error for a file that is being written at a path. */
const denied = (path: string) => Object.assign(new Error(), { code: "EACCES", path: temporaryName(path) });

test("a temporary name tells what was to be written", () => {
  expect(targetOf(temporaryName("a/scaling.json"))).toBe(join("a", "scaling.json"));
  expect([targetOf("a/scaling.json"), targetOf("a/.hidden.tmp")]).toEqual([null, null]);
});

test.each(["scaling.json", "lock", "figures/prediction.svg"])("a study that cannot be written at %s", (name) => {
  const { message, status } = endingOf(denied(join(study, name)));
  expect(status).toBe(2);
  expect(message).toContain(`the folder of the study ${study} cannot be written (EACCES at `);
  expect(message).toMatch(/Copy the study to a folder of your own and name that\.$/);
  expect(message).not.toMatch(/\.tmp|--out/);
});

test("elsewhere another --out is advised, by the name of what was to be written", () => {
  const path = join(emptyFolder(), "a-denoised.png");
  expect(endingOf(denied(path))).toEqual({
    message: `error: ${path} cannot be written (EACCES); its permissions must allow it. Choose another --out or path.`,
    status: 2,
  });
});
