/**
 * Slurm as the cluster of a study. A round is an array of tasks, a bundle each; where bundles need dictionaries
 * that others make first, a second array whose task k begins when task k of the first has ended well
 * (aftercorr); and a job that takes the next step, whatever became of them (afterany). Arrays are split where
 * Slurm allows no longer ones.
 */
import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Cluster, Files, Submitting } from "../../app/platform.js";
import { CrispError } from "../../core/errors.js";
import { canonicalJson } from "../../core/key.js";
import type { Bundle } from "../../study/bundles.js";
import { kindOf } from "../../study/items/registry.js";
import { builtFile } from "../kernel.js";
import { cancel, cancelTasks, largestArray, QueueFull, queued, release, submit } from "./queue.js";
import { quoted, scriptOf } from "./script.js";

/** The Slurm that this machine submits to. @param files  those of a study's folder */
export function slurmCluster(files: (folder: string) => Files): Cluster {
  const jobsOf = async (folder: string, { once = false } = {}) => {
    // Asked for a study that is not begun as well: without a cluster nothing must be written.
    const all = await queued(existsSync(folder) ? `${nameOf(folder)}-` : "crisp-", { once });
    if (!existsSync(folder)) return [];
    return all.filter(({ id }) => id !== process.env.SLURM_JOB_ID);
  };
  return {
    async jobs(folder, asking) {
      const jobs = await jobsOf(folder, asking);
      const waiting = jobs.filter((job) => job.waiting).length;
      const held = jobs.filter((job) => job.held).length;
      const reasons: Record<string, number> = {};
      for (const { reason } of jobs.filter((job) => job.waiting)) reasons[reason] = (reasons[reason] ?? 0) + 1;
      return { waiting, running: jobs.length - waiting, ...(held > 0 && { held }), reasons };
    },
    async submit(folder, number, work) {
      // Begun again in the middle of a step, its job may find that another process has taken the step.
      if ((await jobsOf(folder)).some(({ name }) => name.startsWith(nextOf(folder)))) return new Map();
      return submitAll(await laidOut(folder, number, { ...work, files: files(folder) }));
    },
    async release(folder) {
      await release((await jobsOf(folder)).flatMap(({ id, held }) => (held ? [id] : [])));
    },
    async cancel(folder) {
      // A step that is being taken may submit more until it ends itself.
      for (let attempt = 0; attempt < 20; attempt++) {
        const ids = new Set((await jobsOf(folder)).map(({ id }) => id.split("_")[0]));
        if (ids.size === 0) return;
        await cancel([...ids]);
        await new Promise((go) => setTimeout(go, 500));
      }
      throw new CrispError(
        "incomplete",
        `jobs of ${folder} are still in the queue 10 s after scancel. Look at them with squeue, then run crisp cancel again.`,
      );
    },
  };
}

/** Slurm's own limit where nobody sets one: for scripts written where there is no Slurm. */
const usualArray = 1001;

/** The same without a queue: scripts are written and added to `seen`, and nothing is submitted. */
export function scriptsOnly(cluster: Cluster, files: (folder: string) => Files, seen: Script[]): Cluster {
  return {
    ...cluster,
    jobs: async () => ({ waiting: 0, running: 0 }),
    async submit(folder, number, work) {
      seen.push(...(await laidOut(folder, number, { ...work, files: files(folder) })));
      return new Map();
    },
  };
}

/** The scripts of a submission, in the order in which they are submitted. */
export type Script = {
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
  /** Bundles of its tasks; none in the job that takes the next step. */
  readonly bundles: readonly Bundle[];
  /** Whether task k follows task k of the script before. */
  readonly follows: boolean;
};

/** Writes the bundles and scripts of a submission into slurm/NUMBER and returns the scripts; submits nothing. */
export async function laidOut(
  folder: string,
  number: number,
  { bundles, choices, files }: Submitting & { readonly files: Files },
): Promise<readonly Script[]> {
  const place = join(folder, "slurm", String(number));
  const most = await largestArray().catch(() => usualArray);
  const arrays = Math.ceil(bundles.first.length / most);
  const job = {
    ...{ folder, choices, node: process.execPath, cli: builtFile("cli.js") },
    parallel: Math.max(1, Math.ceil(choices.maxParallel / Math.max(1, arrays))),
  };
  const scripts: Script[] = [];
  async function array(all: readonly Bundle[], from: number, follows: boolean): Promise<void> {
    const part = all.slice(from, from + most);
    if (part.length === 0) return;
    const stage = kindOf(part[0][0]).stage(part[0][0]);
    for (const [index, bundle] of part.entries()) {
      const lines = bundle.map((item) => `${canonicalJson(item)}\n`).join("");
      await files.replace(join(place, `${stage}-${from + index}.ndjson`), lines);
    }
    const about = {
      ...job,
      name: `${nameOf(folder)}-${stage}-${number}-${from}`,
      bundles: { stage, number, from, count: part.length },
    };
    scripts.push({
      path: join(place, `${stage}${from === 0 ? "" : `-${from}`}.sh`),
      text: scriptOf(about),
      bundles: part,
      follows,
    });
  }
  for (let from = 0; from < bundles.first.length; from += most) {
    await array(bundles.first, from, false);
    await array(bundles.next, from, true);
  }
  scripts.push({
    path: join(place, "next.sh"),
    text: scriptOf({ ...job, name: `${nextOf(folder)}${number}` }),
    bundles: [],
    follows: false,
  });
  for (const { path, text } of scripts) await files.replace(path, text);
  await mkdir(join(folder, "logs"), { recursive: true });
  return scripts;
}

