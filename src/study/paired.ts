/**
 * The same images at every size of a study whose images grow. A picture may be
 * flat in a small window and not in a larger one; left out of some sizes alone
 * it would move their means, and images could not be paired across sizes. So
 * an image counts only where every size has coded it.
 */
import type { Points } from "../tasks/points.js";
import { onImages, type Swept } from "./swept.js";

/** Points of one size's units: SizeResults (study.ts). */
type Measured = {
  readonly pilot: Points[];
  readonly sweep: Swept | null;
  readonly cost: Points[];
};

/** The results without images that are missing at some size; the results themselves where none is. */
export function sameImages<S extends Measured>(sizes: readonly S[]): S[] {
  const common = { pilot: commonImages(sizes, "pilot"), sweep: commonImages(sizes, "sweep") };
  const kept = (parts: readonly Points[], images: ReadonlySet<number>) => parts.map((part) => onlyImages(part, images));
  return sizes.map((size) => ({
    ...size,
    pilot: kept(size.pilot, common.pilot),
    sweep: size.sweep && onImages(size.sweep, common.sweep),
    cost: kept(size.cost, common.sweep),
  }));
}

/** Images that every size with such parts has. */
function commonImages(sizes: readonly Measured[], of: "pilot" | "sweep"): ReadonlySet<number> {
  const sets = sizes.map((size) => {
    const images = of === "pilot" ? size.pilot.map(({ image }) => image) : [size.sweep?.images ?? []];
    return new Set(images.flatMap((some) => Array.from(some)));
  });
  const measured = sets.filter((set) => set.size > 0);
  return new Set([...(measured[0] ?? [])].filter((image) => measured.every((set) => set.has(image))));
}

function onlyImages(points: Points, images: ReadonlySet<number>): Points {
  const rows = Array.from(points.image.keys()).filter((row) => images.has(points.image[row]));
  if (rows.length === points.image.length) return points;
  const integers = (column: Int32Array) => Int32Array.from(rows, (row) => column[row]);
  const numbers = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]);
  return {
    image: integers(points.image),
    lambda: numbers(points.lambda),
    squaredError: numbers(points.squaredError),
    squaredResidual: numbers(points.squaredResidual),
    l1: numbers(points.l1),
    active: integers(points.active),
    gap: numbers(points.gap),
    iterations: integers(points.iterations),
    converged: Uint8Array.from(rows, (row) => points.converged[row]),
    ...(points.power ? { power: numbers(points.power) } : {}),
  };
}
