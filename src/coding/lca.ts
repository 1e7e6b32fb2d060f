/**
 * The locally competitive algorithm with a fixed step (Rozell et al. 2008):
 *
 *   τ u̇ = Φᵀ(s − Φa) + a − u,  a = T(u)   →   u ← u + η·(Φᵀ(s − Φa) + a − u)
 *
 * η = dt/τ is the rate. Stable for η < 2/‖Φ‖² (and η ≤ 1); ‖Φ‖² grows about
 * linearly with the number of features, so a rate that serves few features diverges
 * with many. u starts at zero for each image and is kept along its λ path.
 */
import { CrispError } from "../core/errors.js";
import { certificate } from "./certificate.js";
import type { Dictionary } from "./dictionary.js";
import type { Coder } from "./engine.js";
import { analyse, networkOf, residualOf, spectralNorm } from "./operator.js";
import { pathCoder } from "./path.js";
import { softThreshold } from "./threshold.js";

const checkEvery = 10;

/** A coder by LCA, float64; rate 1/‖Φ‖² (at most 1) and 20,000 steps by default. Throws `diverged` when the step is too long. */
export function lcaCoder(dictionary: Dictionary, options: { rate?: number } = {}): Coder {
  const rate = options.rate ?? Math.min(1, 1 / (spectralNorm(networkOf(dictionary)) || 1));
  return pathCoder(dictionary, (net, state, { lambda, rule }) => {
    const rectified = rule.threshold.rectified;
    const limit = rule.maxIterations ?? 20_000;
    const { code, gradient, potential: u } = state;
    let proof = certificate(state, lambda, rectified);
    const start = 0.5 * state.image.reduce((sum, s) => sum + s * s, 0);
    let iterations = 0;
    while (proof.gap > rule.tolerance && iterations < limit) {
      for (let i = 0; i < u.length; i++) u[i] += rate * (gradient[i] + code[i] - u[i]);
      for (let i = 0; i < u.length; i++) code[i] = softThreshold(u[i], lambda, rectified);
      residualOf(net, state, state.residual);
      analyse(net, state.residual, gradient);
      iterations++;
      if (iterations % checkEvery !== 0 && iterations < limit) continue;
      proof = certificate(state, lambda, rectified);
      // The zero code has energy `start`; far above it the iteration runs away.
      if (!(proof.energy < 1e3 * start)) throw diverged(rate, iterations);
    }
    return { iterations, certificate: proof };
  });
}

function diverged(rate: number, iterations: number): CrispError {
  return new CrispError(
    "diverged",
    `LCA with rate ${rate} diverged after ${iterations} steps; the rate must stay below 2/‖Φ‖². Use a smaller rate or leave it out.`,
  );
}
