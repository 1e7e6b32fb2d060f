/**
 * What the tests of a phase transition ask of noisy images: their response along λ's, and their
 * codes under fresh draws of the noise (transition/measure.ts).
 */
import type { CodingRule } from "../coding/engine.js";
import { slice, tensor } from "../core/tensor.js";
import type { Task } from "../work/task.js";
import { type Batch, type Noise, noisyAt } from "./batch.js";
import {
  type Fluctuation,
  measureFluctuation,
  measureResponse,
  type Response,
  type ResponseTask,
  responseRule,
} from "./transition/measure.js";

type Images = { readonly batch: Batch; readonly noise: Noise };

/** One image under draws from … to − 1 of the noise. */
export type Redraws = {
  readonly from: number;
  readonly to: number;
  readonly lambda: number;
  readonly rule: CodingRule;
};

/** Streams of noise below are the study's own draws. */
const firstRedraw = 1000;

/** The response of each image. */
export const response: Task<Images & { readonly asked: ResponseTask }, readonly Response[]> = {
  kind: "response",
  async run({ coder }, { batch, noise, asked }) {
    const { coder: prepared } = await coder({ rule: responseRule(asked) });
    const found: Response[] = [];
    for (let i = 0; i < batch.indices.length; i++)
      found.push(await measureResponse(prepared, noisyAt(batch, i, noise), asked));
    return found;
  },
};

/** How each image's code moves from draw to draw. */
export const redraw: Task<Images & { readonly asked: Redraws }, readonly Fluctuation[]> = {
  kind: "redraw",
  async run({ coder }, { batch, noise, asked }) {
    const { coder: prepared } = await coder({ rule: asked.rule });
    const found: Fluctuation[] = [];
    for (let i = 0; i < batch.indices.length; i++) {
      const count = asked.to - asked.from;
      const drawn = tensor([count, ...batch.images.shape.slice(1)]);
      for (let n = 0; n < count; n++)
        slice(drawn, n).set(noisyAt(batch, i, { ...noise, stream: firstRedraw + asked.from + n }));
      found.push(await measureFluctuation(prepared, drawn, asked));
    }
    return found;
  },
};
