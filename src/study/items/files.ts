/** Dictionaries and half-done trainings as bytes: safetensors, with what JSON can carry as metadata. */
import { CrispError } from "../../core/errors.js";
import type { Geometry } from "../../core/geometry.js";
import { type Tensor, tensor } from "../../core/tensor.js";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../../formats/safetensors.js";
import type { TrainingState } from "../../learning/train.js";
import type { Stored } from "../../work/item.js";

/** Where dictionaries lie: the atoms as safetensors, all else of the result in its summary. */
export const dictionaryFile = {
  folder: "dictionaries",
  ending: "safetensors",
  encode<Result extends { readonly atoms: Tensor }>(
    { atoms, ...summary }: Result,
    { geometry }: { readonly geometry: Geometry },
  ): Stored {
    return { bytes: encodeDictionary(atoms, geometry), summary };
  },
  decode<Result extends { readonly atoms: Tensor }>({ bytes, summary }: Stored, path: string): Result {
    const atoms = named(decodeSafetensors(bytes, path).tensors, "atoms", path);
    return { ...summary, atoms } as unknown as Result;
  },
};

/** The atoms alone, with their geometry as metadata: what users of other tools open. */
export function encodeDictionary(atoms: Tensor, geometry: Partial<Record<keyof Geometry, unknown>>): Uint8Array {
  // In one order, also where the geometry was read from a file with sorted keys: the bytes must not tell who made them.
  const { height, width, channels, patch, stride, boundary, features, ...rest } = geometry;
  const text = JSON.stringify({ height, width, channels, patch, stride, boundary, features, ...rest });
  return encodeSafetensors({ tensors: { atoms }, metadata: { geometry: text, format: "crisp-1" } });
}

/** A float32 tensor of a file, by name. */
export function named(tensors: Readonly<Record<string, NamedTensor>>, name: string, path: string): Tensor {
  const found = tensors[name];
  if (found?.data instanceof Float32Array) return tensor(found.shape, found.data);
  throw new CrispError("data", `${path}: no float32 tensor "${name}". The file is of another kind or damaged.`);
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
