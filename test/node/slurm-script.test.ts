// Batch scripts: bash reads every word as it was meant, what an #SBATCH line cannot carry is refused, and the user's
// environment does not change what a script says.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test, vi } from "vitest";
import { usualChoices } from "../../src/app/cluster.js";
import { choicesOf } from "../../src/cli/cluster-options.js";
import { nodePlatform } from "../../src/node/platform.js";
import { slurmCluster } from "../../src/node/slurm/cluster.js";
import { environmentFor, QueueFull, queued, submit } from "../../src/node/slurm/queue.js";
import { scriptOf } from "../../src/node/slurm/script.js";
import { emptyFolder } from "../cli/process.js";

const bundles = { stage: "sweep", number: 3, from: 1000, count: 7 };
const job = {
  name: "crisp-a-sweep",
  choices: usualChoices,
  bundles,
  parallel: 5,
  node: "/opt/no de/node",
  cli: "/c.js",
};

describe("a batch script", () => {
  it("hands bash the study's folder as one word, whatever is in its name", () => {
    for (const folder of ["/a b", "/it's", "/$HOME `x` $(y) %a *", "/ü\u00a0λ"]) {
      const text = scriptOf({ ...job, folder });
      const shown = text.replace("exec ", "printf '%s\\n' ");
      const { stdout } = spawnSync("bash", ["-c", shown], { encoding: "utf8", env: { SLURM_ARRAY_TASK_ID: "6" } });
      expect(stdout.split("\n").slice(0, -1)).toEqual([
        ...["/opt/no de/node", "/c.js", "work", folder, "--bundle", "slurm/3/sweep-1006.ndjson", "--workers", "1"],
      ]);
    }
  });

  it("doubles % in the name of the log, which Slurm would replace", () => {
    expect(scriptOf({ ...job, folder: "/a%A" })).toContain("--output=/a%%A/logs/%A_%a.log\n");
  });

  it("has the user's options after its own", () => {
    const text = scriptOf({
      ...job,
      folder: "/a",
      choices: { ...usualChoices, partition: "long", sbatch: ["--mem=4G"] },
    });
    expect(text).toMatch(/--partition=long\n[\s\S]*--signal=[\s\S]*#SBATCH --mem=4G\n\n/);
  });

  it("is refused where a line of #SBATCH cannot hold a name", () => {
    for (const folder of ['/a"b', "/a\\b", "/a\nb"]) expect(() => scriptOf({ ...job, folder })).toThrow(/cannot hold/);
  });
});

describe("Slurm's programs", () => {
  const all = {
    ...{ PATH: "/bin", SLURM_CONF: "/c", SLURM_JOB_ID: "1", SLURMD_NODENAME: "n", SQUEUE_STATES: "R" },
    ...{ SBATCH_JOB_NAME: "mine", SBATCH_ARRAY_INX: "0", SBATCH_NO_REQUEUE: "1", SBATCH_SIGNAL: "TERM" },
    ...{ SCANCEL_INTERACTIVE: "1", SCANCEL_PARTITION: "long" },
    ...{ SBATCH_PARTITION: "short", SBATCH_TIMELIMIT: "1", SBATCH_QOS: "low", SBATCH_ACCOUNT: "a" },
  };

  it("are not told of the job they are called in, nor of filters that hide jobs or of a question that nobody answers", () => {
    const { SLURM_JOB_ID, SLURMD_NODENAME, SQUEUE_STATES, SCANCEL_INTERACTIVE, SCANCEL_PARTITION, ...kept } = all;
    expect(environmentFor("", all)).toEqual(kept);
  });

  it("are told of the user's usual options only where the script has none of the same", () => {
    const choices = { ...usualChoices, partition: "long", time: "2:00:00", sbatch: ["--qos=high"] };
    const kept = environmentFor(scriptOf({ ...job, folder: "/a b", choices }), all);
    expect(kept).toEqual({ PATH: "/bin", SLURM_CONF: "/c", SBATCH_ACCOUNT: "a" });
    expect(environmentFor(scriptOf({ ...job, folder: "/a" }), all)).toMatchObject({ SBATCH_PARTITION: "short" });
  });
});

test("options of sbatch by which Crisp finds, orders or stops its jobs are refused, also as letters and shortened", () => {
  const ours = [
    "--job-name=a",
    "-Ja",
    "--array=0-3",
    "-d1",
    "--dependency=after:1",
    "--depend=after:1",
    "-W",
    "--output=a",
  ];
  for (const word of ours)
    expect(() => choicesOf({ sbatch: `--qos=a ${word}` }), word).toThrow(`--sbatch: ${word} is an option that Crisp`);
  const free = [
    "--mem-per-cpu=2G",
    "--qos=long",
    "--wait-all-nodes=1",
    "-wnode1",
    "--hold",
    "--no-kill",
    "-A",
    "--account=a",
  ];
  expect(choicesOf({ sbatch: free.join(" ") })).toEqual({ sbatch: free });
});

test("the job of a next step finds the study's jobs where the folder's real path is another than on the login node", async () => {
  const folder = emptyFolder();
  const line = "12_0|RUNNING|None|crisp-a-01234567-sweep-1-0";
  writeFileSync(join(folder, "squeue"), `#!/bin/sh\necho '${line}'\n`, { mode: 0o755 });
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  const { jobs } = slurmCluster(nodePlatform.studies.files);
  expect(await jobs(folder)).toMatchObject({ running: 0 });
  vi.stubEnv("SLURM_JOB_NAME", "crisp-a-01234567-next-1");
  expect(await jobs(folder)).toMatchObject({ running: 1 });
  vi.unstubAllEnvs();
});

test("jobs that a node could not begin are told from those that wait for another reason, and those of others are left out", async () => {
  const folder = emptyFolder();
  const lines = [
    "12_0|RUNNING|None|crisp-a-sweep-1",
    "12_1|PENDING|launch failed requeued held|crisp-a-sweep-1",
    "12_2|PENDING|JobHeldUser|crisp-a-sweep-1",
    "12_3|COMPLETING|None|crisp-a-sweep-1",
    "13|PENDING|Dependency|another",
  ];
  writeFileSync(join(folder, "squeue"), `#!/bin/sh\ncat <<'END'\n${lines.join("\n")}\nEND\n`, { mode: 0o755 });
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  const jobs = await queued("crisp-a-");
  vi.unstubAllEnvs();
  expect(jobs.map(({ id, waiting, held, reason }) => [id, waiting, held, reason])).toEqual([
    ["12_0", false, false, "None"],
    ["12_1", true, true, "launch failed requeued held"],
    ["12_2", true, false, "JobHeldUser"],
  ]);
});

describe("what sbatch refuses", () => {
  const policy = "Batch job submission failed: Job violates accounting";
  const limits = "(job submit limit, user's size and/or time limits)";
  // In the words of Slurm's sources: sbatch.c, slurm_errno.c and the names of reasons; limits need an accounting database.
  it.each([
    [true, "Slurm temporarily unable to accept job, sleeping and retrying"],
    [true, "Slurm job queue full, sleeping and retrying"],
    [true, "Batch job submission failed: Resource temporarily unavailable"],
    [true, `AssocMaxSubmitJobLimit\nsbatch: error: ${policy}/QOS policy ${limits}`],
    [true, `QOSMaxSubmitJobPerUserLimit\nsbatch: error: ${policy}/QOS policy ${limits}`],
    [true, "AssocGrpSubmitJobsLimit"],
    [true, `${policy} policy (the user's size and/or time limits)`],
    [false, "Batch job submission failed: Invalid partition name specified"],
    [false, "Batch job submission failed: Requested time limit is invalid (missing or exceeds some limit)"],
    [false, "Batch job submission failed: Invalid job array specification"],
  ])("is a full queue: %s, for %j", async (isFull, words) => {
    const folder = emptyFolder();
    const said = `#!/bin/sh\ncat >&2 <<'END'\nsbatch: error: ${words}\nEND\nexit 1\n`;
    writeFileSync(join(folder, "sbatch"), said, { mode: 0o755 });
    vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
    const refused = await submit({ path: "/a.sh", text: "" }, null).catch((error) => error);
    vi.unstubAllEnvs();
    expect(refused).toMatchObject({ code: "incomplete", message: expect.stringContaining(words.split("\n")[0]) });
    expect(refused instanceof QueueFull).toBe(isFull);
  });
});
