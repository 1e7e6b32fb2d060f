/** The steps of many images as one curve a λ: mean, least and greatest over the images, step by step. */
import type { Encoded } from "./encode.js";

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

/** One value per step. */
export type Spread = {
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
};

const mostPoints = 400;

/** Traces that grow image by image: their memory is that of the longest run, however many images there are. */
export type Traces = {
  /** Adds an image: its codings in the order of the λ's. */
  add(codings: readonly Pick<Encoded, "steps" | "relativeGap" | "stationarity">[]): void;
  /**
   * One trace a λ. An image that ended before the others keeps its last value; more than 400
   * steps are thinned.
   */
  result(): readonly Trace[];
};

/** Traces over no image yet. */
export function openTraces(lambdas: readonly number[]): Traces {
  const all = lambdas.map(() => ({
    images: 0,
    gap: 0,
    stationarity: undefined as number | undefined,
    energy: growing(),
    error: growing(),
    active: growing(),
  }));
  return {
    add(codings) {
      codings.forEach(({ steps = [], relativeGap, stationarity }, l) => {
        const of = all[l];
        of.gap = Math.max(of.gap, relativeGap);
        if (stationarity !== undefined) of.stationarity = Math.max(of.stationarity ?? 0, stationarity);
        if (steps.length === 0) return;
        of.images++;
        of.energy.add(steps.map(({ energy }) => energy));
        of.error.add(steps.map(({ reconstructionError }) => reconstructionError));
        of.active.add(steps.map(({ percentActive }) => percentActive));
      });
    },
    result: () =>
      all.map(({ images, gap, stationarity, energy, error, active }, l) => {
        const steps = thinned(energy.length());
        return {
          lambda: lambdas[l],
          images,
          steps,
          energy: energy.spread(steps, images),
          reconstructionError: error.spread(steps, images),
          percentActive: active.spread(steps, images),
          relativeGap: gap,
          ...(stationarity === undefined ? {} : { stationarity }),
        };
      }),
  };
}

/** Steps 1 … count, at most about `mostPoints` of them, the first and the last always. */
function thinned(count: number): number[] {
  const every = Math.ceil(count / mostPoints);
  const all = Array.from({ length: count }, (_, i) => i + 1);
  return all.filter((step) => step === 1 || step === count || step % every === 0);
}

/** Sum, least and greatest over the runs so far, step by step; `last` is of the values that runs end with. */
function growing() {
  const [sum, low, high]: [number[], number[], number[]] = [[], [], []];
  let last = { sum: 0, low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
  return {
    length: () => sum.length,
    add(run: readonly number[]): void {
      while (sum.length < run.length) {
        sum.push(last.sum); // runs that ended before this step keep their last values
        low.push(last.low);
        high.push(last.high);
      }
      const end = run[run.length - 1];
      for (let i = 0; i < sum.length; i++) {
        const value = i < run.length ? run[i] : end;
        sum[i] += value;
        low[i] = Math.min(low[i], value);
        high[i] = Math.max(high[i], value);
      }
      last = { sum: last.sum + end, low: Math.min(last.low, end), high: Math.max(last.high, end) };
    },
    spread: (steps: readonly number[], runs: number): Spread => ({
      mean: steps.map((step) => sum[step - 1] / runs),
      low: steps.map((step) => low[step - 1]),
      high: steps.map((step) => high[step - 1]),
    }),
  };
}
