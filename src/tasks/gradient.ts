/** The gradient of the dictionary on a few images: one chunk of a minibatch (learning/gradient.ts). */
import { eachImage } from "../coding/batch.js";
import type { CodingRule } from "../coding/engine.js";
import { networkOf, weighted } from "../coding/operator.js";
import { slice } from "../core/tensor.js";
import { addGradient, emptyGradient, type Gradient } from "../learning/gradient.js";
import type { Task } from "../work/task.js";
import { type Batch, weightedRule, weightsAt } from "./batch.js";

export type GradientInput = {
  readonly batch: Batch;
  readonly lambda: number;
  readonly rule: CodingRule;
  /** Whether `Gradient.seen` is wanted. */
  readonly seen?: boolean;
};

/** Sums over the images of a chunk, in image order. */
export const gradient: Task<GradientInput, Gradient> = {
  kind: "gradient",
  async run({ dictionary, coder }, { batch, lambda, rule, seen }) {
    const sums = emptyGradient(dictionary.geometry, seen);
    const net = networkOf(dictionary);
    const prepared = await coder({ rule });
    const task = { lambdas: [lambda], rule: weightedRule(rule, batch) };
    let i = 0;
    for await (const [coding] of eachImage(prepared.coder, batch.images, task)) {
      addGradient(sums, weighted(net, weightsAt(batch, i)), { image: slice(batch.images, i), code: coding.code });
      i++;
    }
    return sums;
  },
};
