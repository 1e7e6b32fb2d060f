/** Measurements for the tests of a phase transition on a few test images (study/transition/). */

import type { Geometry } from "../../core/geometry.js";
import { canonicalJson } from "../../core/key.js";
import type { Noise } from "../../tasks/batch.js";
import { type Redraws, redraw, response } from "../../tasks/response.js";
import type { Fluctuation, Response, ResponseTask } from "../../tasks/transition/measure.js";
import type { Item, ItemKind } from "../../work/item.js";
import { pathSeconds, relativeSize } from "../cost.js";
import { type ImageRange, testBatch } from "./pictures.js";
import type { NetworkItem, Workshop } from "./workshop.js";

export type TransitionItem = Item<TransitionAnswer> &
  NetworkItem & {
    readonly kind: "transition";
    readonly range: ImageRange;
    readonly noise: Noise;
    readonly asked: TransitionAsked;
  };

/** Response of the study's own noisy image along λ's, or codes of it under draws of the noise. */
export type TransitionAsked = ({ readonly kind: "response" } & ResponseTask) | ({ readonly kind: "redraw" } & Redraws);

/** One entry per image of the range. */
export type TransitionAnswer =
  | { readonly kind: "response"; readonly images: readonly Response[] }
  | { readonly kind: "redraw"; readonly images: readonly Fluctuation[] };

/** Measures what the tests of a phase transition ask of a few test images. */
export const transitionKind: ItemKind<TransitionItem, TransitionAnswer, Workshop> = {
  kind: "transition",
  async make(item, { images, executor, network }) {
    const held = await network(item);
    const { asked, noise } = item;
    const batch = testBatch(images, item.range);
    return asked.kind === "response"
      ? { kind: "response", images: await executor.run(response, held, { batch, noise, asked }) }
      : { kind: "redraw", images: await executor.run(redraw, held, { batch, noise, asked }) };
  },
  seconds: secondsOf,
  stage: ({ asked }) => (asked.kind === "response" ? "response" : "fluctuation"),
  file: {
    folder: "results",
    ending: "transition.json",
    encode: (answer) => ({ bytes: new TextEncoder().encode(canonicalJson(answer)), summary: {} }),
    decode: ({ bytes }) => JSON.parse(new TextDecoder().decode(bytes)) as TransitionAnswer, // its sha256 was checked
  },
};

/** Exact codes dominate: they grow with the neurons that each round looks at. */
function secondsOf({ asked, range }: TransitionItem, g: Geometry): number {
  const images = range.to - range.from;
  if (asked.kind === "redraw") return images * (asked.to - asked.from) * pathSeconds(g, 4, asked.rule.tolerance);
  return images * (asked.lambdas.length + 2 * asked.probes) * (0.12 + 0.0016 * g.features) * relativeSize(g);
}
