// Studies on this machine while what may happen to them happens, at moments drawn from seeds: the end is the same, byte by byte.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { crisp, emptyFolder } from "../cli/process.js";
import { demandKept } from "./failing-item.js";
import { clockFaults, hasFaketime, type LocalFault, localFaults, rootFaults, uniformOf } from "./local-faults.js";
import { fingerprint, studyWords } from "./small-study.js";

const cwd = emptyFolder();
const words = (out: string) => [...studyWords, "--workers", "2", "--out", join(cwd, out)];
const moments = Number(process.env.FAULT_MOMENTS ?? 2);
const seeds = Array.from({ length: moments }, (_, n) => Number(process.env.FAULT_SEED ?? 1) + n);

beforeAll(async () => {
  const done = await crisp(words("straight"));
  expect(done.status, done.stderr).toBe(0);
});

const folderOf = (name: string, seed: number) => `${name.replaceAll(" ", "-")}-${seed}`;

async function survives(name: string, fault: LocalFault): Promise<void> {
  const straight = fingerprint(join(cwd, "straight"));
  const results = Object.keys(straight).filter((file) => /^results.*\.json$/.test(file)).length;
  for (const seed of seeds) {
    const out = folderOf(name, seed);
    const victim = {
      words: words(out),
      out: join(cwd, out),
      straight: join(cwd, "straight"),
      results,
      uniform: uniformOf(seed),
    };
    const happened = await fault(victim);
    const last = await crisp(words(out));
    expect(last.status, `seed ${seed}, ${happened}\n${last.stderr}`).toBe(0);
    expect(fingerprint(join(cwd, out)), `seed ${seed}, ${happened}`).toEqual(straight);
    if (moments > 2) console.log(`survived: ${name}, seed ${seed} (${happened})`);
  }
}

describe("a study on this machine", () => {
  it.each(["1", "2"])(
    "of %s workers: an item that always fails is put on record, the others are made, and the status is 4",
    async (workers) => {
      const out = join(cwd, `failing-${workers}`);
      const run = () => crisp([...studyWords, "--workers", workers, "--out", out]);
      expect(await demandKept({ out, straight: join(cwd, "straight"), run })).toMatchObject({ log: "" });
    },
  );
  it.each(localFaults)("%s at random moments changes no byte", survives);
  const mounts =
    process.platform === "linux" && spawnSync("mount", ["--version"]).status === 0 && process.getuid?.() === 0;
  it.skipIf(!hasFaketime).each(clockFaults)("%s at random moments changes no byte", survives);
  it.skipIf(!mounts).each(rootFaults)("%s at random moments changes no byte", async (name, fault) => {
    try {
      await survives(name, fault);
    } finally {
      for (const seed of seeds) spawnSync("umount", [join(cwd, folderOf(name, seed))]);
    }
  });
});
