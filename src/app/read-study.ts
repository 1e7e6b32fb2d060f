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
import { conductStudy, type SizeResults, type StudyProgress } from "../study/study.js";
import { readingRunner } from "../work/runner.js";
import type { ItemStore } from "../work/store.js";
import { planOf } from "./manifest.js";
import type { Platform } from "./platform.js";
import { openStore } from "./store.js";
import { knownManifest, recordedLaws, refuseTraining, writeRecord } from "./study-files.js";

/** The laws that compete in the analysis, as the record has them unless given; and who hears of single points. */
export type ReadOptions = { readonly laws?: LawChoice } & Pick<StudyProgress, "onPoints">;

/**
 * All results of a finished study.
 *
 * @throws CrispError `incomplete` when a result is missing
 */
export async function readStudy(
  folder: string,
  platform: Platform,
  { laws, onPoints }: ReadOptions = {},
): Promise<{ sizes: SizeResults[]; plan: PlanContext }> {
  const out = platform.files.paths.resolve(folder);
  const manifest = await knownManifest(out, platform);
  refuseTraining(out, manifest);
  const plan: PlanContext = { ...planOf(manifest), laws: laws ?? (await recordedLaws(out, platform)) };
  const quiet = () => {};
  const progress = { onItem: quiet, onRound: quiet, onCurve: quiet, onPoints };
  const store = finished(out, openStore(out, quiet, platform));
  return { sizes: await conductStudy({ ...plan, store, runner: readingRunner, progress }), plan };
}

/** A store that is only read, and where every result must be. */
function finished(out: string, store: ItemStore): ItemStore {
  return {
    ...store,
    async recordRound() {},
    async read(item) {
      const found = await store.read(item);
      if (found !== null) return found;
      throw new CrispError(
        "incomplete",
        `${out} is not finished: some items have no result yet. Run the study's command again to finish it.`,
      );
    },
  };
}

/** The scaling analysis again from the stored results; scaling.json is written anew. `laws` as in `ReadOptions`. */
export async function refitStudy(folder: string, platform: Platform, laws?: LawChoice): Promise<StudyRecord> {
  const { sizes, plan } = await readStudy(folder, platform, { laws });
  const record = analyseStudy(sizes, plan);
  await writeRecord(platform.files.paths.resolve(folder), record, platform);
  return record;
}
