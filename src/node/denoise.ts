/**
 * `crisp denoise`: noisy pictures of any size in, clean PNG files out. Windows
 * of a picture are coded by worker threads (tasks/denoise); pictures come one at
 * a time, and each file is written whole or not at all.
 *
 * Memory for a picture: 26 bytes a pixel in colour (decoded, s, ŝ, result), and
 * for each worker its kernel (20 MB at 128 features) and two windows on the way.
 */
import type { Dictionary } from "../coding/dictionary.js";
import { CrispError } from "../core/errors.js";
import { tensor } from "../core/tensor.js";
import type { Picture } from "../images/picture.js";
import type { Executor } from "../study/job.js";
import { calibrate } from "../tasks/denoise/calibrate.js";
import { greyAtoms } from "../tasks/denoise/grey.js";
import { noiseLevel } from "../tasks/denoise/noise-level.js";
import { levelsAround, type OperatingPoint, operatingPoint, type Scale, scaleOf } from "../tasks/denoise/operating.js";
import { type Reconstruction, reconstruct } from "../tasks/denoise/reconstruct.js";
import { type Quality, type Size, variantsOf } from "../tasks/denoise/variants.js";
import type { Network } from "./denoise-network.js";

export type DenoiseChoices = {
  /** Noise in 8-bit units; null: estimated from the picture. */
  readonly sigma: number | null;
  /** λ in units of the picture's own deviation; null: from the calibration or the study. */
  readonly lambda: number | null;
  readonly quality: Quality;
};

/** What was done to one picture. */
export type Denoised = {
  readonly picture: Picture;
  readonly sigma: number;
  readonly estimated: boolean;
  /** Deviation of the clean picture as judged from the noisy one, 8-bit units. */
  readonly deviation: number;
  readonly lambda: number;
  readonly gain: number;
  readonly codings: number;
  readonly unconverged: number;
  readonly activePerPixel: number;
  /** Why the picture came back as it was, or null. */
  readonly unchanged: string | null;
};

/** Noise below this many grey levels is not removed: rounding alone makes 0.29. */
const leastSigma = 0.5;
/** Relative duality gap of each coding. */
const tolerance = 1e-2;

/** Denoises pictures one after the other with one network; remembers its calibrations. */
export type Denoiser = {
  denoise(picture: Picture, onWindow?: (done: number, total: number) => void): Promise<Denoised>;
};

export function openDenoiser(network: Network, executor: Executor, choices: DenoiseChoices): Denoiser {
  const coder = windowCoder(network, executor);
  const calibrated = rememberedCalibration(network, coder, executor.workers, choices);

  async function denoise(picture: Picture, onWindow?: (done: number, total: number) => void): Promise<Denoised> {
    if (picture.channels === 3 && network.atoms.shape[3] === 1) throw colourRefused(network);
    const sigma = choices.sigma ?? noiseLevel(picture);
    const scale = scaleOf(picture.bytes, Math.max(sigma, leastSigma));
    const estimated = choices.sigma === null;
    const same = unchangedBecause(picture, sigma);
    if (same !== null) {
      const nothing = { lambda: 0, gain: 1, codings: 0, unconverged: 0, activePerPixel: 0, unchanged: same };
      return { picture, sigma, estimated, deviation: scale.deviation, ...nothing };
    }
    const point = await calibrated(scale, picture.channels);
    const { height, width, channels } = picture;
    const values = Float32Array.from(picture.bytes, (value) => (value - scale.mean) / scale.deviation);
    const lambda = point.lambdaPerSigma * scale.noise;
    const [result] = await reconstruct(
      values,
      { height, width, channels },
      {
        network,
        variants: variantsOf(choices.quality, network.stride),
        lambdas: [lambda],
        together: 2 * executor.workers,
        code: (window, size) => coder(window, size, [lambda]),
        onWindow,
      },
    );
    const clean = { height, width, channels, bytes: displayed(result.image, scale, point.gain) };
    const { codings, unconverged, activePerPixel } = result;
    const done = { lambda, gain: point.gain, codings, unconverged, activePerPixel, unchanged: null };
    return { picture: clean, sigma, estimated, deviation: scale.deviation, ...done };
  }
  return { denoise };
}

