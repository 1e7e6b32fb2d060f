/**
 * The programs of Slurm, and what they print: only plain forms that all versions share. Where the controller
 * does not answer (it may be restarting) the question is asked again for a minute.
 */
import { type ExecFileException, execFile } from "node:child_process";
import { userInfo } from "node:os";
import { CrispError } from "../../core/errors.js";

/** A job, or an element of an array, that waits or runs; `held` where a node could not begin it. */
export type Queued = { readonly id: string; readonly waiting: boolean; readonly held: boolean; readonly name: string };

/** A batch script: its file, and what stands in it. */
export type BatchScript = { readonly path: string; readonly text: string };

/** Seconds between one question and the next to a controller that does not answer. */
const pauses = [1, 2, 4, 8, 15, 30];
const unreachable = /contact slurm controller|connection refused|timed out|communication|socket/i;

/** States of jobs that end, and of copies that another cluster of a federation has. */
const ending = new Set(["COMPLETING", "REVOKED"]);

/** Jobs of this user whose names begin so, in hidden partitions too; those that are only being cleaned up are left out. */
export async function queued(prefix: string): Promise<readonly Queued[]> {
  const text = await slurm("squeue", ["-h", "-a", "-r", "-u", userInfo().username, "-o", "%i|%T|%r|%j"]);
  const lines = text.split("\n").flatMap((line) => {
    const [id, state, reason, ...name] = line.split("|");
    return name.length === 0 || ending.has(state) ? [] : [{ id, state, reason, name: name.join("|").trim() }];
  });
  return lines
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ id, state, reason, name }) => ({
      ...{ id: id.trim(), waiting: state === "PENDING", name },
      held: state === "PENDING" && /launch.failed/i.test(reason),
    }));
}

/** Submits a script; the ID of its job. @param after  "afterany:12:13", or null for at once */
export async function submit({ path, text }: BatchScript, after: string | null): Promise<string> {
  const dependency = after === null ? [] : [`--dependency=${after}`, "--kill-on-invalid-dep=yes"];
  const printed = await slurm("sbatch", ["--parsable", ...dependency, path], environmentFor(text));
  const [, id] = /^(\d+)/m.exec(printed) ?? [];
  if (id !== undefined) return id;
  throw new CrispError(
    "incomplete",
    `sbatch printed ${JSON.stringify(printed)}, not the number of a job. Run it by hand: sbatch ${path}`,
  );
}

/** Ends jobs. */
export async function cancel(ids: readonly string[]): Promise<void> {
  for (let i = 0; i < ids.length; i += 500) await slurm("scancel", ids.slice(i, i + 500));
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
  if (id !== undefined) await run("scontrol", ["requeue", id], environmentFor("")).catch(() => {});
}

/** Elements that an array may have. */
export async function largestArray(): Promise<number> {
  const [, size] = /^MaxArraySize\s*=\s*(\d+)/m.exec(await slurm("scontrol", ["show", "config"])) ?? [];
  return Math.max(1, Number(size ?? 1001));
}

/** @throws CrispError `usage` where there is no Slurm, `incomplete` with Slurm's own words */
async function slurm(program: string, words: readonly string[], environment = environmentFor("")): Promise<string> {
  for (const pause of [...pauses, 0]) {
    try {
      return await run(program, words, environment);
    } catch (error) {
      const { code, stderr, message, signal } = error as ExecFileException & { readonly stderr?: string };
      if (code === "ENOENT") {
        throw new CrispError(
          "usage",
          `${program} is not here; --executor slurm needs the commands of Slurm. Run this on a login node of the cluster, or leave --executor out.`,
        );
      }
      const reason = (stderr || message).trim();
      if (pause === 0 || !(signal || unreachable.test(reason)))
        throw new CrispError("incomplete", `${program}: ${reason}. Look into it, then run the same command again.`);
      await new Promise((go) => setTimeout(go, 1000 * pause));
    }
  }
  throw new CrispError("internal", "unreachable");
}

/**
 * The environment of Slurm's programs. A job that is submitted inside a job must not inherit what Slurm told that
 * one; the user's own filters of squeue would hide jobs; and variables of sbatch, which go before the options in a
 * script, stay only for options that the script does not have.
 *
 * @param script  lines of the batch script, or ""
 */
export function environmentFor(script: string, all: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = new Set(["SLURM_CONF", "SLURM_CLUSTERS"]);
  const written = [...script.matchAll(/^#SBATCH "?--([\w-]+)/gm)].flatMap(([, option]) => variablesOf(option));
  const dropped = new Set(written.map((name) => `SBATCH_${name}`));
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => kept.has(name) || !(dropped.has(name) || /^(SLURMD?|SQUEUE)_/.test(name))),
  );
}

/** What an option is called in the environment, without SBATCH_; and what would undo it. */
function variablesOf(option: string): readonly string[] {
  if (option === "time") return ["TIMELIMIT"];
  if (option === "array") return ["ARRAY_INX"];
  if (option === "requeue") return ["REQUEUE", "NO_REQUEUE"];
  return [option.toUpperCase().replaceAll("-", "_")];
}

function run(program: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((done, fail) => {
    const options = { env, maxBuffer: 1 << 28, timeout: 120_000 };
    execFile(program, [...words], options, (error, stdout, stderr) => {
      if (error) fail(Object.assign(error, { stderr }));
      else done(stdout);
    });
  });
}
