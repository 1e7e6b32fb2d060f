/**
 * `crisp denoise`: noisy pictures of any size in, clean PNG files out. Noise, clipping and depth are
 * seen to here; the picture is cleaned by the shipped model (denoise-patches.ts) or by a dictionary,
 * whose windows worker threads code (tasks/denoise). Pictures come one at a time.
 *
 * Memory for a picture: about 55 bytes per pixel in colour (measured: decoded, s, ŝ, means, result),
 * and for each worker its kernel (20 MB at 128 features) and two windows on the way.
 */
import { psnr } from "../coding/metrics.js";
import { CrispError } from "../core/errors.js";
import { leastStep, levelsOf, type Picture, pixelsOf } from "../formats/picture.js";
import { type ClippedNoise, clippedNoise } from "../tasks/denoise/clipping.js";
import { greyAtoms } from "../tasks/denoise/grey.js";
import { type Mixture, mixtureOf, steinSums } from "../tasks/denoise/mixture.js";
import { noiseLevel } from "../tasks/denoise/noise-level.js";
import { operatingPoint, type Scale, scaleOf } from "../tasks/denoise/operating.js";
import { type Reconstructed, type Reconstruction, reconstruct } from "../tasks/denoise/reconstruct.js";
import { leastLambda, sureLambda } from "../tasks/denoise/search.js";
import { type Quality, type Size, variantsOf } from "../tasks/denoise/variants.js";
import { codeWindow } from "../tasks/window.js";
import type { Executor, Held } from "../work/executor.js";
import type { Network, ShippedCalibration } from "./denoise-network.js";

/** σ, λ and quality, as the user chose them. */
export type DenoiseChoices = {
  /** Noise in 8-bit units; null: estimated from the picture. */
  readonly sigma: number | null;
  /** λ in units of the picture's own deviation; "auto": from the study, or "sure"; "sure": from the picture. */
  readonly lambda: number | "auto" | "sure";
  readonly quality: Quality;
};

/** What was done to one picture. */
export type Denoised = {
  readonly picture: Picture;
  readonly sigma: number;
  readonly estimated: boolean;
  /** Deviation of the clean picture as judged from the noisy one, 8-bit units. */
  readonly deviation: number;
  /** Null where the model has thresholds of its own. */
  readonly lambda: number | null;
  /** Who chose λ; "table": leaves pictures, where the picture is too small to tell. */
  readonly lambdaFrom: "given" | "study" | "sure" | "table" | null;
  readonly gain: number;
  /** Part of the noisy picture itself in the result, 0 … 1. */
  readonly share: number;
  /** PSNR in dB as estimated without the clean picture, by SURE; null where it is not. */
  readonly expectedPsnr: number | null;
  /** The picture's values were clipped at 0 and 255 after the noise, which was undone. */
  readonly clipped: boolean;
  /** Parts of the picture that were coded: windows in all passes, of a model patches. */
  readonly codings: number;
  readonly unconverged: number;
  readonly activePerPixel: number;
  /** Why the picture came back as it was, or null. */
  readonly unchanged: string | null;
};

/** Noise below this many steps of the picture's depth is not removed: rounding by itself makes 0.29. */
const leastSigma = 0.5;
/** Relative duality gap of each coding, in the search for λ too. */
const tolerance = 1e-2;
/** Values a picture needs for SURE to choose; below, what leaves pictures taught serves better. */
const leastValues = 700;

/** Told while a picture is denoised. */
export type Watch = {
  /** Of codings begun in the search for λ. */
  onSearch?(codings: number): void;
  /** When λ is settled. */
  onChosen?(): void;
  /** After each window of the picture itself. */
  onWindow?(done: number, total: number): void;
};

/** Denoises pictures one after the other with one network. */
export type Denoiser = {
  denoise(picture: Picture, watch?: Watch): Promise<Denoised>;
};

/** Cleans one picture whose noise is known. */
export type Cleaner = {
  clean(picture: Picture, task: Task): Promise<Omit<Denoised, "sigma" | "estimated" | "deviation" | "unchanged">>;
};

