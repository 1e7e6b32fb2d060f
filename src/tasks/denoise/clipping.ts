/**
 * Noise that was added before a picture was clipped to 0 … 255 is no longer of
 * mean 0: y = clip(s + σN) has
 *
 *   m(s) = E y = s (Φ(b) − Φ(a)) + σ (φ(a) − φ(b)) + 255 (1 − Φ(b)),   a = −s/σ,  b = (255 − s)/σ,
 *   v(s) = Var y ≤ σ²,
 *
 * so dark places look too bright and have less noise. A denoiser estimates m;
 * its inverse gives s (Foi, "Clipped noisy images", Signal Processing 2009). Near black and white
 * the inverse enlarges errors: on CIFAR-10 it gained 0.27 dB at σ = 50 and 0.02 at 25, and lost
 * 0.04 at 15 and 0.02 at 10, so it is used from σ = 20 on. v serves at every σ.
 */
import { normalCdf } from "../../scaling/special.js";
import type { Size } from "./variants.js";

const white = 255;
/** σ from which the mean is set right. */
const leastSigma = 20;

export type Clipping = {
  /** s from m, both 0 … 255; below m(0) it is 0, above m(255) it is 255. */
  unclipped(mean: number): number;
  /** v at a place whose mean is m. */
  variance(mean: number): number;
  /** Probability that y is 0 or 255 at such a place. */
  probability(mean: number): number;
};

/** The law of clipped noise of a σ in grey levels, > 0; linear between whole s. */
export function clippingOf(sigma: number): Clipping {
  const levels = Array.from({ length: white + 1 }, (_, s) => momentsAt(s, sigma));
  const place = (mean: number): { at: number; share: number } => {
    if (mean <= levels[0].mean) return { at: 0, share: 0 };
    if (mean >= levels[white].mean) return { at: white - 1, share: 1 };
    let [low, high] = [0, white];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (levels[middle].mean <= mean) low = middle;
      else high = middle;
    }
    return { at: low, share: (mean - levels[low].mean) / (levels[high].mean - levels[low].mean) };
  };
  const between = (mean: number, of: "variance" | "probability") => {
    const { at, share } = place(mean);
    return (1 - share) * levels[at][of] + share * levels[at + 1][of];
  };
  return {
    unclipped(mean) {
      const { at, share } = place(mean);
      return at + share;
    },
    variance: (mean) => between(mean, "variance"),
    probability: (mean) => between(mean, "probability"),
  };
}

/** Mean and variance of clip(s + σN), and the probability that it is 0 or 255. */
export function momentsAt(s: number, sigma: number): { mean: number; variance: number; probability: number } {
  const [a, b] = [-s / sigma, (white - s) / sigma];
  const density = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const above = normalCdf(-b);
  const inside = normalCdf(b) - normalCdf(a);
  const [low, high] = [density(a), density(b)];
  // About s, so that nothing large is subtracted.
  const first = sigma * (low - high) - s * normalCdf(a) + (white - s) * above;
  const second =
    sigma * sigma * (inside + a * low - b * high) + s * s * normalCdf(a) + (white - s) * (white - s) * above;
  return { mean: s + first, variance: Math.max(0, second - first * first), probability: 1 - inside };
}

/** A picture's noise as it is left after clipping. */
export type ClippedNoise = {
  /** √ mean v over the picture: what the picture's noise is on the whole, ≤ σ. */
  readonly deviation: number;
  /** How to undo the shift of the mean; null where the picture was not clipped, or little. */
  readonly clipping: Clipping | null;
};

/**
 * A picture counts as clipped when at least one value in a hundred is 0 or 255, and half as
 * many as its noise would make: noise that faded out in the dark leaves none there.
 *
 * @param values  [height, width, channels] in grey levels
 * @param sigma   σ before clipping, > 0
 */
export function clippedNoise(values: ArrayLike<number>, size: Size, sigma: number): ClippedNoise {
  const clipping = clippingOf(sigma);
  const means = boxMeans(values, size);
  let [variance, expected, found] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    variance += clipping.variance(means[i]);
    expected += clipping.probability(means[i]);
    if (values[i] <= 0 || values[i] >= white) found++;
  }
  if (found < Math.max(0.5 * expected, 0.01 * values.length)) return { deviation: sigma, clipping: null };
  return { deviation: Math.sqrt(variance / values.length), clipping: sigma < leastSigma ? null : clipping };
}

/** Pixels on either side of the middle of the box. */
const reach = 2;

/** Means over boxes of 5×5 pixels, each channel by itself, by sums along lines and then columns. */
function boxMeans(values: ArrayLike<number>, { height, width, channels }: Size): Float32Array {
  const across = alongAxis(values, { count: width, step: channels, lines: height * width * channels });
  return alongAxis(across, { count: height, step: width * channels, lines: height * width * channels });
}

/** Means of up to five neighbours along an axis whose places lie `step` apart. */
function alongAxis(
  values: ArrayLike<number>,
  { count, step, lines }: { count: number; step: number; lines: number },
): Float32Array {
  const means = new Float32Array(lines);
  for (let i = 0; i < lines; i++) {
    const at = Math.floor(i / step) % count;
    const [from, to] = [Math.max(-reach, -at), Math.min(reach, count - 1 - at)];
    let sum = 0;
    for (let k = from; k <= to; k++) sum += values[i + k * step];
    means[i] = sum / (to - from + 1);
  }
  return means;
}
