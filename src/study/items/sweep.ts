/** A range of images coded along a λ path: a piece of a pilot, of a curve, or of the cost of borrowed λ's. */
import type { CodingRule } from "../../coding/engine.js";
import type { Noise } from "../../tasks/batch.js";
import type { Points } from "../../tasks/points.js";
import { decodePoints, encodePoints } from "../../tasks/points-file.js";
import type { ProblemSettings } from "../../tasks/problems/problem.js";
import { sweep } from "../../tasks/sweep.js";
import type { Item, ItemKind } from "../../work/item.js";
import { pathSeconds } from "../cost.js";
import { batchOf, type ImageRange, type Pool, pictured } from "./pictures.js";
import type { NetworkItem, Workshop } from "./workshop.js";

export type SweepItem = Item<Points> &
  NetworkItem & {
    readonly kind: "sweep";
    /** What for: a size's pilot, its curve, or the cost of the smaller sizes' λ's at a left-out one. */
    readonly role: "pilot" | "curve" | "cost";
    readonly pool: Pool;
    readonly range: ImageRange;
    readonly noise: Noise;
    /** Where images are coded as they are: each point holds the norm of its image. */
    readonly norms?: true;
    /** Denoising if left out. */
    readonly task?: ProblemSettings;
    readonly lambdas: readonly number[];
    readonly rule: CodingRule;
  };

/** Codes a range of noisy images along a λ path. */
export const sweepKind: ItemKind<SweepItem, Points, Workshop> = {
  kind: "sweep",
  async make(item, workshop) {
    const { pool, range, noise, task, norms, lambdas, rule } = item;
    const batch = batchOf(pictured(workshop.images, item), pool, range);
    return workshop.executor.run(sweep, await workshop.network(item), { batch, noise, task, norms, lambdas, rule });
  },
  seconds: ({ range, lambdas, rule }, geometry) =>
    (range.to - range.from) * pathSeconds(geometry, lambdas.length, rule.tolerance),
  stage: ({ role }) => (role === "curve" ? "sweep" : role),
  file: {
    folder: "results",
    ending: "parquet",
    encode: (points) => ({ bytes: encodePoints(points), summary: certificateOf(points) }),
    decode: ({ bytes }, path) => decodePoints(bytes, path),
  },
};

/** How many codings, the largest gap, how many missed the tolerance. */
function certificateOf(points: Points): Record<string, unknown> {
  return {
    points: points.lambda.length,
    largestGap: points.gap.reduce((most, gap) => Math.max(most, gap), 0),
    unconverged: points.converged.reduce((count, converged) => count + (converged ? 0 : 1), 0),
  };
}
