/**
 * Atoms trained for denoising: the squared error of the denoised image is lowered by its exact gradient
 * through the converged codes (kernel/patches-gradient.ts; Mairal, Bach and Ponce, IEEE TPAMI 2012).
 *
 *   loss = mean over crops and pixels of (x̂ − x)² / σ^1.25,   σ log-uniform in a range, noise Gaussian
 *
 * The error of a good denoiser grows about as σ^1.25, so each σ has an equal say. Φ, Ψ, ln t and e move
 * by Adam; atoms go back to norm 1. The step rises over 50 steps and falls to 0 as a cosine. A further
 * stage sees the estimate of the stages before it beside the noisy crop.
 */
import { type PatchCoder, type PatchGradient, type PatchModel, patchLayout, thresholdsAt } from "../coding/patches.js";
import { type Draws, draws, purpose } from "../core/random.js";
import { tensor } from "../core/tensor.js";
import { adamStep } from "./adam.js";
import {
  type CropSource,
  clearCrop,
  type DenoiseTools,
  type DenoiseTraining,
  firstModel,
  normaliseAtoms,
} from "./denoise-start.js";
import { type DenoiserState, stateOf } from "./denoise-state.js";

/** What `crisp train --objective denoise` begins with. */
export const denoiseDefaults = { side: 10, steps: 15000, batch: 8, crop: 40, step: 2, rate: 0.002 } as const;

/** Δa at which a code is done, in units of σ: finer codes give the same gradient to a percent. */
const finest = 0.05;

/** Trains a stage step by step, from its beginning or from where it stood; ends after `training.steps`. */
export function* trainDenoiser(
  training: DenoiseTraining,
  tools: DenoiseTools,
  state: DenoiserState = stateOf(firstModel(training, tools)),
): Generator<DenoiserState> {
  const { crop, steps } = training;
  const { model, parameters } = state;
  const size = { height: crop, width: crop };
  const earlier = tools.before.map((stage) => ({ stage, coder: tools.open(patchLayout(stage, size)) }));
  for (const { stage, coder } of earlier) coder.load(stage);
  const coder = tools.open(patchLayout(model, size));
  for (let { step } = state; step < steps; step++) {
    coder.load(model);
    coder.clear();
    const found = gradientOf(model, { ...tools, training, step, earlier, coder });
    state.loss += (found.loss - state.loss) / Math.min(step + 1, 500);
    const rate = training.rate * Math.min(1, (step + 1) / 50) * (0.5 + 0.5 * Math.cos((Math.PI * step) / steps));
    for (const { name, adam, values, factor } of parameters) {
      adamStep(adam, values, { gradient: found[name], rate: factor * rate });
    }
    normaliseAtoms(model.atoms);
    const levels = parameters.find(({ name }) => name === "levels")!.values;
    model.thresholds.set(levels.map(Math.exp));
    state.step = step + 1;
    yield state;
  }
}

type Earlier = { readonly stage: PatchModel; readonly coder: PatchCoder };

type BatchTools = DenoiseTools & {
  readonly training: DenoiseTraining;
  readonly step: number;
  readonly earlier: readonly Earlier[];
  readonly coder: PatchCoder;
};

/** The loss of one batch and its gradient, for t in its logarithm. */
function gradientOf(model: PatchModel, { training, step, pictures, earlier, coder }: BatchTools) {
  const { batch, seed } = training;
  const [levels, exponents] = [new Float32Array(training.features), new Float32Array(training.features)];
  let before = new Float32Array(training.features);
  let slopes: Omit<PatchGradient, "thresholds"> = { atoms: before, decoder: before };
  let loss = 0;
  for (let b = 0; b < batch; b++) {
    const draw = draws({ seed, purpose: purpose.crop }, step * batch + b);
    const { clean, noisy, sigma } = noisyCrop(pictures, training, draw);
    const thresholds = thresholdsAt(model, sigma);
    const image = withEstimates(noisy, earlier, { sigma, step: training.step });
    const { sum, count } = coder.code({ image, thresholds, step: training.step, finest });
    const { slope, error } = slopeOf({ sum, count, clean }, sigma ** 0.75 / (batch * clean.length));
    loss += error;
    const gradient = coder.grade(slope);
    slopes = gradient;
    for (let j = 0; j < levels.length; j++) {
      const own = (gradient.thresholds[j] - before[j]) * thresholds[j];
      levels[j] += own;
      exponents[j] += own * Math.log(sigma / 25);
    }
    before = gradient.thresholds.slice();
  }
  return { loss, levels, exponents, atoms: slopes.atoms, decoder: slopes.decoder };
}

/** A crop turned at random, clean and noisy, in units of its σ. */
function noisyCrop(pictures: readonly CropSource[], { crop, noise }: DenoiseTraining, draw: Draws) {
  const sigma = noise[0] * (noise[1] / noise[0]) ** draw.uniform();
  const clean = clearCrop(pictures[draw.whole(pictures.length)], crop, draw).map((value) => value / sigma);
  return { sigma, clean, noisy: clean.map((value) => value + draw.gaussian()) };
}

/** The crop, and beside it the estimate of the stages before. */
function withEstimates(
  noisy: Float32Array,
  earlier: readonly Earlier[],
  { sigma, step }: { readonly sigma: number; readonly step: number },
): Float32Array {
  let image = noisy;
  for (const { stage, coder } of earlier) {
    const { sum, count } = coder.code({ image, thresholds: thresholdsAt(stage, sigma), step, finest: 2 * finest });
    const channels = sum.length / count.length;
    image = Float32Array.from({ length: 2 * sum.length }, (_, i) => {
      const [pixel, channel] = [Math.floor(i / (2 * channels)), i % (2 * channels)];
      if (channel < channels) return noisy[pixel * channels + channel];
      return sum[pixel * channels + channel - channels] / count[pixel];
    });
  }
  return image;
}

/** weight · Σ (x̂ − x)², and its slope by each patch's x̂. */
function slopeOf(
  { sum, count, clean }: { readonly sum: Float32Array; readonly count: Float32Array; readonly clean: Float32Array },
  weight: number,
) {
  const channels = sum.length / count.length;
  let error = 0;
  const slope = clean.map((value, i) => {
    const cover = count[Math.floor(i / channels)];
    const difference = sum[i] / cover - value;
    error += weight * difference ** 2;
    return (2 * weight * difference) / cover;
  });
  return { slope, error };
}

/** Copies of a model's arrays, to keep. */
export function modelCopy({ atoms, decoder, thresholds, exponents }: PatchModel): PatchModel {
  return {
    atoms: tensor(atoms.shape, atoms.data.slice()),
    decoder: tensor(decoder.shape, decoder.data.slice()),
    ...{ thresholds: thresholds.slice(), exponents: exponents.slice() },
  };
}
