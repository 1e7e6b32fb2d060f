/** Options that say how a study lies on a cluster, on every command that submits. */
import type { Command } from "commander";
import type { ClusterChoices } from "../app/platform.js";
import { CrispError } from "../core/errors.js";
import { numberOf, wholeOf } from "./option-values.js";

/** The options as commander has them. */
export type ClusterOptions = {
  readonly partition?: string;
  readonly account?: string;
  readonly time?: string;
  readonly sbatch?: string;
  readonly bundleMinutes?: string;
  readonly maxParallel?: string;
};

const names = ["partition", "account", "time", "sbatch", "bundleMinutes", "maxParallel"] as const;

/** The command with these options. */
export function addClusterOptions(command: Command): Command {
  return command
    .option("--partition <name>", "slurm: partition of the jobs")
    .option("--account <name>", "slurm: account of the jobs")
    .option("--time <limit>", "slurm: time limit of a task, such as 2:00:00 (default: the partition's)")
    .option("--sbatch <words>", "slurm: further options of sbatch, such as '--mem-per-cpu=2G --qos=long'")
    .option("--bundle-minutes <n>", "slurm: minutes of work in a task at most (default: 20)")
    .option("--max-parallel <n>", "slurm: tasks that run at once (default: 200)");
}

/** What the user chose. @throws CrispError `usage` */
export function choicesOf(options: ClusterOptions): Partial<ClusterChoices> {
  const { partition, account, time, sbatch, bundleMinutes, maxParallel } = options;
  for (const limit of [time, ...(sbatch?.match(/(?<=--time=)\S+/g) ?? [])]) demandTime(limit);
  const minutes = { above: 0, most: 100_000, example: "20" };
  return {
    ...(partition !== undefined && { partition }),
    ...(account !== undefined && { account }),
    ...(time !== undefined && { time }),
    ...(sbatch !== undefined && { sbatch: wordsOf(sbatch) }),
    ...(bundleMinutes !== undefined && { bundleMinutes: numberOf("--bundle-minutes", bundleMinutes, minutes) }),
    ...(maxParallel !== undefined && {
      maxParallel: wholeOf("--max-parallel", maxParallel, { least: 1, most: 1_000_000, example: "200" }),
    }),
  };
}

/** Seconds that a task must have: it is asked to stop 120 s before its limit, and Slurm may ask 60 s earlier still. */
const leastSeconds = 300;

/** @throws CrispError `usage` for a limit at which a task would be asked to stop before it has done anything */
function demandTime(limit: string | undefined): void {
  const seconds = secondsOf(limit ?? "");
  if (seconds === null || seconds === 0 || seconds >= leastSeconds) return;
  throw new CrispError(
    "usage",
    `--time ${limit} is ${seconds} s; tasks are asked to stop 120 s before their limit, so at least ${leastSeconds / 60} minutes are needed (0 is no limit). Write --time ${leastSeconds / 60} or more.`,
  );
}

/** Of Slurm's forms: minutes, minutes:seconds, hours:minutes:seconds, days-hours[:minutes[:seconds]]; null for others, which Slurm judges. */
function secondsOf(limit: string): number | null {
  const [, days, text] = /^(?:(\d+)-)?(\d+(?::\d+){0,2})$/.exec(limit) ?? [];
  if (text === undefined) return null;
  const parts = text.split(":").map(Number);
  if (days !== undefined) return 86_400 * Number(days) + parts.reduce((sum, n, i) => sum + (n * 3600) / 60 ** i, 0);
  const [hours, minutes, seconds] = parts.length === 3 ? parts : [0, parts[0], parts[1] ?? 0];
  return 3600 * hours + 60 * minutes + seconds;
}

/** @throws CrispError `usage` for an option that only a cluster has a use for */
export function refuseClusterOptions(options: ClusterOptions & { readonly wait?: boolean }): void {
  const name = names.find((one) => options[one] !== undefined) ?? (options.wait === false ? "noWait" : undefined);
  if (name === undefined) return;
  const flag = `--${name.replace(/([A-Z])/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new CrispError(
    "usage",
    `${flag} is given without --executor slurm; it says how jobs are submitted. Add --executor slurm, or leave ${flag} out.`,
  );
}

/** Options by which jobs are found, follow one another and are stopped, and those with which sbatch submits nothing or waits. */
const reserved = [
  "job-name",
  "array",
  "dependency",
  "output",
  "open-mode",
  "signal",
  "no-requeue",
  "wait",
  "test-only",
];
/** The same as letters. */
const reservedLetters = /^-[JadoW]/;

/** @throws CrispError `usage` for a word that is no option, or one of Crisp's own */
function wordsOf(text: string): readonly string[] {
  const words = text.split(/\s+/).filter(Boolean);
  const own = words.find((word) => {
    const [, name = ""] = /^--([\w-]+)/.exec(word) ?? [];
    // sbatch takes shortened names too.
    const isOwn = (one: string) => (name.length > 3 ? one.startsWith(name) : one === name);
    return reservedLetters.test(word) || reserved.some(isOwn);
  });
  if (own !== undefined)
    throw new CrispError(
      "usage",
      `--sbatch: ${own} is an option that Crisp gives itself: without it the study's jobs would not be found, or not follow one another. Leave it out; free are such as --mem-per-cpu, --qos, --constraint and --exclude.`,
    );
  const odd = words.find((word) => !/^--?\w/.test(word));
  if (odd === undefined) return words;
  throw new CrispError(
    "usage",
    `--sbatch: ${odd} is not an option of sbatch; each word must begin with "-", such as --sbatch '--mem-per-cpu=2G --qos=long'. Join option and value with "=".`,
  );
}
