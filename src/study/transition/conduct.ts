/** Measures a transition's items as a study's are made: those in the store are read, the rest are done by the runner. */
import { CrispError } from "../../core/errors.js";
import type { TransitionAnswer, TransitionItem } from "../items/transition.js";
import { dictionaryItem } from "../plan.js";
import { resultsOf, type StudyContext } from "../study.js";

/** An item with its result. */
export type Measured = { readonly item: TransitionItem; readonly answer: TransitionAnswer };

/** Results in the order of the items. @throws CrispError `incomplete` when a stop was asked for; what is done is kept */
export async function conductTransition(items: readonly TransitionItem[], context: StudyContext): Promise<Measured[]> {
  for (const features of new Set(items.map((item) => item.features))) await demandDictionary(features, context);
  context.progress.onRound(1, items);
  const answers = await resultsOf(context, items);
  return items.map((item, i) => ({ item, answer: answers[i] }));
}

async function demandDictionary(features: number, context: StudyContext): Promise<void> {
  if (await context.store.has(dictionaryItem(context, features, 0))) return;
  throw new CrispError(
    "incomplete",
    `the dictionary of ${features} features is missing. Run the study's command again to finish it.`,
  );
}
