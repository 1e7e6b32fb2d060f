/**
 * A λ path for any of the reference solvers: strictly falling λ, each coding
 * started from the one before. A solver is one function that lowers the energy
 * of a state in place until its certificate says stop.
 */

import { imageMinus } from "./canvas.js";
import type { Certificate, Evidence } from "./certificate.js";
import { checkImage, checkLambdas, checkRule, checkWeights } from "./check.js";
import type { Dictionary } from "./dictionary.js";
import type { Coding, CodingRule, SparseCode, Threshold } from "./engine.js";
import { analyse, type Network, networkOf, onCanvas, target, weighted } from "./operator.js";

/**
 * Everything a solver may change, in float64. Invariant between solves: residual = s − Φa,
 * gradient = Φᵀ(w · residual). One state belongs to one image.
 */
export type State = Evidence & {
  /** What a solver carries from one λ to the next besides the code (LCA: membrane potentials). */
  readonly potential: Float64Array;
};

export type Solve = (net: Network, state: State, task: { lambda: number; rule: CodingRule }) => Solved;
export type Solved = { readonly iterations: number; readonly certificate: Certificate };

/**
 * Codes images one at a time, without waiting: what a solver on this thread's processor is. `oneByOne`
 * (batch.ts) makes it a `Coder`. λ's fall strictly, each coding starts from the one before, lazily, so
 * a caller may stop where it likes. Beginning another path ends this one.
 */
export type ImageCoder = {
  readonly dictionary: Dictionary;
  /** One image [height, width, channels]; throws as check.ts before the first coding. */
  path(image: Float32Array, lambdas: readonly number[], rule: CodingRule): Generator<Coding, void, undefined>;
};

/** A coder that runs `solve` down a path, for thresholds of the given kinds. Throws as `networkOf`; its paths as check.ts. */
export function pathCoder(
  dictionary: Dictionary,
  solve: Solve,
  kinds: readonly Threshold["kind"][] = ["soft"],
): ImageCoder {
  const whole = networkOf(dictionary);
  let current = 0;

  function* run(image: Float32Array, lambdas: readonly number[], rule: CodingRule): Generator<Coding, void, undefined> {
    const ticket = ++current;
    const net = weighted(whole, rule.weights);
    const state = startState(net, image);
    for (const lambda of lambdas) {
      if (ticket !== current) return;
      const { iterations, certificate } = solve(net, state, { lambda, rule });
      const reconstruction = imageMinus(dictionary.geometry, net.canvas, image, target(net, state.residual));
      const converged = measure(certificate) <= rule.tolerance;
      yield { lambda, code: nonzero(state.code), reconstruction, ...certificate, iterations, converged };
    }
  }
  return {
    dictionary,
    path(image, lambdas, rule) {
      checkImage(dictionary.geometry, image);
      checkLambdas(lambdas);
      checkRule(rule, kinds);
      checkWeights(dictionary.geometry, rule.weights);
      return run(image.slice(), [...lambdas], { ...rule, weights: rule.weights?.slice() });
    },
  };
}

/** What the tolerance is compared with: the gap, or the stationarity where there is none. */
export function measure(of: Certificate): number {
  return of.stationarity ?? of.gap;
}

function startState(net: Network, image: Float32Array): State {
  const canvas = onCanvas(net, image);
  const zeros = () => new Float64Array(net.units);
  const { weights } = net;
  const state = {
    image: canvas,
    code: zeros(),
    residual: canvas.slice(),
    gradient: zeros(),
    potential: zeros(),
    weights,
  };
  analyse(net, state.residual, state.gradient);
  return state;
}

/** The non-zero entries of a dense code, ascending. */
export function nonzero(code: ArrayLike<number>): SparseCode {
  const index: number[] = [];
  for (let unit = 0; unit < code.length; unit++) if (Math.fround(code[unit]) !== 0) index.push(unit);
  return { index: Uint32Array.from(index), value: Float32Array.from(index, (unit) => code[unit]) };
}
