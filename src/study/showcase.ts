/**
 * What a reader looks at: one dictionary with how much each atom is used, and
 * a few test images before and after, coded at the optimum of that size.
 */
import { CrispError } from "../core/errors.js";
import type { Shown } from "../tasks/show.js";
import { item } from "../work/item.js";
import { nameOf } from "./axis.js";
import type { ShowItem } from "./items/show.js";
import { dictionaryItem, noiseStream, type PlanContext, taskIn } from "./plan.js";
import type { MinimumRecord } from "./record.js";
import { resultsOf, type StudyContext } from "./study.js";

/** Test images coded for the atoms' use; the first few of them are shown. */
const shownImages = 48;

/** Size whose atoms are shown, with an interior minimum: the one nearest 128 features; where images grow the largest. */
export function shownMinimum(minima: readonly MinimumRecord[]): MinimumRecord | null {
  const interior = minima.filter(({ status }) => status === "interior");
  const distance = ({ features }: MinimumRecord) => Math.abs(Math.log(features / 128));
  const side = ({ imageSize = 0 }: MinimumRecord) => imageSize;
  return [...interior].sort((a, b) => distance(a) - distance(b) || side(b) - side(a))[0] ?? null;
}

/** The item that codes the showcase at a size's own best λ (six digits). */
export function showItem(context: PlanContext, minimum: MinimumRecord): ShowItem {
  const { settings, family, images } = context;
  if (!minimum.lambda) throw new CrispError("internal", `size ${minimum.features} has no minimum to show.`);
  return item<ShowItem>({
    kind: "show",
    family,
    ...nameOf(minimum),
    replicate: 0,
    dictionary: dictionaryItem(context, minimum.features, 0).id,
    range: { hash: images.hash, split: "test", from: 0, to: Math.min(shownImages, settings.testImages) },
    noise: { sigma: settings.noise, seed: settings.seed, stream: noiseStream(minimum, "test") },
    ...taskIn(settings),
    lambda: Number(minimum.lambda.value.toPrecision(6)),
    rule: { threshold: { kind: "soft", rectified: settings.rectified }, tolerance: settings.sweep.tolerance },
  });
}

/** The showcase, from the store or coded now. */
export async function showcaseOf(context: StudyContext, minimum: MinimumRecord): Promise<Shown> {
  const [shown] = await resultsOf(context, [showItem(context, minimum)]);
  return shown;
}
