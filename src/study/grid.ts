/**
 * The λ grid of a study: λ_i = largest / factorⁱ, to six digits. A point is
 * named by its index, so a grid can grow at either end and stay one grid.
 */
import type { SweepSettings } from "./settings.js";

/** λ at index i (negative above `largest`), by repeated division: the same bits on every machine. */
export function lambdaAt(sweep: SweepSettings, index: number): number {
  let lambda = sweep.largest;
  for (let i = 0; i < index; i++) lambda /= sweep.factor;
  for (let i = 0; i > index; i--) lambda *= sweep.factor;
  return Number(lambda.toPrecision(6));
}

/** λ's of indices from … to − 1 that are not below `smallest`, falling. */
export function lambdasBetween(sweep: SweepSettings, from: number, to: number): number[] {
  const lambdas: number[] = [];
  for (let i = from; i < to; i++) {
    const lambda = lambdaAt(sweep, i);
    if (lambda >= sweep.smallest) lambdas.push(lambda);
  }
  return lambdas;
}

/** Index of the grid point nearest to λ. */
export function indexOf(sweep: SweepSettings, lambda: number): number {
  return Math.round(Math.log(sweep.largest / lambda) / Math.log(sweep.factor));
}
