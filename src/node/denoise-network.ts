/**
 * The network that denoises: the one shipped with its calibration, a dictionary
 * of the user's own, or a size of a study at its critical point.
 */
import { readFile } from "node:fs/promises";
import { decodeSafetensors } from "../coding/safetensors.js";
import { CrispError } from "../core/errors.js";
import type { Extent } from "../core/geometry.js";
import { type Tensor, tensor } from "../core/tensor.js";
import { type Calibration, type CalibrationPoints, operatingPoint } from "../tasks/denoise/operating.js";
import { bytesSha256 } from "./files.js";
import { builtFile } from "./kernel.js";

/** A dictionary with all that is needed to code windows of any size with it. */
export type Network = {
  /** Named in messages. */
  readonly name: string;
  readonly atoms: Tensor;
  readonly patch: Extent;
  readonly stride: Extent;
  readonly rectified: boolean;
  /** λ/σ at a relative noise, where a study fixes it. */
  lambdaPerSigma?(noise: number): number;
};

/** The dictionary of 128 atoms that comes with the package, trained on leaves. */
export async function shippedNetwork(): Promise<Network> {
  const bytes = await builtBytes("denoise.safetensors");
  if ((await readCalibration()).dictionary !== bytesSha256(bytes)) {
    throw new CrispError(
      "internal",
      "the shipped dictionary and its calibration do not belong together. Install crisp-sparse again.",
    );
  }
  return networkOf(bytes, "the shipped dictionary");
}

/** λ and gain of the shipped dictionary on leaves pictures, grey (1) and colour (3): where a search for λ begins. */
export async function shippedCalibration(): Promise<Readonly<Record<1 | 3, CalibrationPoints>>> {
  const { colour, grey } = await readCalibration();
  return { 1: grey, 3: colour };
}

async function readCalibration(): Promise<Calibration> {
  return JSON.parse((await builtBytes("denoise.json")).toString("utf8")) as Calibration;
}

/**
 * A dictionary from a safetensors file, as `crisp train` writes it: float32
 * tensor "atoms" [features, patch rows, patch columns, channels] and, in the
 * metadata, the geometry with its stride.
 *
 * @throws CrispError `data` for a file that holds no such dictionary
 */
export async function dictionaryNetwork(path: string): Promise<Network> {
  const bytes = await readFile(path).catch((cause) => {
    throw new CrispError("data", `${path} cannot be read (${cause.message}). Name a dictionary with --dictionary.`, {
      cause,
    });
  });
  return networkOf(bytes, path);
}

/**
 * λ/σ of a network whose best λ at one noise is known: other noise moves it as
 * it moves the shipped network's, r(noise) · λ₀ / (σ₀ r(σ₀)).
 *
 * @param optimum  λ₀ and σ₀ in units of the normalised image
 */
export async function scaledOptimum(optimum: { lambda: number; sigma: number }): Promise<(noise: number) => number> {
  const calibration = await shippedCalibration();
  const ratio = (noise: number) => operatingPoint(calibration[3].fast, noise).lambdaPerSigma;
  const factor = optimum.lambda / optimum.sigma / ratio(optimum.sigma);
  return (noise) => factor * ratio(noise);
}

async function builtBytes(name: string): Promise<Buffer> {
  const path = builtFile(name);
  return readFile(path).catch((cause) => {
    throw new CrispError("internal", `${path} is missing. Run "npm run build".`, { cause });
  });
}

function networkOf(bytes: Uint8Array, name: string): Network {
  const { tensors, metadata } = decodeSafetensors(bytes, name);
  const found = tensors.atoms;
  if (!(found?.data instanceof Float32Array) || found.shape.length !== 4) {
    const names = Object.keys(tensors).join(", ") || "nothing";
    throw new CrispError(
      "data",
      `${name} holds ${names}; a dictionary is a float32 tensor "atoms" of shape [features, rows, columns, channels]. Write it with crisp train.`,
    );
  }
  const [features, rows, columns, channels] = found.shape;
  if (features < 1 || rows < 1 || columns < 1 || (channels !== 1 && channels !== 3)) {
    throw new CrispError(
      "data",
      `${name}: atoms have shape [${found.shape}]; pictures have 1 or 3 channels. Train on grey or colour pictures.`,
    );
  }
  const bad = found.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new CrispError(
      "data",
      `${name}: value ${bad} of the atoms is ${found.data[bad]}. Train the dictionary again.`,
    );
  }
  return {
    name,
    atoms: tensor(found.shape, found.data),
    patch: [rows, columns],
    stride: strideOf(metadata.geometry, name),
    rectified: true,
  };
}

/** The stride a dictionary was trained with; 2 where the file does not say. */
function strideOf(geometry: string | undefined, name: string): Extent {
  if (geometry === undefined) return [2, 2];
  try {
    const { stride } = JSON.parse(geometry) as { stride: unknown };
    const whole = (n: unknown) => Number.isInteger(n) && (n as number) >= 1 && (n as number) <= 64;
    if (Array.isArray(stride) && stride.length === 2 && stride.every(whole)) return [stride[0], stride[1]];
  } catch {
    // Said below.
  }
  throw new CrispError(
    "data",
    `${name}: its geometry is ${geometry.slice(0, 80)}; a stride of two whole numbers from 1 to 64 is needed. Write the file with crisp train.`,
  );
}
