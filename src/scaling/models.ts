/**
 * A law fitted to ln y with the covariance of ln y: from the starts of its own
 * scan (laws.ts) by Levenberg and Marquardt, and its value and gradient at any size.
 */
import type { Model, Scan } from "./laws.js";
import { linearFit, type Matrix } from "./linear.js";
import { type LeastSquaresFit, leastSquares } from "./lm.js";
import { factorOf, whiten } from "./powerlaw.js";
import type { SizeData } from "./types.js";

/** A law with its fit. */
export type FittedModel = {
  readonly model: Model;
  /** L₀. */
  readonly reference: number;
  readonly fit: LeastSquaresFit;
};

/** The best fit from all starts, or null where the model cannot describe the data (f ≤ 0 everywhere it was tried). */
export function fitModel(
  data: SizeData,
  model: Model,
  fixed: readonly (number | null)[] = [],
  from: readonly number[][] = [],
): FittedModel | null {
  const reference = data.sizes[0];
  const u = data.sizes.map((size) => size / reference);
  const factor = factorOf(data);
  const residuals = (theta: readonly number[]): number[] | null => {
    const full = merge(theta, fixed);
    const e = u.map((value, i) => data.logs[i] - Math.log(model.f(full, value)));
    return e.every(Number.isFinite) ? whiten(factor, e) : null;
  };
  const starts = from.length > 0 ? from : model.starts(scanOf(data, u, factor));
  const free = (values: readonly number[] | undefined): number[] | undefined =>
    values?.filter((_, j) => (fixed[j] ?? null) === null);
  const problem = { residuals, lower: free(model.lower), upper: free(model.upper) };
  // Fifteen steps from each start, then on from the best: starts that lag are not worth their steps.
  const short = starts.flatMap(
    (start) => leastSquares(problem, free(start)!, { iterations: 15, dampings: [1e-3] }) ?? [],
  );
  if (short.length === 0) return null;
  const lead = short.reduce((a, b) => (b.chi2 < a.chi2 ? b : a));
  const best = lead.converged ? lead : leastSquares(problem, lead.parameters, { iterations: 100, dampings: [1e-3] })!;
  return { model, reference, fit: { ...best, parameters: merge(best.parameters, fixed) } };
}

/** All parameters from the free ones and the fixed ones. */
function merge(theta: readonly number[], fixed: readonly (number | null)[]): number[] {
  if (fixed.length === 0) return [...theta];
  let next = 0;
  return fixed.map((value) => value ?? theta[next++]);
}

/** Linear least squares on y with relative errors, the small-error form of the fit to ln y. */
function scanOf(data: SizeData, u: readonly number[], factor: Matrix): Scan {
  const y = data.logs.map(Math.exp);
  const ones = y.map(() => 1);
  return {
    u,
    solve: (basis) => {
      const design = u.map((value, i) => basis.map((b) => b(value) / y[i]));
      if (!design.every((row) => row.every(Number.isFinite))) return null;
      try {
        const { parameters, chi2 } = linearFit(design, ones, factor);
        return { beta: parameters, chi2 };
      } catch {
        return null; // two columns coincide at this trial value: no start there
      }
    },
  };
}

/** ln f at a size and its gradient by the parameters; null where f ≤ 0. */
export function modelAt(
  { model, reference, fit }: FittedModel,
  size: number,
): { log: number; gradient: number[] } | null {
  const log = (theta: readonly number[]): number => Math.log(model.f(theta, size / reference));
  const value = log(fit.parameters);
  if (!Number.isFinite(value)) return null;
  const gradient = fit.parameters.map((at, j) => {
    const h = 1e-5 * (Math.abs(at) || 1e-3);
    const [up, down] = [h, -h].map((shift) => log(fit.parameters.map((p, m) => (m === j ? p + shift : p))));
    return (up - down) / (2 * h);
  });
  return gradient.every(Number.isFinite) ? { log: value, gradient } : null;
}

/** d ln f/d ln L at a size, by central differences. */
export function slopeAt({ model, reference, fit }: FittedModel, size: number): number {
  const h = 1e-5;
  const [up, down] = [h, -h].map((step) => Math.log(model.f(fit.parameters, (size / reference) * Math.exp(step))));
  return (up - down) / (2 * h);
}
