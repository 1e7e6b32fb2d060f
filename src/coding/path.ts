/**
 * A λ path for any of the reference solvers: strictly falling λ, each coding
 * started from the one before. A solver is one function that lowers the energy
 * of a state in place until its certificate says stop.
 */

import { imageMinus } from "./canvas.js";
import type { Certificate } from "./certificate.js";
import { checkImage, checkLambdas, checkRule } from "./check.js";
import type { Dictionary } from "./dictionary.js";
import type { Coder, Coding, CodingRule, SparseCode } from "./engine.js";
import { analyse, type Network, networkOf, onCanvas, target } from "./operator.js";

/** Everything a solver may change, in float64. Invariant between solves: residual = s − Φa, gradient = Φᵀ(residual). */
export type State = {
  readonly image: Float64Array;
  readonly code: Float64Array;
  readonly residual: Float64Array;
  readonly gradient: Float64Array;
  /** What a solver carries from one λ to the next besides the code (LCA: membrane potentials). */
  readonly potential: Float64Array;
};

export type Solve = (net: Network, state: State, task: { lambda: number; rule: CodingRule }) => Solved;
export type Solved = { readonly iterations: number; readonly certificate: Certificate };

/** A coder that runs `solve` down a path. Throws as `networkOf`; its paths as check.ts. */
export function pathCoder(dictionary: Dictionary, solve: Solve): Coder {
  const net = networkOf(dictionary);
  let current = 0;

  function* run(image: Float32Array, lambdas: readonly number[], rule: CodingRule): Generator<Coding, void, undefined> {
    const ticket = ++current;
    const state = startState(net, image);
    for (const lambda of lambdas) {
      if (ticket !== current) return;
      const { iterations, certificate } = solve(net, state, { lambda, rule });
      const reconstruction = imageMinus(dictionary.geometry, net.canvas, image, target(net, state.residual));
      const converged = certificate.gap <= rule.tolerance;
      yield { lambda, code: nonzero(state.code), reconstruction, ...certificate, iterations, converged };
    }
  }
  return {
    dictionary,
    path(image, lambdas, rule) {
      checkImage(dictionary.geometry, image);
      checkLambdas(lambdas);
      checkRule(rule);
      return run(image.slice(), [...lambdas], rule);
    },
  };
}

function startState(net: Network, image: Float32Array): State {
  const canvas = onCanvas(net, image);
  const zeros = () => new Float64Array(net.units);
  const state = { image: canvas, code: zeros(), residual: canvas.slice(), gradient: zeros(), potential: zeros() };
  analyse(net, state.residual, state.gradient);
  return state;
}

/** The non-zero entries of a dense code, ascending. */
export function nonzero(code: Float64Array): SparseCode {
  const index: number[] = [];
  code.forEach((value, unit) => {
    if (Math.fround(value) !== 0) index.push(unit);
  });
  return { index: Uint32Array.from(index), value: Float32Array.from(index, (unit) => code[unit]) };
}
