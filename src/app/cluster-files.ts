/**
 * What a study on a cluster keeps beside its results: choices of the user, submissions and the state in slurm/,
 * and errors/ID.json for items that failed. None of it decides a number, and all of it may be removed.
 */
import type { ErrorCode } from "../core/errors.js";
import type { ClusterChoices, Platform } from "./platform.js";

/** Where a study on a cluster stands: jobs do what is left, or nothing goes on any more. */
export type ClusterState =
  | { readonly state: "submitted" }
  | { readonly state: "finished" }
  | { readonly state: "stopped"; readonly code: ErrorCode; readonly message: string };

/** Items that were submitted together: how often each was by now, and the log of its task. */
export type Submission = {
  readonly number: number;
  readonly items: Readonly<Record<string, { readonly attempt: number; readonly log: string }>>;
};

/** An item that failed. */
export type Failure = {
  readonly id: string;
  /** "sweep F = 32, seed 1, images 0–49" */
  readonly label: string;
  readonly message: string;
  /** Path of its task's log from the study's folder; "" where none is known. */
  readonly log: string;
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

/** All failures on record, also of items that have a result by now. */
export async function failuresIn(out: string, platform: Platform): Promise<readonly Failure[]> {
  const found: Failure[] = [];
  for (const name of await failureNames(out, platform)) {
    const failure = await readJson<Omit<Failure, "id">>(out, `errors/${name}`, platform);
    if (failure) found.push({ ...failure, id: name.slice(0, -".json".length) });
  }
  return found;
}

/** Records that an item failed; the last failure stays. */
export function writeFailure(out: string, { id, ...failure }: Failure, platform: Platform): Promise<void> {
  return writeJson({ out, platform }, `errors/${id}.json`, failure);
}

/** Forgets all failures. */
export async function clearFailures(out: string, platform: Platform): Promise<void> {
  const files = platform.studies.files(out);
  for (const name of await failureNames(out, platform)) await files.remove(files.paths.join(out, "errors", name));
}

async function failureNames(out: string, { studies }: Platform): Promise<string[]> {
  const files = studies.files(out);
  return (await files.list(files.paths.join(out, "errors"))).filter((name) => /^[0-9a-f]+\.json$/.test(name));
}

async function submissions(out: string, { studies }: Platform): Promise<number[]> {
  const files = studies.files(out);
  const names = await files.list(files.paths.join(out, "slurm"));
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Null where there is no such file, or none that can be understood. */
async function readJson<T>(out: string, name: string, { studies }: Platform): Promise<T | null> {
  const files = studies.files(out);
  const bytes = await files.readIfThere(files.paths.join(out, name));
  try {
    return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T);
  } catch {
    return null;
  }
}

type Place = { readonly out: string; readonly platform: Platform };

async function writeJson({ out, platform }: Place, name: string, record: object): Promise<void> {
  const files = platform.studies.files(out);
  await files.replace(files.paths.join(out, name), `${JSON.stringify(record)}\n`);
}
