/**
 * How near a picture is to another, in grey levels of 8 bits (16 bits keep their fractions):
 *
 *   PSNR = 10 log₁₀(255² / mean (x − y)²)
 *   SSIM = mean of (2 μx μy + C₁)(2 σxy + C₂) / ((μx² + μy² + C₁)(σx² + σy² + C₂))
 *
 * over all places of an 11×11 Gaussian window of deviation 1.5 that lie inside
 * the picture and over channels; C₁ = (0.01·255)², C₂ = (0.03·255)² (Wang, Bovik,
 * Sheikh, Simoncelli, "Image quality assessment: from error visibility to
 * structural similarity", IEEE Transactions on Image Processing 2004, section III).
 * Their paper is for grey pictures; the mean over channels is a choice.
 */
import { psnr, squaredError } from "../coding/metrics.js";
import { CrispError } from "../core/errors.js";
import { levelsOf, type Picture } from "../formats/picture.js";

/** PSNR in dB (null when the pictures are equal) and SSIM (null when a side is below 11 pixels). */
export type Similarity = { readonly psnr: number | null; readonly ssim: number | null };

/** @throws CrispError `shape` unless height, width and channels agree */
export function similarity(x: Picture, y: Picture): Similarity {
  if (x.height !== y.height || x.width !== y.width || x.channels !== y.channels) {
    const sizeOf = (p: Picture) => `${p.height}×${p.width} in ${p.channels === 1 ? "grey" : "colour"}`;
    throw new CrispError(
      "shape",
      `the pictures are ${sizeOf(x)} and ${sizeOf(y)}; only pictures of one size and kind can be compared. Choose the clean picture that belongs to it.`,
    );
  }
  return { psnr: psnr8(x, y), ssim: ssim(x, y) };
}

function psnr8(x: Picture, y: Picture): number | null {
  const sum = squaredError(levelsOf(x), levelsOf(y));
  return sum === 0 ? null : psnr(sum, x.bytes.length);
}

const side = 11;
const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];

/** Weights of the window along one axis; their sum is 1. */
const gaussian = (() => {
  const raw = Array.from({ length: side }, (_, i) => Math.exp(-((i - 5) ** 2) / (2 * 1.5 ** 2)));
  const total = raw.reduce((sum, w) => sum + w, 0);
  return raw.map((w) => w / total);
})();

function ssim(x: Picture, y: Picture): number | null {
  const { height, width, channels } = x;
  if (height < side || width < side) return null;
  let sum = 0;
  for (let c = 0; c < channels; c++) {
    const [a, b] = [plane(levelsOf(x), { c, channels }), plane(levelsOf(y), { c, channels })];
    const blur = (of: (i: number) => number) =>
      blurred(
        Float64Array.from(a, (_, i) => of(i)),
        height,
        width,
      );
    const [ma, mb] = [blur((i) => a[i]), blur((i) => b[i])];
    const [aa, bb, ab] = [blur((i) => a[i] * a[i]), blur((i) => b[i] * b[i]), blur((i) => a[i] * b[i])];
    let plain = 0;
    for (let i = 0; i < ma.length; i++) {
      const product = ma[i] * mb[i];
      const squares = ma[i] * ma[i] + mb[i] * mb[i];
      plain += ((2 * product + c1) * (2 * (ab[i] - product) + c2)) / ((squares + c1) * (aa[i] + bb[i] - squares + c2));
    }
    sum += plain / ma.length;
  }
  return sum / channels;
}

function plane(levels: ArrayLike<number>, { c, channels }: { c: number; channels: number }): Float64Array {
  return Float64Array.from({ length: levels.length / channels }, (_, i) => levels[i * channels + c]);
}

/** Weighted means over every whole window: along the lines, then down the columns. */
function blurred(values: Float64Array, height: number, width: number): Float64Array {
  const across = width - side + 1;
  const lines = new Float64Array(height * across);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < across; x++) {
      let sum = 0;
      for (let i = 0; i < side; i++) sum += gaussian[i] * values[y * width + x + i];
      lines[y * across + x] = sum;
    }
  }
  const means = new Float64Array((height - side + 1) * across);
  for (let i = 0; i < means.length; i++) {
    let sum = 0;
    for (let j = 0; j < side; j++) sum += gaussian[j] * lines[i + j * across];
    means[i] = sum;
  }
  return means;
}
