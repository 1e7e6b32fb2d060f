/**
 * One task of a cluster: the items of a bundle made, one that fails put on record and the others made all the
 * same. It needs nothing but the study's folder and the images where the study found them.
 */
import type { ImageSet } from "../images/image-set.js";
import { studyRunner } from "../study/local.js";
import type { PlanContext } from "../study/plan.js";
import type { Executor } from "../work/executor.js";
import type { Item } from "../work/item.js";
import { readChoices } from "./cluster-files.js";
import { noteEvent, type StudyLogEvent } from "./events.js";
import { keptFailures } from "./failures.js";
import { planOf } from "./manifest.js";
import type { Platform } from "./platform.js";
import { labelOf, stageOf } from "./progress.js";
import { mendingStore } from "./store.js";
import { knownManifest, parsedItems } from "./study-files.js";
import { demandFamily, imagesOf } from "./study-images.js";

/** A bundle, and who listens. */
export type WorkRequest = {
  readonly study: string;
  /** File of items in the study's folder, and its path from there. */
  readonly bundle: string;
  readonly workers: number;
  readonly signal: AbortSignal;
  readonly command: string;
  /** Path of this task's log from the study's folder. */
  readonly log: string;
  /** Told of each item that begins and ends, and of warnings. */
  onMessage(text: string): void;
};

/** Makes the items of a bundle. @throws CrispError `incomplete` when items failed or the signal stops it, `store` for a study of another kernel or other images */
export async function workItems(request: WorkRequest, platform: Platform): Promise<void> {
  const study = platform.files.paths.resolve(request.study);
  const manifest = await knownManifest(study, platform);
  const files = platform.studies.files(study);
  const items = parsedItems(await files.read(files.paths.join(study, request.bundle)), request.bundle);
  const images = await imagesOf({ ...request, study, manifest }, platform);
  try {
    const executor = await platform.openExecutor(request.workers);
    try {
      demandFamily(request.study, manifest, executor.family);
      const tools = { plan: planOf(manifest), images, executor };
      return await logged({ ...request, study }, platform, () =>
        made(items, { ...request, ...tools, study }, platform),
      );
    } finally {
      await executor.close();
    }
  } finally {
    images.close?.();
  }
}

/** The study's log tells of the task as of any other session. */
function note({ study, onMessage }: WorkRequest, event: StudyLogEvent, platform: Platform): Promise<void> {
  return noteEvent({ out: study, onMissing: onMessage }, event, platform);
}

async function logged<T>(request: WorkRequest, platform: Platform, work: () => Promise<T>): Promise<T> {
  const { workers, study } = request;
  // To go on with the study is to run its own command: who reads the log is told that one.
  const { command } = (await readChoices(study, platform)) ?? request;
  const { machine, node, version } = platform.origin(command);
  await note(request, { kind: "session", purpose: "study", machine, node, version, workers, command }, platform);
  const began = platform.now();
  let outcome: "finished" | "stopped" = "stopped";
  try {
    const result = await work();
    outcome = "finished";
    return result;
  } finally {
    await note(request, { kind: "end", seconds: platform.now() - began, outcome }, platform);
  }
}

type Bench = WorkRequest & { readonly plan: PlanContext; readonly images: ImageSet; readonly executor: Executor };

async function made(items: readonly Item[], bench: Bench, platform: Platform): Promise<void> {
  const { study, onMessage, plan, images, executor, signal } = bench;
  const began = new Map<string, number>();
  const failures = keptFailures(study, bench, platform);
  const runner = studyRunner(plan, mendingStore(study, onMessage, platform), {
    ...{ images, executor, signal, now: platform.now },
    onTraining: () => {},
    onBegin(item) {
      began.set(item.id, platform.now());
      onMessage(`begins ${item.id} (${labelOf(item)})`);
    },
    onFailure: failures.onFailure,
  });
  await runner.run(items, async (item, cached) => {
    if (cached) return onMessage(`has ${item.id} from before`);
    const seconds = platform.now() - (began.get(item.id) ?? platform.now());
    onMessage(`has made ${item.id} in ${seconds.toFixed(1)} s`);
    await note(bench, { kind: "item", id: item.id, stage: stageOf(item), seconds }, platform);
  });
  failures.demandNone();
}
