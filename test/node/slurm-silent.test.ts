// A real Slurm whose controller is gone: what is said, what is waited for, and that the jobs stay.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { awaitStudy, storedRequest, submitStudy } from "../../src/app/cluster.js";
import { nodePlatform } from "../../src/node/platform.js";
import { slurmCluster } from "../../src/node/slurm/cluster.js";
import { crisp, emptyFolder, start } from "../cli/process.js";
import { type Slurm, slurmHere, startSlurm } from "./slurm-cluster.js";
import { studyWords } from "./small-study.js";

/** What is wrong, what was found, what is allowed, what to do. */
const silence =
  /slurmctld\) does not answer squeue: ".*Unable to contact.*"\. Jobs are .* only while it answers; .*"scontrol ping".* run the same command again/s;

describe.skipIf(!slurmHere)("a silent controller", () => {
  const cwd = emptyFolder();
  const out = join(cwd, "study");
  const words = [...studyWords, "--out", "study", "--executor", "slurm", "--sbatch", "--hold", "--no-wait"];
  const cluster = slurmCluster(nodePlatform.studies.files);
  let slurm: Slurm;
  beforeAll(async () => {
    slurm = await startSlurm({ nodes: 1, messageTimeout: 2 });
    vi.stubEnv("SLURM_CONF", slurm.env.SLURM_CONF);
    slurm.killController();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await slurm?.stop();
  });

  it("is told in four parts", async () => {
    await expect(cluster.jobs(out, { once: true })).rejects.toMatchObject({
      code: "incomplete",
      message: expect.stringMatching(silence),
    });
  });

  it("is told before a study is submitted, and asked again until it is back", async () => {
    const command = start(words, { cwd, env: slurm.env });
    await command.said("The queue does not answer; it is asked again.");
    slurm.startController();
    const { status, stderr } = await command.finished;
    expect(status, stderr).toBe(0);
    expect((await cluster.jobs(out)).waiting).toBeGreaterThan(1);
  });

  it("ends crisp status at once, with all that the files tell", async () => {
    slurm.killController();
    const { status, stdout, stderr } = await crisp(["status", "study"], { cwd, env: slurm.env });
    expect(status).toBe(0);
    expect(stdout).toContain("not finished");
    expect(stderr).toMatch(silence);
  });

  it("is told while a study is waited for, ends the waiting after half an hour, and its jobs stay", async () => {
    const notes: string[] = [];
    const onEvent = (event: { readonly kind: string; readonly message?: string }) => {
      if (event.kind === "note") notes.push(event.message!);
    };
    const request = await storedRequest(out, { signal: new AbortController().signal, onEvent }, nodePlatform);
    // A clock on which half an hour is 9 seconds.
    const platform = { ...nodePlatform, now: () => 200 * nodePlatform.now() };
    await expect(awaitStudy(request, cluster, platform)).rejects.toMatchObject({
      code: "incomplete",
      message: expect.stringMatching(silence),
    });
    expect(notes).toEqual([
      "The queue does not answer. Its jobs go on without it; it is asked again for half an hour.",
    ]);
    slurm.startController();
    expect(await submitStudy(request, cluster, nodePlatform)).toBe(true);
    expect(notes.at(-1)).toContain("Its jobs are in the queue already: 0 running tasks");
    await cluster.cancel(out);
  });
});
