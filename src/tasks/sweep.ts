/** Images as a problem lets the network see them, coded along λ's: what the curves of a study are made of. */
import { eachImage } from "../coding/batch.js";
import type { Coding, CodingRule } from "../coding/engine.js";
import { squaredError } from "../coding/metrics.js";
import { slice, type Tensor, tensor } from "../core/tensor.js";
import type { Task } from "../work/task.js";
import type { Batch, Noise } from "./batch.js";
import { addPoint, emptyPoints, type Points } from "./points.js";
import type { Observation, ProblemSettings } from "./problems/problem.js";
import { problemOf } from "./problems/registry.js";

/** Clean images and what is asked of them. */
export type Trial = {
  readonly batch: Batch;
  readonly noise: Noise;
  /** Denoising if left out. */
  readonly task?: ProblemSettings;
};

/** Keep ‖s‖² of every image: images that are not normalised have norms of their own. */
export type Norms = { readonly norms?: true };

export type SweepInput = Trial &
  Norms & {
    /** Strictly falling. */
    readonly lambdas: readonly number[];
    readonly rule: CodingRule;
  };

/** One point per image and λ, images in order. */
export const sweep: Task<SweepInput, Points> = {
  kind: "sweep",
  async run({ coder }, { lambdas, rule, norms = false, ...trial }) {
    const { batch } = trial;
    const seen = observed(trial);
    const judged = norms || seen.observations[0]?.judged !== undefined;
    const points = emptyPoints(batch.indices.length * lambdas.length, judged);
    const { coder: prepared } = await coder({ rule });
    let i = 0;
    for await (const codings of eachImage(prepared, seen.images, { lambdas, rule: { ...rule, ...seen.weights } })) {
      for (const coding of codings) addPoint(points, pointOf(coding, trial, { ...seen.observations[i], i }));
      i++;
    }
    return points;
  },
};

/** All images of a trial as the network sees them, with the weights of the data term where there are any. */
export function observed({ batch, noise, task }: Trial) {
  const problem = problemOf(task);
  const images = tensor(batch.images.shape);
  const channels = images.shape[3];
  const observations = batch.indices.map((index, i): Observation => {
    const clean = { image: slice(batch.images, i), channels, index, noise };
    const observation = problem.observe(clean, task ?? { kind: problem.kind });
    slice(images, i).set(observation.image);
    return observation;
  });
  return { images, observations, weights: weightsOf(observations, images) };
}

function weightsOf(observations: readonly Observation[], { shape }: Tensor): { weights?: Float32Array } {
  if (!observations[0]?.weights) return {};
  const all = tensor(shape);
  observations.forEach(({ weights }, i) => {
    slice(all, i).set(weights!);
  });
  return { weights: all.data };
}

/** What is kept of one coding of image i. */
export function pointOf(
  coding: Coding,
  { batch }: Trial,
  { i, image, weights, judged }: Observation & { readonly i: number },
) {
  const clean = slice(batch.images, i);
  return {
    image: batch.indices[i],
    lambda: coding.lambda,
    squaredError: squaredError(clean, coding.reconstruction, judged),
    squaredResidual: squaredError(image, coding.reconstruction, weights),
    l1: coding.code.value.reduce((sum, a) => sum + Math.abs(a), 0),
    active: coding.code.index.length,
    gap: coding.gap,
    iterations: coding.iterations,
    converged: coding.converged,
    power: clean.reduce((sum, s, pixel) => sum + (judged ? judged[pixel] : 1) * s * s, 0),
  };
}
