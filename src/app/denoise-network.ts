/**
 * The network that denoises: the one shipped with its calibration, a dictionary
 * of the user's own, or a size of a study at its critical point.
 */
import { type DictionaryOptions, decodeDictionary } from "../coding/dictionary-file.js";
import { CrispError } from "../core/errors.js";
import type { Extent } from "../core/geometry.js";
import { sha256Hex } from "../core/key.js";
import type { Tensor } from "../core/tensor.js";
import { type Calibration, type CalibrationPoints, operatingPoint } from "../tasks/denoise/operating.js";
import { placementOf } from "./placement.js";
import type { Platform } from "./platform.js";

/** Windows overlap by a stride at least; a larger one leaves most pixels to one patch. */
const mostStride = 64;

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
export async function shippedNetwork({ asset }: Pick<Platform, "asset">): Promise<Network> {
  const bytes = await asset("denoise.safetensors");
  if ((await readCalibration({ asset })).dictionary !== sha256Hex(bytes)) {
    throw new CrispError(
      "internal",
      "the shipped dictionary and its calibration do not belong together. Install crisp-sparse again.",
    );
  }
  const file = decodeDictionary(bytes, "denoise.safetensors");
  return pictureNetwork(file.atoms, placementOf(file).stride, "the shipped dictionary");
}

/** λ and gain of the shipped dictionary on leaves pictures, grey (1) and colour (3): where a search for λ begins. */
export type ShippedCalibration = Readonly<Record<1 | 3, CalibrationPoints>>;

/** What came with the shipped dictionary. */
export async function shippedCalibration(platform: Pick<Platform, "asset">): Promise<ShippedCalibration> {
  const { colour, grey } = await readCalibration(platform);
  return { 1: grey, 3: colour };
}

async function readCalibration({ asset }: Pick<Platform, "asset">): Promise<Calibration> {
  return JSON.parse(new TextDecoder().decode(await asset("denoise.json"))) as Calibration;
}

/** A dictionary file and how it is read. */
export type OwnDictionary = DictionaryOptions & {
  readonly path: string;
  /** Pixels between patches; null: the file's own, else 2×2. */
  readonly stride: Extent | null;
};

/**
 * A dictionary of the user's own (dictionary-files.ts), and what is assumed
 * where its file does not say: a stride of 2×2. λ and gain come from each picture.
 *
 * @throws CrispError `data` or `usage` for a file that holds no dictionary of pictures
 */
export async function dictionaryNetwork(
  own: OwnDictionary,
  { files }: Platform,
): Promise<{ network: Network; assumed: string | null }> {
  const { path } = own;
  const file = decodeDictionary(await files.read(path), path, own);
  const { stride, assumed } = placementOf(file, { stride: own.stride });
  return {
    network: pictureNetwork(file.atoms, stride, path),
    assumed: assumed.includes("stride")
      ? `${path} does not say how its patches lie: ${stride.join("×")} pixels apart (--stride).`
      : null,
  };
}

/**
 * λ/σ of a network whose best λ at one noise is known: other noise moves it as
 * it moves the shipped network's, r(noise) · λ₀ / (σ₀ r(σ₀)).
 *
 * @param optimum  λ₀ and σ₀ in units of the normalised image
 */
export function scaledOptimum(
  optimum: { lambda: number; sigma: number },
  calibration: ShippedCalibration,
): (noise: number) => number {
  const ratio = (noise: number) => operatingPoint(calibration[3].fast, noise).lambdaPerSigma;
  const factor = optimum.lambda / optimum.sigma / ratio(optimum.sigma);
  return (noise) => factor * ratio(noise);
}

/** Atoms as a network that codes windows of any size. @throws CrispError `data` unless they are of 1 or 3 channels */
export function pictureNetwork(atoms: Tensor, stride: Extent, name: string): Network {
  const [, rows, columns, channels] = atoms.shape;
  if (channels !== 1 && channels !== 3) {
    throw new CrispError(
      "data",
      `${name}: atoms have shape [${atoms.shape}]; pictures have 1 or 3 channels, the last of these numbers. Use a dictionary of grey or colour pictures, or add --atoms-layout nchw if channels come first.`,
    );
  }
  if (!stride.every((n) => n <= mostStride)) {
    throw new CrispError(
      "data",
      `${name}: the stride is ${stride.join("×")}; at most ${mostStride} is allowed. Give another with --stride.`,
    );
  }
  return { name, atoms, patch: [rows, columns], stride, rectified: true };
}
