/**
 * λ and gain of a network from pictures it may learn from: leaves with known
 * noise. For each λ the best gain and its error are closed forms,
 *
 *   g = Σ s·ŝ / Σ ŝ²,   E(λ) = Σ s² − (Σ s·ŝ)² / Σ ŝ²,
 *
 * s the clean picture less the noisy one's mean; λ is the minimum of a parabola
 * through the least E and its neighbours in ln λ.
 */
import { CrispError } from "../src/core/errors.js";
import { draws, purpose } from "../src/core/random.js";
import { leavesPicture } from "../src/images/leaves.js";
import { normalisation } from "../src/images/normalise.js";
import type { OperatingPoint } from "../src/tasks/denoise/operating.js";
import { type ReconstructOptions, reconstruct } from "../src/tasks/denoise/reconstruct.js";

export type CalibrateOptions = Omit<ReconstructOptions, "lambdas" | "code" | "onWindow"> & {
  readonly channels: 1 | 3;
  /** Pictures of 64×64 pixels. */
  readonly pictures: number;
  /** One λ/σ to which λ is held, so that only the gain is chosen; by default both are. */
  readonly lambdaPerSigma?: number;
  code(
    window: Float32Array,
    size: { readonly height: number; readonly width: number; readonly channels: number },
    lambdas: readonly number[],
  ): ReturnType<ReconstructOptions["code"]>;
};

/** λ/σ that are tried, by factors of about 1.26. */
const ratios = [3, 2.4, 1.9, 1.5, 1.2, 0.95, 0.75, 0.6, 0.48, 0.38];
const side = 64;
/** Seed of the pictures: not that of any study's default, nor of the shipped dictionary. */
const seed = 1009;

/** The operating point at a level of noise. */
export async function calibrate(noise: number, options: CalibrateOptions): Promise<OperatingPoint> {
  const tried = options.lambdaPerSigma === undefined ? ratios : [options.lambdaPerSigma];
  const sums = tried.map(() => ({ product: 0, squares: 0 }));
  for (let n = 0; n < options.pictures; n++) {
    const { noisy, clean, sigma } = example(noise, options.channels, n);
    const lambdas = tried.map((ratio) => ratio * sigma);
    const size = { height: side, width: side, channels: options.channels };
    const results = await reconstruct(noisy, size, {
      ...options,
      lambdas,
      code: (window, windowSize) => options.code(window, windowSize, lambdas),
    });
    results.forEach(({ image }, i) => {
      for (let j = 0; j < image.length; j++) {
        sums[i].product += clean[j] * image[j];
        sums[i].squares += image[j] * image[j];
      }
    });
  }
  return bestOf(noise, tried, sums);
}

/** A training picture in units of its own deviation, with 8-bit noise, both less the noisy one's mean. */
function example(noise: number, channels: 1 | 3, index: number) {
  const bytes = leavesPicture({ seed, height: side, width: side, channels }, "training", index);
  const { deviation } = normalisation(bytes);
  const draw = draws({ seed, purpose: purpose.noise }, index);
  const dirty = bytes.map((value) =>
    Math.max(0, Math.min(255, Math.round(value + noise * deviation * draw.gaussian()))),
  );
  const { mean } = normalisation(dirty);
  const scaled = (from: Uint8Array) => Float32Array.from(from, (value) => (value - mean) / deviation);
  return { noisy: scaled(dirty), clean: scaled(bytes), sigma: noise };
}

type Sums = { readonly product: number; readonly squares: number };

function bestOf(noise: number, tried: readonly number[], sums: readonly Sums[]): OperatingPoint {
  if (sums.some(({ squares }) => squares === 0)) {
    throw new CrispError(
      "data",
      `the dictionary leaves pictures with noise ${noise} empty at λ = ${tried[0]}·σ: it cannot describe them. Train it on pictures.`,
    );
  }
  const gains = sums.map(({ product, squares }) => product / squares);
  const explained = sums.map(({ product, squares }) => (product * product) / squares);
  const best = explained.indexOf(Math.max(...explained));
  if (best === 0 || best === tried.length - 1) return { noise, lambdaPerSigma: tried[best], gain: gains[best] };
  const t = [best - 1, best, best + 1].map((i) => Math.log(tried[i]));
  const top = vertex(t, explained.slice(best - 1, best + 2));
  const beside = top > t[1] ? best - 1 : best + 1;
  const share = (top - t[1]) / (Math.log(tried[beside]) - t[1]);
  const gain = gains[best] + share * (gains[beside] - gains[best]);
  return { noise, lambdaPerSigma: Math.exp(top), gain };
}

/** Where the parabola through three points has its extremum. */
function vertex(t: readonly number[], y: readonly number[]): number {
  const [a, b] = [(y[0] - y[1]) / (t[0] - t[1]), (y[2] - y[1]) / (t[2] - t[1])];
  const curvature = (a - b) / (t[0] - t[2]);
  return t[1] - (a - curvature * (t[0] - t[1])) / (2 * curvature);
}
