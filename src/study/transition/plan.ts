/**
 * The units of a study's transition tests: a pure function of the settings and
 * of the measured λ* of every size. Each size's first dictionary is asked on
 * the first test images: its response at five λ's round λ*, and its code under
 * fresh draws of the noise at λ*.
 */
import { dictionaryUnit, type PlanContext } from "../plan.js";
import type { MinimumRecord } from "../record.js";
import { type TransitionUnit, unit } from "../unit.js";

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
/** Draws in one unit. */
const unitDraws = 50;
/** Draws differ by their noise, not by how far they were coded. */
const redrawTolerance = 1e-3;

/** λ* of a minimum as it is measured at; null without one. */
export function focusOf({ status, lambda }: MinimumRecord): number | null {
  return status === "interior" && lambda ? Number(lambda.value.toPrecision(6)) : null;
}

/** All units, sizes rising; sizes without a minimum have none. */
export function transitionUnits(
  context: PlanContext,
  minima: readonly MinimumRecord[],
  options: TransitionOptions,
): TransitionUnit[] {
  return minima.flatMap((minimum) => {
    const lambda = focusOf(minimum);
    if (lambda === null) return [];
    const images = Math.min(options.images, context.settings.testImages);
    return Array.from({ length: images }, (_, image) => unitsOf(context, minimum.features, { image, lambda })).flat();

    function unitsOf(context: PlanContext, features: number, at: { image: number; lambda: number }) {
      return [responseUnit(context, features, at), ...redrawUnits(context, features, { ...at, draws: options.draws })];
    }
  });
}

type At = { readonly image: number; readonly lambda: number };

function responseUnit(context: PlanContext, features: number, { image, lambda }: At): TransitionUnit {
  const lambdas = steps.map((step) => Number((lambda * ratio ** step).toPrecision(6)));
  const { rectified } = context.settings;
  return transitionUnit(context, features, image, {
    kind: "response",
    lambdas,
    focus: steps.indexOf(0),
    rectified,
    probes,
  });
}

function redrawUnits(context: PlanContext, features: number, { image, lambda, draws }: At & { draws: number }) {
  const { rectified } = context.settings;
  const rule = { threshold: { kind: "soft", rectified } as const, tolerance: redrawTolerance };
  const units: TransitionUnit[] = [];
  for (let from = 0; from < draws; from += unitDraws) {
    const to = Math.min(draws, from + unitDraws);
    units.push(transitionUnit(context, features, image, { kind: "redraw", from, to, lambda, rule }));
  }
  return units;
}

function transitionUnit(
  context: PlanContext,
  features: number,
  image: number,
  asked: TransitionUnit["asked"],
): TransitionUnit {
  const { settings, family, images } = context;
  return unit<TransitionUnit>({
    kind: "transition",
    family,
    features,
    replicate: 0,
    dictionary: dictionaryUnit(context, features, 0).id,
    range: { hash: images.hash, split: "test", from: image, to: image + 1 },
    noise: { sigma: settings.noise, seed: settings.seed, stream: 0 },
    asked,
  });
}
