/**
 * Nonlinear least squares by Levenberg and Marquardt (Moré 1978): each step
 * minimises |r + Jδ|² + λ|Dδ|², D the largest column norms seen, by QR of the
 * stacked system. λ falls threefold after a step that gains as predicted and
 * rises fast otherwise (Nielsen 1999). Jacobians are central differences.
 * It says why it stopped; `converged` is false unless the last steps or the
 * gradient were negligible, never silently.
 */
import { linearFit, type Matrix } from "./linear.js";

export type LeastSquaresProblem = {
  /** Weighted residuals, or null where the model is not defined. */
  readonly residuals: (parameters: readonly number[]) => number[] | null;
  readonly lower?: readonly number[];
  readonly upper?: readonly number[];
};

export type LeastSquaresOptions = {
  readonly iterations?: number /** First values of λ, tried in turn. */;
  readonly dampings?: readonly number[];
};

export type LeastSquaresFit = {
  readonly parameters: number[];
  /** Sum of squared residuals. */
  readonly chi2: number;
  /** (JᵀJ)⁻¹ for residuals of unit variance; null where the data do not determine the parameters. */
  readonly covariance: Matrix | null;
  readonly converged: boolean;
  readonly reason: string;
  readonly iterations: number;
};

type State = { parameters: number[]; residuals: number[]; chi2: number };

/**
 * Minimises Σ r_i(θ)² from a start where the residuals are defined; null where
 * they are not. An attempt that ends where the data do not determine the
 * parameters (a plateau) is repeated with shorter first steps; if all do, the
 * least one is returned with `converged` false.
 */
export function leastSquares(
  problem: LeastSquaresProblem,
  start: readonly number[],
  options: LeastSquaresOptions = {},
): LeastSquaresFit | null {
  const { iterations = 500, dampings = [1e-3, 1, 1e3] } = options;
  let best: LeastSquaresFit | null = null;
  for (const damping of dampings) {
    const fit = attempt(problem, start, { iterations, damping });
    if (fit === null || (fit.converged && fit.covariance !== null)) return fit;
    if (best === null || fit.chi2 < best.chi2) best = fit;
  }
  return best?.converged
    ? { ...best, converged: false, reason: "the data do not determine the parameters there" }
    : best;
}

function attempt(
  problem: LeastSquaresProblem,
  start: readonly number[],
  options: { readonly iterations: number; readonly damping: number },
): LeastSquaresFit | null {
  const { iterations, damping } = options;
  const first = evaluate(problem, clip(problem, start));
  if (first === null) return null;
  let state = first;
  let lambda = damping;
  let growth = 2;
  let small = 0;
  const scale = start.map(() => 0);
  let jacobian = differences(problem, state);
  for (let step = 1; step <= iterations; step++) {
    if (jacobian === null) return result(state, null, false, "the model is undefined next to the parameters", step);
    updateScale(scale, jacobian);
    const move = dampedStep(jacobian, state, scale, lambda, problem);
    if (move === null) return result(state, jacobian, false, "the step could not be computed", step);
    const tried = evaluate(
      problem,
      clip(
        problem,
        state.parameters.map((value, i) => value + move.step[i]),
      ),
    );
    const gain = tried === null ? -1 : state.chi2 - tried.chi2;
    const negligible = move.predicted <= 1e-14 * state.chi2 && Math.abs(gain) <= 1e-13 * state.chi2;
    if (tried !== null && (gain > 0 || (negligible && gain >= 0))) {
      const moved = relativeMove(state.parameters, tried.parameters, scale);
      small = moved < 1e-10 || gain <= 1e-15 * state.chi2 ? small + 1 : 0;
      const ratio = gain / Math.max(move.predicted, Number.MIN_VALUE);
      lambda = Math.max(lambda * Math.max(1 / 3, 1 - (2 * Math.min(ratio, 2) - 1) ** 3), 1e-16);
      growth = 2;
      state = tried;
      if (state.chi2 === 0) return result(state, differences(problem, state), true, "the residuals vanish", step);
      jacobian = differences(problem, state);
      if (small >= 2) return result(state, jacobian, true, "the steps became negligible", step);
    } else {
      if (negligible) return result(state, jacobian, true, "no further gain is possible", step);
      lambda *= growth;
      growth *= 2;
      if (!(lambda < 1e60)) return result(state, jacobian, false, "no step gains", step);
    }
  }
  return result(state, jacobian, false, `${iterations} steps were not enough`, iterations);
}

