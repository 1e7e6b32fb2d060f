/** A look at held-out images while a dictionary is trained: energy, percent error and use of the atoms. */
import { eachImage } from "../coding/batch.js";
import type { CodingRule } from "../coding/engine.js";
import { percentError } from "../coding/metrics.js";
import { slice } from "../core/tensor.js";
import type { Task } from "../work/task.js";
import { type Batch, weightedRule, weightsAt } from "./batch.js";

export type LookInput = { readonly batch: Batch; readonly lambda: number; readonly rule: CodingRule };

/** Sums over the images of a look, in image order; `events` counts active units per atom. */
export type LookSums = { readonly energy: number; readonly percentError: number; readonly events: Float64Array };

/** Sums over held-out images. */
export const look: Task<LookInput, LookSums> = {
  kind: "look",
  async run({ dictionary, coder }, { batch, lambda, rule }) {
    const { features } = dictionary.geometry;
    const events = new Float64Array(features);
    const { coder: prepared } = await coder({ rule });
    const task = { lambdas: [lambda], rule: weightedRule(rule, batch) };
    let [energy, error, i] = [0, 0, 0];
    for await (const [coding] of eachImage(prepared, batch.images, task)) {
      energy += coding.energy;
      for (const unit of coding.code.index) events[unit % features]++;
      error += percentError(slice(batch.images, i), coding.reconstruction, weightsAt(batch, i))!; // flat images are left out
      i++;
    }
    return { energy, percentError: error, events };
  },
};
