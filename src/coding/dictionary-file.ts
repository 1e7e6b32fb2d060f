/**
 * A dictionary from the user's file: .safetensors (ours, or any with one 4-D
 * float tensor), .npy or .npz ([features, rows, columns, channels], or features,
 * channels, rows, columns with layout nchw), or PetaVision's shared weights
 * (.pvp). Atoms are used as stored unless `normaliseAtoms` asks for norm 1.
 */

import { CrispError } from "../core/errors.js";
import { type Boundary, boundaryNames, type Extent } from "../core/geometry.js";
import { count, type Tensor, tensor } from "../core/tensor.js";
import { channelsLast, decodeArray, finiteFloats, imageShape, type Layout } from "../formats/arrays.js";
import { formatOf } from "../formats/format.js";
import type { NumberArray } from "../formats/npy.js";
import { decodePvp } from "../formats/pvp.js";
import { openSafetensors } from "../formats/safetensors.js";
import { normalisedAtoms } from "./atoms.js";

/** How a dictionary's file is read. */
export type DictionaryOptions = {
  /** Order of axes in .npy, .npz and safetensors of others. Default nhwc, or nchw where only that `fits`. */
  readonly layout?: Layout;
  /** What the atoms' shape must meet to fit the images; looked at only where no layout is named. */
  fits?(shape: readonly number[]): boolean;
  /** Scale each atom to norm 1. Default false. */
  readonly normaliseAtoms?: boolean;
};

/** Atoms of a file, and what it says of their network. */
export type DictionaryFile = {
  /** [features, patch rows, patch columns, channels] */
  readonly atoms: Tensor;
  /** What our own files say of the network they were trained for; null in others. */
  readonly stride: Extent | null;
  readonly boundary: Boundary | null;
  /** The layout in which the atoms fit, where nobody named it and it is not the usual one. */
  readonly recognised?: Layout;
};

/**
 * The dictionary of a file, from its bytes; the name's ending tells its kind.
 *
 * @throws CrispError `data` for a file that is damaged, holds no dictionary, a
 *   value that is not finite, or (with `normaliseAtoms`) a zero atom
 */
export function decodeDictionary(bytes: Uint8Array, path: string, options: DictionaryOptions = {}): DictionaryFile {
  const found = recognised(bytes, path, options);
  return { ...found, atoms: options.normaliseAtoms ? normalised(found.atoms, path) : found.atoms };
}

/** Read as asked; else channels last, unless the atoms fit only with channels first. */
function recognised(bytes: Uint8Array, path: string, { layout, fits }: DictionaryOptions): DictionaryFile {
  const usual = decodeByName(bytes, path, layout ?? "nhwc");
  if (layout !== undefined || fits === undefined || fits(usual.atoms.shape)) return usual;
  const other = decodeByName(bytes, path, "nchw");
  return fits(other.atoms.shape) && !fits(usual.atoms.shape) ? { ...other, recognised: "nchw" } : usual;
}

function decodeByName(bytes: Uint8Array, path: string, layout: Layout): DictionaryFile {
  const unknown = { stride: null, boundary: null };
  switch (formatOf(path, bytes)) {
    case "safetensors":
      return fromSafetensors(bytes, path, layout);
    case "npy":
    case "npz":
      return { atoms: atomsOf(decodeArray(bytes, path, "atoms"), path, layout), ...unknown };
    case "pvp":
      return { atoms: fromWeights(bytes, path), ...unknown };
    default:
      throw new CrispError(
        "usage",
        `${path} is not a dictionary by its name or content; .safetensors, .npy, .npz and .pvp are read. Rename or convert it.`,
      );
  }
}

function fromSafetensors(bytes: Uint8Array, path: string, layout: Layout): DictionaryFile {
  const { shapes, metadata, read } = openSafetensors(bytes, path);
  const format: unknown = metadata?.format; // any JSON, in a file of others
  const ours = typeof format === "string" && format.startsWith("crisp-");
  const candidates = [...shapes].filter(([, shape]) => shape.length === 4).map(([name]) => name);
  const chosen = candidates.length === 1 ? candidates[0] : candidates.find((name) => name === "atoms");
  if (chosen === undefined) {
    throw new CrispError(
      "data",
      `${path} holds ${candidates.length} tensors of four axes; a dictionary must be the only one, or be named atoms. Save the dictionary in a file of its own.`,
    );
  }
  const atoms = atomsOf(read(chosen), `${path}: tensor "${chosen.slice(0, 80)}"`, ours ? "nhwc" : layout);
  return { atoms, ...(ours ? trainedFor(metadata.geometry) : { stride: null, boundary: null }) };
}

/** Stride and boundary from our metadata; null where they are not what they should be. */
function trainedFor(geometry: unknown): Pick<DictionaryFile, "stride" | "boundary"> {
  let known: { stride?: unknown; boundary?: unknown } | null = null;
  try {
    known = JSON.parse(String(geometry));
  } catch {
    // No geometry in the file: the caller's options or defaults decide.
  }
  const { stride, boundary } = known ?? {};
  const sound = Array.isArray(stride) && stride.length === 2 && stride.every((s) => Number.isInteger(s) && s >= 1);
  return {
    stride: sound ? [stride[0], stride[1]] : null,
    boundary: boundaryNames.find((name) => name === boundary) ?? null,
  };
}

function atomsOf(array: NumberArray, name: string, layout: Layout): Tensor {
  const axes =
    layout === "nchw"
      ? "[features, channels, rows, columns] or [features, rows, columns]"
      : "[features, rows, columns, channels] or [features, rows, columns]";
  const shape = imageShape(array.shape, layout, { name, axes });
  const length = count(array.shape.slice(1));
  const values = finiteFloats(array.data, name, (i) => `value ${i % length} of atom ${Math.floor(i / length)}`);
  return tensor(shape, layout === "nchw" && array.shape.length === 4 ? channelsLast(values, array.shape) : values);
}

function fromWeights(bytes: Uint8Array, path: string): Tensor {
  const file = decodePvp(bytes, path);
  if (file.kind === "weights") return atomsOf(file.atoms, path, "nhwc");
  throw new CrispError(
    "data",
    `${path} holds ${file.kind} activity; a dictionary is shared weights (file type 5). Give the weights file.`,
  );
}

/** Each atom scaled to norm one. */
function normalised(atoms: Tensor, path: string): Tensor {
  const found = normalisedAtoms(atoms);
  if (found.zero < 0) return found.atoms;
  throw new CrispError(
    "data",
    `${path}: atom ${found.zero} is zero; an atom of length 0 cannot be scaled to norm 1. Remove it, or leave out --normalise-atoms.`,
  );
}
