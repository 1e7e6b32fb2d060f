/**
 * A study's folder without what nothing needs: checkpoints of trainings that are finished, what killed processes
 * left, and, where the user says so, logs of a cluster and results that the study's own rounds did not ask for.
 * Nothing is removed while anybody works on the study.
 */
import { CrispError } from "../core/errors.js";
import { showItem, shownMinimum } from "../study/showcase.js";
import { readState } from "./cluster-files.js";
import { planOf } from "./manifest.js";
import type { Files, Platform } from "./platform.js";
import { openStore, type StudyStore, summaryPath } from "./store.js";
import { knownManifest, plannedItems, readRecord, refuseTraining } from "./study-files.js";

/** What to clear. */
export type GcRequest = {
  readonly study: string;
  /** Only say what would be removed. */
  readonly dryRun: boolean;
  /** Also scripts, logs and errors of a cluster, once the study is finished. */
  readonly logs: boolean;
  /** Also results of other commands: predict, transition, protocol, denoise. */
  readonly results: boolean;
};

/** Files of one kind that are not needed. */
export type Rubbish = { readonly what: string; readonly files: readonly string[]; readonly bytes: number };

/**
 * Removes what the study does not need, and says what that is; kinds without a file are left out.
 *
 * @throws CrispError `busy` while a process works on the study, or jobs of it wait; `store` for a link or a folder
 *   where a file belongs, `checksum` for a damaged result; nothing is removed then
 */
export async function clearStudy(request: GcRequest, platform: Platform): Promise<readonly Rubbish[]> {
  const { studies } = platform;
  const study = platform.files.paths.resolve(request.study);
  refuseTraining(request.study, await knownManifest(study, platform));
  const unlock = await studies.lock(study);
  try {
    const found = await rubbishOf({ ...request, study }, platform);
    const files = studies.files(study);
    if (!request.dryRun)
      for (const { files: names } of found) for (const name of names) await files.remove(files.paths.join(study, name));
    return found;
  } finally {
    await unlock();
  }
}

async function rubbishOf(request: GcRequest, platform: Platform): Promise<readonly Rubbish[]> {
  const { study } = request;
  const files = platform.studies.files(study);
  const strays = (await platform.studies.strays(study)).map((path) => files.paths.relative(study, path));
  await demandIdle(study, strays, platform);
  const store = openStore(study, () => {}, platform);
  const lists: Record<string, readonly string[]> = {
    "left by killed processes": strays,
    "checkpoints of finished trainings": await oldCheckpoints(study, store, files),
    "lists of items of an earlier version": await oldLists(study, files),
    "numbers without a summary": await halves(study, files),
    "results of other commands": request.results ? await otherResults(study, store, platform) : [],
    "scripts and logs of a cluster": request.logs ? await clusterFiles(study, files) : [],
  };
  const measured = Object.entries(lists).map(async ([what, names]) => ({
    ...{ what, files: names },
    bytes: await bytesOf(names, study, files),
  }));
  return (await Promise.all(measured)).filter(({ files: names }) => names.length > 0);
}

/** Who joined a study has no lock, but claims; jobs that wait have neither. */
async function demandIdle(study: string, strays: readonly string[], platform: Platform): Promise<void> {
  const claims = (await namesIn(study, "claims", platform.studies.files(study))).filter(
    (name) => !strays.includes(name),
  );
  const state = await readState(study, platform);
  const submitted = state?.state === "submitted";
  if (claims.length === 0 && !submitted) return;
  const jobs =
    submitted && state.byHand
      ? "its scripts were written by crisp script, and may have been submitted by hand"
      : "its jobs are on a cluster";
  const who = claims.length > 0 ? `a process makes an item (${claims[0]})` : jobs;
  const advice = `Wait for the end, or stop it ("crisp cancel ${study}" ends what is on a cluster), and clear it then.`;
  throw new CrispError("busy", `${study} is worked on: ${who}. ${advice}`);
}