function evaluate(problem: LeastSquaresProblem, parameters: number[]): State | null {
  const residuals = problem.residuals(parameters);
  if (residuals === null) return null;
  const chi2 = residuals.reduce((sum, value) => sum + value * value, 0);
  return Number.isFinite(chi2) ? { parameters, residuals, chi2 } : null;
}

function clip(problem: LeastSquaresProblem, parameters: readonly number[]): number[] {
  return parameters.map((value, i) =>
    Math.min(Math.max(value, problem.lower?.[i] ?? -Infinity), problem.upper?.[i] ?? Infinity),
  );
}

/** J[i][j] = ∂r_i/∂θ_j by central differences, one-sided where the model ends; null where neither side exists. */
function differences(problem: LeastSquaresProblem, at: State): Matrix | null {
  const columns: number[][] = [];
  for (let j = 0; j < at.parameters.length; j++) {
    const h = 6e-6 * (Math.abs(at.parameters[j]) || 1e-3);
    const [above, below] = [h, -h].map((shift) => shifted(problem, at, j, shift));
    if (above === null && below === null) return null;
    const [up, upAt] = above ?? [at.residuals, at.parameters[j]];
    const [down, downAt] = below ?? [at.residuals, at.parameters[j]];
    columns.push(up.map((value, i) => (value - down[i]) / (upAt - downAt)));
  }
  return at.residuals.map((_, i) => columns.map((column) => column[i]));
}

/** Residuals with one parameter moved, and where it came to lie. */
function shifted(problem: LeastSquaresProblem, at: State, j: number, shift: number): [number[], number] | null {
  const parameters = [...at.parameters];
  parameters[j] += shift;
  const bounded = clip(problem, parameters);
  if (bounded[j] === at.parameters[j]) return null;
  const moved = evaluate(problem, bounded);
  return moved === null ? null : [moved.residuals, bounded[j]];
}

function updateScale(scale: number[], jacobian: Matrix): void {
  scale.forEach((old, j) => {
    const norm = Math.hypot(...jacobian.map((row) => row[j]));
    scale[j] = Math.max(old, norm) || 1;
  });
}

/** The damped step and the gain it predicts; parameters pinned at a bound do not move further out. */
function dampedStep(
  jacobian: Matrix,
  state: State,
  scale: readonly number[],
  lambda: number,
  problem: LeastSquaresProblem,
): { step: number[]; predicted: number } | null {
  const k = scale.length;
  const gradient = scale.map((_, j) => jacobian.reduce((sum, row, i) => sum + row[j] * state.residuals[i], 0));
  const pinned = gradient.map(
    (g, j) =>
      (g > 0 && state.parameters[j] <= (problem.lower?.[j] ?? -Infinity)) ||
      (g < 0 && state.parameters[j] >= (problem.upper?.[j] ?? Infinity)),
  );
  const rows = jacobian.map((row) => row.map((value, j) => (pinned[j] ? 0 : value)));
  const damped = scale.map((d, j) => Array.from({ length: k }, (_, m) => (m === j ? Math.sqrt(lambda) * d : 0)));
  const target = [...state.residuals.map((r) => -r), ...scale.map(() => 0)];
  try {
    const step = linearFit([...rows, ...damped], target).parameters;
    const model = rows.reduce(
      (sum, row, i) => sum + (state.residuals[i] + row.reduce((s, v, j) => s + v * step[j], 0)) ** 2,
      0,
    );
    return step.every(Number.isFinite) ? { step, predicted: state.chi2 - model } : null;
  } catch {
    return null;
  }
}

/** Length of a move against the parameters', both scaled. */
function relativeMove(from: readonly number[], to: readonly number[], scale: readonly number[]): number {
  const length = Math.hypot(...to.map((value, i) => scale[i] * (value - from[i])));
  return length / (Math.hypot(...to.map((value, i) => scale[i] * value)) || 1);
}

function result(
  state: State,
  jacobian: Matrix | null,
  converged: boolean,
  reason: string,
  iterations: number,
): LeastSquaresFit {
  return {
    parameters: state.parameters,
    chi2: state.chi2,
    covariance: jacobian && covarianceOf(jacobian),
    converged,
    reason,
    iterations,
  };
}

function covarianceOf(jacobian: Matrix): Matrix | null {
  if (jacobian.length < jacobian[0].length) return null;
  try {
    // Central differences are good to 1e-10: dependence below 1e-8 cannot be told from it.
    const zeros = jacobian.map(() => 0);
    return linearFit(jacobian, zeros, undefined, { tolerance: 1e-8 }).covariance;
  } catch {
    return null;
  }
}
