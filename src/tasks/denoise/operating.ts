/**
 * Where to operate the network: λ/σ and the gain as functions of the noise σ
 * relative to the deviation of the clean picture. Only this ratio matters,
 * since the picture c·s has the code c·a at c·λ. Both come from training
 * pictures (calibrate.ts) at a few levels; between them they are interpolated
 * linearly in the logarithm of the level, beyond them the last one holds.
 */
import { CrispError } from "../../core/errors.js";
import type { Quality } from "./variants.js";

export type OperatingPoint = {
  /** σ of the noise ÷ deviation of the clean picture. */
  readonly noise: number;
  /** λ/σ with the least squared error after the gain. */
  readonly lambdaPerSigma: number;
  /** Factor on the reconstruction that undoes the shrinkage by λ in the mean. */
  readonly gain: number;
};

/** What is shipped beside a dictionary. */
export type Calibration = {
  readonly schemaVersion: 1;
  /** sha256 of the dictionary's file. */
  readonly dictionary: string;
  readonly colour: CalibrationPoints;
  readonly grey: CalibrationPoints;
};

export type CalibrationPoints = Readonly<Record<Quality, readonly OperatingPoint[]>>;

/** Levels of noise at which a network is calibrated. */
export const noiseLevels = [0.1, 0.2, 0.4, 0.8, 1.6] as const;

/** The point at `noise` from those of the levels around it, or from all, rising. */
export function operatingPoint(points: readonly OperatingPoint[], noise: number): OperatingPoint {
  if (points.length === 0) throw new CrispError("internal", "a calibration without points.");
  const above = points.findIndex((point) => point.noise >= noise);
  if (above < 0) return points[points.length - 1];
  if (above === 0) return points[0];
  const [a, b] = [points[above - 1], points[above]];
  const share = Math.log(noise / a.noise) / Math.log(b.noise / a.noise);
  const between = (x: number, y: number) => x + share * (y - x);
  return { noise, lambdaPerSigma: between(a.lambdaPerSigma, b.lambdaPerSigma), gain: between(a.gain, b.gain) };
}

/** A noisy picture's mean, the deviation of what is clean in it, and its noise relative to that. */
export type Scale = { readonly mean: number; readonly deviation: number; readonly noise: number };

/**
 * deviation² = variance − σ², but no less than (σ / largest level)²: where noise
 * hides the picture the network is operated as at the noisiest level it knows.
 *
 * @param values  the noisy picture
 * @param sigma   its noise in the same units, > 0
 */
export function scaleOf(values: ArrayLike<number>, sigma: number): Scale {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) ** 2;
  const least = sigma / noiseLevels[noiseLevels.length - 1];
  const deviation = Math.max(least, Math.sqrt(Math.max(0, squares / values.length - sigma * sigma)));
  return { mean, deviation, noise: sigma / deviation };
}
