/**
 * A finished study read back from its folder, for `fit`, `predict` and
 * `status`: the same rounds as in running it, but nothing is computed; an item
 * without a result means that the study is not finished.
 */
import { CrispError } from "../core/errors.js";
import type { LawChoice } from "../scaling/law-choice.js";
import { analyseStudy } from "../study/analyse.js";
import type { PlanContext } from "../study/plan.js";
import type { StudyRecord } from "../study/record.js";
import { conductStudy, type SizeResults } from "../study/study.js";
import { readingRunner } from "../work/runner.js";
import type { ItemStore } from "../work/store.js";
import { planOf } from "./manifest.js";
import type { Platform } from "./platform.js";
import { openStore } from "./store.js";
import { knownManifest, recordedLaws, refuseTraining, writeRecord } from "./study-files.js";

/**
 * All results of a finished study, with the laws that compete in its analysis: as the record has them, unless given.
 *
 * @throws CrispError `incomplete` when a result is missing
 */
export async function readStudy(
  folder: string,
  platform: Platform,
  laws?: LawChoice,
): Promise<{ sizes: SizeResults[]; plan: PlanContext }> {
  const out = platform.files.paths.resolve(folder);
  const manifest = await knownManifest(out, platform);
  refuseTraining(out, manifest);
  const plan: PlanContext = { ...planOf(manifest), laws: laws ?? (await recordedLaws(out, platform)) };
  const quiet = () => {};
  const store: ItemStore = { ...openStore(out, quiet, platform), recordRound: async () => {} };
  const runner = readingRunner(
    store,
    () =>
      new CrispError(
        "incomplete",
        `${out} is not finished: some items have no result yet. Run the study's command again to finish it.`,
      ),
  );
  const progress = { onItem: quiet, onRound: quiet, onCurve: quiet };
  return { sizes: await conductStudy({ ...plan, store, runner, progress }), plan };
}

/** The scaling analysis again from the stored results; scaling.json is written anew. `laws` as for `readStudy`. */
export async function refitStudy(folder: string, platform: Platform, laws?: LawChoice): Promise<StudyRecord> {
  const { sizes, plan } = await readStudy(folder, platform, laws);
  const record = analyseStudy(sizes, plan);
  await writeRecord(platform.files.paths.resolve(folder), record, platform);
  return record;
}
