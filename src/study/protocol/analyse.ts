/**
 * From the points of a protocol to its record: for each number of steps the curves of all sizes, their minima and how
 * these scale, and the same of the study's own converged codes of the same images under the same noise. A λ at which
 * any image had diverged by then is left out of that curve, and named.
 */
import { systemSize } from "../../core/geometry.js";
import { extrema } from "../../scaling/extrema.js";
import { scalingOf } from "../../scaling/scaling.js";
import type { Extremum } from "../../scaling/types.js";
import type { Points } from "../../tasks/points.js";
import { problemOf } from "../../tasks/problems/registry.js";
import { curveOf } from "../curves.js";
import type { ProtocolItem } from "../items/protocol.js";
import { geometryOf, type PlanContext } from "../plan.js";
import { posterOf } from "../poster.js";
import type { StudyRecord } from "../record.js";
import { besideConverged, type SizePoints } from "./beside.js";
import type { ProtocolOptions } from "./plan.js";
import type { ProtocolMinimum, ProtocolReading, ProtocolRecord } from "./record.js";

/** The study, and what its networks gave. */
export type ProtocolInput = {
  readonly record: StudyRecord;
  /** The study's own codes of the first seed, by features. */
  readonly converged: ReadonlyMap<number, readonly Points[]>;
  readonly plan: PlanContext;
  readonly measured: readonly { readonly item: ProtocolItem; readonly points: Points }[];
};

export function analyseProtocol(
  input: ProtocolInput,
  options: ProtocolOptions & Pick<ProtocolRecord, "provenance">,
): ProtocolRecord {
  const { record, plan, measured } = input;
  const images = new Set(measured.flatMap(({ points }) => Array.from(points.image)));
  const sizes = [...new Set(measured.map(({ item }) => item.features))].map((features): SizePoints => {
    const own = measured.filter(({ item }) => item.features === features);
    const all = input.converged.get(features) ?? [];
    const converged = all.map((part) => rows(part, (n) => images.has(part.image[n])));
    return {
      features,
      systemSize: systemSize(geometryOf(plan, { features })),
      lambdas: own[0].item.lambdas,
      stopped: own.map(({ points }) => points),
      converged,
    };
  });
  const readings = [...options.steps, null].map((steps) => readingOf(sizes, steps, { plan, images: images.size }));
  return {
    schemaVersion: 1,
    study: record.study,
    images: images.size,
    timeStep: options.timeStep,
    start: "threshold",
    readings,
    poster: posterOf(record),
    provenance: options.provenance,
  };
}

type Of = { readonly plan: PlanContext; readonly images: number };

function readingOf(sizes: readonly SizePoints[], steps: number | null, { plan, images }: Of): ProtocolReading {
  const read = sizes.map((size) => {
    const at = (part: Points) => rows(part, (n) => part.iterations[n] === steps);
    return { size, ...withoutDiverged(steps === null ? size.converged : size.stopped.map(at), images) };
  });
  const { measure } = problemOf(plan.settings.task);
  const curves = read.flatMap(({ size, whole }) => {
    const geometry = geometryOf(plan, size);
    return whole.some(({ lambda }) => lambda.length > 0) ? [curveOf(whole, { geometry, replicate: 0, measure })] : [];
  });
  const set = extrema(curves, { extremum: "min", controlScale: "log", seed: plan.settings.seed });
  const minima = read.map(({ size, whole, held }): ProtocolMinimum => {
    const found = set.extrema.find(({ size: L }) => L === size.systemSize);
    const diverged = steps === null ? [] : size.lambdas.filter((lambda) => !held.has(lambda));
    const near =
      found?.location && steps !== null ? besideConverged(size, whole, { lambda: found.location.value, plan }) : null;
    return { ...minimumOf(size, found), diverged, beside: near };
  });
  return {
    steps,
    minima,
    location: scalingOf(set, "percentActive", plan.laws),
    value: scalingOf(set, "value", plan.laws),
    lambda: scalingOf(set, "location", plan.laws),
    activeUnits: scalingOf(set, "activeUnits", plan.laws),
  };
}

function minimumOf({ features, systemSize: L }: SizePoints, found: Extremum | undefined) {
  return {
    features,
    systemSize: L,
    status: found?.status ?? ("none" as const),
    lambda: found?.location ?? null,
    percentActive: found?.companions.percentActive ?? null,
    activeUnits: found?.companions.activeUnits ?? null,
    value: found?.value ?? null,
  };
}

/** The points of the λ's at which every image has one, and these λ's. */
function withoutDiverged(parts: readonly Points[], images: number) {
  const counts = new Map<number, number>();
  for (const { lambda } of parts) for (const value of lambda) counts.set(value, (counts.get(value) ?? 0) + 1);
  const held = new Set([...counts].filter(([, count]) => count === images).map(([lambda]) => lambda));
  return { whole: parts.map((part) => rows(part, (n) => held.has(part.lambda[n]))), held };
}

/** The rows of points that are wanted. */
export function rows(points: Points, wanted: (n: number) => boolean): Points {
  const kept = Array.from(points.lambda.keys()).filter(wanted);
  const column = <C extends Int32Array | Float64Array | Uint8Array>(all: C) =>
    all.constructor as new (
      n: number[],
    ) => C;
  const of = Object.entries(points).map(([name, all]) => [name, new (column(all))(kept.map((n) => all[n]))]);
  return Object.fromEntries(of) as Points;
}
