/**
 * A study on a cluster. Each step conducts it as far as its results reach and has what is missing for the next
 * one submitted as bundles; the last job of every step is the next step. So no process has to stay: the one
 * that the user started only looks on, and files alone say how far the study is.
 */
import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import { bundled } from "../study/bundles.js";
import { secondsOf } from "../study/estimate.js";
import type { PlanContext } from "../study/plan.js";
import type { StudyRecord } from "../study/record.js";
import type { Item } from "../work/item.js";
import { type Runner, stopIfAsked } from "../work/runner.js";
import {
  clearState,
  lastSubmission,
  newSubmission,
  readChoices,
  readState,
  writeChoices,
  writeState,
  writeSubmission,
} from "./cluster-files.js";
import { clearFailures, failuresIn, someFailed, writeFailure } from "./failures.js";
import { storedDictionaries } from "./given-dictionaries.js";
import { demandSettings, planOf } from "./manifest.js";
import { type Cluster, type ClusterChoices, folderGone, type Jobs, type Platform } from "./platform.js";
import { labelOf } from "./progress.js";
import { conductAndAnalyse, finishedStudy } from "./run-study.js";
import { inSession, type Session, type StudyRequest } from "./session.js";
import { openStore } from "./store.js";
import { knownManifest, plannedItems, refuseTraining } from "./study-files.js";
import { writeReport } from "./study-report.js";

/** A study to run on a cluster; `workers` are the threads of one task. */
export type ClusterRequest = StudyRequest & { readonly choices: ClusterChoices };

/** Bundles of 20 minutes, at most 200 at once, one core each. */
export const usualChoices: ClusterChoices = {
  sbatch: [],
  bundleMinutes: 20,
  maxParallel: 200,
  threads: 1,
  command: "crisp run --executor slurm",
};

/** A task that ended so often without a result is not begun again. */
const mostAttempts = 3;
/** Times that held jobs are let go while no item is finished: where no node can begin them, more would not help. */
const mostReleases = 10;
/** Seconds between looks at the files, and at the queue. */
const lookSeconds = { files: 1, queue: 10 };
/** Seconds of silence of the queue that are told, and after which nobody waits for it: a controller that is upgraded is back before. */
const silentSeconds = { told: 60, most: 1800 };
/** Seconds that a step waits for the lock: longer than a holder that is gone keeps it. */
const mostWaits = 150;

/**
 * Submits what is missing, unless the study's jobs are in the queue already.
 *
 * @returns false where nothing is left to wait for: the study is finished
 */
export async function submitStudy(request: ClusterRequest, cluster: Cluster, platform: Platform): Promise<boolean> {
  const { out } = request;
  const { waiting, running, held } = await firstJobs(request, cluster);
  if (waiting + running > 0) {
    demandSettings(out, await knownManifest(out, platform), request);
    const note = `Its jobs are in the queue already: ${queueText({ waiting, running, held })}.`;
    request.onEvent({ kind: "note", message: note });
    return true;
  }
  return (await step(request, cluster, { platform, first: true })) === "submitted";
}

/** The study's jobs; it is told where the queue has to be asked again, for that may take a minute. */
async function firstJobs({ out, onEvent }: ClusterRequest, cluster: Cluster): Promise<Jobs> {
  try {
    return await cluster.jobs(out, { once: true });
  } catch (error) {
    if (!(error instanceof CrispError && error.code === "incomplete")) throw error;
    onEvent({ kind: "note", message: "The queue does not answer; it is asked again." });
    return cluster.jobs(out);
  }
}

