/**
 * The kernel's solvers: coordinate, which runs to its tolerance by itself, FISTA, which goes
 * ten steps between certificates, and the LCA (lca.ts). float32.
 */

import type { CodingRule } from "../../coding/engine.js";
import { largestWeight, networkOf } from "../../coding/operator.js";
import type { Solver } from "../../coding/solver.js";
import { spectralNorm } from "../../coding/spectral.js";
import { isRectified } from "../../coding/threshold.js";
import { gapIn, type Kernel, type NormOf, type Solve } from "./kernel.js";
import { lcaSolve, mostVertices } from "./lca.js";

/** Of the LCA's options the kernel has `steps`, `timeStep`, `start` and `potentials`. */
export type WasmSolver = Extract<Solver, { kind: "coordinate" | "fista" | "lca" }>;

const checkEvery = 10;
/**
 * Gaps that float32 sums can prove: the rounding of φ·r near λ moves the gap by up to 4e-6, so a
 * finer one is proved in float64 always.
 */
export const finestGap = 1e-5;
/** A potential of float32 stops moving some 1e-5 of the threshold before its fixed point when steps are short. */
const finestStationarity = 1e-4;

/**
 * Why the kernel does not code by this solver and rule; null where it does. The coordinate solver
 * takes any tolerance: its codes are where the float64 finish begins (coding/refine.ts).
 */
export function refusal({ threshold, tolerance }: CodingRule, solver: Solver): string | null {
  if (solver.kind === "coordinate") return threshold.kind === "soft" ? null : "the coordinate solver is for soft";
  const finest = threshold.kind === "soft" ? finestGap : finestStationarity;
  if (solver.kind === "ista") return "the kernel has no ISTA";
  if (tolerance < finest) return `float32 proves no tolerance below ${finest}`;
  if (solver.kind === "fista") return threshold.kind === "soft" ? null : "FISTA is for soft";
  if (solver.momentum || solver.warm || solver.probe) return "the kernel's LCA has no momentum, warm start or probe";
  const most = threshold.kind === "vertices" ? threshold.verticesV.length : 0;
  return most <= mostVertices ? null : `the kernel's table holds ${mostVertices} vertices`;
}

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

/** ‖√w Φ‖² of a network, bounded; the power iteration runs once per dictionary. */
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
