/**
 * The ISTA layer: a fixed number of unrolled steps, the network that a feed-forward program
 * would build, not a solver that runs until it has converged:
 *
 *   a₀ = 0,  a_{k+1} = T(a_k + η Φᵀ(s − Φa_k), η λ),  η = 1/‖Φ‖²
 *
 * Every λ starts from zero, so the code is a function of s and λ only. The certificate says
 * how far from the minimum the steps end. Source: Daubechies, Defrise and De Mol (2004).
 */
import { CrispError } from "../core/errors.js";
import { certificate } from "./certificate.js";
import type { Dictionary } from "./dictionary.js";
import { analyse, largestWeight, networkOf, residualOf } from "./operator.js";
import { type ImageCoder, pathCoder } from "./path.js";
import type { IstaOptions } from "./solver.js";
import { spectralNorm } from "./spectral.js";
import { isRectified, softThreshold } from "./threshold.js";

/** A coder of exactly `steps` ISTA steps at each λ, float64; tolerance only decides `converged`. */
export function istaCoder(dictionary: Dictionary, { steps }: IstaOptions): ImageCoder {
  if (!(Number.isInteger(steps) && steps >= 1)) {
    throw new CrispError("usage", `ISTA steps is ${steps}; it must be a whole number of at least 1. Write 20.`);
  }
  const bound = spectralNorm(networkOf(dictionary)) || 1;
  return pathCoder(dictionary, (net, state, { lambda, rule }) => {
    const rectified = isRectified(rule.threshold);
    const eta = 1 / (bound * largestWeight(net));
    const { code, gradient, residual } = state;
    code.fill(0);
    residualOf(net, state, residual);
    analyse(net, residual, gradient);
    for (let k = 0; k < steps; k++) {
      code.forEach((a, i) => {
        code[i] = softThreshold(a + eta * gradient[i], eta * lambda, rectified);
      });
      residualOf(net, state, residual);
      analyse(net, residual, gradient);
    }
    return { iterations: steps, certificate: certificate(state, lambda, rectified) };
  });
}