/** The record of a study whose jobs are in the queue, once it is there. @throws CrispError for what ended it; `incomplete` when the signal comes */
export async function awaitStudy(
  request: ClusterRequest,
  cluster: Cluster,
  platform: Platform,
): Promise<{ record: StudyRecord; report: string }> {
  const { out, signal } = request;
  const look = lookerAt(request, platform);
  const askQueue = askerOf(request, cluster, platform);
  let [asked, next, released, made] = [platform.now(), 0, 0, 0];
  while (!(await isFinished(out, platform))) {
    stopIfAsked(signal);
    if (platform.now() > next) {
      const began = platform.now();
      const done = await look.files();
      if (done > made) [made, released] = [done, 0];
      // A twentieth of the time at most: the file system of a large study has better to do.
      next = platform.now() + 20 * (platform.now() - began);
    }
    if (platform.now() - asked > lookSeconds.queue) {
      asked = platform.now();
      const jobs = await askQueue();
      if (jobs) look.jobs(jobs);
      if (jobs?.held) {
        if (released++ >= mostReleases && jobs.running === 0) throw heldForGood(out, jobs.held);
        if (released <= mostReleases) await letGo(request, cluster, jobs.held);
      }
      // The last job of a step ends after it has submitted more, or said that there is no more to do: here it was lost.
      const lost = jobs !== null && jobs.waiting + jobs.running === 0 && !(await isFinished(out, platform));
      if (lost) await step(request, cluster, { platform, first: false }).catch(unlessBusy);
    }
    await new Promise((go) => setTimeout(go, 1000 * lookSeconds.files));
  }
  return finishedStudy(request, platform);
}

/** Asks for the study's jobs: null while the queue does not answer, which is told. @throws CrispError where it has not answered for too long */
function askerOf({ out, onEvent }: ClusterRequest, cluster: Cluster, { now }: Platform): () => Promise<Jobs | null> {
  let [answered, told] = [now(), false];
  const note = (message: string) => onEvent({ kind: "note", message });
  return async () => {
    try {
      const jobs = await cluster.jobs(out, { once: true });
      if (told) note("The queue answers again.");
      [answered, told] = [now(), false];
      return jobs;
    } catch (error) {
      const silent = now() - answered;
      if (!(error instanceof CrispError) || silent > silentSeconds.most) throw error;
      if (!told && silent > silentSeconds.told) {
        note("The queue does not answer. Its jobs go on without it; it is asked again for half an hour.");
        told = true;
      }
      return null;
    }
  };
}

/** A node that has just been restarted may refuse a task, and Slurm then holds it for ever. */
async function letGo({ out, onEvent }: ClusterRequest, cluster: Cluster, held: number): Promise<void> {
  onEvent({
    kind: "note",
    message: `A node could not begin ${counted(held, "task")}, which Slurm held; let go again.`,
  });
  await cluster.release(out).catch(() => {}); // asked again with the next look
}

function heldForGood(out: string, held: number): CrispError {
  return new CrispError(
    "incomplete",
    `No node can begin ${counted(held, "task")} of ${out}: Slurm held them again after ${mostReleases} releases. They stay in the queue. Ask "sinfo -R" what is wrong with the nodes, then run the same command again, which lets them go.`,
  );
}

/** @throws CrispError for what ended the study before */
async function isFinished(out: string, platform: Platform): Promise<boolean> {
  const state = await readState(out, platform);
  if (state?.state === "stopped") throw new CrispError(state.code, state.message);
  // Taken for a new study, it would be submitted again at its old place.
  if (state === null && (await platform.files.kind(out)) === null) throw folderGone(out);
  return state?.state === "finished";
}

/**
 * One step, as the last job of the step before takes it; nothing where the study was stopped meanwhile. The
 * process that submitted that job, or one that is gone, may still hold the lock.
 */
export async function nextStep(study: string, running: OfStep, on: Step): Promise<void> {
  const request = await storedRequest(study, running, on.platform);
  for (let waited = 0; (await readState(request.out, on.platform))?.state === "submitted"; waited++) {
    try {
      await step(request, on.cluster, { ...on, first: false });
      return;
    } catch (error) {
      unlessBusy(error);
      if (waited > mostWaits) throw error;
    }
    await new Promise((go) => setTimeout(go, 1000));
  }
}

/** A study that was submitted before, as its folder has it. @throws CrispError `store` for a folder that is none */
export async function storedRequest(study: string, running: OfStep, platform: Platform): Promise<ClusterRequest> {
  const out = platform.files.paths.resolve(study);
  const manifest = await knownManifest(out, platform);
  refuseTraining(out, manifest);
  const choices = { ...usualChoices, ...(await readChoices(out, platform)), ...running.choices };
  const { reuse, command, threads, laws } = choices;
  const dictionaries = storedDictionaries(planOf(manifest));
  return {
    ...running,
    settings: manifest.settings,
    out,
    reuse,
    command,
    laws,
    dictionaries,
    workers: threads,
    choices,
  };
}