/** A cleaner by a dictionary; `calibration` is of the shipped one, where a search for λ begins. */
export function dictionaryCleaner(
  network: Network,
  executor: Executor,
  choices: DenoiseChoices & { readonly calibration: ShippedCalibration },
): Cleaner {
  const shop = { network, code: windowCoder(network, executor), together: 2 * executor.workers, choices };
  return {
    async clean(picture, task) {
      if (picture.channels === 3 && network.atoms.shape[3] === 1) throw colourRefused(network);
      return cleaned(picture, task, shop);
    },
  };
}

/** Denoises by a cleaner, once the noise and what clipping made of it are known. */
export function openDenoiser(cleaner: Cleaner, choices: Pick<DenoiseChoices, "sigma">): Denoiser {
  return {
    async denoise(picture, watch = {}) {
      const { sigma, noise, scale, unchanged } = taskOf(picture, choices);
      const about = { sigma, estimated: choices.sigma === null, deviation: scale.deviation };
      if (unchanged !== null) return { picture, ...about, ...nothing, unchanged };
      return { ...about, ...(await cleaner.clean(picture, { scale, noise, watch })), unchanged: null };
    },
  };
}

/** A picture's noise, mean and deviation, and why it stays as it is, or null. */
export function taskOf(picture: Picture, choices: Pick<DenoiseChoices, "sigma">) {
  const sigma = choices.sigma ?? noiseLevel(picture);
  const levels = levelsOf(picture);
  const noise = clippedNoise(levels, picture, Math.max(sigma, leastSigma * leastStep(picture)));
  return {
    sigma,
    noise,
    scale: scaleOf(levels, noise.deviation),
    unchanged: unchangedBecause(picture, choices.sigma, sigma),
  };
}

const nothing = {
  ...{ lambda: 0, lambdaFrom: null, gain: 0, share: 1, expectedPsnr: null, clipped: false },
  ...{ codings: 0, unconverged: 0, activePerPixel: 0 },
} as const;

type Workshop = {
  readonly network: Network;
  readonly code: WindowCoder;
  readonly together: number;
  readonly choices: DenoiseChoices & { readonly calibration: ShippedCalibration };
};

/** The picture's mean and deviation, its noise, and who is told. */
export type Task = {
  readonly scale: Scale;
  readonly noise: ClippedNoise;
  readonly watch: Watch;
};

/** λ, the coding of the whole picture, gain and share, and back to the depth it had. */
async function cleaned(given: Picture, { scale, noise, watch }: Task, shop: Workshop) {
  const { height, width, channels } = given;
  const { network, choices } = shop;
  const values = new Float32Array(levelsOf(given)).map((value) => (value - scale.mean) / scale.deviation);
  const size = { height, width, channels };
  const { lambda, lambdaFrom } = await lambdaOf(values, { ...size, noise: scale.noise, watch }, shop);
  watch.onChosen?.();
  const [result] = await reconstruct(values, size, {
    network,
    variants: variantsOf(choices.quality, network.stride),
    lambdas: [lambda],
    together: shop.together,
    code: (window, windowSize) => shop.code(window, windowSize, [lambda]),
    onWindow: watch.onWindow,
  });
  const { gain, share, squaredError } = await mixtureFor(values, { ...size, noise: scale.noise, result }, shop);
  const expectedPsnr =
    squaredError !== null && squaredError > 0 ? psnr(squaredError * scale.deviation ** 2, values.length) : null;
  const level = displayed(values, { ...result, gain, share }, { scale, noise });
  const picture = { ...size, ...pixelsOf(values.length, level, given.deep !== undefined) };
  const { codings, unconverged, activePerPixel } = result;
  const clipped = noise.clipping !== null;
  return { picture, lambda, lambdaFrom, gain, share, expectedPsnr, clipped, codings, unconverged, activePerPixel };
}

type Noisy = Size & { readonly channels: 1 | 3; readonly noise: number };

