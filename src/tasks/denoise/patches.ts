/**
 * A picture through stages of patches (coding/patches.ts): each stage codes the noisy picture, and from
 * the second on the estimate of the one before beside it, whose noise is weak and tells which atoms to trust.
 *
 *   x̂₁ = stage₁(y),   x̂ₙ = stageₙ(y, x̂ₙ₋₁)
 *
 * Strips of rows go to the workers; their sums are added in order, so who worked changes nothing.
 */
import { type PatchModel, starts } from "../../coding/patches.js";
import { runLanes } from "../../work/lanes.js";
import { reflected } from "./tiles.js";
import { held, released, type Size, type Variant } from "./variants.js";

/** One strip's coding, as tasks/strip.ts does it. */
export type CodeStrip = (
  stage: number,
  strip: { readonly image: Float32Array; readonly width: number; readonly height: number },
) => Promise<{ readonly sum: Float32Array; readonly count: Float32Array; readonly active: number }>;

export type PatchOptions = {
  readonly stages: readonly PatchModel[];
  /** Pixels from one patch to the next. */
  readonly step: number;
  /** Ways to hold the picture, over which the mean is taken. */
  readonly variants: readonly Variant[];
  /** Strips under way at once. */
  readonly together: number;
  code: CodeStrip;
  /** Told after each strip. */
  onStrip?(done: number, total: number): void;
};

/** The estimate, and what its codes were like. */
export type PatchResult = { readonly image: Float32Array; readonly activePerPatch: number; readonly patches: number };

/** Rows of patches in a strip; more strips keep more workers busy, fewer repeat fewer rows. */
const stripRows = 40;

/** The denoised picture, [height, width, channels]. @param image  y / σ */
export async function denoisedByPatches(image: Float32Array, size: Size, options: PatchOptions): Promise<PatchResult> {
  const side = Math.max(...options.stages.map(({ atoms }) => atoms.shape[1]));
  const whole = { ...size, height: Math.max(size.height, side), width: Math.max(size.width, side) };
  const given = resized(image, size, whole);
  const mean = new Float32Array(given.length);
  const heights = options.variants.map(({ transposed }) => (transposed ? whole.width : whole.height));
  const total = heights.flatMap((height) =>
    options.stages.map((stage) => stripsOf(height, stage, options.step).length),
  );
  const tally = { done: 0, total: total.reduce((sum, strips) => sum + strips), active: 0, patches: 0 };
  for (const variant of options.variants) {
    const turned = variant.transposed ? { ...whole, height: whole.width, width: whole.height } : whole;
    const found = await throughStages(held(given, whole, variant), turned, { ...options, tally });
    released(found, whole, variant).forEach((value, i) => {
      mean[i] += value / options.variants.length;
    });
  }
  return { image: resized(mean, whole, size), activePerPatch: tally.active / tally.patches, patches: tally.patches };
}

/** A picture continued by reflection to the right and below, or cut off there. */
function resized(image: Float32Array, from: Size, to: Size): Float32Array {
  if (from.height === to.height && from.width === to.width) return image;
  const { channels } = from;
  const out = new Float32Array(to.height * to.width * channels);
  for (let i = 0; i < out.length; i++) {
    const pixel = Math.floor(i / channels);
    const row = reflected(Math.floor(pixel / to.width), from.height);
    out[i] = image[(row * from.width + reflected(pixel % to.width, from.width)) * channels + (i % channels)];
  }
  return out;
}

type Tally = { done: number; readonly total: number; active: number; patches: number };

type StageOptions = PatchOptions & { readonly tally: Tally };

async function throughStages(image: Float32Array, size: Size, options: StageOptions): Promise<Float32Array> {
  let estimate: Float32Array | undefined;
  for (const stage of options.stages.keys()) {
    const planes = estimate === undefined ? [image] : [image, estimate];
    estimate = await oneStage(planes, size, { ...options, stage });
  }
  return estimate ?? image;
}

/** The planes coded strip by strip, a row of patches in exactly one strip. */
async function oneStage(
  planes: readonly Float32Array[],
  { height, width, channels }: Size,
  options: StageOptions & { readonly stage: number },
): Promise<Float32Array> {
  const { stages, stage, step, tally } = options;
  const [, side] = stages[stage].atoms.shape;
  const strips = stripsOf(height, stages[stage], step);
  const highest = Math.max(...strips.map((strip) => strip.height));
  const sum = new Float32Array(height * width * channels);
  const count = new Float32Array(height * width);
  await runLanes(strips.length, {
    ...{ lanes: options.together, ahead: options.together },
    work: (n) =>
      options.code(stage, {
        image: stripOf(planes, strips[n], { line: width * channels, channels }),
        width,
        height: highest,
      }),
    take(found, n) {
      addAt(sum, found.sum, strips[n].top * width * channels);
      addAt(count, found.count, strips[n].top * width);
      tally.active += found.active;
      tally.patches += strips[n].rows * starts(width - side, step).length;
      options.onStrip?.(++tally.done, tally.total);
    },
  });
  return sum.map((value, i) => value / count[Math.floor(i / channels)]);
}

type Strip = { readonly top: number; readonly height: number; readonly rows: number };

/** Rows of patches, strip by strip, and the pixels that they cover. */
function stripsOf(height: number, { atoms }: PatchModel, step: number): Strip[] {
  const [, side] = atoms.shape;
  const [rows, each] = [starts(height - side, step), Math.ceil(stripRows / step)];
  return Array.from({ length: Math.ceil(rows.length / each) }, (_, i) => {
    const own = rows.slice(i * each, (i + 1) * each);
    return { top: own[0], height: own[own.length - 1] + side - own[0], rows: own.length };
  });
}

/** Rows of the planes, pixel by pixel beside each other. */
function stripOf(
  planes: readonly Float32Array[],
  { top, height }: Strip,
  { line, channels }: { readonly line: number; readonly channels: number },
): Float32Array {
  const rows = planes.map((plane) => plane.subarray(top * line, (top + height) * line));
  if (rows.length === 1) return rows[0].slice();
  const inputs = rows.length * channels;
  const out = new Float32Array(height * line * rows.length);
  for (let i = 0; i < out.length; i++) {
    const channel = i % inputs;
    out[i] = rows[Math.floor(channel / channels)][Math.floor(i / inputs) * channels + (channel % channels)];
  }
  return out;
}

function addAt(sum: Float32Array, values: Float32Array, from: number): void {
  for (let i = 0; i < values.length; i++) sum[from + i] += values[i];
}