/** Who listens to a step, and the user's choices that go before those of the folder. */
export type OfStep = Pick<StudyRequest, "signal" | "onEvent"> & { readonly choices?: Partial<ClusterChoices> };

/** Stops a study: no step is taken any more, and its jobs end. */
export async function cancelStudy(out: string, cluster: Cluster, platform: Platform): Promise<Jobs> {
  await knownManifest(out, platform);
  const state = await readState(out, platform);
  const { kind, paths } = platform.files;
  // A study that ran on this machine alone: there may be no Slurm to ask.
  if ((await kind(paths.join(out, "slurm"))) === null) return { waiting: 0, running: 0 };
  const before = await cluster.jobs(out).catch((error) => {
    // Scripts may be written where there is no cluster, and then no job of theirs is here.
    if (state?.state === "submitted" && state.byHand && error instanceof CrispError && error.code === "usage")
      return null;
    throw error;
  });
  await stopSubmitted(out, platform);
  if (before === null) return { waiting: 0, running: 0 };
  await cluster.cancel(out);
  // A step that was being taken may have said again that it submitted.
  await stopSubmitted(out, platform);
  return before;
}

async function stopSubmitted(out: string, platform: Platform): Promise<void> {
  if ((await readState(out, platform))?.state !== "submitted") return;
  const message = `${out} was cancelled. Run the study's command again to go on.`;
  await writeState(out, { state: "stopped", code: "incomplete", message }, platform);
}

/** Thrown through the conduct of a study when its next items were submitted. */
class Submitted extends CrispError {
  constructor() {
    super("incomplete", "the next items were submitted.");
  }
}

/** Where a step is taken. */
export type Step = { readonly cluster: Cluster; readonly platform: Platform };

async function step(
  request: ClusterRequest,
  cluster: Cluster,
  { platform, first }: Pick<Step, "platform"> & { readonly first: boolean },
): Promise<"submitted" | "finished"> {
  const { out } = request;
  try {
    await inSession(
      { ...request, purpose: "study" },
      async (session) => {
        if (first) await begin(request, platform);
        const runner = clusterRunner(session, request, { cluster, platform });
        await conductAndAnalyse({ ...session, context: { ...session.context, runner } }, request, platform);
      },
      platform,
    );
  } catch (error) {
    if (error instanceof Submitted) return "submitted";
    if (!(error instanceof CrispError) || error.code === "busy" || request.signal.aborted) throw error;
    const { code, message } = error;
    await writeState(out, { state: "stopped", code, message }, platform).catch(() => {});
    throw error;
  }
  await writeReport(out, platform);
  await writeState(out, { state: "finished" }, platform);
  return "finished";
}

/** A run that the user asked for tries everything again, wherever the study stood. */
async function begin({ out, choices }: ClusterRequest, platform: Platform): Promise<void> {
  await clearFailures(out, platform);
  await clearState(out, platform);
  await writeChoices(out, { ...choices, since: (await lastSubmission(out, platform))?.number ?? 0 }, platform);
}

/** Kinds whose items take seconds: made by the step itself. */
const small = new Set(["atoms", "show"]);

function clusterRunner(session: Session, request: ClusterRequest, on: Step): Runner {
  const { store, runner } = session.context;
  return {
    async run(items, done) {
      const lacking: Item[] = [];
      for (const item of items) if (!(await store.has(item))) lacking.push(item);
      const [near, far] = [true, false].map((of) => lacking.filter(({ kind }) => small.has(kind) === of));
      if (far.length === 0) return runner.run(items, done);
      await runner.run(near, () => {});
      await submitted(far, { session, request, ...on });
      throw new Submitted();
    },
  };
}

type Stepping = Step & { readonly session: Session; readonly request: ClusterRequest };

