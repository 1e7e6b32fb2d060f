/**
 * What each kind of result looks like on disk: a part of numbers (safetensors
 * or Parquet) and a JSON summary. Also a training's checkpoint, which holds all
 * of its state.
 */

import { CrispError } from "../core/errors.js";
import { canonicalJson } from "../core/key.js";
import { type Tensor, tensor } from "../core/tensor.js";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../formats/safetensors.js";
import type { TrainingState } from "../learning/train.js";
import type { Shown } from "../study/job.js";
import type { Points } from "../study/points.js";
import { decodePoints, encodePoints } from "../study/points-file.js";
import type { Made, ResultOf, Trained } from "../study/store.js";
import type { Unit } from "../study/unit.js";

/** A result as it is stored: one part of bytes, and what JSON can carry. */
export type StoredForm = { readonly bytes: Uint8Array; readonly summary: Record<string, unknown> };

/** File extension and folder of each kind's part. */
export const partOf = {
  train: { folder: "dictionaries", extension: "safetensors" },
  atoms: { folder: "dictionaries", extension: "safetensors" },
  sweep: { folder: "results", extension: "parquet" },
  show: { folder: "results", extension: "safetensors" },
  transition: { folder: "results", extension: "transition.json" },
} as const;

export function encodeResult<U extends Unit>(unit: U, result: ResultOf<U>): StoredForm {
  switch (unit.kind) {
    case "train":
    case "atoms": {
      const { atoms, ...summary } = result as Trained | Made;
      return { bytes: encodeDictionary(atoms, unit.geometry), summary };
    }
    case "sweep":
      return { bytes: encodePoints(result as Points), summary: pointsSummary(result as Points) };
    case "show":
      return { bytes: encodeSafetensors({ tensors: { ...(result as Shown) }, metadata: {} }), summary: {} };
    case "transition":
      return { bytes: new TextEncoder().encode(canonicalJson(result)), summary: {} };
    default:
      throw unit satisfies never;
  }
}

export async function decodeResult<U extends Unit>(unit: U, form: StoredForm, path: string): Promise<ResultOf<U>> {
  switch (unit.kind) {
    case "train":
    case "atoms":
      return {
        ...(form.summary as Omit<Trained | Made, "atoms">),
        atoms: decodeAtoms(form.bytes, path),
      } as ResultOf<U>;
    case "sweep":
      return (await decodePoints(form.bytes, path)) as ResultOf<U>;
    case "show":
      return decodeShown(form.bytes, path) as ResultOf<U>;
    case "transition":
      return JSON.parse(new TextDecoder().decode(form.bytes)) as ResultOf<U>; // its sha256 was checked
    default:
      throw unit satisfies never;
  }
}

/** The atoms alone, with their geometry as metadata: what users of other tools open. */
export function encodeDictionary(atoms: Tensor, geometry: object): Uint8Array {
  return encodeSafetensors({ tensors: { atoms }, metadata: { geometry: JSON.stringify(geometry), format: "crisp-1" } });
}

function decodeAtoms(bytes: Uint8Array, path: string): Tensor {
  return named(decodeSafetensors(bytes, path).tensors, "atoms", path);
}

/** A float32 tensor of a file, by name. */
function named(tensors: Readonly<Record<string, NamedTensor>>, name: string, path: string): Tensor {
  const found = tensors[name];
  if (found?.data instanceof Float32Array) return tensor(found.shape, found.data);
  throw new CrispError("data", `${path}: no float32 tensor "${name}". The file is of another kind or damaged.`);
}

function decodeShown(bytes: Uint8Array, path: string): Shown {
  const { tensors } = decodeSafetensors(bytes, path);
  const of = (name: keyof Shown) => named(tensors, name, path);
  return {
    clean: of("clean"),
    noisy: of("noisy"),
    reconstruction: of("reconstruction"),
    map: of("map"),
    use: of("use"),
  };
}

/** The certificate of a sweep's part: how many codings, the largest gap, how many missed the tolerance. */
function pointsSummary(points: Points): Record<string, unknown> {
  return {
    points: points.lambda.length,
    largestGap: points.gap.reduce((most, gap) => Math.max(most, gap), 0),
    unconverged: points.converged.reduce((count, converged) => count + (converged ? 0 : 1), 0),
  };
}

/** All of a training's state; decoded, training goes on to the same bytes. */
export function encodeState(state: TrainingState): Uint8Array {
  const { atoms, mean, momentum, idle, ...rest } = state;
  const column = (data: Float64Array) => ({ shape: [data.length], data });
  const tensors = { atoms, mean: column(mean), momentum: column(momentum), idle: column(idle) };
  return encodeSafetensors({ tensors, metadata: { state: JSON.stringify(rest) } });
}

export function decodeState(bytes: Uint8Array, path: string): TrainingState {
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  const column = (name: string) => {
    const data = tensors[name]?.data;
    if (data instanceof Float64Array && metadata.state !== undefined) return data;
    throw new CrispError("data", `${path}: not a training checkpoint. Remove it and run again.`);
  };
  const columns = { mean: column("mean"), momentum: column("momentum"), idle: column("idle") };
  const rest = JSON.parse(metadata.state) as Omit<TrainingState, "atoms" | keyof typeof columns>;
  return { ...rest, ...columns, atoms: named(tensors, "atoms", path) };
}
