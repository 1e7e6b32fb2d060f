/**
 * Batch scripts: plain bash that a user can read, keep and submit by hand. All words that come from outside
 * (paths, options) are quoted; in `#SBATCH` lines `%` is doubled, which Slurm would replace.
 */
import type { ClusterChoices } from "../../app/platform.js";
import { CrispError } from "../../core/errors.js";

/** An array of tasks, or without `bundles` a single job. */
export type Job = {
  /** Name in the queue: all jobs of a study begin alike. */
  readonly name: string;
  /** Absolute path of the study. */
  readonly folder: string;
  readonly choices: ClusterChoices;
  /** What the array does: bundle `from` + index of slurm/NUMBER/STAGE-….ndjson; absent in the job that takes the next step. */
  readonly bundles?: { readonly stage: string; readonly number: number; readonly from: number; readonly count: number };
  /** Tasks of this array that may run at once. */
  readonly parallel?: number;
  /** Absolute paths of Node and of the command. */
  readonly node: string;
  readonly cli: string;
};

/** Seconds before the time limit at which a task is asked to stop. */
const warningSeconds = 120;

/** The script's text. */
export function scriptOf(job: Job): string {
  const { folder, choices, bundles } = job;
  const { partition, account, time, threads } = choices;
  const log = `${sayable(folder).replaceAll("%", "%%")}/logs/${bundles ? "%A_%a" : "%j"}.log`;
  const options = [
    `--job-name=${job.name}`,
    ...(bundles ? [`--array=0-${bundles.count - 1}%${job.parallel ?? bundles.count}`] : []),
    "--nodes=1",
    "--ntasks=1",
    `--cpus-per-task=${bundles ? threads : 1}`,
    ...(partition === undefined ? [] : [`--partition=${directive(partition)}`]),
    ...(account === undefined ? [] : [`--account=${directive(account)}`]),
    ...(time === undefined ? [] : [`--time=${directive(time)}`]),
    `--output=${directive(log)}`,
    "--open-mode=append",
    "--requeue",
    `--signal=B:USR1@${warningSeconds}`,
  ];
  return [
    "#!/bin/bash",
    ...options.map((option) => `#SBATCH ${option}`),
    ...choices.sbatch.map((word) => `#SBATCH ${directive(word)}`),
    "",
    bundles
      ? "# One bundle of items; exit status 75: stopped before its time limit, goes on when begun again."
      : "# The next step of the study.",
    `exec ${quoted(job.node)} ${quoted(job.cli)} work ${quoted(folder)} ${taskOf(job)}`,
    "",
  ].join("\n");
}

function taskOf({ bundles, choices }: Job): string {
  if (!bundles) return "--advance";
  const { stage, number, from } = bundles;
  const index = from === 0 ? "$SLURM_ARRAY_TASK_ID" : `$((${from} + SLURM_ARRAY_TASK_ID))`;
  return `--bundle "slurm/${number}/${stage}-${index}.ndjson" --workers ${choices.threads}`;
}

/** A word as bash takes it: in single quotes unless it is plain. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A word as Slurm takes it in an `#SBATCH` line: in double quotes unless it is plain. */
function directive(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `"${sayable(word)}"`;
}

/** @throws CrispError `usage` for characters that an `#SBATCH` line cannot carry */
function sayable(word: string): string {
  if (!/["\\\p{Cc}]/u.test(word)) return word;
  throw new CrispError(
    "usage",
    `${word}: a batch script of Slurm cannot hold double quotes, backslashes and control characters. Use another name.`,
  );
}
