/**
 * The programs of Slurm, and what they print: only plain forms that all versions share. Where the controller
 * does not answer (it may be restarting) the question is asked again for a minute, and by a job for half an hour.
 */
import { type ExecFileException, execFile } from "node:child_process";
import { userInfo } from "node:os";
import { CrispError } from "../../core/errors.js";

/** A job, or an element of an array, that waits or runs; `held` where a node could not begin it. */
export type Queued = {
  readonly id: string;
  readonly waiting: boolean;
  readonly held: boolean;
  /** Why it waits, in Slurm's word; "None" of one that runs. */
  readonly reason: string;
  readonly name: string;
};

/** A batch script: its file, and what stands in it. */
export type BatchScript = { readonly path: string; readonly text: string };

/** Seconds between one question and the next to a controller that does not answer. */
const pauses = [1, 2, 4, 8, 15, 30];
/** Those of a job: nobody waits for it, and a step that gave up would stop its study. */
const patience = [...pauses, ...Array<number>(58).fill(30)];
const unreachable = /contact slurm controller|connection refused|timed out|communication|socket/i;
/** As its programs say it where they find no cluster to ask. */
const unconfigured = /configuration (source|file)/i;

/** States of jobs that end, and of copies that another cluster of a federation has. */
const ending = new Set(["COMPLETING", "REVOKED"]);
/** States of jobs that are not there whatever is asked: an array that was taken back may be submitted again under its name. */
const undone = new Set(["CANCELLED", "REVOKED"]);

/**
 * Jobs of this user whose names begin so, in hidden partitions too; those that are only being cleaned up are left
 * out. With `ended` also those that end or ended lately by themselves, as long as Slurm still tells of them; with
 * `once` the controller is not asked again.
 */
export async function queued(prefix: string, { ended = false, once = false } = {}): Promise<readonly Queued[]> {
  const states = ended ? ["-t", "all"] : [];
  const words = ["-h", "-a", "-r", ...states, "-u", userInfo().username, "-o", "%i|%T|%r|%j"];
  const text = await slurm("squeue", words, { once });
  const passed = ended ? undone : ending;
  const lines = text.split("\n").flatMap((line) => {
    const [id, state, reason, ...name] = line.split("|");
    return name.length === 0 || passed.has(state) ? [] : [{ id, state, reason, name: name.join("|").trim() }];
  });
  return lines
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ id, state, reason, name }) => ({
      ...{ id: id.trim(), waiting: state === "PENDING", reason, name },
      held: state === "PENDING" && /launch.failed/i.test(reason),
    }));
}

/** Slurm takes no more jobs now: of this user, of an account, or of anybody. */
export class QueueFull extends CrispError {}

/**
 * As sbatch says it: EAGAIN at MaxJobCount, after which it asks again by itself for two minutes, which is not waited
 * for; limits of an account or a user by their names (AssocMaxSubmitJobLimit, QOSMaxSubmitJobPerUserLimit, …) and by
 * the one sentence for all limits, which older versions end otherwise. Where it is another limit, one task is refused too.
 */
const full = /temporarily un|queue full|SubmitJobs?(Per\w+)?Limit|violates accounting/i;

/**
 * Submits a script; the ID of its job.
 *
 * @param after  "afterany:12:13", or null for at once
 * @param tasks  of an array, to submit only so many from the first; absent for all
 * @throws QueueFull where Slurm takes no more jobs; nothing was submitted then
 */
export async function submit({ path, text }: BatchScript, after: string | null, tasks?: number): Promise<string> {
  const dependency = after === null ? [] : [`--dependency=${after}`, "--kill-on-invalid-dep=yes"];
  const shortened =
    tasks === undefined ? [] : [`--array=0-${tasks - 1}${/--array=\d+-\d+(%\d+)/.exec(text)?.[1] ?? ""}`];
  const [, name] = /--job-name=(\S+)/.exec(text) ?? [];
  const printed = await slurm("sbatch", ["--parsable", ...dependency, ...shortened, path], {
    environment: environmentFor(text),
    refused: full,
    // An answer may be lost although the job is there: submitted again, its tasks would run twice.
    done: async () => (name === undefined ? undefined : (await jobNamed(name))?.id.split("_")[0]),
  });
  const [, id] = /^(\d+)/m.exec(printed) ?? [];
  if (id !== undefined) return id;
  throw new CrispError(
    "incomplete",
    `sbatch printed ${JSON.stringify(printed)}, not the number of a job. Run it by hand: sbatch ${path}`,
  );
}

/** Scripts of Crisp have names of their own, with the number of the submission; a job may have ended by now. */
async function jobNamed(wanted: string): Promise<Queued | undefined> {
  return (await queued(wanted, { ended: true })).find(({ name }) => name === wanted);
}

/** Ends jobs. */
export async function cancel(ids: readonly string[]): Promise<void> {
  for (let i = 0; i < ids.length; i += 500) await slurm("scancel", ids.slice(i, i + 500));
}

/**
 * Ends tasks of an array, by their numbers: those that had not begun make room at once. An array that is ended as a
 * whole counts at MaxJobCount for as long as Slurm remembers it (MinJobAge), and `--state=PENDING` with numbers ends
 * all of it (tried with Slurm 22.05).
 */
export async function cancelTasks(job: string, from: number, to: number): Promise<void> {
  await slurm("scancel", [`${job}_[${from}-${to}]`]);
}

/** Lets jobs go that are held. */
export async function release(ids: readonly string[]): Promise<void> {
  for (let i = 0; i < ids.length; i += 500) await slurm("scontrol", ["release", ids.slice(i, i + 500).join(",")]);
}

