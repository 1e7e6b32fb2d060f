/**
 * The items of a protocol: each size's first dictionary codes the first test images, with their noise of the
 * study, at grid points around the size's own best λ. A pure function of settings, measured minima and options.
 */
import type { TimeStep } from "../../coding/time-step.js";
import { item } from "../../work/item.js";
import { indexOf, lambdasBetween } from "../grid.js";
import type { ProtocolItem } from "../items/protocol.js";
import { dictionaryItem, noiseStream, type PlanContext } from "../plan.js";
import type { MinimumRecord } from "../record.js";

/** How the authors code, and on how much of the study. */
export type ProtocolOptions = {
  /** Test images, from the first. */
  readonly images: number;
  /** Largest number of features; larger sizes are left alone. */
  readonly largest: number;
  /** Grid points above the best λ, and half as many as below it: an unfinished code has its best λ lower. */
  readonly reach: number;
  /** Numbers of steps, rising, multiples of 25. */
  readonly steps: readonly number[];
  readonly timeStep: TimeStep;
};

/** Images in one item. */
const itemImages = 4;

/** All items, sizes rising; sizes without a minimum have none. */
export function protocolItems(
  context: PlanContext,
  minima: readonly MinimumRecord[],
  options: ProtocolOptions,
): ProtocolItem[] {
  const { settings, family, images } = context;
  const { largest, reach, steps, timeStep } = options;
  const count = Math.min(options.images, settings.testImages);
  return minima.flatMap(({ features, status, lambda }) => {
    if (status !== "interior" || lambda === null || features > largest) return [];
    const centre = indexOf(settings.sweep, lambda.value);
    const lambdas = lambdasBetween(settings.sweep, centre - reach, centre + 2 * reach + 1);
    return Array.from({ length: Math.ceil(count / itemImages) }, (_, n) =>
      item<ProtocolItem>({
        kind: "protocol",
        family,
        features,
        replicate: 0,
        dictionary: dictionaryItem(context, features, 0).id,
        range: {
          hash: images.hash,
          split: "test",
          from: n * itemImages,
          to: Math.min(count, (n + 1) * itemImages),
        },
        noise: { sigma: settings.noise, seed: settings.seed, stream: noiseStream({ features }, "test") },
        lambdas,
        threshold: { kind: "soft", rectified: settings.rectified },
        solver: { timeStep, start: "threshold" },
        steps,
      }),
    );
  });
}
