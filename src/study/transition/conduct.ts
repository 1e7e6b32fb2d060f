/** Runs the transition's units as a study's are run: asked of the store first, as many at once as there are workers. */
import type { Dictionary } from "../../coding/dictionary.js";
import { CrispError } from "../../core/errors.js";
import type { TransitionAnswer } from "../job.js";
import { dictionaryUnit } from "../plan.js";
import { type StudyContext, stored } from "../study.js";
import type { TransitionUnit } from "../unit.js";
import { transitionUnitResult } from "../work.js";

/** A unit with its result. */
export type Measured = { readonly unit: TransitionUnit; readonly answer: TransitionAnswer };

/** Results in the order of the units. @throws CrispError `incomplete` when the signal stops it; what is done is kept */
export async function conductTransition(units: readonly TransitionUnit[], context: StudyContext): Promise<Measured[]> {
  const results: Measured[] = new Array(units.length);
  const dictionaries = new Map<string, Promise<Dictionary>>();
  context.progress.onRound(1, units);
  let next = 0;
  let failed = false;
  async function lane(): Promise<void> {
    while (next < units.length && !failed) {
      const place = next++;
      const unit = units[place];
      const dictionary = dictionaries.get(unit.dictionary) ?? dictionaryOf(unit, context);
      dictionaries.set(unit.dictionary, dictionary);
      dictionary.catch(() => {}); // awaited where it is needed, which may be after it has failed
      try {
        results[place] = { unit, answer: await measured(unit, dictionary, context) };
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: context.workshop.executor.workers }, lane));
  for (const ended of lanes) if (ended.status === "rejected") throw ended.reason;
  return results;
}

function measured(
  unit: TransitionUnit,
  dictionary: Promise<Dictionary>,
  context: StudyContext,
): Promise<TransitionAnswer> {
  return stored(context, unit, async () => transitionUnitResult(unit, await dictionary, context.workshop));
}

async function dictionaryOf({ features }: TransitionUnit, context: StudyContext): Promise<Dictionary> {
  const wanted = dictionaryUnit(context, features, 0);
  const made = await context.store.read(wanted);
  if (made) return { geometry: wanted.geometry, atoms: made.atoms };
  throw new CrispError(
    "incomplete",
    `the dictionary of ${features} features is missing. Run the study's command again to finish it.`,
  );
}
