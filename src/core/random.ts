/**
 * Philox4x32-10, the counter-based generator of Salmon et al. (SC 2011,
 * "Parallel random numbers: as easy as 1, 2, 3"). A draw is a pure function of
 * key = (seed, stream) and counter = (index, element, epoch, purpose), so noise
 * is the same for any number of workers, order, resume or engine.
 */
import { exactCircle, exactLog } from "./exact.js";

/** What a draw is for: the last word of the counter, so purposes never share bits. */
export const purpose = {
  noise: 1,
  leaves: 2,
  atoms: 3,
  shuffle: 4,
  bootstrap: 5,
  redraw: 6,
  split: 7,
  norm: 8,
  hide: 9,
  crop: 10,
  verify: 11,
  test: 99,
} as const;

/** Names one sequence of random numbers: equal names, equal numbers, on any machine. */
export type Stream = {
  readonly seed: number;
  readonly stream?: number;
  readonly purpose: number;
  readonly epoch?: number;
};

/** Four 32-bit words for one counter and key, into `out`. */
export function philox(counter: readonly number[], key: readonly number[], out: Uint32Array): void {
  // Read by index: taking arrays apart by pattern calls their iterators, 1.5x slower.
  let c0 = counter[0];
  let c1 = counter[1];
  let c2 = counter[2];
  let c3 = counter[3];
  let k0 = key[0];
  let k1 = key[1];
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** High 32 bits of the 64-bit product of two unsigned 32-bit words. */
function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const cross = aLow * bHigh + (middle % 0x10000);
  return aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000);
}

/** A sequence of draws for one index (an image, say): uniform, whole and Gaussian numbers. */
export type Draws = {
  /** Uniform in (0, 1), 53 bits: never 0, never 1. */
  uniform(): number;
  /** Whole number in 0 … below − 1, without modulo bias beyond 2⁻⁵³. */
  whole(below: number): number;
  /** Standard normal, by Box and Muller. */
  gaussian(): number;
};

/** The draws that belong to `index` in a stream; independent of every other index. */
export function draws(stream: Stream, index: number): Draws {
  const words = new Uint32Array(4);
  const key = [stream.seed, stream.stream ?? 0];
  const counter = [index, 0, stream.epoch ?? 0, stream.purpose];
  let used = 4;
  let spare: number | undefined;

  function uniform(): number {
    if (used === 4) {
      philox(counter, key, words);
      counter[1]++;
      used = 0;
    }
    const high = words[used++];
    const low = words[used++];
    return ((high >>> 5) * 0x4000000 + (low >>> 6) + 0.5) / 0x20000000000000;
  }
  function gaussian(): number {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * exactLog(uniform()));
    const [cosine, sine] = exactCircle(uniform());
    spare = radius * sine;
    return radius * cosine;
  }
  return { uniform, gaussian, whole: (below) => Math.floor(uniform() * below) };
}

/** A permutation of 0 … count − 1 (Fisher–Yates), a pure function of the stream and index. */
export function permutation(count: number, stream: Stream, index = 0): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const draw = draws(stream, index);
  for (let i = count - 1; i > 0; i--) {
    const j = draw.whole(i + 1);
    const kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
  return order;
}
