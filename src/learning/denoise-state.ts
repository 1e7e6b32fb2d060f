/**
 * Where a training for denoising stands between two steps, and the same as bytes: a training that goes on
 * from them ends with the model that it would have had without the stop, byte for byte.
 */
import type { PatchModel } from "../coding/patches.js";
import { CrispError } from "../core/errors.js";
import { type Tensor, tensor } from "../core/tensor.js";
import { decodeSafetensors, encodeSafetensors } from "../formats/safetensors.js";
import { type Adam, startAdam } from "./adam.js";

/** What Adam moves: Φ, Ψ, ln t and e. */
export type ParameterName = "atoms" | "decoder" | "levels" | "exponents";

/** Values that Adam moves, by steps of `factor` times its rate. */
export type Parameter = {
  readonly name: ParameterName;
  readonly values: Float32Array;
  readonly factor: number;
  readonly adam: Adam;
};

/** Steps made, the mean loss of late, and the model, whose arrays change with the next step. */
export type DenoiserState = {
  step: number;
  loss: number;
  readonly model: PatchModel;
  readonly parameters: readonly Parameter[];
};

const format = "crisp-denoise-training-1";

/** A training before its first step, or after `step` steps if Adam's memory is given with them. */
export function stateOf(model: PatchModel, { step = 0, loss = 0 } = {}): DenoiserState {
  const of = (name: ParameterName, values: Float32Array, factor: number) => {
    return { name, values, factor, adam: { ...startAdam(values.length), steps: step } };
  };
  const parameters = [
    ...[of("atoms", model.atoms.data, 1), of("decoder", model.decoder.data, 1)],
    ...[of("levels", model.thresholds.map(Math.log), 3), of("exponents", model.exponents, 3)],
  ];
  return { step, loss, model, parameters };
}

/** The state's bytes. @param of  names what is trained: settings, pictures and earlier stages */
export function encodeDenoiserState({ step, loss, model, parameters }: DenoiserState, of: string): Uint8Array {
  const tensors: Record<string, Tensor> = {};
  for (const { name, values, adam } of parameters) {
    const shape = name === "atoms" || name === "decoder" ? model[name].shape : [values.length];
    tensors[name] = tensor(shape, values);
    tensors[`${name}.mean`] = tensor(shape, adam.mean);
    tensors[`${name}.square`] = tensor(shape, adam.square);
  }
  return encodeSafetensors({ tensors, metadata: { format, of, state: JSON.stringify({ step, loss }) } });
}

/** The state of the training that `of` names. @throws CrispError `data` for another training or another file */
export function decodeDenoiserState(bytes: Uint8Array, of: string, path: string): DenoiserState {
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  if (metadata.format !== format || metadata.of !== of) throw otherTraining(path);
  const values = (name: string) => Float32Array.from(tensors[name].data);
  const whole = (name: string) => tensor(tensors[name].shape, values(name));
  const model = {
    ...{ atoms: whole("atoms"), decoder: whole("decoder") },
    ...{ thresholds: values("levels").map(Math.exp), exponents: values("exponents") },
  };
  const state = stateOf(model, JSON.parse(metadata.state));
  for (const { name, adam, values: own } of state.parameters) {
    own.set(values(name)); // ln t as it was: the logarithm of its exponential may differ in the last bit
    adam.mean.set(values(`${name}.mean`));
    adam.square.set(values(`${name}.square`));
  }
  return state;
}

function otherTraining(path: string): CrispError {
  return new CrispError(
    "data",
    `${path} is the checkpoint of another training: settings, pictures or stages differ. Run that training's command again, name another folder with --out, or remove the file.`,
  );
}
