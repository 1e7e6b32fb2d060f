/**
 * Inpainting: a fraction of the pixels is hidden, drawn by the noise's seed and stream and the image's
 * index. The network codes the noisy pixels that show through weights 1 and 0; the measure is the error
 * on the hidden ones, so that the sparsity is best which fills in best.
 */
import { draws, purpose } from "../../core/random.js";
import { noisy } from "../../images/noise.js";
import { percentErrorMeasure } from "./denoise.js";
import type { Clean, Observation, Problem, ProblemSettings } from "./problem.js";

export const inpaint: Problem = {
  kind: "inpaint",
  measure: { ...percentErrorMeasure, name: "percent error of hidden pixels" },
  options: { hidden: { usual: 0.5, least: 0.01, most: 0.95, words: "fraction of the pixels that is hidden" } },
  stein: false,
  observe,
};

function observe(clean: Clean, options: ProblemSettings): Observation {
  const { image, channels, index, noise } = clean;
  const draw = draws({ seed: noise.seed, stream: noise.stream, purpose: purpose.hide }, index);
  const weights = new Float32Array(image.length);
  for (let pixel = 0; pixel < image.length; pixel += channels) {
    weights.fill(draw.uniform() < Number(options.hidden) ? 0 : 1, pixel, pixel + channels);
  }
  const seen = noisy(image, noise.sigma, noise, index);
  // A hidden value is zero, so that it reaches nothing.
  return { image: seen.map((value, i) => weights[i] * value), weights, judged: weights.map((w) => 1 - w) };
}
