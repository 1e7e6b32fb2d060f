/** Test images coded for a fixed number of steps of the LCA, read at several numbers of steps (study/protocol/). */
import type { CodingRule } from "../../coding/engine.js";
import type { Noise } from "../../tasks/batch.js";
import type { Points } from "../../tasks/points.js";
import { decodePoints, encodePoints } from "../../tasks/points-file.js";
import { type ProtocolSolver, protocol } from "../../tasks/protocol.js";
import type { Item, ItemKind } from "../../work/item.js";
import { relativeSize } from "../cost.js";
import { type ImageRange, testBatch } from "./pictures.js";
import type { NetworkItem, Workshop } from "./workshop.js";

export type ProtocolItem = Item<Points> &
  NetworkItem & {
    readonly kind: "protocol";
    readonly range: ImageRange;
    readonly noise: Noise;
    readonly lambdas: readonly number[];
    readonly threshold: CodingRule["threshold"];
    readonly solver: ProtocolSolver;
    readonly steps: readonly number[];
  };

/** Seconds of one step for one feature on the poster's network: 2,000 steps at 128 features took 0.4 s (`crisp bench`). */
const stepSeconds = 1.6e-6;

/** Codes a range of noisy images as the authors do. */
export const protocolKind: ItemKind<ProtocolItem, Points, Workshop> = {
  kind: "protocol",
  async make(item, workshop) {
    const { range, noise, lambdas, threshold, solver, steps } = item;
    const batch = testBatch(workshop.images, range);
    const held = await workshop.network(item);
    return workshop.executor.run(protocol, held, { batch, noise, lambdas, threshold, solver, steps });
  },
  seconds: ({ range, lambdas, steps }, g) =>
    (range.to - range.from) * lambdas.length * Math.max(...steps) * stepSeconds * g.features * relativeSize(g),
  stage: () => "protocol",
  file: {
    folder: "results",
    ending: "parquet",
    encode: (points, { range, lambdas, steps }) => {
      const asked = (range.to - range.from) * lambdas.length * steps.length;
      return { bytes: encodePoints(points), summary: { points: points.lambda.length, asked } };
    },
    decode: ({ bytes }, path) => decodePoints(bytes, path),
  },
};
