/**
 * The items of a study's transition tests: a pure function of the settings and
 * of the measured λ* of every size. Each size's first dictionary is asked on
 * the first test images: its response at five λ's around λ*, and its code under
 * fresh draws of the noise at λ*.
 */
import { item } from "../../work/item.js";
import type { TransitionAsked, TransitionItem } from "../items/transition.js";
import { dictionaryItem, type PlanContext } from "../plan.js";
import type { MinimumRecord } from "../record.js";

/** Images and draws of noise a size. */
export type TransitionOptions = {
  /** Test images measured. */
  readonly images: number;
  /** Draws of the noise for each image. */
  readonly draws: number;
};

export const transitionDefaults: TransitionOptions = { images: 4, draws: 20 };

/** λ = λ* · 1.25ⁿ. */
const steps = [2, 1, 0, -1, -2];
const ratio = 1.25;
/** Active units driven, and held at twice their value, on each image. */
const probes = 4;
/** Draws in one item. */
const itemDraws = 50;
/** Draws differ by their noise, not by how far they were coded. */
const redrawTolerance = 1e-3;

/** λ* of a minimum as it is measured at; null without one. */
export function focusOf({ status, lambda }: MinimumRecord): number | null {
  return status === "interior" && lambda ? Number(lambda.value.toPrecision(6)) : null;
}

/** All items, sizes rising; sizes without a minimum have none. */
export function transitionItems(
  context: PlanContext,
  minima: readonly MinimumRecord[],
  options: TransitionOptions,
): TransitionItem[] {
  return minima.flatMap((minimum) => {
    const lambda = focusOf(minimum);
    if (lambda === null) return [];
    const images = Math.min(options.images, context.settings.testImages);
    return Array.from({ length: images }, (_, image) => itemsOf(context, minimum.features, { image, lambda })).flat();

    function itemsOf(context: PlanContext, features: number, at: { image: number; lambda: number }) {
      return [responseItem(context, features, at), ...redrawItems(context, features, { ...at, draws: options.draws })];
    }
  });
}

type At = { readonly image: number; readonly lambda: number };

function responseItem(context: PlanContext, features: number, { image, lambda }: At): TransitionItem {
  const lambdas = steps.map((step) => Number((lambda * ratio ** step).toPrecision(6)));
  const { rectified } = context.settings;
  return transitionItem(context, features, image, {
    kind: "response",
    lambdas,
    focus: steps.indexOf(0),
    rectified,
    probes,
  });
}

function redrawItems(context: PlanContext, features: number, { image, lambda, draws }: At & { draws: number }) {
  const { rectified } = context.settings;
  const rule = { threshold: { kind: "soft", rectified } as const, tolerance: redrawTolerance };
  const items: TransitionItem[] = [];
  for (let from = 0; from < draws; from += itemDraws) {
    const to = Math.min(draws, from + itemDraws);
    items.push(transitionItem(context, features, image, { kind: "redraw", from, to, lambda, rule }));
  }
  return items;
}

function transitionItem(context: PlanContext, features: number, image: number, asked: TransitionAsked): TransitionItem {
  const { settings, family, images } = context;
  return item<TransitionItem>({
    kind: "transition",
    family,
    features,
    replicate: 0,
    dictionary: dictionaryItem(context, features, 0).id,
    range: { hash: images.hash, split: "test", from: image, to: image + 1 },
    noise: { sigma: settings.noise, seed: settings.seed, stream: 0 },
    asked,
  });
}
