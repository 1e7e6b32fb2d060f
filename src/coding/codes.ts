/**
 * Codes of several images at several λ's, as they are written and read: one
 * sparse code for each image and λ, all of one layer of units. A unit's index
 * is (row·columns + column)·features + feature.
 */
import { CrispError } from "../core/errors.js";
import { type Boundary, boundaryNames, type Extent } from "../core/geometry.js";
import type { LayerSize } from "../formats/pvp.js";
import type { Normalisation } from "../images/normalise.js";
import type { SparseCode } from "./engine.js";

/** Sparse codes of several images, as files carry them. */
export type CodeSet = {
  readonly size: LayerSize;
  readonly images: number;
  /** One a coding of each image; empty in files that do not name them (.pvp). */
  readonly lambdas: readonly number[];
  /** Image by image, within it λ by λ; images × max(1, λ's) in all. */
  readonly codes: readonly SparseCode[];
  /** The network they are of; absent in .pvp files and in those of versions that did not write it. */
  readonly network?: CodeNetwork;
  /** What was taken out of each image before it was coded; absent where the file does not say it. */
  readonly units?: readonly Normalisation[];
};

/** All that decoding needs besides the atoms, and which atoms they were. */
export type CodeNetwork = {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly patch: Extent;
  readonly stride: Extent;
  readonly boundary: Boundary;
  /** sha256 of the atoms as they were used, 64 hexadecimal digits. */
  readonly atoms: string;
};

/** Number of units of a layer. */
export function unitsOf({ rows, columns, features }: LayerSize): number {
  return rows * columns * features;
}

/**
 * Throws `data` unless sizes, counts, indices (ascending, each once) and values
 * (finite, not zero) are what a CodeSet promises.
 */
export function checkCodes(set: CodeSet, name: string): void {
  const { size, images, lambdas, codes } = set;
  for (const [what, value] of Object.entries({ ...size, images })) {
    if (!(Number.isInteger(value) && value >= 1))
      throw wrong(name, `${what} is ${value}; it must be a whole number of at least 1`);
  }
  const expected = images * Math.max(1, lambdas.length);
  if (codes.length !== expected)
    throw wrong(name, `${codes.length} codes; ${images} images at ${lambdas.length} λ's have ${expected}`);
  const bad = lambdas.find((lambda) => !(lambda > 0 && Number.isFinite(lambda)));
  if (bad !== undefined) throw wrong(name, `λ is ${bad}; it must be a finite number above 0`);
  const { units } = set;
  if (units && units.length !== images) throw wrong(name, `${units.length} means and deviations of ${images} images`);
  const unsound = units?.findIndex(
    (of) => !(Number.isFinite(of?.mean) && of.deviation >= 0 && of.deviation < Infinity),
  );
  if (unsound !== undefined && unsound >= 0)
    throw wrong(name, `mean and deviation of image ${unsound} are ${JSON.stringify(units?.[unsound])}`);
  for (const [i, code] of codes.entries()) checkCode(code, unitsOf(size), `${name}: code ${i}`);
}

/**
 * The network that a file's JSON describes.
 *
 * @throws CrispError `data` for JSON that describes none
 */
export function networkFrom(value: unknown, name: string): CodeNetwork {
  const { height, width, channels, patch, stride, boundary, atoms } = (value ?? {}) as Record<string, unknown>;
  const whole = (n: unknown): n is number => Number.isInteger(n) && (n as number) >= 1;
  const pair = (of: unknown): of is Extent => Array.isArray(of) && of.length === 2 && of.every(whole);
  const sound = whole(height) && whole(width) && whole(channels) && pair(patch) && pair(stride);
  const known = boundaryNames.find((boundaryName) => boundaryName === boundary);
  if (sound && known && typeof atoms === "string" && /^[0-9a-f]{64}$/.test(atoms))
    return {
      height,
      width,
      channels,
      patch: [patch[0], patch[1]],
      stride: [stride[0], stride[1]],
      boundary: known,
      atoms,
    };
  throw wrong(name, `its network is ${JSON.stringify(value)?.slice(0, 200)}, which is none`);
}

function checkCode({ index, value }: SparseCode, units: number, name: string): void {
  if (index.length !== value.length) throw wrong(name, `${index.length} indices and ${value.length} values`);
  for (let i = 0; i < index.length; i++) {
    const before = i === 0 ? -1 : index[i - 1];
    if (!(index[i] > before && index[i] < units)) {
      throw wrong(name, `index ${index[i]} after ${before}; indices rise and stay below ${units}`);
    }
    if (!Number.isFinite(value[i]) || value[i] === 0)
      throw wrong(name, `value ${value[i]} of unit ${index[i]}; values are finite and not zero`);
  }
}

function wrong(name: string, what: string): CrispError {
  return new CrispError("data", `${name}: ${what}. The file is damaged or of another kind: write it again.`);
}
