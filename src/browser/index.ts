/**
 * Sparse coding in a page: images, pictures and tables as typed arrays in, results out, computed by workers with the
 * kernel of the command, so that equal inputs give equal bits. Nothing is fetched.
 *
 * ```ts
 * import { denoise, encode, fit } from "crisp-sparse/browser";
 * ```
 *
 * `dist/browser.global.js` is the same as a plain script, which puts it into `crisp` and works from file:// too.
 * Every call may be given up by an `AbortSignal`. Errors are `CrispError`, with a stable `code`.
 *
 * @module crisp-sparse/browser
 */
import type { DenoiseChoices } from "../app/denoise.js";
import type { CodingRule } from "../coding/engine.js";
import type { Solver } from "../coding/solver.js";
import type { Boundary, Extent } from "../core/geometry.js";
import type { Tensor } from "../core/tensor.js";
import type { TableOptions, TableRecord, TableRow } from "../scaling/table.js";
import { bytesOf } from "./base64.js";
import { openClient, type Signal } from "./client.js";
import type { DenoiseAnswer, DenoisePoint, Pixels } from "./denoise.js";
import type { EncodeAnswer } from "./encode.js";
import { usualRule } from "./path.js";

export { CrispError, type ErrorCode } from "../core/errors.js";
export type { Tensor } from "../core/tensor.js";
export type { TableOptions, TableRecord, TableRow } from "../scaling/table.js";
export type { Encoded } from "../tasks/encode.js";
export type { Signal } from "./client.js";
export type { DenoiseAnswer, DenoisePoint, Pixels } from "./denoise.js";
export type { EncodeAnswer } from "./encode.js";

/** The shipped files in base64 by name, written here by scripts/browser.mjs. */
declare const CRISP_ASSETS: Readonly<Record<string, string>>;

/** How images are coded; everything has a default. */
export type EncodeOptions = {
  /** Default 0.6, near the best of 128 atoms at noise of 0.5. Coded from the largest down, answered as given. */
  readonly lambdas?: readonly number[];
  /** Pixels between patches. Default 2×2. */
  readonly stride?: Extent;
  /** What happens where a patch overlaps the edge. Default crop. */
  readonly boundary?: Boundary;
  /** Default: soft threshold, activities of at least 0, to a relative duality gap of 0.01. */
  readonly rule?: CodingRule;
  /** Default: the coordinate solver. */
  readonly solver?: Solver;
  /** Gaussian noise added to what is coded; percentError stays against the clean image. */
  readonly noise?: { readonly sigma: number; readonly seed: number };
  /** Give each image mean 0 and deviation 1 first. Default false. */
  readonly normalise?: boolean;
  /** Gives the work up, with the error `incomplete`. */
  readonly signal?: Signal;
};

/** How a picture is cleaned; everything has a default. */
export type DenoiseOptions = Partial<DenoiseChoices> & {
  /** Atoms [features, rows, columns, channels] in place of the shipped model, and the pixels between patches, default 2×2. */
  readonly dictionary?: Tensor;
  readonly stride?: Extent;
  /** Gives the work up, with the error `incomplete`. */
  readonly signal?: Signal;
  /** Told after each part of the picture. */
  onProgress?(progress: DenoisePoint): void;
};

const client = openClient();

/**
 * The sparse codes of images, as `crisp encode` finds them.
 *
 * @param images      [n, height, width, channels]
 * @param dictionary  atoms [features, rows, columns, channels], used as they are
 * @throws CrispError `shape`, `data` or `usage` for what no network codes
 */
export function encode(images: Tensor, dictionary: Tensor, options: EncodeOptions = {}): Promise<EncodeAnswer> {
  const { signal, lambdas = [0.6], stride = [2, 2], boundary = "crop", rule = usualRule, ...rest } = options;
  const { normalise = false, solver, noise } = rest;
  const network = { images, atoms: dictionary, stride, boundary };
  return client.ask("encode", { ...network, lambdas, rule, solver, noise, normalise }, { signal });
}

/**
 * A picture without its noise, as `crisp denoise` cleans it: noise and λ come from the picture unless they are named.
 *
 * @param pixels  what getImageData gives: 8-bit values, 4 for each pixel, or 3 (RGB), or 1 (grey)
 * @throws CrispError `shape` for a picture or dictionary that cannot be used
 */
export function denoise(pixels: Pixels, options: DenoiseOptions = {}): Promise<DenoiseAnswer> {
  const {
    sigma = null,
    lambda = "auto",
    quality = "default",
    dictionary,
    stride = [2, 2],
    signal,
    onProgress,
  } = options;
  const { width, height, data } = pixels; // an ImageData has them not as its own
  const input = {
    pixels: { width, height, data },
    choices: { sigma, lambda, quality },
    ...(dictionary ? { dictionary: { atoms: dictionary, stride } } : {}),
    assets: assets(),
  };
  return client.ask("denoise", input, { signal, onPoint: onProgress });
}

/**
 * The scaling analysis of curves, as `crisp fit` makes it.
 *
 * @throws CrispError `data` for a table that holds no curves
 */
export function fit(
  rows: readonly TableRow[],
  { signal, ...options }: TableOptions & { readonly signal?: Signal } = {},
): Promise<TableRecord> {
  return client.ask("fit", { rows, options }, { signal });
}

/** Ends the workers and gives their memory back; what is under way is given up, and a later call starts them again. */
export function close(): void {
  client.close();
}

let decoded: Readonly<Record<string, Uint8Array>> | undefined;

function assets(): Readonly<Record<string, Uint8Array>> {
  decoded ??= Object.fromEntries(Object.entries(CRISP_ASSETS).map(([name, text]) => [name, bytesOf(text)]));
  return decoded;
}