/** @throws CrispError `incomplete` where all that is left has failed */
async function submitted(items: readonly Item[], { session, request, cluster, platform }: Stepping): Promise<void> {
  const { out, choices, workers } = request;
  const { since = 0, pace = await session.pace() } = (await readChoices(out, platform)) ?? {};
  await writeChoices(out, { ...choices, since, pace }, platform);
  const last = await lastSubmission(out, platform);
  const before = last && last.number > since ? last.items : {};
  for (const item of items) {
    const { attempt, log } = before[item.id] ?? { attempt: 0, log: "" };
    if (attempt < mostAttempts) continue;
    const message = `its task ended ${attempt} times without a result: it was killed, out of memory or out of time, or could not begin. Its log may say more.`;
    await writeFailure(out, { id: item.id, label: labelOf(item), message, log }, platform);
  }
  const lacking = new Set(items.map(({ id }) => id));
  // What failed in a task may have been made since, by a process that joined.
  const failures = (await failuresIn(out, platform)).filter(({ id }) => lacking.has(id));
  const failed = new Set(failures.map(({ id }) => id));
  const left = items.filter(
    (item) => !failed.has(item.id) && !("dictionary" in item && failed.has(`${item.dictionary}`)),
  );
  if (left.length === 0) throw someFailed(out, failures);
  const plan = { ...session.context, pace };
  const bundles = bundled(left, {
    plan,
    seconds: workers * bundleSeconds(left, plan, choices),
    alone: ({ id }) => before[id] !== undefined,
  });
  // A step may take long to plan; who cancels meanwhile finds no job of it to end.
  stopIfAsked(request.signal);
  await isFinished(out, platform);
  const number = await newSubmission(out, platform);
  await writeState(out, { state: "submitted" }, platform);
  const logs = await cluster.submit(out, number, { bundles, choices });
  // Another process took this step, or scripts were only written.
  if (logs.size === 0) return;
  const entries = left.flatMap(({ id }) => {
    const log = logs.get(id);
    if (log !== undefined) return [[id, { attempt: (before[id]?.attempt ?? 0) + 1, log }] as const];
    // Not taken this time: how often it was tried is not forgotten.
    return before[id] ? [[id, before[id]] as const] : [];
  });
  await writeSubmission(out, { number, items: Object.fromEntries(entries) }, platform);
  const tasks = bundles.first.length + bundles.next.length;
  const message = `Submitted ${counted(logs.size, "item")} in ${counted(tasks, "task")} (${out}/slurm/${number}).`;
  request.onEvent({ kind: "note", message });
}

/** As long as it takes to keep all tasks busy at once, but no longer than was chosen, and no shorter than a minute. */
function bundleSeconds(items: readonly Item[], plan: PlanContext, choices: ClusterChoices): number {
  const { bundleMinutes, maxParallel, threads } = choices;
  const most = 60 * bundleMinutes;
  const total = items.reduce((sum, item) => sum + secondsOf(item, plan), 0);
  return Math.min(most, Math.max(60, total / threads / maxParallel));
}

function unlessBusy(error: unknown): void {
  if (!(error instanceof CrispError && error.code === "busy")) throw error;
}

/** How far a study on a cluster is, told from its files; of the queue as it was when last asked. */
function lookerAt({ out, onEvent }: ClusterRequest, platform: Platform) {
  const store = openStore(out, () => {}, platform);
  let queue: Jobs | null = null;
  let [missing, total] = [[] as Item[], 0];
  return {
    jobs(found: Jobs) {
      queue = found;
    },
    /** Items that are done by now. */
    async files(): Promise<number> {
      const planned = await plannedItems(out, platform);
      if (planned.length !== total) [missing, total] = [planned, planned.length];
      const left: Item[] = [];
      for (const item of missing) if (!(await store.has(item))) left.push(item);
      missing = left;
      const label = queue ? queueText(queue) : "";
      const done = total - missing.length;
      onEvent({
        kind: "progress",
        stage: "cluster",
        done,
        total,
        estimated: false,
        cached: 0,
        secondsLeft: null,
        label,
      });
      return done;
    },
  };
}

/** "2 running tasks, 14 waiting, 1 of them held" */
export function queueText({ running, waiting, held }: Jobs): string {
  return `${counted(running, "running task")}, ${waiting} waiting${held ? `, ${held} of them held` : ""}`;
}
