/**
 * How long solvers take to what accuracy, on the same images with the same dictionary.
 *
 * Each method codes every image from nothing, by itself, so that a time is a time to a
 * result. In each round all methods come once; every other round runs them backwards, so
 * that a machine that speeds up or slows down favours none. What a method reached is compared
 * with the coordinate solver's code at a gap of 1e-5.
 */
import type { Coding, CodingRule } from "../../coding/engine.js";
import { percentActive } from "../../coding/metrics.js";
import type { ImageCoder } from "../../coding/path.js";
import { systemSize } from "../../core/geometry.js";

export type SolverName = "coordinate" | "fista" | "lca";

/** A solver and when it stops: at a gap, or after so many steps. */
export type Method = { readonly solver: SolverName } & (
  | { readonly gap: number; readonly steps?: undefined }
  | { readonly steps: number; readonly gap?: undefined }
);

/** What coders reached on the images: everything but time. */
export type Reached = {
  /** Mean over the images of E/E_best − 1; below 0 by at most the best code's gap. */
  readonly energyAbove: number;
  /** Largest over the images. */
  readonly relativeGap: number;
  readonly percentActive: number;
  /** Percent active ÷ that of the converged code. */
  readonly inflation: number;
};

export type Timing = {
  /** Median, least and greatest over the rounds of the mean over the images. */
  readonly milliseconds: { readonly median: number; readonly low: number; readonly high: number };
  readonly imagesPerSecond: number;
  readonly rounds: number;
};

export type Measured = Method &
  Reached &
  Timing & {
    /** Mean over the images. */
    readonly iterations: number;
    /** The gap asked for was reached; false after a number of steps that ends above 1e-2. */
    readonly converged: boolean;
  };

/** Codes to compare with, and what they measure. */
export type Best = {
  readonly energies: readonly number[];
  /** Active units of each image. */
  readonly active: readonly number[];
  readonly percentActive: number;
  readonly relativeGap: number;
  /** L. */
  readonly units: number;
};

export type Bench = {
  readonly images: readonly Float32Array[];
  readonly lambda: number;
  coder(solver: SolverName): ImageCoder;
  readonly methods: readonly Method[];
  readonly rounds: number;
  /** Seconds after which a method gets no further round. */
  readonly patience: number;
  /** Milliseconds that this thread worked; only differences count. */
  clock(): number;
  /** Called between runs: to hear of a stop, by throwing. */
  between(method: Method, round: number): Promise<void>;
};

/** Gap of the codes that others are compared with. */
export const bestGap = 1e-5;
/** Most gradient steps of FISTA. */
const mostSteps = 3000;
/** A first run shorter than this only warms up. */
const warmUp = 1000;

/** The best codes known and every method's measurements, in the order of the methods. */
export async function measureMethods(bench: Bench): Promise<{ best: Best; measured: readonly Measured[] }> {
  const best = bestOf(bench);
  for (const solver of new Set(bench.methods.map((method) => method.solver))) prepare(bench, solver);
  const times = bench.methods.map((): number[] => []);
  const found: Coding[][] = [];
  for (let round = 0; round <= bench.rounds; round++) {
    const order = bench.methods.map((_, m) => m);
    if (round % 2 === 1) order.reverse();
    for (const m of order) {
      const spent = times[m].reduce((sum, t) => sum + t, 0) / 1000;
      if (times[m].length >= bench.rounds || spent >= bench.patience) continue;
      await bench.between(bench.methods[m], round);
      const begin = bench.clock();
      const codings = codingsBy(bench, bench.methods[m]);
      const time = bench.clock() - begin;
      if (round === 0) found[m] = codings;
      if (round > 0 || time >= warmUp) times[m].push(time);
    }
  }
  const measured = bench.methods.map((method, m) => measuredOf(method, found[m], best, times[m]));
  return { best, measured };
}

function codingsBy({ images, lambda, coder }: Bench, method: Method): Coding[] {
  const by = coder(method.solver);
  const rule = ruleOf(method);
  return images.map((image) => [...by.path(image, [lambda], rule)][0]);
}

/** One step: FISTA and the LCA measure ‖Φ‖² at their first, seconds that belong to no image. */
function prepare({ images, lambda, coder }: Bench, solver: SolverName): void {
  for (const _ of coder(solver).path(images[0], [lambda], ruleOf({ solver, steps: 1 })));
}

function ruleOf({ solver, gap, steps }: Method): CodingRule {
  const threshold = { kind: "soft", rectified: true } as const;
  // A tolerance that no float32 code meets: the steps decide.
  if (steps !== undefined) return { threshold, tolerance: 1e-12, maxIterations: steps };
  return solver === "fista" ? { threshold, tolerance: gap, maxIterations: mostSteps } : { threshold, tolerance: gap };
}

function bestOf(bench: Bench): Best {
  const codings = codingsBy(bench, { solver: "coordinate", gap: bestGap });
  return bestCodes(codings.map(resultOf), systemSize(bench.coder("coordinate").dictionary.geometry));
}

/** What one code is judged by. */
export type Result = { readonly energy: number; readonly gap: number; readonly active: number };

function resultOf({ energy, gap, code }: Coding): Result {
  return { energy, gap, active: code.index.length };
}

/** Codes to compare with; `units` is L. */
export function bestCodes(results: readonly Result[], units: number): Best {
  return {
    energies: results.map(({ energy }) => energy),
    active: results.map(({ active }) => active),
    percentActive: percentActive(meanOf(results.map(({ active }) => active)), units),
    relativeGap: Math.max(...results.map(({ gap }) => gap)),
    units,
  };
}

/** How codes of the first images compare with the best ones. */
export function reachedBy(results: readonly Result[], best: Best): Reached {
  const percent = percentActive(meanOf(results.map(({ active }) => active)), best.units);
  return {
    energyAbove: meanOf(results.map(({ energy }, i) => energy / best.energies[i] - 1)),
    relativeGap: Math.max(...results.map(({ gap }) => gap)),
    percentActive: percent,
    inflation: percent / best.percentActive,
  };
}

function measuredOf(method: Method, codings: readonly Coding[], best: Best, times: readonly number[]): Measured {
  const iterations = meanOf(codings.map((coding) => coding.iterations));
  const converged = codings.every(({ gap }) => gap <= (method.gap ?? 1e-2));
  return {
    ...method,
    ...reachedBy(codings.map(resultOf), best),
    ...timingOf(times, codings.length),
    iterations,
    converged,
  };
}

/** Median and spread a image of the milliseconds that rounds over `images` images took. */
export function timingOf(times: readonly number[], images: number): Timing {
  const sorted = times.map((time) => time / images).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  const milliseconds = { median, low: sorted[0], high: sorted[sorted.length - 1] };
  return { milliseconds, imagesPerSecond: 1000 / median, rounds: times.length };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
