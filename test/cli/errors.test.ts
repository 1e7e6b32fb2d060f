// What a folder without permission is told as: the truth about the study, and no name of a temporary file.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { endingOf } from "../../src/cli/errors.js";
import { encodePng } from "../../src/formats/png.js";
import { leavesPicture } from "../../src/images/leaves.js";
import { targetOf, temporaryName } from "../../src/node/files.js";
import { cli, emptyFolder } from "./process.js";

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

// Root may write anywhere: there the command runs as nobody, unless nobody may read the package.
const uid = process.getuid?.() === 0 ? 65534 : process.getuid?.();
const asUser = (words: readonly string[], folder = "/") =>
  spawnSync(process.execPath, [cli, ...words], { uid, cwd: folder, encoding: "utf8" });

test.skipIf(uid === undefined || asUser(["--version"]).status !== 0)(
  "denoise refuses an output folder that may not be written before it codes anything",
  () => {
    const folder = realpathSync(emptyFolder());
    const size = { height: 32, width: 32, channels: 1 } as const;
    writeFileSync(join(folder, "a.png"), encodePng({ ...size, bytes: leavesPicture({ seed: 9, ...size }, "test", 1) }));
    chmodSync(folder, 0o555);
    const { status, stderr } = asUser(["denoise", "a.png"], folder);
    chmodSync(folder, 0o755);
    expect(status).toBe(2);
    expect(stderr).toBe(
      `error: ${folder} may not be written or read (EACCES); its permissions must allow it. Choose another --out or path.\n`,
    );
  },
);
