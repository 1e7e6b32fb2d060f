/**
 * One noisy image coded down a path of λ's: a point as each λ is done, with the sums that a sweep keeps (tasks/sweep.ts)
 * and the percentages that are made of them, so that a curve can be drawn while it is measured.
 */
import { imagePath } from "../coding/batch.js";
import type { Dictionary } from "../coding/dictionary.js";
import type { Coding, CodingRule, SparseCode } from "../coding/engine.js";
import { percentActive, percentOf } from "../coding/metrics.js";
import { systemSize } from "../core/geometry.js";
import { tensor } from "../core/tensor.js";
import { sureOf } from "../study/sure.js";
import type { Point } from "../tasks/points.js";
import { observed, pointOf } from "../tasks/sweep.js";
import type { Tools } from "../work/task.js";
import type { Desk } from "./desk.js";

/** A clean image and what is asked of it. */
export type PathInput = {
  readonly dictionary: Dictionary;
  /** s, [height, width, channels], as it is coded: normalised, usually. */
  readonly clean: Float32Array;
  /** y = s + σ·z, z drawn for this seed as `crisp encode --noise σ --noise-seed SEED` draws it for its first image. */
  readonly noise: { readonly sigma: number; readonly seed: number };
  /** Strictly falling. */
  readonly lambdas: readonly number[];
  /** Soft, a ≥ 0, to a gap of 0.01 if left out. */
  readonly rule?: CodingRule;
  /** Send code and reconstruction with each point. */
  readonly keep?: boolean;
};

/** One λ: the sums, and what is shown of them. */
export type PathPoint = Omit<Point, "image"> & {
  readonly power: number;
  readonly energy: number;
  /** 100·‖s − ŝ‖/‖s‖; null for an image of zeros. */
  readonly percentError: number | null;
  readonly percentActive: number;
  /** Stein's estimate of ‖s − ŝ‖², from the noisy image alone; may be below 0. */
  readonly sure: number;
  /** 100·√(SURE/‖s‖²), to be drawn beside percentError; null where SURE is below 0. */
  readonly surePercent: number | null;
  readonly code?: SparseCode;
  readonly reconstruction?: Float32Array;
};

/** What was coded, and L. */
export type PathAnswer = { readonly noisy: Float32Array; readonly units: number };

/** The rule of a study and of `crisp encode` where none is named. */
export const usualRule: CodingRule = { threshold: { kind: "soft", rectified: true }, tolerance: 1e-2 };

/** @throws CrispError `shape`, `data` or `usage` for input that no network codes */
export function codePath(desk: Desk<PathPoint>, input: PathInput): Promise<PathAnswer> {
  return desk.executor.run(
    { kind: "path", run: (tools) => run(tools, desk, input) },
    desk.held(input.dictionary),
    input,
  );
}

async function run({ coder }: Tools, desk: Desk<PathPoint>, input: PathInput): Promise<PathAnswer> {
  const { dictionary, clean, noise, lambdas, rule = usualRule, keep = false } = input;
  const { height, width, channels } = dictionary.geometry;
  const batch = { images: tensor([1, height, width, channels], clean), indices: [0] };
  const trial = { batch, noise: { ...noise, stream: 0 } };
  const [observation] = observed(trial).observations;
  const { coder: prepared } = await coder({ rule });
  const units = systemSize(dictionary.geometry);
  for await (const coding of imagePath(prepared, observation.image, { lambdas, rule })) {
    const { image: _, ...point } = pointOf(coding, trial, { ...observation, i: 0 });
    const { code, reconstruction } = coding;
    desk.send({
      ...shown(point, coding, { units, values: clean.length, sigma: noise.sigma }),
      ...(keep ? { code, reconstruction } : {}),
    });
    await desk.pause();
  }
  return { noisy: observation.image, units };
}

type Sums = Omit<ReturnType<typeof pointOf>, "image">;

function shown(point: Sums, { energy }: Coding, of: { units: number; values: number; sigma: number }): PathPoint {
  const { squaredError, power, active } = point;
  const estimate = sureOf(point, of);
  return {
    ...point,
    energy,
    percentError: power === 0 ? null : percentOf(squaredError, power),
    percentActive: percentActive(active, of.units),
    sure: estimate,
    surePercent: estimate < 0 || power === 0 ? null : percentOf(estimate, power),
  };
}
