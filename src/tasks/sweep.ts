/** Noisy images coded along λ's: what the curves of a study are made of. */
import { eachImage } from "../coding/batch.js";
import type { CodingRule } from "../coding/engine.js";
import { squaredError } from "../coding/metrics.js";
import { slice } from "../core/tensor.js";
import type { Task } from "../work/task.js";
import { type Batch, type Noise, noisyImages } from "./batch.js";
import { addPoint, emptyPoints, type Points } from "./points.js";

export type SweepInput = {
  readonly batch: Batch;
  readonly noise: Noise;
  /** Strictly falling. */
  readonly lambdas: readonly number[];
  readonly rule: CodingRule;
};

/** One point per image and λ, images in order. */
export const sweep: Task<SweepInput, Points> = {
  kind: "sweep",
  async run({ coder }, { batch, noise, lambdas, rule }) {
    const points = emptyPoints(batch.indices.length * lambdas.length);
    const inputs = noisyImages(batch, noise);
    const { coder: prepared } = await coder({ rule });
    let i = 0;
    for await (const codings of eachImage(prepared, inputs, { lambdas, rule })) {
      for (const coding of codings) {
        addPoint(points, {
          image: batch.indices[i],
          lambda: coding.lambda,
          squaredError: squaredError(slice(batch.images, i), coding.reconstruction),
          squaredResidual: squaredError(slice(inputs, i), coding.reconstruction),
          l1: coding.code.value.reduce((sum, a) => sum + Math.abs(a), 0),
          active: coding.code.index.length,
          gap: coding.gap,
          iterations: coding.iterations,
          converged: coding.converged,
        });
      }
      i++;
    }
    return points;
  },
};