/** Asks that the job of this process be begun again when it has ended. */
export async function requeue(environment: NodeJS.ProcessEnv): Promise<void> {
  const { SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: task, SLURM_JOB_ID: job } = environment;
  // The number of an array's last element is also the whole array's.
  const id = array === undefined ? job : `${array}_${task}`;
  if (id !== undefined) await run("scontrol", ["requeue", id], { environment: environmentFor("") }).catch(() => {});
}

/** Elements that an array may have: MaxArraySize bounds their numbers, and max_array_tasks, where it is set, how many there are. */
export async function largestArray(): Promise<number> {
  const text = await slurm("scontrol", ["show", "config"]);
  const [, size] = /^MaxArraySize\s*=\s*(\d+)/m.exec(text) ?? [];
  const [, tasks] = /^SchedulerParameters\s*=.*\bmax_array_tasks=(\d+)/m.exec(text) ?? [];
  return Math.max(1, Math.min(Number(size ?? 1001), Number(tasks ?? Number.POSITIVE_INFINITY)));
}

/** How a program is run, and asked again. */
type Asking = {
  readonly environment?: NodeJS.ProcessEnv;
  /** What it says where asking again is no use now. */
  readonly refused?: RegExp;
  /** Asked before the program is run again: what it would print, where it has done its work already. */
  done?(): Promise<string | undefined>;
  /** Not asked again where the controller does not answer. */
  readonly once?: boolean;
};

/** @throws CrispError `usage` where there is no Slurm, `incomplete` with Slurm's own words, QueueFull where it refused */
async function slurm(program: string, words: readonly string[], asking: Asking = {}): Promise<string> {
  const { environment = environmentFor(""), refused, done = async () => undefined, once } = asking;
  const again = process.env.SLURM_JOB_ID === undefined ? pauses : patience;
  for (const pause of [...(once ? [] : again), 0]) {
    try {
      return await run(program, words, { environment, refused });
    } catch (error) {
      const { code, stderr, message, signal } = error as ExecFileException & { readonly stderr?: string };
      if (code === "ENOENT") {
        throw new CrispError(
          "usage",
          `${program} is not here; the commands of Slurm are needed. Run this on a login node of the cluster, or run the study without --executor slurm.`,
        );
      }
      const reason = (stderr || message).trim();
      if (unconfigured.test(reason)) {
        const last = reason
          .split("\n")
          .at(-1)!
          .replace(/^\w+: fatal: /, "");
        throw new CrispError(
          "usage",
          `Slurm is installed here, but no cluster answers: ${last}. Run this on a login node of the cluster, or run the study without --executor slurm.`,
        );
      }
      const words = `${program}: ${reason}. Look into it, then run the same command again.`;
      if (refused?.test(reason)) throw new QueueFull("incomplete", words);
      if (!(signal || unreachable.test(reason))) throw new CrispError("incomplete", words);
      if (pause === 0) throw new CrispError("incomplete", silence(program, reason));
      await new Promise((go) => setTimeout(go, 1000 * pause));
      const printed = await done();
      if (printed !== undefined) return printed;
    }
  }
  throw new CrispError("internal", "unreachable");
}

function silence(program: string, reason: string): string {
  return `Slurm's controller (slurmctld) does not answer ${program}: "${reason}". Jobs are submitted, seen and ended only while it answers; those in the queue go on without it. Ask "scontrol ping" whether it is back, then run the same command again, which finds the jobs that are there.`;
}

/**
 * The environment of Slurm's programs. A job that is submitted inside a job must not inherit what Slurm told that
 * one; the user's own filters of squeue and scancel would hide jobs, and SCANCEL_INTERACTIVE have it wait for an
 * answer; and variables of sbatch, which go before the options in a script, stay only for options that the script
 * does not have.
 *
 * @param script  lines of the batch script, or ""
 */
export function environmentFor(script: string, all: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = new Set(["SLURM_CONF", "SLURM_CLUSTERS"]);
  const written = [...script.matchAll(/^#SBATCH "?--([\w-]+)/gm)].flatMap(([, option]) => variablesOf(option));
  const dropped = new Set(written.map((name) => `SBATCH_${name}`));
  return Object.fromEntries(
    Object.entries(all).filter(
      ([name]) => kept.has(name) || !(dropped.has(name) || /^(SLURMD?|SQUEUE|SCANCEL)_/.test(name)),
    ),
  );
}

/** What an option is called in the environment, without SBATCH_; and what would undo it. */
function variablesOf(option: string): readonly string[] {
  if (option === "time") return ["TIMELIMIT"];
  if (option === "array") return ["ARRAY_INX"];
  if (option === "requeue") return ["REQUEUE", "NO_REQUEUE"];
  return [option.toUpperCase().replaceAll("-", "_")];
}

type Running = { readonly environment: NodeJS.ProcessEnv; readonly refused?: RegExp };

/** What the program prints; it is ended as soon as it says that it was refused. */
function run(program: string, words: readonly string[], { environment, refused }: Running): Promise<string> {
  return new Promise((done, fail) => {
    const options = { env: environment, maxBuffer: 1 << 28, timeout: 120_000 };
    const child = execFile(program, [...words], options, (error, stdout, stderr) => {
      if (error) fail(Object.assign(error, { stderr }));
      else done(stdout);
    });
    let said = "";
    child.stderr?.on("data", (text) => {
      said += text;
      if (refused?.test(said)) child.kill("SIGKILL");
    });
  });
}
