// Studies on a real Slurm end in the same bytes as on one process, whatever is killed on the way. They run at the same
// time, for each mostly waits: for Slurm, which looks at its queue once a second, and for one task after another.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { usualChoices } from "../../src/app/cluster.js";
import { nodePlatform } from "../../src/node/platform.js";
import { slurmCluster } from "../../src/node/slurm/cluster.js";
import { firstRound } from "../../src/study/plan.js";
import { crisp, emptyFolder, type Finished, start } from "../cli/process.js";
import { settings } from "../study/fixtures.js";
import { demandKept } from "./failing-item.js";
import { type Slurm, slurmHere, startSlurm } from "./slurm-cluster.js";
import { faults, suffered, warnTraining } from "./slurm-faults.js";
import { fingerprint, studyWords } from "./small-study.js";

if (!slurmHere)
  console.warn("SKIPPED: no Slurm here (it needs root and the packages that npm test installs on Debian).");

/** An array has at most two tasks, though their numbers may be larger: longer ones are split. */
const shortArrays = { maxArraySize: 5, maxArrayTasks: 2 };

describe.skipIf(!slurmHere)("a study on Slurm", () => {
  const cwd = emptyFolder();
  let slurm: Slurm;
  let straight: Finished;
  beforeAll(async () => {
    slurm = await startSlurm({ ...shortArrays, nodes: 3 });
    straight = await crisp([...studyWords, "--out", "straight", "--workers", "2"], { cwd });
    expect(straight.status, straight.stderr).toBe(0);
  });
  afterAll(() => slurm?.stop());

  /** The study's command; every item in a task by itself. */
  const words = (out: string, ...more: string[]) => [
    ...[...studyWords, "--out", out, "--executor", "slurm", "--bundle-minutes", "0.0001", ...more],
  ];
  const run = (...all: string[]) => crisp(all, { cwd, env: slurm.env });
  /** Jobs of one study; those that have ended may still be completing. */
  const inQueue = (out: string) =>
    slurm
      .ask("squeue", "-h", "--states=PENDING,RUNNING", "-o", "%j")
      .split("\n")
      .filter((name) => name.startsWith(`crisp-${out}-`));
  const demandSame = (out: string, { status, stdout, stderr }: Finished) => {
    expect(status, stderr).toBe(0);
    expect(fingerprint(join(cwd, out))).toEqual(fingerprint(join(cwd, "straight")));
    const { report: _, ...record } = JSON.parse(stdout);
    expect(JSON.parse(straight.stdout)).toMatchObject(record);
  };

  it.concurrent("has the bytes of one process and prints the same; arrays are split, and logs tell of every item", async () => {
    demandSame("plain", await run(...words("plain")));
    const scripts = readdirSync(join(cwd, "plain", "slurm", "1"));
    expect(scripts).toEqual(expect.arrayContaining(["training.sh", "training-2.sh", "pilot.sh", "next.sh"]));
    const sweeps = readdirSync(join(cwd, "plain", "slurm", "2"));
    expect(sweeps.filter((name) => name.endsWith(".sh")).length).toBeGreaterThan(1);
    const logs = readdirSync(join(cwd, "plain", "logs")).map((name) =>
      readFileSync(join(cwd, "plain", "logs", name), "utf8"),
    );
    for (const name of ["items-1.ndjson", "items-2.ndjson"]) {
      for (const line of readFileSync(join(cwd, "plain", name), "utf8")
        .split("\n")
        .filter(Boolean)) {
        const { id } = JSON.parse(line) as { id: string };
        expect(logs.join("")).toContain(`has made ${id}`);
      }
    }
    // Finished, it submits nothing and prints the same again.
    demandSame("plain", await run(...words("plain")));
  });

  it.concurrent("is cancelled, tells so, and goes on; Ctrl-C leaves the jobs, and the same command attaches to them", async () => {
    const first = start(words("stopped"), { cwd, env: slurm.env });
    await first.said("Submitted");
    const cancelled = await run("cancel", "stopped");
    expect(cancelled.stdout).toMatch(/stopped: .* were ended/);
    const ended = await first.finished;
    expect(ended.stderr).toContain("was cancelled");
    expect(ended.status).toBe(4);
    expect(inQueue("stopped")).toEqual([]);
    const { stdout: script } = await run("script", "stopped", "--partition", "main");
    expect(script).toContain("#SBATCH --partition=main");
    expect(script).toMatch(/sbatch --dependency=afterany:\$j0.* \S*next\.sh/);
    expect(inQueue("stopped")).toEqual([]);
    const second = start(words("stopped"), { cwd, env: slurm.env });
    await second.said("Submitted");
    second.kill("SIGINT");
    const interrupted = await second.finished;
    expect(interrupted.status, interrupted.stderr).toBe(130);
    expect(interrupted.stderr).toContain("Jobs that were submitted stay in the queue");
    const status = JSON.parse((await run("status", "stopped", "--json")).stdout);
    expect(status.finished || status.jobs.running + status.jobs.waiting > 0).toBe(true);
    demandSame("stopped", await run(...words("stopped")));
  });

  it.concurrent("--no-wait ends when the jobs are submitted, and the study finishes by itself", async () => {
    const done = await run(...words("alone", "--no-wait"));
    expect(done.status, done.stderr).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ submitted: true });
    while (!existsSync(join(cwd, "alone", "report.html"))) await new Promise((go) => setTimeout(go, 200));
    demandSame("alone", await run(...words("alone")));
  });

  it.concurrent("an item that always fails is put on record with its log, the others are made, and the status is 4", async () => {
    const study = { out: join(cwd, "failing"), straight: join(cwd, "straight"), run: () => run(...words("failing")) };
    const { log } = await demandKept(study);
    expect(readFileSync(join(cwd, "failing", log), "utf8")).toContain("is a folder");
  });

  it.concurrent("a training at its time limit writes a checkpoint, ends with 75, is requeued and ends in the same bytes", async () => {
    const long = [...studyWords, "--set", "learning.images=500", "--out"];
    const alone = await crisp([...long, "long-straight"], { cwd });
    expect(alone.status, alone.stderr).toBe(0);
    const stopped = async (seed: number) => {
      const out = `long-${seed}`;
      const command = start([...long, out, "--executor", "slurm"], { cwd, env: slurm.env });
      await warnTraining(join(cwd, out), slurm, seed);
      expect(readdirSync(join(cwd, out, "checkpoints"))).toHaveLength(1);
      const { status, stderr } = await command.finished;
      expect(status, stderr).toBe(0);
      expect(fingerprint(join(cwd, out))).toEqual(fingerprint(join(cwd, "long-straight")));
    };
    await Promise.all([1, 2].map(stopped));
  });

  // The campaign (npm run faults) asks for more moments, and other ones.
  const moments = Number(process.env.FAULT_MOMENTS ?? 2);
  const seeds = Array.from({ length: moments }, (_, n) => Number(process.env.FAULT_SEED ?? 1) + n);
  const sufferings = faults.flatMap(([name, fault]) => seeds.map((seed) => [name, seed, fault] as const));
  it.concurrent.each(sufferings)("%s at random moments changes no byte (seed %i)", async (name, seed, fault) => {
    const harmed = await startSlurm(shortArrays);
    try {
      const out = `${name.replaceAll(" ", "-")}-${seed}`;
      demandSame(out, await suffered(fault, { words: words(out), cwd, slurm: harmed, seed }));
      if (moments > 2) console.log(`survived: ${name}, seed ${seed}`);
    } finally {
      await harmed.stop();
    }
  });

  // By itself: it changes the environment of this process, in which the others begin theirs.
  it("a step is submitted once, and its jobs are seen and ended whatever the environment says of squeue and sbatch", async () => {
    vi.stubEnv("SLURM_CONF", slurm.env.SLURM_CONF);
    vi.stubEnv("SQUEUE_STATES", "RUNNING");
    vi.stubEnv("SBATCH_JOB_NAME", "another");
    const { studies } = nodePlatform;
    const folder = join(cwd, "once");
    await studies.make(folder);
    const cluster = slurmCluster(studies.files);
    const images = { source: "bars", citation: null, hash: "bars", height: 8, width: 8, channels: 1 };
    const items = firstRound({ settings, family: "any", images });
    const choices = { ...usualChoices, sbatch: ["--hold"] };
    const work = { bundles: { first: [[items[0]]], next: [] }, choices };
    expect([...(await cluster.submit(folder, 1, work)).keys()]).toEqual([items[0].id]);
    expect(await cluster.submit(folder, 2, work)).toEqual(new Map());
    // A task, and the step after it.
    expect(await cluster.jobs(folder)).toMatchObject({ waiting: 2, running: 0 });
    await cluster.cancel(folder);
    expect(await cluster.jobs(folder)).toEqual({ waiting: 0, running: 0, reasons: {} });
    vi.unstubAllEnvs();
  });
});