function unchangedBecause(picture: Picture, sigma: number): string | null {
  if (sigma < leastSigma) return `its noise is ${sigma.toFixed(2)} grey levels, below ${leastSigma}`;
  return picture.bytes.every((value) => value === picture.bytes[0]) ? "it is flat" : null;
}

/** 8-bit values of mean + deviation · gain · ŝ. */
function displayed(image: Float32Array, { mean, deviation }: Scale, gain: number): Uint8Array {
  return Uint8Array.from(image, (value) => Math.max(0, Math.min(255, Math.round(mean + deviation * gain * value))));
}

type WindowCoder = (window: Float32Array, size: Size, lambdas: readonly number[]) => Promise<readonly Reconstruction[]>;

/** Codes windows of any size, in colour or grey. */
function windowCoder({ atoms, patch, stride, rectified }: Network, executor: Executor): WindowCoder {
  const rule = { threshold: { kind: "soft", rectified }, tolerance } as const;
  const dictionaries = new Map<string, Dictionary>();
  return (image, size, lambdas) => {
    const key = `${size.height}×${size.width}×${size.channels}`;
    let dictionary = dictionaries.get(key);
    if (!dictionary) {
      const { shape, data } = size.channels < atoms.shape[3] ? greyAtoms(atoms) : atoms;
      // A tensor of its own for each size: workers tell by it which dictionary they hold.
      const geometry = { ...size, patch, stride, boundary: "crop", features: shape[0] } as const;
      dictionary = { geometry, atoms: tensor(shape, data) };
      dictionaries.set(key, dictionary);
    }
    return executor.run(dictionary, { kind: "reconstruct", image, lambdas, rule });
  };
}

/** Leaves pictures by which a network without calibration is calibrated, a second or two each level. */
const calibrationPictures = 4;

/** The operating point at a picture's noise: from the shipped table, or found once for each level that is needed. */
function rememberedCalibration(network: Network, code: WindowCoder, workers: number, choices: DenoiseChoices) {
  const known = new Map<string, Promise<OperatingPoint>>();
  // 32 codings a picture would take minutes; λ and gain of the four shifts serve.
  const quality = choices.quality === "best" ? "default" : choices.quality;

  function find(noise: number, channels: 1 | 3, lambdaPerSigma?: number): Promise<OperatingPoint> {
    const key = `${noise} ${channels} ${lambdaPerSigma}`;
    const options = { network, variants: variantsOf(quality, network.stride), channels, lambdaPerSigma, code };
    const point =
      known.get(key) ?? calibrate(noise, { ...options, pictures: calibrationPictures, together: 2 * workers });
    known.set(key, point);
    return point;
  }
  return async ({ noise }: Scale, channels: 1 | 3): Promise<OperatingPoint> => {
    const given = choices.lambda === null ? network.lambdaPerSigma?.(noise) : choices.lambda / noise;
    // Where λ is given only the gain is open; it is taken at the nearest level.
    if (given !== undefined) return { ...(await find(nearestLevel(noise), channels, given)), noise };
    const shipped = network.calibration?.[channels][choices.quality];
    if (shipped) return operatingPoint(shipped, noise);
    const found = await Promise.all(levelsAround(noise).map((level) => find(level, channels)));
    return operatingPoint(found, noise);
  };
}

function nearestLevel(noise: number): number {
  const distance = (level: number) => Math.abs(Math.log(level / noise));
  return levelsAround(noise).reduce((a, b) => (distance(b) < distance(a) ? b : a));
}

function colourRefused({ name, atoms }: Network): CrispError {
  return new CrispError(
    "shape",
    `${name} has ${atoms.shape[3]} channel and the picture 3; a grey dictionary codes grey pictures. Use a dictionary in colour, or turn the picture to grey.`,
  );
}
