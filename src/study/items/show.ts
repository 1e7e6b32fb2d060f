/** A few test images at a size's best λ, with all that the report shows of them. */
import type { CodingRule } from "../../coding/engine.js";
import { decodeSafetensors, encodeSafetensors } from "../../formats/safetensors.js";
import type { Noise } from "../../tasks/batch.js";
import type { ProblemSettings } from "../../tasks/problems/problem.js";
import { type Shown, show } from "../../tasks/show.js";
import type { Item, ItemKind } from "../../work/item.js";
import { pathSeconds } from "../cost.js";
import { named } from "./files.js";
import { type ImageRange, pictured, testBatch } from "./pictures.js";
import type { NetworkItem, Workshop } from "./workshop.js";

export type ShowItem = Item<Shown> &
  NetworkItem & {
    readonly kind: "show";
    readonly range: ImageRange;
    readonly noise: Noise;
    /** Denoising if left out. */
    readonly task?: ProblemSettings;
    readonly lambda: number;
    readonly rule: CodingRule;
  };

/** Codes a few noisy images at one λ and keeps what a reader wants to see. */
export const showKind: ItemKind<ShowItem, Shown, Workshop> = {
  kind: "show",
  async make(item, workshop) {
    const { range, noise, task, lambda, rule } = item;
    const batch = testBatch(pictured(workshop.images, item), range);
    return workshop.executor.run(show, await workshop.network(item), { batch, noise, task, lambda, rule });
  },
  seconds: ({ range, rule }, geometry) => (range.to - range.from) * pathSeconds(geometry, 4, rule.tolerance),
  stage: () => "showing",
  file: {
    folder: "results",
    ending: "safetensors",
    encode: (shown) => ({ bytes: encodeSafetensors({ tensors: { ...shown }, metadata: {} }), summary: {} }),
    decode({ bytes }, path) {
      const { tensors } = decodeSafetensors(bytes, path);
      const of = (name: keyof Shown) => named(tensors, name, path);
      return {
        clean: of("clean"),
        noisy: of("noisy"),
        reconstruction: of("reconstruction"),
        map: of("map"),
        use: of("use"),
      };
    },
  },
};
