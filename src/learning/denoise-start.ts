/** What training for denoising begins with: crops of pictures, and atoms cut from them. */
import type { PatchCoder, PatchLayout, PatchModel } from "../coding/patches.js";
import { type Draws, draws, purpose } from "../core/random.js";
import { type Tensor, tensor } from "../core/tensor.js";

/** A clean picture, [height, width, channels], in 8-bit grey levels. */
export type CropSource = {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly values: Uint8Array | Float64Array;
};

/** What is trained, and how long. */
export type DenoiseTraining = {
  readonly features: number;
  /** Pixels of a patch's side, even. */
  readonly side: number;
  readonly steps: number;
  /** Crops per step, and pixels of their side. */
  readonly batch: number;
  readonly crop: number;
  /** Pixels from one patch of a crop to the next. */
  readonly step: number;
  /** Largest step of Adam; thresholds move by three times as much. */
  readonly rate: number;
  /** σ in 8-bit grey levels, from … to. */
  readonly noise: readonly [number, number];
  readonly seed: number;
};

/** Pictures, stages that come before, and who codes. */
export type DenoiseTools = {
  readonly pictures: readonly CropSource[];
  readonly before: readonly PatchModel[];
  open(layout: PatchLayout): PatchCoder;
};

/** t of every atom, in units of σ, before the first step. */
const firstThreshold = 1.5;
/** Mean square that a patch has at least to become an atom, in 8-bit grey levels: flat ones are only noise. */
const leastPower = 100;

/** side × side pixels from a random place, in one of the eight ways to hold them. */
export function clearCrop({ height, width, channels, values }: CropSource, side: number, draw: Draws): Float32Array {
  const [top, left, way] = [draw.whole(height - side + 1), draw.whole(width - side + 1), draw.whole(8)];
  return Float32Array.from({ length: side * side * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    const [row, column] = [Math.floor(pixel / side), pixel % side];
    const y = way & 1 ? side - 1 - row : row;
    const x = way & 2 ? side - 1 - column : column;
    const [down, right] = way & 4 ? [x, y] : [y, x];
    return values[((top + down) * width + left + right) * channels + (i % channels)];
  });
}

/** Patches of the pictures as atoms and decoder; a further stage begins with the one before, its atoms on both inputs. */
export function firstModel(training: DenoiseTraining, { pictures, before }: DenoiseTools): PatchModel {
  const { features, side, seed } = training;
  const last = before.at(-1);
  if (last) return nextModel(last);
  const { channels } = pictures[0];
  const length = side * side * channels;
  const draw = draws({ seed, purpose: purpose.atoms }, 0);
  const atoms = new Float32Array(features * length);
  for (let f = 0; f < features; f++) {
    let patch = centred(clearCrop(pictures[draw.whole(pictures.length)], side, draw), channels);
    while (power(patch) < leastPower) {
      patch = centred(clearCrop(pictures[draw.whole(pictures.length)], side, draw), channels);
    }
    atoms.set(patch, f * length);
  }
  const shape = [features, side, side, channels];
  normaliseAtoms(tensor(shape, atoms));
  return {
    ...{ atoms: tensor(shape, atoms), decoder: tensor(shape, atoms.slice()) },
    thresholds: new Float32Array(features).fill(firstThreshold),
    exponents: new Float32Array(features),
  };
}

/** 0.3 φ on the noisy picture, φ on the estimate, scaled to norm 1; half the threshold, since the estimate has little noise. */
function nextModel({ atoms, decoder, thresholds, exponents }: PatchModel): PatchModel {
  const [features, side, , inputs] = atoms.shape;
  const outputs = decoder.shape[3];
  const data = Float32Array.from({ length: features * side * side * 2 * outputs }, (_, i) => {
    const [pixel, channel] = [Math.floor(i / (2 * outputs)), i % (2 * outputs)];
    const from = atoms.data[pixel * inputs + inputs - outputs + (channel % outputs)];
    return channel < outputs ? 0.3 * from : from;
  });
  const norms = normaliseAtoms(tensor([features, side, side, 2 * outputs], data));
  const length = decoder.data.length / features;
  return {
    atoms: tensor([features, side, side, 2 * outputs], data),
    decoder: tensor(
      decoder.shape,
      decoder.data.map((value, i) => value / norms[Math.floor(i / length)]),
    ),
    ...{ thresholds: thresholds.map((t) => t / 2), exponents: exponents.slice() },
  };
}

/** Scales each atom to norm 1, in place; the norms they had. */
export function normaliseAtoms({ shape, data }: Tensor): Float64Array {
  const length = data.length / shape[0];
  return Float64Array.from({ length: shape[0] }, (_, f) => {
    const atom = data.subarray(f * length, (f + 1) * length);
    const norm = Math.sqrt(atom.reduce((sum, value) => sum + value * value, 0)) || 1;
    for (let i = 0; i < length; i++) atom[i] /= norm;
    return norm;
  });
}

function centred(patch: Float32Array, channels: number): Float32Array {
  const means = new Float64Array(channels);
  for (let i = 0; i < patch.length; i++) means[i % channels] += (patch[i] * channels) / patch.length;
  return patch.map((value, i) => value - means[i % channels]);
}

function power(patch: Float32Array): number {
  return patch.reduce((sum, value) => sum + value * value, 0) / patch.length;
}
