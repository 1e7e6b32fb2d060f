/**
 * The kernel's solvers: coordinate, which runs to its tolerance by itself, FISTA, which goes
 * ten steps between certificates, and the LCA (lca.ts). float32.
 */
import { largestWeight, networkOf } from "../../coding/operator.js";
import type { Solver } from "../../coding/solvers.js";
import { spectralNorm } from "../../coding/spectral.js";
import { isRectified } from "../../coding/threshold.js";
import { gapIn, type Kernel, type NormOf, type Solve } from "./kernel.js";
import { lcaSolve } from "./lca.js";

/** Of the LCA's options the kernel has `steps`, `timeStep` and `start`. */
export type WasmSolver = Extract<Solver, { kind: "coordinate" | "fista" | "lca" }>;

const checkEvery = 10;

/** The solve of a solver. Throws `usage` for LCA options the kernel does not have. */
export function solveBy(kernel: Kernel, solver: WasmSolver): Solve {
  switch (solver.kind) {
    case "coordinate":
      return coordinate(kernel);
    case "fista":
      return fista(kernel, rememberedNorm());
    case "lca":
      return lcaSolve(kernel, rememberedNorm(), solver);
  }
}

/** ‖√w Φ‖² of a network, bounded; the power iteration runs once a dictionary. */
function rememberedNorm(): NormOf {
  let known: { atoms: object; norm: number } | undefined;
  return (net) => {
    const atoms = net.dictionary;
    if (known?.atoms !== atoms) known = { atoms, norm: spectralNorm(networkOf(atoms)) || 1 };
    return known.norm * largestWeight(net);
  };
}

function coordinate(kernel: Kernel): Solve {
  return ({ lambda, rule }) => {
    const rectified = Number(isRectified(rule.threshold));
    const iterations = kernel.solve(lambda, rectified, rule.tolerance, rule.maxIterations ?? 1000);
    return { iterations, certificate: gapIn(kernel) };
  };
}

function fista(kernel: Kernel, normOf: NormOf): Solve {
  return ({ net, lambda, rule }) => {
    const { tolerance, maxIterations: limit = 20_000 } = rule;
    const rectified = Number(isRectified(rule.threshold));
    const bound = normOf(net);
    kernel.beginFista();
    kernel.accelerate(lambda, rectified, bound, 0);
    let iterations = 0;
    while (kernel.gap.value > tolerance && iterations < limit) {
      const steps = Math.min(checkEvery, limit - iterations);
      kernel.accelerate(lambda, rectified, bound, steps);
      iterations += steps;
    }
    return { iterations, certificate: gapIn(kernel) };
  };
}
