/** The steps of many images as one curve a λ: mean, least and greatest over the images, step by step. */
import type { Encoded, StepRecord } from "./encode.js";

export type Trace = {
  readonly lambda: number;
  readonly images: number;
  readonly steps: readonly number[];
  readonly energy: Spread;
  readonly reconstructionError: Spread;
  readonly percentActive: Spread;
  /** Largest gap at the end, over the images. */
  readonly relativeGap: number;
  /** Largest stationarity at the end, where the codings have one and no gap. */
  readonly stationarity?: number;
};

/** One value a step. */
export type Spread = {
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
};

const mostPoints = 400;

/**
 * Traces of codings with steps, one a λ, the λ's in the order of the first image. An image that
 * ended before the others keeps its last value; more than 400 steps are thinned.
 */
export function tracesOf(images: readonly (readonly Encoded[])[]): readonly Trace[] {
  return (images[0] ?? []).map(({ lambda }, l) => {
    const runs = images.map((codings) => codings[l].steps ?? []).filter((steps) => steps.length > 0);
    const stationary = images.flatMap((codings) => codings[l].stationarity ?? []);
    const longest = Math.max(0, ...runs.map((steps) => steps.length));
    const steps = thinned(longest);
    const spread = (value: (step: StepRecord) => number) => spreadOf(runs, steps, value);
    return {
      lambda,
      images: runs.length,
      steps,
      energy: spread(({ energy }) => energy),
      reconstructionError: spread(({ reconstructionError }) => reconstructionError),
      percentActive: spread(({ percentActive }) => percentActive),
      relativeGap: Math.max(0, ...images.map((codings) => codings[l].relativeGap)),
      ...(stationary.length > 0 ? { stationarity: Math.max(...stationary) } : {}),
    };
  });
}

/** Steps 1 … count, at most about `mostPoints` of them, the first and the last always. */
function thinned(count: number): number[] {
  const every = Math.ceil(count / mostPoints);
  const all = Array.from({ length: count }, (_, i) => i + 1);
  return all.filter((step) => step === 1 || step === count || step % every === 0);
}

function spreadOf(
  runs: readonly (readonly StepRecord[])[],
  steps: readonly number[],
  value: (step: StepRecord) => number,
): Spread {
  const at = steps.map((step) => runs.map((run) => value(run[Math.min(step, run.length) - 1])));
  return {
    mean: at.map((values) => values.reduce((sum, v) => sum + v, 0) / values.length),
    low: at.map((values) => Math.min(...values)),
    high: at.map((values) => Math.max(...values)),
  };
}
