/**
 * Dead leaves: opaque disks fallen on each other until nothing else shows
 * (Matheron; as a model of natural images Lee, Mumford and Huang, "Occlusion
 * models for natural images", IJCV 2001). Radii have density ∝ r⁻³ between two
 * cut-offs, which makes the pictures scale-invariant: power ~ 1/f², edges,
 * heavy-tailed gradients. Looking up from the ground, each new leaf lies behind
 * the ones before, so painting stops once every sample is covered.
 *
 * Only + − × ÷ √ and core/exact: the same bytes on every machine.
 */
import { CrispError } from "../core/errors.js";
import { exactLog } from "../core/exact.js";
import { contentKey } from "../core/key.js";
import { type Draws, draws, purpose } from "../core/random.js";
import { drawnPictures, type ImageSet } from "./image-set.js";

/**
 * What a picture of given size and seed is made of; raise `version` with any
 * change. Colours: deviations along the axes light, yellow–blue and red–green
 * (1,1,1)/√3, (1,1,−2)/√6, (1,−1,0)/√2, which are nearly the principal axes of
 * natural colour; mean and deviations as measured on 2,000 pictures of CIFAR-10.
 */
export const leavesParameters = {
  version: 1,
  /**
   * Radii in pixels; fixed, so that a larger picture is a larger window on the
   * same world. At 1.5 the slope of the power spectrum of 32×32 pictures over
   * 2 … 12 cycles is −2.8 and the kurtosis of their gradients 11, as those of
   * CIFAR-10 (−2.9 and 9); at 1 they are −2.4 and 9, at 2 −3.0 and 13.
   */
  smallest: 1.5,
  largest: 24,
  /** Samples a pixel along each axis; their mean softens the edges. */
  samples: 3,
  mean: [127, 125, 116],
  light: 105,
  yellow: 28,
  red: 19,
  /** Deviation of the linear shading across a leaf, in grey levels from centre to rim. */
  shading: 9,
} as const;

export type LeavesOptions = {
  readonly seed: number;
  readonly height: number;
  readonly width: number;
  /** 3 for colour, 1 for grey. */
  readonly channels: 1 | 3;
};

type Leaf = {
  /** Centre and radius, in samples. */
  readonly x: number;
  readonly y: number;
  readonly radius: number;
};

/** How a leaf looks: a level for each channel and its slope to the right and down, per sample. */
type Paint = { readonly leaf: Leaf; readonly levels: readonly number[]; readonly right: number; readonly down: number };

/** Training and test pictures, each drawn when first asked for (about 0.4 ms for 32×32×3). */
export function leaves(options: LeavesOptions & { readonly training: number; readonly test: number }): ImageSet {
  checkOptions(options);
  const { seed, height, width, channels } = options;
  const length = height * width * channels;
  return {
    source: "leaves",
    citation: null,
    hash: contentKey({ source: "leaves", seed, height, width, channels, ...leavesParameters }),
    height,
    width,
    channels,
    training: drawnPictures(options.training, length, (index) => leavesPicture(options, "training", index)),
    test: drawnPictures(options.test, length, (index) => leavesPicture(options, "test", index)),
    warnings: [],
  };
}

/** One picture, [height, width, channels] in 8 bits: a pure function of its arguments. */
export function leavesPicture(options: LeavesOptions, part: "training" | "test", index: number): Uint8Array {
  const draw = draws({ seed: options.seed, stream: part === "training" ? 0 : 1, purpose: purpose.leaves }, index);
  const { owner, paints } = fall(options, draw);
  return develop(options, owner, paints);
}

/** Lets leaves fall until each sample has an owner: the first leaf that covers it. */
function fall({ height, width, channels }: LeavesOptions, draw: Draws) {
  const { samples } = leavesParameters;
  const rows = height * samples;
  const columns = width * samples;
  const owner = new Uint32Array(rows * columns); // 0: still open; leaf n − 1 otherwise
  const paints: Paint[] = [];
  const radius = radiusLaw(height, width);
  let open = owner.length;
  while (open > 0) {
    const r = radius(draw);
    const leaf = {
      x: samples * (draw.uniform() * (width + 2 * r) - r),
      y: samples * (draw.uniform() * (height + 2 * r) - r),
      radius: samples * r,
    };
    const covered = cover(owner, rows, columns, leaf, paints.length + 1);
    if (covered > 0) paints.push(paint(leaf, channels, draw));
    open -= covered;
  }
  return { owner, paints };
}

