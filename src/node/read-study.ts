/**
 * A finished study read back from its folder, for `fit`, `predict` and
 * `status`: the same rounds as in running it, but nothing is computed; a unit
 * without a result means that the study is not finished.
 */
import { resolve } from "node:path";
import { CrispError } from "../core/errors.js";
import type { ImageSet } from "../images/image-set.js";
import { analyseStudy } from "../study/analyse.js";
import type { PlanContext } from "../study/plan.js";
import type { StudyRecord } from "../study/record.js";
import { conductStudy, type SizeResults, type StudyContext } from "../study/study.js";
import { planOf } from "./manifest.js";
import { openStore } from "./store.js";
import { knownManifest, refuseTraining, writeRecord } from "./study-files.js";

/** All results of a finished study. @throws CrispError `incomplete` when one is missing */
export async function readStudy(folder: string): Promise<{ sizes: SizeResults[]; plan: PlanContext }> {
  const out = resolve(folder);
  const manifest = await knownManifest(out);
  refuseTraining(out, manifest);
  const plan: PlanContext = planOf(manifest);
  const { family } = plan;
  const refuse = (): never => {
    throw new CrispError(
      "incomplete",
      `${out} is not finished: some units have no result yet. Run the study's command again to finish it.`,
    );
  };
  const refuseLater = async () => refuse();
  const quiet = () => {};
  const context: StudyContext = {
    ...plan,
    workshop: { images: noImages(refuse), executor: { workers: 1, family, run: refuseLater, close: async () => {} } },
    store: { ...openStore(out, quiet), recordRound: async () => {}, write: refuseLater, readCheckpoint: refuseLater },
    progress: { onBegin: quiet, onUnit: quiet, onTraining: quiet, onRound: quiet, onCurve: quiet },
    signal: new AbortController().signal,
    now: () => 0,
  };
  return { sizes: await conductStudy(context), plan };
}

/** Images that no one may ask for: reading a study codes nothing. */
function noImages(refuse: () => never): ImageSet {
  const none = { count: 0, values: refuse };
  return {
    source: "",
    citation: null,
    hash: "",
    height: 1,
    width: 1,
    channels: 1,
    training: none,
    test: none,
    warnings: [],
  };
}

/** The scaling analysis again from the stored results; scaling.json is written anew. */
export async function refitStudy(folder: string): Promise<StudyRecord> {
  const { sizes, plan } = await readStudy(folder);
  const record = analyseStudy(sizes, plan);
  await writeRecord(resolve(folder), record);
  return record;
}
