/**
 * FISTA with adaptive restart, the independent check of the solver of record.
 *
 *   x⁺ = T(y + Φᵀ(s − Φy)/‖Φ‖², λ/‖Φ‖²),  t⁺ = (1 + √(1 + 4t²))/2,  y = x⁺ + (t − 1)/t⁺ · (x⁺ − x)
 *
 * Restart (t = 1) when (y − x⁺)·(x⁺ − x) > 0. Sources: Beck and Teboulle (SIAM
 * J. Imaging Sci. 2009); O'Donoghue and Candès (Found. Comput. Math. 2015).
 */
import { certificate } from "./certificate.js";
import type { Dictionary } from "./dictionary.js";
import { analyse, largestWeight, networkOf, residualOf } from "./operator.js";
import { type ImageCoder, pathCoder } from "./path.js";
import { spectralNorm } from "./spectral.js";
import { isRectified, softThreshold } from "./threshold.js";

const checkEvery = 10; // iterations between certificates: one costs as much as an iteration

/** A coder by FISTA with restart, float64; maxIterations counts gradient steps, 20,000 by default. */
export function fistaCoder(dictionary: Dictionary): ImageCoder {
  const ofAtoms = spectralNorm(networkOf(dictionary)) || 1;
  return pathCoder(dictionary, (net, state, { lambda, rule }) => {
    const rectified = isRectified(rule.threshold);
    const limit = rule.maxIterations ?? 20_000;
    const bound = ofAtoms * largestWeight(net);
    const x = state.code;
    const y = x.slice();
    let t = 1;
    let proof = certificate(state, lambda, rectified);
    let iterations = 0;
    while (proof.gap > rule.tolerance && iterations < limit) {
      residualOf(net, { image: state.image, code: y }, state.residual);
      analyse(net, state.residual, state.gradient);
      const next = y.map((value, i) => softThreshold(value + state.gradient[i] / bound, lambda / bound, rectified));
      t = momentum(t, { x, y, next });
      x.set(next);
      iterations++;
      if (iterations % checkEvery !== 0 && iterations < limit) continue;
      residualOf(net, state, state.residual);
      analyse(net, state.residual, state.gradient);
      proof = certificate(state, lambda, rectified);
    }
    return { iterations, certificate: proof };
  });
}

/** Moves y past the new iterate, or restarts; returns the next t. */
function momentum(t: number, at: { x: Float64Array; y: Float64Array; next: Float64Array }): number {
  const { x, y, next } = at;
  let uphill = 0;
  for (let i = 0; i < x.length; i++) uphill += (y[i] - next[i]) * (next[i] - x[i]);
  const grown = (1 + Math.sqrt(1 + 4 * t * t)) / 2;
  const push = uphill > 0 ? 0 : (t - 1) / grown;
  for (let i = 0; i < x.length; i++) y[i] = next[i] + push * (next[i] - x[i]);
  return uphill > 0 ? 1 : grown;
}
