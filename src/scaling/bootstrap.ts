/**
 * Means under a paired bootstrap (Efron and Tibshirani 1993, §6): one set of
 * items is drawn with replacement and used for every row, so what is common to
 * all sizes stays common. A draw is a vector of counts, a mean one dot product.
 * Four draws share a pass over the rows: memory traffic, not arithmetic, is
 * what bounds it.
 */
import { draws, purpose } from "../core/random.js";

export type BootstrapOptions = { readonly seed: number; readonly resamples: number };

/**
 * Means of each row over resampled items, [row][resample].
 *
 * @param rows each of length `items`; a pure function of seed and item count
 */
export function bootstrapMeans(
  rows: readonly Float64Array[],
  items: number,
  options: BootstrapOptions,
): Float64Array[] {
  const means = rows.map(() => new Float64Array(options.resamples));
  const sums = new Float64Array(4);
  for (let b = 0; b < options.resamples; b += 4) {
    const counts = [0, 1, 2, 3].map((i) => itemCounts(items, options.seed, b + i)) as Four;
    const kept = sums.subarray(0, options.resamples - b);
    rows.forEach((row, r) => {
      addUp(row, counts, sums);
      means[r].set(
        kept.map((sum) => sum / items),
        b,
      );
    });
  }
  return means;
}

type Four = [Float64Array, Float64Array, Float64Array, Float64Array];

/** Σ w·y for four w. A function of its own, which the compiler keeps in registers: inside a closure it took half as long again. */
function addUp(row: Float64Array, [w0, w1, w2, w3]: Four, sums: Float64Array): void {
  let m0 = 0;
  let m1 = 0;
  let m2 = 0;
  let m3 = 0;
  for (let i = 0; i < row.length; i++) {
    const value = row[i];
    m0 += w0[i] * value;
    m1 += w1[i] * value;
    m2 += w2[i] * value;
    m3 += w3[i] * value;
  }
  sums[0] = m0;
  sums[1] = m1;
  sums[2] = m2;
  sums[3] = m3;
}

/** How often each item is drawn in resample b. */
function itemCounts(items: number, seed: number, b: number): Float64Array {
  const counts = new Float64Array(items);
  const draw = draws({ seed, purpose: purpose.bootstrap }, b);
  for (let i = 0; i < items; i++) counts[draw.whole(items)]++;
  return counts;
}