/**
 * Draws radii of the leaves that can touch the window: a leaf of radius r does
 * so with its centre in (h + 2r)(w + 2r), so their density is
 *
 *   (hw + 2(h + w) r + 4r²) r⁻³ = hw r⁻³ + 2(h + w) r⁻² + 4 r⁻¹,
 *
 * a mixture of three laws. r⁻³ and r⁻² are inverted; r⁻¹ is r⁻² kept with
 * probability r/largest. Leaves far outside are never drawn: several times fewer at 32×32.
 */
function radiusLaw(height: number, width: number): (draw: Draws) => number {
  const { smallest, largest } = leavesParameters;
  const squares = 1 / (smallest * smallest) - 1 / (largest * largest);
  const inverses = 1 / smallest - 1 / largest;
  const cubic = (height * width * squares) / 2;
  const quadratic = 2 * (height + width) * inverses;
  const total = cubic + quadratic + 4 * exactLog(largest / smallest);
  const inverse = (draw: Draws) => 1 / (1 / largest + draw.uniform() * inverses);
  return (draw) => {
    const which = draw.uniform() * total;
    if (which < cubic) return 1 / Math.sqrt(1 / (largest * largest) + draw.uniform() * squares);
    if (which < cubic + quadratic) return inverse(draw);
    let r = inverse(draw);
    while (draw.uniform() * largest > r) r = inverse(draw);
    return r;
  };
}

/** Gives the open samples under a leaf to it; returns how many. */
function cover(owner: Uint32Array, rows: number, columns: number, leaf: Leaf, number: number): number {
  const { x, y, radius } = leaf;
  const lastRow = Math.min(rows - 1, Math.floor(y + radius - 0.5));
  let covered = 0;
  for (let row = Math.max(0, Math.ceil(y - radius - 0.5)); row <= lastRow; row++) {
    const up = row + 0.5 - y; // samples sit at the middle of their cell
    const half = Math.sqrt(Math.max(0, radius * radius - up * up));
    const last = row * columns + Math.min(columns - 1, Math.floor(x + half - 0.5));
    for (let i = row * columns + Math.max(0, Math.ceil(x - half - 0.5)); i <= last; i++) {
      if (owner[i] === 0) {
        owner[i] = number;
        covered++;
      }
    }
  }
  return covered;
}

/** Draws colour and shading of a leaf that shows. */
function paint(leaf: Leaf, channels: number, draw: Draws): Paint {
  const { mean, light, yellow, red, shading } = leavesParameters;
  const lightness = (light * draw.gaussian()) / Math.sqrt(3);
  const warmth = (yellow * draw.gaussian()) / Math.sqrt(6);
  const redness = (red * draw.gaussian()) / Math.sqrt(2);
  const colour = [
    mean[0] + lightness + warmth + redness,
    mean[1] + lightness + warmth - redness,
    mean[2] + lightness - 2 * warmth,
  ];
  const levels = channels === 3 ? colour : [(mean[0] + mean[1] + mean[2]) / 3 + lightness];
  const slope = shading / leaf.radius;
  return { leaf, levels, right: slope * draw.gaussian(), down: slope * draw.gaussian() };
}

/** Mean of the samples in each pixel, rounded and clipped to 8 bits. */
function develop({ height, width, channels }: LeavesOptions, owner: Uint32Array, paints: readonly Paint[]): Uint8Array {
  const { samples } = leavesParameters;
  const sums = new Float64Array(height * width * channels);
  for (let row = 0, i = 0; row < height * samples; row++) {
    const line = Math.floor(row / samples) * width;
    for (let column = 0; column < width * samples; column++, i++) {
      const { leaf, levels, right, down } = paints[owner[i] - 1];
      const shade = right * (column + 0.5 - leaf.x) + down * (row + 0.5 - leaf.y);
      const pixel = (line + Math.floor(column / samples)) * channels;
      for (let c = 0; c < channels; c++) sums[pixel + c] += levels[c] + shade;
    }
  }
  const bytes = new Uint8Array(sums.length);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Math.max(0, Math.min(255, Math.round(sums[i] / (samples * samples))));
  }
  return bytes;
}

function checkOptions({ seed, height, width, channels }: LeavesOptions): void {
  for (const [name, value] of Object.entries({ height, width })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new CrispError("usage", `leaves: ${name} is ${value}; it must be a whole number of at least 1. Write 32.`);
    }
  }
  if (channels !== 1 && channels !== 3) {
    throw new CrispError("usage", `leaves: channels is ${channels}; it must be 1 (grey) or 3 (colour). Write 3.`);
  }
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new CrispError("usage", `leaves: seed is ${seed}; it must be a whole number from 0 to 2³² − 1. Write 1.`);
  }
}