/** Files in a folder of the study, from the study's folder; what is hidden is being written. */
async function namesIn(study: string, folder: string, files: Files): Promise<string[]> {
  const names = await files.list(files.paths.join(study, folder));
  return names.filter((name) => !name.startsWith(".")).map((name) => `${folder}/${name}`);
}

/** Of trainings whose result is there and sound. */
async function oldCheckpoints(study: string, store: StudyStore, files: Files): Promise<string[]> {
  const old: string[] = [];
  for (const name of await namesIn(study, "checkpoints", files)) {
    const [, id] = /^checkpoints\/([0-9a-f]{64})\.\d+$/.exec(name) ?? [];
    if (id !== undefined && (await store.stored(id)) !== null) old.push(name);
  }
  return old;
}

/** The first versions called items units; where both are, items count. */
async function oldLists(study: string, files: Files): Promise<string[]> {
  const names = await files.list(study);
  const called = (word: string) => names.filter((name) => new RegExp(`^${word}-\\d+\\.ndjson$`).test(name));
  return called("items").length > 0 ? called("units") : [];
}

/** A process that was killed between the numbers and their summary left half a result. */
async function halves(study: string, files: Files): Promise<string[]> {
  const found: string[] = [];
  for (const name of [
    ...(await resultFiles(study, "results", files)),
    ...(await resultFiles(study, "dictionaries", files)),
  ])
    if ((await files.kind(files.paths.join(study, summaryPath(idOf(name))))) === null) found.push(name);
  return found;
}

async function resultFiles(study: string, folder: string, files: Files): Promise<string[]> {
  const parts = (await files.list(files.paths.join(study, folder))).filter((name) => /^[0-9a-f]{2}$/.test(name));
  const names: string[] = [];
  for (const part of parts) names.push(...(await namesIn(study, `${folder}/${part}`, files)));
  return names.filter((name) => /^[0-9a-f]{64}$/.test(idOf(name)));
}

/** The ID in "results/ab/ID.transition.json". */
function idOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1).split(".")[0];
}

/** Results of no round, but for the pictures of the report. */
async function otherResults(study: string, store: StudyStore, platform: Platform): Promise<string[]> {
  const files = platform.studies.files(study);
  const wanted = new Set((await plannedItems(study, platform)).map(({ id }) => id));
  const record = await readRecord(study, platform); // only a finished study tells which pictures are shown
  const minimum = shownMinimum(record.minima);
  if (minimum) wanted.add(showItem(planOf(await knownManifest(study, platform)), minimum).id);
  const others = new Set((await store.ids()).filter((id) => !wanted.has(id)));
  const all = [...(await resultFiles(study, "results", files)), ...(await resultFiles(study, "dictionaries", files))];
  // The summary goes first: without it the rest is no result any more, whenever the process ends.
  return all.filter((name) => others.has(idOf(name))).sort((a, b) => Number(isPart(a)) - Number(isPart(b)));
}

function isPart(name: string): boolean {
  return name !== summaryPath(idOf(name));
}

/** @throws CrispError `incomplete` where the study is not finished */
async function clusterFiles(study: string, files: Files): Promise<string[]> {
  if ((await files.kind(files.paths.join(study, "scaling.json"))) === null) {
    throw new CrispError(
      "incomplete",
      `${study} is not finished, and its cluster files tell the next steps what was tried; --logs is for finished studies. Leave it out, or run the study's command first.`,
    );
  }
  const lists = await Promise.all(["slurm", "logs", "errors"].map((folder) => allIn(study, folder, files)));
  return lists.flat();
}

async function allIn(study: string, folder: string, files: Files): Promise<string[]> {
  const names: string[] = [];
  for (const name of await namesIn(study, folder, files))
    if ((await files.kind(files.paths.join(study, name))) === "folder")
      names.push(...(await allIn(study, name, files)));
    else names.push(name);
  return names;
}

async function bytesOf(names: readonly string[], study: string, files: Files): Promise<number> {
  let bytes = 0;
  for (const name of names) bytes += (await files.open(files.paths.join(study, name))).bytes;
  return bytes;
}
