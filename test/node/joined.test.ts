// Several processes in one study, a study computed again, and folders that cannot be written: no byte is lost or changed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { contentKey } from "../../src/core/key.js";
import { crisp, emptyFolder, start } from "../cli/process.js";
import { fingerprint as fingerprintOf, studyWords as small } from "./small-study.js";

const cwd = emptyFolder();
const fingerprint = (study: string) => fingerprintOf(join(cwd, study));

beforeAll(async () => {
  const done = await crisp([...small, "--out", "straight", "--workers", "2"], { cwd });
  expect(done.status, done.stderr).toBe(0);
});

test("a second process in a study that is being worked on is refused and does no harm", async () => {
  const first = start([...small, "--out", "shared"], { cwd });
  await first.said("Starting the study");
  const second = await crisp([...small, "--out", "shared"], { cwd });
  expect(second.status).toBe(2);
  expect(second.stderr).toMatch(/process \d+ .*is working in this study/);
  expect((await first.finished).status).toBe(0);
  expect(fingerprint("shared")).toEqual(fingerprint("straight"));
});

test("--join: three processes fill one study, two killed and started again, and all that end print the same record", async () => {
  const words = [...small, "--out", "joined", "--workers", "1", "--join"];
  const first = start(words, { cwd });
  await first.said("Starting the study");
  const others = [start(words, { cwd }), start(words, { cwd })];
  for (const other of others) await other.said("Going on with the study");
  first.kill("SIGKILL");
  others[0].kill("SIGKILL");
  const again = crisp(words, { cwd });
  const ends = [await others[1].finished, await again];
  expect(ends.map(({ status, stderr }) => (status === 0 ? "" : stderr))).toEqual(["", ""]);
  expect(ends[0].stdout).toBe(ends[1].stdout);
  expect(fingerprint("joined")).toEqual(fingerprint("straight"));
  // Each item was made once, but for those under way in the two that were killed.
  const made = readFileSync(join(cwd, "joined", "events.ndjson"), "utf8").match(/"kind":"item","id":"\w+"/g)!;
  expect(new Set(made).size).toBe(made.length);
});

test("crisp verify finds equal bits, names the item whose bits differ, and ends with status 5", async () => {
  cpSync(join(cwd, "straight"), join(cwd, "verified"), { recursive: true });
  const sound = await crisp(["verify", "verified", "--items", "3", "--json"], { cwd });
  expect(sound.status, sound.stderr).toBe(0);
  const { items } = JSON.parse(sound.stdout) as { items: { id: string; label: string; differences: string[] }[] };
  expect(items.map(({ differences }) => differences)).toEqual([[], [], [], []]);
  const { id, label } = items.find((item) => item.label.startsWith("training"))!;
  // One bit of an atom, and checksums that agree with it.
  const path = join(cwd, "verified", "results", id.slice(0, 2), `${id}.json`);
  const { checksum: _, ...summary } = JSON.parse(readFileSync(path, "utf8"));
  const file = join(cwd, "verified", summary.part.file);
  const bytes = readFileSync(file);
  bytes[bytes.length - 4] ^= 1;
  writeFileSync(file, bytes);
  summary.part.sha256 = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(path, JSON.stringify({ ...summary, checksum: contentKey(summary) }));
  const changed = await crisp(["verify", "verified", "--items", "0"], { cwd });
  expect(changed.status).toBe(5);
  expect(changed.stderr).toContain(`item ${id} of verified (${label}): atoms.data differs in 1 of`);
});

const mounts = process.platform === "linux" && process.getuid?.() === 0;
test.skipIf(!mounts)(
  "a full disk is named, and the study goes on once there is room",
  async () => {
    const disk = join(cwd, "disk");
    mkdirSync(disk);
    // A real file system of 600 kB: room for the beginning only.
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=600k", "tmpfs", disk]);
    if (mounted.status !== 0) {
      console.warn("SKIPPED: this machine mounts no tmpfs, so a full disk cannot be made.");
      return;
    }
    try {
      const full = await crisp([...small, "--out", "disk/study"], { cwd });
      expect(full.stderr).toMatch(/the disk is full/);
      expect(full.status).not.toBe(0);
      expect(full.stderr).not.toMatch(/\n\s+at /); // words, not a stack
      spawnSync("mount", ["-o", "remount,size=40m", disk]);
      expect((await crisp([...small, "--out", "disk/study"], { cwd })).status).toBe(0);
      expect(fingerprint("disk/study")).toEqual(fingerprint("straight"));
    } finally {
      spawnSync("umount", [disk]);
    }
  },
  120_000,
);

test("a folder that cannot be written, and one that holds something else, are refused untouched", async () => {
  writeFileSync(join(cwd, "a-file"), "mine");
  const under = await crisp([...small, "--out", "a-file/study"], { cwd });
  expect(under.status).toBe(2);
  expect(under.stderr).toContain("a-file/study");
  mkdirSync(join(cwd, "thesis"));
  writeFileSync(join(cwd, "thesis", "chapter.tex"), "mine");
  const foreign = await crisp([...small, "--out", "thesis"], { cwd });
  expect(foreign.status).toBe(2);
  expect(readdirSync(join(cwd, "thesis"))).toEqual(["chapter.tex"]);
  expect(readFileSync(join(cwd, "a-file"), "utf8")).toBe("mine");
});
