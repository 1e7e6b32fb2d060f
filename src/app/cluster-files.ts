/**
 * What a study on a cluster keeps beside its results: choices of the user, submissions and the state, in slurm/.
 * None of it decides a number, and all of it may be removed.
 */
import type { ErrorCode } from "../core/errors.js";
import { readJson, writeJson } from "./failures.js";
import type { ClusterChoices, Platform } from "./platform.js";

/** Where a study on a cluster stands: jobs do what is left, or nothing goes on any more. */
export type ClusterState =
  /** `byHand`: scripts were written (crisp script), and only the user knows whether they were submitted. */
  | { readonly state: "submitted"; readonly byHand?: true }
  | { readonly state: "finished" }
  | { readonly state: "stopped"; readonly code: ErrorCode; readonly message: string };

/** Items that were submitted together: how often each was by now, and the log of its task. */
export type Submission = {
  readonly number: number;
  readonly items: Readonly<Record<string, { readonly attempt: number; readonly log: string }>>;
};

/** What the user chose when the study was submitted last; null where it never was. */
export function readChoices(out: string, platform: Platform): Promise<ClusterChoices | null> {
  return readJson(out, "slurm/choices.json", platform);
}

/** Keeps the choices for the steps to come. */
export function writeChoices(out: string, choices: ClusterChoices, platform: Platform): Promise<void> {
  return writeJson({ out, platform }, "slurm/choices.json", choices);
}

/** Where the study stands; null where it was never submitted. */
export function readState(out: string, platform: Platform): Promise<ClusterState | null> {
  return readJson(out, "slurm/state.json", platform);
}

/** Sets where the study stands. */
export function writeState(out: string, state: ClusterState, platform: Platform): Promise<void> {
  return writeJson({ out, platform }, "slurm/state.json", state);
}

/** Forgets where the study stood. */
export function clearState(out: string, { studies }: Platform): Promise<void> {
  const files = studies.files(out);
  return files.remove(files.paths.join(out, "slurm/state.json"));
}

/** Tells jobs that wait that the study is finished, where it ever was on a cluster: another process has finished it. */
export async function settleState(out: string, platform: Platform): Promise<void> {
  if ((await readState(out, platform)) !== null) await writeState(out, { state: "finished" }, platform);
}

/** A number no submission has had. */
export async function newSubmission(out: string, platform: Platform): Promise<number> {
  return Math.max(0, ...(await submissions(out, platform))) + 1;
}

/** The last submission that came to its end; null where there is none. */
export async function lastSubmission(out: string, platform: Platform): Promise<Submission | null> {
  for (const number of (await submissions(out, platform)).sort((a, b) => b - a)) {
    const found = await readJson<Submission>(out, `slurm/${number}/submission.json`, platform);
    if (found) return found;
  }
  return null;
}

/** Keeps a submission. */
export function writeSubmission(out: string, submission: Submission, platform: Platform): Promise<void> {
  return writeJson({ out, platform }, `slurm/${submission.number}/submission.json`, submission);
}

async function submissions(out: string, { studies }: Platform): Promise<number[]> {
  const files = studies.files(out);
  const names = await files.list(files.paths.join(out, "slurm"));
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}
