/** The measurements of each size: estimates over images, and the values per image that slopes are made of. */
import { imageLength, systemSize } from "../../core/geometry.js";
import type { Estimate } from "../../scaling/types.js";
import { recoveryPercent } from "../../tasks/transition/donoho-tanner.js";
import { binderInterval, cumulantDraws, scaledVariance } from "../../tasks/transition/fluctuation.js";
import type { Fluctuation, Response } from "../../tasks/transition/measure.js";
import { geometryOf, type PlanContext } from "../plan.js";
import type { MinimumRecord } from "../record.js";
import type { Measured } from "./conduct.js";
import { geometricMean, meanOf } from "./judge.js";
import { focusOf } from "./plan.js";
import type { ResponseRecord, TransitionSize } from "./record.js";

/** Everything measured of one size, by the number of the test image. */
export type SizeMeasured = {
  readonly minimum: MinimumRecord;
  readonly lambda: number;
  readonly responses: ReadonlyMap<number, Response>;
  readonly fluctuations: ReadonlyMap<number, Fluctuation>;
};

/** Units' results gathered by size and image; draws of one image joined in their order. */
export function gather(minima: readonly MinimumRecord[], measured: readonly Measured[]): SizeMeasured[] {
  return minima.flatMap((minimum) => {
    const lambda = focusOf(minimum);
    if (lambda === null) return [];
    const responses = new Map<number, Response>();
    const fluctuations = new Map<number, Fluctuation>();
    for (const { item, answer } of measured) {
      if (item.features !== minimum.features || answer.images.length === 0) continue; // a flat image has no entry
      const image = item.range.from;
      if (answer.kind === "response") responses.set(image, answer.images[0]);
      else fluctuations.set(image, joined(fluctuations.get(image), answer.images[0]));
    }
    return [{ minimum, lambda, responses, fluctuations }];
  });
}

function joined(before: Fluctuation | undefined, next: Fluctuation): Fluctuation {
  if (!before) return next;
  return { active: [...before.active, ...next.active], overlaps: [...before.overlaps, ...next.overlaps] };
}

export function sizeRecord(size: SizeMeasured, plan: PlanContext): TransitionSize {
  const { minimum, lambda } = size;
  const g = geometryOf(plan, minimum);
  const L = systemSize(g);
  const { rectified, seed } = plan.settings;
  return {
    features: minimum.features,
    systemSize: L,
    leftOut: minimum.leftOut,
    lambda,
    response: responseRecords([...size.responses.values()]),
    spike: meanOf(perImage(size, "spike").map(([, value]) => value)),
    fluctuation: geometricMean(perImage(size, "fluctuation").map(([, value]) => value)),
    overlap: meanOf(perImage(size, "overlap").map(([, value]) => value)),
    cumulant: cumulantOf(size, seed),
    recoveryPercent: recoveryPercent(imageLength(g), L, rectified),
  };
}

function responseRecords(responses: readonly Response[]): ResponseRecord[] {
  if (responses.length === 0) return [];
  return responses[0].points.map(({ lambda }, i) => {
    const points = responses.map(({ points: all }) => all[i]);
    const known = (name: "chi" | "slowest") => points.flatMap((point) => point[name] ?? []);
    return {
      lambda,
      activeUnits: points.reduce((sum, { active }) => sum + active, 0) / points.length,
      chi: geometricMean(known("chi")),
      slowest: geometricMean(known("slowest")),
      images: known("chi").length,
    };
  });
}

/** Binder's cumulant of a size; null below 200 draws per image. */
function cumulantOf({ fluctuations }: SizeMeasured, seed: number): Estimate | null {
  const images = [...fluctuations.values()].map(({ active }) => active);
  if (images.length === 0 || images.some((active) => active.length < cumulantDraws)) return null;
  return binderInterval(images, seed);
}

export type PerImage = "chi" | "slowest" | "spike" | "fluctuation" | "overlap";

/** A positive quantity at λ* for each image that has it. */
export function perImage(size: SizeMeasured, name: PerImage): (readonly [image: number, value: number])[] {
  const entries: [number, number | null][] =
    name === "fluctuation" || name === "overlap"
      ? [...size.fluctuations].map(([image, found]) => [image, fluctuationOf(found, name, size.minimum.systemSize)])
      : [...size.responses].map(([image, found]) => [image, responseOf(found, name, size.lambda)]);
  return entries.flatMap(([image, value]) => (value !== null && value > 0 ? [[image, value] as const] : []));
}

function responseOf(response: Response, name: "chi" | "slowest" | "spike", lambda: number): number | null {
  if (name !== "spike") return response.points.find((point) => point.lambda === lambda)?.[name] ?? null;
  const { spikes } = response;
  return spikes.length === 0 ? null : spikes.reduce((sum, { summed }) => sum + summed, 0) / spikes.length;
}

function fluctuationOf(found: Fluctuation, name: "fluctuation" | "overlap", L: number): number | null {
  if (name === "fluctuation") return found.active.length < 2 ? null : scaledVariance(found.active, L);
  const { overlaps } = found;
  return overlaps.length === 0 ? null : overlaps.reduce((sum, q) => sum + q, 0) / overlaps.length;
}
