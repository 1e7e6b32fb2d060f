/**
 * A network of a size that a study never swept: trained with the study's
 * settings (first seed), and coded on held-out images until the wanted number
 * of units is active. Dictionary and codings are kept in the study's folder,
 * so that whoever asks next finds them.
 */
import { CrispError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { Estimate } from "../scaling/types.js";
import { nameOf, type SizeName, sizeWords } from "../study/axis.js";
import type { Pilot } from "../study/curves.js";
import { lambdasBetween } from "../study/grid.js";
import { dictionaryItem, firstPilot, pilotItems } from "../study/plan.js";
import { lambdaFor } from "../study/prediction.js";
import { pilotResult, resultsOf, type SizeResults, type StudyContext } from "../study/study.js";
import type { Item } from "../work/item.js";

export type PredictedNetwork = { readonly atoms: Tensor; readonly pilot: Pilot; readonly lambda: Estimate };

/** @throws CrispError `check` when no λ of the study's range gives these units */
export async function networkWith(units: Estimate, name: SizeName, context: StudyContext): Promise<PredictedNetwork> {
  const atoms = await atomsOf(context, name.features);
  const made = { atoms: new Map([[0, atoms]]), trained: new Map(), made: new Map() };
  const size = { ...nameOf(name), ...made, pilot: [], sweep: null, cost: [] };
  return { atoms, ...(await lambdaWith(units, size, context)) };
}

/** The dictionary of a size, from the store or made now. */
async function atomsOf(context: StudyContext, features: number): Promise<Tensor> {
  const item: Item<{ readonly atoms: Tensor }> = dictionaryItem(context, features, 0);
  const [{ atoms }] = await resultsOf(context, [item]);
  return atoms;
}

/** λ's by which the search goes on after the first pilot's. */
const piece = 3;

/** λ at which held-out images have this many active units; the path goes down until it is reached. */
async function lambdaWith(
  units: Estimate,
  size: SizeResults,
  context: StudyContext,
): Promise<{ pilot: Pilot; lambda: Estimate }> {
  const { sweep } = context.settings;
  // First the very items of a study's pilot: at loose tolerances a path begun elsewhere counts 1 % other units.
  for (let from = 0, to = firstPilot; ; from = to, to += piece) {
    const lambdas = lambdasBetween(sweep, from, to);
    if (lambdas.length === 0) break;
    await codePilot(lambdas, size, context);
    const pilot = pilotResult(size, context);
    // Only the value must be reached: beyond the curve the interval's ends follow its slope.
    const lambda = lambdaFor(units, pilot);
    if (lambda) return { pilot, lambda };
  }
  throw new CrispError(
    "check",
    `no λ from ${sweep.largest} down to ${sweep.smallest} gives ${units.value.toPrecision(3)} active units with ${sizeWords(size)}. Run a study whose sweep.smallest is lower.`,
  );
}

async function codePilot(lambdas: readonly number[], size: SizeResults, context: StudyContext): Promise<void> {
  size.pilot.push(...(await resultsOf(context, pilotItems(context, size, lambdas))));
}