/** The commands that submit the scripts by hand. */
export function submittingLines(scripts: readonly Script[]): readonly string[] {
  return scripts.map(({ path, bundles, follows }, n) => {
    const jobs = scripts.slice(0, n).map((_, k) => `$j${k}`);
    if (bundles.length === 0) return `sbatch --dependency=afterany:${jobs.join(":")} ${quoted(path)}`;
    const after = follows ? ` --dependency=aftercorr:$j${n - 1} --kill-on-invalid-dep=yes` : "";
    return `j${n}=$(sbatch --parsable${after} ${quoted(path)})`;
  });
}

/** An array in the queue, and how many of its script's tasks it has. */
type Taken = { readonly job: string; readonly script: Script; readonly tasks: number };

/**
 * Submits the scripts and after them the next step. Where Slurm takes no more jobs, an array is made as short as it
 * must be, and the next step submits the rest. No array is left in the queue without a next step.
 */
async function submitAll(scripts: readonly Script[]): Promise<ReadonlyMap<string, string>> {
  const taken: Taken[] = [];
  for (const script of scripts.slice(0, -1)) {
    const after = script.follows ? `aftercorr:${taken.at(-1)?.job}` : null;
    try {
      // Only the first is shortened: whatever is done of it, the study goes on.
      const least = taken.length === 0 ? 1 : script.bundles.length;
      taken.push(await submitSome(script, after, { most: script.bundles.length, least }));
    } catch (error) {
      if (taken.length === 0) throw error;
      break;
    }
    if (taken[0].tasks < taken[0].script.bundles.length) break;
  }
  await submitNext(scripts[scripts.length - 1], taken);
  return new Map(
    taken.flatMap(({ job, script, tasks }) =>
      script.bundles
        .slice(0, tasks)
        .flatMap((bundle, k) => bundle.map(({ id }) => [id, `logs/${job}_${k}.log`] as const)),
    ),
  );
}

type Range = { readonly most: number; readonly least: number };

/** Submits the first tasks of a script: `most`, or half as many while Slurm's queue is full for more. @throws where `least` are too many */
async function submitSome(script: Script, after: string | null, { most, least }: Range): Promise<Taken> {
  for (let tasks = most; ; tasks = Math.ceil(tasks / 2)) {
    try {
      return { job: await submit(script, after, tasks < script.bundles.length ? tasks : undefined), script, tasks };
    } catch (error) {
      if (!(error instanceof QueueFull) || tasks <= least) throw error;
    }
  }
}

/** The next step must find room too: tasks are taken back for it, from the last; `taken` are those that stay. */
async function submitNext(script: Script, taken: Taken[]): Promise<void> {
  for (;;) {
    try {
      await submit(script, `afterany:${taken.map(({ job }) => job).join(":")}`);
      return;
    } catch (error) {
      const last = taken.pop()!;
      const tasks = taken.length > 0 ? 0 : Math.floor(last.tasks / 2);
      if (!(error instanceof QueueFull) || taken.length + tasks === 0) {
        for (const array of [...taken.splice(0), last]) await cancelTasks(array.job, 0, array.tasks - 1);
        throw error;
      }
      await cancelTasks(last.job, tasks, last.tasks - 1);
      if (tasks > 0) taken.push({ ...last, tasks });
    }
  }
}

/** How the jobs are called that take a study's next steps, before the number of the submission. */
function nextOf(folder: string): string {
  return `${nameOf(folder)}-next-`;
}

/**
 * What the study's jobs are called: the folder's name, and digits that tell it from others of that name. In the job of
 * a next step, as that is called: the folder's real path may be another on a node than where the study was begun.
 */
function nameOf(folder: string): string {
  const [, own] = /^(crisp-.+)-next-\d+$/.exec(process.env.SLURM_JOB_NAME ?? "") ?? [];
  if (own !== undefined) return own;
  const digits = createHash("sha256").update(realpathSync(folder)).digest("hex").slice(0, 8);
  return `crisp-${basename(folder)
    .replace(/[^\w.]/g, "")
    .slice(0, 20)}-${digits}`;
}
