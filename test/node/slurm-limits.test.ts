// What a real Slurm refuses, loses and holds: no task twice, no array without its next step, and reasons that are told.
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { usualChoices } from "../../src/app/cluster.js";
import { claimFolder, manifestOf } from "../../src/app/manifest.js";
import type { Cluster, Submitting } from "../../src/app/platform.js";
import { nodePlatform } from "../../src/node/platform.js";
import { slurmCluster } from "../../src/node/slurm/cluster.js";
import { largestArray, queued } from "../../src/node/slurm/queue.js";
import { firstRound } from "../../src/study/plan.js";
import { crisp, emptyFolder } from "../cli/process.js";
import { barImages, settings } from "../study/fixtures.js";
import { type Slurm, slurmHere, startSlurm } from "./slurm-cluster.js";

describe.skipIf(!slurmHere)("Slurm's own limits", () => {
  const cwd = emptyFolder();
  let slurm: Slurm;
  const { studies } = nodePlatform;
  const cluster: Cluster = slurmCluster(studies.files);
  const images = { source: "bars", citation: null, hash: "bars", height: 8, width: 8, channels: 1 };
  const round = firstRound({ settings: { ...settings, replicates: 4 }, family: "any", images });
  const [items, pilots] = [true, false].map((first) => round.filter(({ kind }) => (kind === "train") === first));

  /** So many tasks of an item each, and so many that follow them; held, so that none begins. */
  const work = (tasks: number, following = 0): Submitting => ({
    bundles: {
      first: items.slice(0, tasks).map((item) => [item]),
      next: pilots.slice(0, following).map((item) => [item]),
    },
    choices: { ...usualChoices, sbatch: ["--hold"] },
  });
  const folderOf = async (name: string) => {
    await studies.make(join(cwd, name));
    return join(cwd, name);
  };
  /** The folder as a study of which nothing is done, so that crisp status takes it. */
  const studyOf = async (name: string) => {
    const folder = join(cwd, name);
    await claimFolder(folder, manifestOf(settings, barImages(60), { family: "any" }), nodePlatform);
    return folder;
  };
  const inQueue = () => slurm.ask("squeue", "-h", "-r", "-o", "%j").split("\n").filter(Boolean);

  beforeAll(async () => {
    // Jobs that have ended count too, for ten minutes: this is for all of this file together.
    slurm = await startSlurm({ nodes: 1, maxJobs: 12, maxArraySize: 11, maxArrayTasks: 20 });
    vi.stubEnv("SLURM_CONF", slurm.env.SLURM_CONF);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await slurm?.stop();
  });

  it("sbatch whose answer is lost is not run again: the array is in the queue once, and its number is found", async () => {
    const folder = await studyOf("lost");
    const fake = await folderOf("bin");
    // The real sbatch submits; what it says is lost on the way.
    const lost = `#!/bin/bash\n/usr/bin/sbatch "$@" >/dev/null\necho "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)" >&2\nexit 1\n`;
    writeFileSync(join(fake, "sbatch"), lost);
    chmodSync(join(fake, "sbatch"), 0o755);
    vi.stubEnv("PATH", `${fake}:${process.env.PATH}`);
    const logs = await cluster.submit(folder, 1, work(2));
    vi.stubEnv("PATH", process.env.PATH!.slice(fake.length + 1));
    expect([...logs.keys()]).toEqual(items.slice(0, 2).map(({ id }) => id));
    expect(inQueue()).toHaveLength(3);
    const ids = slurm.ask("squeue", "-h", "-r", "-o", "%i").split("\n").filter(Boolean);
    for (const log of logs.values()) expect(ids).toContain(log.slice("logs/".length, -".log".length));
  });

  it("crisp status says why jobs wait", async () => {
    const next = slurm
      .ask("squeue", "-h", "-o", "%i %j")
      .split("\n")
      .find((line) => line.includes("-next-"))!;
    slurm.ask("scontrol", "release", next.split(" ")[0]);
    // None until Slurm's scheduler has looked at the job.
    while (!slurm.ask("squeue", "-h", "-o", "%r").includes("Dependency"))
      await new Promise((go) => setTimeout(go, 100));
    const { stdout } = await crisp(["status", join(cwd, "lost")], { cwd, env: slurm.env });
    expect(stdout).toContain("In the queue: 0 running tasks, 3 waiting (JobHeldUser 2, Dependency 1)\n");
    await cluster.cancel(join(cwd, "lost"));
  });

  it("a job that was cancelled is not taken for one whose answer was lost", async () => {
    const shown = slurm.ask("squeue", "-h", "-t", "all", "-o", "%T %j");
    expect(shown).toMatch(/CANCELLED crisp-lost-/);
    expect(await queued("crisp-lost-", { ended: true })).toEqual([]);
  });

  it("an array has as many tasks as MaxArraySize lets it", async () => {
    expect(await largestArray()).toBe(11);
  });

  it("an array that is too long is submitted in part, with its next step; the rest is left for that", async () => {
    const folder = await folderOf("full");
    const logs = await cluster.submit(folder, 1, work(10));
    expect(logs.size).toBe(5);
    const names = inQueue();
    expect(names).toHaveLength(6);
    expect(names.filter((name) => name.includes("-next-"))).toHaveLength(1);
  });

  it("where only a part of an array finds room beside its next step, that part is submitted, then nothing more", async () => {
    const fuller = await cluster.submit(await folderOf("fuller"), 1, work(3));
    expect(fuller.size).toBe(1);
    const before = inQueue();
    expect(before).toHaveLength(8);
    const folder = await folderOf("fullest");
    await expect(cluster.submit(folder, 1, work(3))).rejects.toMatchObject({
      code: "incomplete",
      message: expect.stringMatching(/temporarily/),
    });
    expect(inQueue()).toEqual(before);
  });

  it.each([
    [5, 0, ["next", "training", "training"]],
    [3, 2, ["next", "training", "training", "training"]],
    [1, 0, []],
  ])(
    "where %i tasks and %i that follow find room and their next step none, tasks are taken back for it",
    async (tasks, following, left) => {
      const filled = await startSlurm({ nodes: 1, maxJobs: tasks + following + 1 });
      vi.stubEnv("SLURM_CONF", filled.env.SLURM_CONF);
      try {
        const submitted = cluster.submit(await folderOf(`room${tasks}`), 1, work(tasks, following));
        if (left.length === 0) await expect(submitted).rejects.toMatchObject({ code: "incomplete" });
        else expect([...(await submitted).keys()]).toEqual(items.slice(0, left.length - 1).map(({ id }) => id));
        const jobs = filled.ask("squeue", "-h", "-r", "-o", "%j").split("\n").filter(Boolean);
        expect(jobs.map((name) => name.split("-")[3]).sort()).toEqual(left);
      } finally {
        vi.stubEnv("SLURM_CONF", slurm.env.SLURM_CONF);
        await filled.stop();
      }
    },
  );

  it.each([["2"], ["2:00"], ["0:4:59"], ["0-0:4"]])(
    "--time %s, at which tasks would stop at once, is refused",
    async (time) => {
      const done = await crisp(["run", "--preset", "tiny", "--executor", "slurm", "--time", time, "--out", "short"], {
        cwd,
      });
      expect(done.status).toBe(2);
      expect(done.stderr).toContain(`--time ${time} is`);
    },
  );
});