/** λ in units of the clean deviation, and who chose it. */
async function lambdaOf(
  values: Float32Array,
  { noise, watch, ...size }: Noisy & { readonly watch: Watch },
  { network, code, together, choices }: Workshop,
) {
  if (typeof choices.lambda === "number") return { lambda: choices.lambda, lambdaFrom: "given" } as const;
  const study = choices.lambda === "auto" ? network.lambdaPerSigma?.(noise) : undefined;
  if (study !== undefined) return { lambda: Math.max(leastLambda, study * noise), lambdaFrom: "study" } as const;
  // λ of the four shifts serves their flips: 32 codings along a path would take minutes.
  const quality = choices.quality === "best" ? "default" : choices.quality;
  const start = operatingPoint(choices.calibration[size.channels][quality], noise).lambdaPerSigma;
  if (values.length < leastValues && choices.lambda === "auto") {
    return { lambda: Math.max(leastLambda, start * noise), lambdaFrom: "table" } as const;
  }
  let codings = 0;
  const { lambda } = await sureLambda(values, size, {
    ...{ network, variants: variantsOf(quality, network.stride), sigma: noise, start, together },
    code(window, windowSize, lambdas) {
      watch.onSearch?.(++codings);
      return code(window, windowSize, lambdas);
    },
  });
  return { lambda, lambdaFrom: "sure" } as const;
}

/** Gain and share by SURE; those of leaves pictures where the picture is too small to tell. */
async function mixtureFor(
  values: Float32Array,
  { noise, channels, result }: Noisy & { readonly result: Reconstructed },
  { choices }: Workshop,
): Promise<Omit<Mixture, "squaredError"> & { readonly squaredError: number | null }> {
  if (values.length >= leastValues) return mixtureOf(steinSums(values, result, channels), noise);
  const { gain } = operatingPoint(choices.calibration[channels][choices.quality], noise);
  return { gain, share: 0, squaredError: null };
}

/** Why a picture without contrast stays as it is. */
export const flatReason = "it is flat";

function unchangedBecause(picture: Picture, given: number | null, sigma: number): string | null {
  const steps = sigma / leastStep(picture);
  const unit = picture.deep ? "steps of 16 bits" : "grey levels";
  if (steps < leastSigma)
    return `${given === null ? "its noise" : "the noise given"} is ${steps.toFixed(2)} ${unit}, below ${leastSigma}`;
  const values = picture.deep ?? picture.bytes;
  return values.every((value) => value === values[0]) ? flatReason : null;
}

/** The i-th grey level of mean + deviation · (g ŝ + h y), with clipping undone. */
function displayed(
  values: Float32Array,
  { image, gain, share }: Pick<Mixture, "gain" | "share"> & { readonly image: Float32Array },
  { scale, noise }: Pick<Task, "scale" | "noise">,
): (index: number) => number {
  return (i) => {
    const level = scale.mean + scale.deviation * (gain * image[i] + share * values[i]);
    return noise.clipping ? noise.clipping.unclipped(level) : level;
  };
}

type WindowCoder = (window: Float32Array, size: Size, lambdas: readonly number[]) => Promise<readonly Reconstruction[]>;

/** Codes windows of any size, in colour or grey. */
function windowCoder({ name, atoms, patch, stride, rectified }: Network, executor: Executor): WindowCoder {
  const rule = { threshold: { kind: "soft", rectified }, tolerance } as const;
  const networks = new Map<string, Held>();
  return (image, size, lambdas) => {
    const key = `${size.height}×${size.width}×${size.channels}`;
    let held = networks.get(key);
    if (!held) {
      const own = size.channels < atoms.shape[3] ? greyAtoms(atoms) : atoms;
      const geometry = { ...size, patch, stride, boundary: "crop", features: own.shape[0] } as const;
      held = { id: `${name} ${key}`, dictionary: { geometry, atoms: own } };
      networks.set(key, held);
    }
    return executor.run(codeWindow, held, { image, lambdas, rule });
  };
}

function colourRefused({ name, atoms }: Network): CrispError {
  return new CrispError(
    "shape",
    `${name} has ${atoms.shape[3]} channel, the picture has 3; a grey dictionary codes only grey pictures. Use a dictionary in colour, or turn the picture to grey.`,
  );
}
