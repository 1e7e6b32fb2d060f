/**
 * A model of patches as a safetensors file: for each stage n = 0, 1 … the tensors n.atoms, n.decoder,
 * n.thresholds and n.exponents; atoms and decoder in 16 bits, of which 11 count.
 */
import { CrispError } from "../core/errors.js";
import { type Tensor, tensor } from "../core/tensor.js";
import { formatOf } from "../formats/format.js";
import { decodeSafetensors, encodeSafetensors, openSafetensors, type Safetensors } from "../formats/safetensors.js";
import type { PatchModel } from "./patches.js";

const format = "crisp-denoise-1";

/** The stages of a file. @throws CrispError `data` for another kind of file */
export function decodePatchModel(bytes: Uint8Array, name: string): readonly PatchModel[] {
  const file = decodeSafetensors(bytes, name);
  if (file.metadata.format !== format) throw notAModel(name, file.metadata.format);
  const stages: PatchModel[] = [];
  while (file.tensors[`${stages.length}.atoms`]) stages.push(stageOf(file, stages.length, name));
  return stages;
}

/** Whether a file says that it is a model of patches. */
export function isPatchModel(bytes: Uint8Array, path: string): boolean {
  return formatOf(path, bytes) === "safetensors" && openSafetensors(bytes, path).metadata?.format === format;
}

/** The bytes of a file. */
export function encodePatchModel(
  stages: readonly PatchModel[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const tensors = stages.flatMap(({ atoms, decoder, thresholds, exponents }, n) => [
    [`${n}.atoms`, { ...atoms, half: true }],
    [`${n}.decoder`, { ...decoder, half: true }],
    [`${n}.thresholds`, { shape: [thresholds.length], data: thresholds }],
    [`${n}.exponents`, { shape: [exponents.length], data: exponents }],
  ]);
  return encodeSafetensors({ tensors: Object.fromEntries(tensors), metadata: { ...metadata, format } });
}

function stageOf({ tensors }: Safetensors, n: number, name: string): PatchModel {
  const part = (key: string): Tensor => {
    const found = tensors[`${n}.${key}`];
    if (found === undefined) throw notAModel(name, `stage ${n} without ${key}`);
    return tensor(found.shape, Float32Array.from(found.data));
  };
  const [thresholds, exponents] = [part("thresholds").data, part("exponents").data];
  return { atoms: part("atoms"), decoder: part("decoder"), thresholds, exponents };
}

function notAModel(name: string, found: string | undefined): CrispError {
  return new CrispError(
    "data",
    `${name}: its format is ${found ?? "not given"}; a model that denoises has ${format}. Make one with crisp train --objective denoise.`,
  );
}
