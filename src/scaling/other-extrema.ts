/**
 * Curves with more than one extremum. The fits take the deepest of each size; another
 * one that stands out of the noise is named, for sizes may then differ in which they took.
 */
import type { WindowChoice } from "./bandwidth.js";
import type { ControlScale, SizeGroup } from "./curves.js";
import { leastIndex } from "./minimum.js";
import { differenceNoise } from "./noise.js";

/** The minimised curves in the order of the groups, and what the warning needs to name their extrema. */
export type Minimised = {
  readonly curves: readonly (readonly number[])[];
  readonly choice: WindowChoice;
  readonly sign: 1 | -1;
  readonly controlScale: ControlScale;
};

/**
 * One warning that names the other extremum of every size that has one, none without any. It must rise out of the
 * barrier beside it by a tenth of the depth of the one taken, and by five standard errors of two points.
 */
export function otherExtrema(
  groups: readonly SizeGroup[],
  { curves, choice, sign, controlScale }: Minimised,
): string[] {
  const { relative } = differenceNoise(groups);
  const found = groups.flatMap((group, i) => {
    if (choice.sized[i].minimum.status !== "interior") return [];
    const at = otherMinimum(curves[i], (j) => group.error?.[j] ?? relative * Math.abs(curves[i][j]));
    return at === null ? [] : [{ size: group.size, control: group.t[at] }];
  });
  if (found.length === 0) return [];
  const near = found.map(({ size, control }) => {
    const x = controlScale === "log" ? Math.exp(control) : control;
    return `${Number(x.toPrecision(3))} (size ${size})`;
  });
  const kind = sign > 0 ? "minimum" : "maximum";
  return [
    `there is another ${kind} near ${near.join(", ")}: each size gives its ${sign > 0 ? "lowest" : "highest"}, which may not be the same one at all sizes. Keep the controls about one of them.`,
  ];
}

/** Index of the other minimum that stands out most, or null. */
function otherMinimum(y: readonly number[], noise: (i: number) => number): number | null {
  const least = leastIndex(y);
  const rise = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), y[least]) - y[least];
  const depth = Math.min(rise(y.slice(0, least)), rise(y.slice(least + 1)));
  const outstanding = y.map((_, j) => {
    const inner = j < least ? highest(y, j + 1, least) : highest(y, least + 1, j);
    const outer = j < least ? highest(y, 0, j) : highest(y, j + 1, y.length);
    if (j === least || inner < 0 || outer < 0) return 0;
    const barrier = y[inner] < y[outer] ? inner : outer;
    const prominence = y[barrier] - y[j];
    return prominence > 0.1 * depth && prominence > 5 * Math.hypot(noise(j), noise(barrier)) ? prominence : 0;
  });
  const most = Math.max(...outstanding);
  return most > 0 ? outstanding.indexOf(most) : null;
}

/** Index of the greatest of y[from … to − 1]; −1 without any. */
function highest(y: readonly number[], from: number, to: number): number {
  let best = from < to ? from : -1;
  for (let i = from; i < to; i++) if (y[i] > y[best]) best = i;
  return best;
}
