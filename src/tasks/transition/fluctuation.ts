/**
 * What repeated noise does to one image's code. Over draws of the noise:
 *
 *   L·Var(p) = Var(k)/L,  p = k/L the fraction active      (divisor: draws − 1)
 *   q = a·a′/(|a||a′|)     overlap of the codes of two draws
 *   U = 1 − ⟨m⁴⟩/(3⟨m²⟩²), m = p − ⟨p⟩                     (Binder)
 *
 * U is 0 for Gaussian m and 2/3 for m of two values, so it tells one phase from
 * two. Its error is about √(24/draws)/3: below 200 draws it says nothing.
 */
import type { SparseCode } from "../../coding/engine.js";
import { CrispError } from "../../core/errors.js";
import { draws, purpose } from "../../core/random.js";

/** Draws below which no cumulant is given. */
export const cumulantDraws = 200;

/** a·a′/(|a||a′|); 0 when either code is empty. */
export function overlap(a: SparseCode, b: SparseCode): number {
  let [product, i, j] = [0, 0, 0];
  while (i < a.index.length && j < b.index.length) {
    if (a.index[i] === b.index[j]) product += a.value[i++] * b.value[j++];
    else if (a.index[i] < b.index[j]) i++;
    else j++;
  }
  const norm = (of: SparseCode) => Math.sqrt(of.value.reduce((sum, v) => sum + v * v, 0));
  const both = norm(a) * norm(b);
  return both === 0 ? 0 : product / both;
}

/** Var(k)/L of one image's active counts. @throws CrispError `internal` for fewer than two draws */
export function scaledVariance(active: ArrayLike<number>, systemSize: number): number {
  const n = active.length;
  if (n < 2) throw new CrispError("internal", `L·Var(p) of ${n} draws; it needs at least 2. Raise the draws.`);
  const mean = sum(active) / n;
  return Array.from(active).reduce((total, k) => total + (k - mean) ** 2, 0) / (n - 1) / systemSize;
}

/**
 * U of the deviations of several images, each from its own mean and in units of
 * its own spread, so that images pool. An image without any spread is left out;
 * null when none is left.
 */
export function binderCumulant(images: readonly (readonly number[])[]): number | null {
  const m = images.flatMap(standardised);
  if (m.length === 0) return null;
  let [second, fourth] = [0, 0];
  for (const x of m) {
    second += x * x;
    fourth += x * x * x * x;
  }
  return 1 - (m.length * fourth) / (3 * second * second);
}

function standardised(active: readonly number[]): number[] {
  const mean = sum(active) / active.length;
  const spread = Math.sqrt(active.reduce((total, k) => total + (k - mean) ** 2, 0) / active.length);
  return spread === 0 ? [] : active.map((k) => (k - mean) / spread);
}

/** U with the 95 % interval of a bootstrap over the draws of each image (1000 resamples). */
export function binderInterval(images: readonly (readonly number[])[], seed: number) {
  const value = binderCumulant(images);
  if (value === null) return null;
  const resampled = Array.from({ length: 1000 }, (_, i) => {
    const draw = draws({ seed, purpose: purpose.bootstrap }, i);
    return binderCumulant(images.map((k) => k.map(() => k[draw.whole(k.length)]))) ?? value;
  }).sort((a, b) => a - b);
  return { value, low: Math.min(value, resampled[24]), high: Math.max(value, resampled[974]) };
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}
