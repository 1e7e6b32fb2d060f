/**
 * The laws that compete to describe y(L), with u = L/L₀, L₀ the smallest size:
 *
 *   constant              A                       power-law              A·uᵇ
 *   logarithm             A + B ln u              shifted-power-law      C + A·uᵇ
 *   exponential           A·exp(B(u − 1))         corrected-power-law    A·uᵇ(1 + c·u^−ω)
 *   saturation            C + B·exp(−(u − 1)/ξ)
 *
 * Each is fitted to ln y with the covariance of ln y. Starts come from a scan
 * of the nonlinear parameter, the others solved linearly there.
 */
import { linearFit, type Matrix } from "./linear.js";
import { type LeastSquaresFit, leastSquares } from "./lm.js";
import { factorOf, whiten } from "./powerlaw.js";
import type { ModelName, SizeData } from "./types.js";

export type Model = {
  readonly name: ModelName;
  /** Names of the fitted parameters, in order. */
  readonly parameters: readonly string[];
  /** ω where it is fixed. */
  readonly omega?: number;
  /** f(u; θ). */
  readonly f: (theta: readonly number[], u: number) => number;
  readonly starts: (scan: Scan) => number[][];
  readonly lower?: readonly number[];
  readonly upper?: readonly number[];
};

/** Least squares of y = Σ β_j·basis_j(u), relative errors; and its χ². */
export type Scan = {
  readonly u: readonly number[];
  readonly solve: (basis: readonly ((u: number) => number)[]) => { beta: number[]; chi2: number } | null;
};

const exponents = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.35, 1.8, 2.5, 3.5];
const signed = [...exponents.map((b) => -b), ...exponents];
const one = (): number => 1;

/** The `keep` starts with the least χ² of a scan. */
function bestOf(candidates: readonly ({ start: number[]; chi2: number } | null)[], keep = 3): number[][] {
  const found = candidates.flatMap((candidate) => (candidate ? [candidate] : []));
  return found
    .sort((a, b) => a.chi2 - b.chi2)
    .slice(0, keep)
    .map(({ start }) => start);
}

function linearStart(basis: readonly ((u: number) => number)[]): (scan: Scan) => number[][] {
  return (scan) => bestOf([withChi2(scan.solve(basis), (beta) => beta)]);
}

function withChi2(
  solved: { beta: number[]; chi2: number } | null,
  start: (beta: number[]) => number[],
): { start: number[]; chi2: number } | null {
  return solved && { start: start(solved.beta), chi2: solved.chi2 };
}

const constant: Model = { name: "constant", parameters: ["level"], f: ([a]) => a, starts: linearStart([one]) };
const logarithm: Model = {
  name: "logarithm",
  parameters: ["level", "slope"],
  f: ([a, b], u) => a + b * Math.log(u),
  starts: linearStart([one, Math.log]),
};
const powerLaw: Model = {
  name: "power-law",
  parameters: ["amplitude", "exponent"],
  f: ([a, b], u) => a * u ** b,
  starts: (scan) =>
    bestOf(
      [-0.5, 0, 0.5].map((b) => withChi2(scan.solve([(u) => u ** b]), ([a]) => [a, b])),
      1,
    ),
};
const exponential: Model = {
  name: "exponential",
  parameters: ["amplitude", "rate"],
  f: ([a, b], u) => a * Math.exp(b * (u - 1)),
  starts: (scan) =>
    bestOf(rates(scan.u).map((b) => withChi2(scan.solve([(u) => Math.exp(b * (u - 1))]), ([a]) => [a, b]))),
};
const saturation: Model = {
  name: "saturation",
  parameters: ["limit", "amplitude", "range"],
  f: ([c, b, xi], u) => c + b * Math.exp(-(u - 1) / xi),
  starts: (scan) =>
    bestOf(
      rates(scan.u)
        .filter((rate) => rate < 0)
        .map((rate) => withChi2(scan.solve([one, (u) => Math.exp(rate * (u - 1))]), ([c, b]) => [c, b, -1 / rate])),
    ),
  lower: [-Infinity, -Infinity, 1e-3],
};
const shifted: Model = {
  name: "shifted-power-law",
  parameters: ["offset", "amplitude", "exponent"],
  f: ([c, a, b], u) => c + a * u ** b,
  starts: (scan) => bestOf(signed.map((b) => withChi2(scan.solve([one, (u) => u ** b]), ([c, a]) => [c, a, b]))),
  lower: [-Infinity, -Infinity, -8],
  upper: [Infinity, Infinity, 8],
};

/** A·uᵇ(1 + c·u^−ω) with ω fixed. */
function corrected(omega: number): Model {
  return {
    name: "corrected-power-law",
    parameters: ["amplitude", "exponent", "correction"],
    omega,
    f: ([a, b, c], u) => a * u ** b * (1 + c * u ** -omega),
    starts: (scan) => bestOf([0, ...signed].map((b) => correctedStart(scan, b, omega, []))),
  };
}

const correctedFree: Model = {
  name: "corrected-power-law",
  parameters: ["amplitude", "exponent", "correction", "omega"],
  f: ([a, b, c, omega], u) => a * u ** b * (1 + c * u ** -omega),
  starts: (scan) =>
    bestOf(
      [0.25, 0.5, 1, 1.5, 2, 3].flatMap((omega) => [0, ...signed].map((b) => correctedStart(scan, b, omega, [omega]))),
    ),
  lower: [-Infinity, -Infinity, -Infinity, 0.05],
  upper: [Infinity, Infinity, Infinity, 8],
};

function correctedStart(
  scan: Scan,
  b: number,
  omega: number,
  rest: number[],
): { start: number[]; chi2: number } | null {
  const solved = scan.solve([(u) => u ** b, (u) => u ** (b - omega)]);
  return withChi2(solved, ([a, ac]) => [a, b, ac / a, ...rest]);
}

/** A corrected law without its leading power: A(1 + c·u^−ω). */
export function correctionAlone(omega: number): Model {
  return {
    name: "shifted-power-law",
    parameters: ["offset", "amplitude"],
    f: ([c, a], u) => c + a * u ** -omega,
    starts: linearStart([one, (u) => u ** -omega]),
  };
}

/** Rates from one that acts within the first step of u to one that hardly bends the whole range. */
function rates(u: readonly number[]): number[] {
  const [shortest, longest] = [(u[1] - 1) / 5, (u[u.length - 1] - 1) * 3];
  const found = Array.from({ length: 16 }, (_, i) => 1 / (shortest * (longest / shortest) ** (i / 15)));
  return [...found.map((rate) => -rate), ...found];
}

/** Models that `n` sizes can bear: three parameters need 5 sizes, a free ω 7. */
export function modelsFor(n: number): Model[] {
  const two = n >= 3 ? [constant, logarithm, exponential, powerLaw] : [];
  const three = n >= 5 ? [saturation, shifted, corrected(0.5), corrected(1)] : [];
  return [...two, ...three, ...(n >= 7 ? [correctedFree] : [])];
}

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
