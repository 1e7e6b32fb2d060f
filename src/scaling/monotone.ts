/**
 * What to say of curves that have no extremum of the kind asked for: that they are monotone
 * and cross, that they are monotone, or that they have extrema of the other kind.
 *
 * A curve is monotone if nowhere it goes back by more than 5 standard errors, while it moves
 * by more than 10 from end to end.
 */
import { crossingsOf } from "./crossing.js";
import type { MeasuredCurve } from "./interpolate.js";
import type { ExtremumKind } from "./minimum.js";
import { type MeasuredFamily, measuredFamily } from "./point-errors.js";
import type { Curve } from "./types.js";

/** Sentences with the remedy; none where an extremum of this kind is sought rightly. */
export function remedies(curves: readonly Curve[], extremum: ExtremumKind): string[] {
  const measured = measuredFamily(curves);
  if (measured === null || measured.curves.some(({ x }) => x.length < 5)) return [];
  const directions = new Set(measured.curves.map(directionOf));
  if (directions.size === 1 && !directions.has(0)) return [monotoneSentence(measured)];
  if (measured.curves.some((curve) => hasInner(curve, extremum))) return [];
  const other = extremum === "min" ? "max" : "min";
  return measured.curves.some((curve) => hasInner(curve, other))
    ? [`No size has its ${extremum}imum inside its grid; there are ${other}ima. Use --extremum ${other}.`]
    : [];
}

/** What to say of curves that were asked where they cross, and have extrema instead. */
export function peakRemedy({ curves }: MeasuredFamily): string[] {
  const kind = (["max", "min"] as const).find((one) => curves.every((curve) => hasInner(curve, one)));
  return kind === undefined
    ? []
    : [`Every size has its ${kind}imum inside its grid: --extremum ${kind} fits how those move, and their collapse.`];
}

function monotoneSentence(measured: MeasuredFamily): string {
  const { found } = crossingsOf(measured);
  const none = "The curves are monotone";
  if (found.length === 0)
    return `${none} and have no extremum; nor do neighbouring sizes cross. If they do once divided by a power of size, use --extremum none --value-exponent free.`;
  const near = found[found.length - 1].x.toPrecision(5);
  return `${none} and cross near ${near}: they have no extremum. Fit where they cross with --extremum none.`;
}

/** 1 for a curve that rises, −1 for one that falls, 0 for any other. */
function directionOf({ y, error }: MeasuredCurve): number {
  const last = y.length - 1;
  const move = y[last] - y[0];
  if (Math.abs(move) <= 10 * Math.hypot(error[0], error[last])) return 0;
  const sign = Math.sign(move);
  let top = 0; // the point farthest ahead so far
  for (let i = 1; i <= last; i++) {
    if (sign * (y[i] - y[top]) >= 0) top = i;
    else if (sign * (y[top] - y[i]) > 5 * Math.hypot(error[top], error[i])) return 0;
  }
  return sign;
}

/** Whether the least (greatest) point lies below (above) both ends by more than 5 standard errors. */
function hasInner({ y, error }: MeasuredCurve, extremum: ExtremumKind): boolean {
  const sign = extremum === "min" ? 1 : -1;
  const at = y.reduce((best, value, i) => (sign * value < sign * y[best] ? i : best), 0);
  return [0, y.length - 1].every((end) => sign * (y[end] - y[at]) > 5 * Math.hypot(error[end], error[at]));
}
