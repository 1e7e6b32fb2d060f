/**
 * The kernel's solvers: coordinate, which runs to its tolerance by itself, and LCA and
 * FISTA, which go ten steps between certificates. float32, soft threshold.
 */
import { divergence, type LcaOptions } from "../../coding/lca.js";
import { largestWeight, type Network, networkOf } from "../../coding/operator.js";
import type { Solver } from "../../coding/solvers.js";
import { spectralNorm } from "../../coding/spectral.js";
import { CrispError } from "../../core/errors.js";
import type { Kernel } from "./kernel.js";

/** Of the LCA's options the kernel has `steps` and a fixed `timeStep`. */
export type WasmSolver = Extract<Solver, { kind: "coordinate" | "fista" | "lca" }>;

/** One λ from the kernel's current code; returns the iterations, the kernel holds energy and gap. */
export type Solve = (task: {
  /** The network with the image's weights. */
  readonly net: Network;
  /** ½ Σ w s². */
  readonly power: () => number;
  readonly lambda: number;
  readonly rectified: boolean;
  readonly tolerance: number;
  readonly limit: number | undefined;
}) => number;

const checkEvery = 10;

/** The solve of a solver. Throws `usage` for LCA options the kernel does not have. */
export function solveBy(kernel: Kernel, solver: WasmSolver): Solve {
  if (solver.kind === "coordinate") {
    return (task) => kernel.solve(task.lambda, Number(task.rectified), task.tolerance, task.limit ?? 1000);
  }
  const normOf = rememberedNorm();
  return solver.kind === "fista" ? fista(kernel, normOf) : lca(kernel, normOf, fixedOnly(solver));
}

type NormOf = (net: Network) => number;

/** ‖√w Φ‖² of a network, bounded; the power iteration runs once a dictionary. */
function rememberedNorm(): NormOf {
  let known: { atoms: object; norm: number } | undefined;
  return (net) => {
    const atoms = net.dictionary;
    if (known?.atoms !== atoms) known = { atoms, norm: spectralNorm(networkOf(atoms)) || 1 };
    return known.norm * largestWeight(net);
  };
}

function fista(kernel: Kernel, normOf: NormOf): Solve {
  return ({ net, lambda, rectified, tolerance, limit = 20_000 }) => {
    const bound = normOf(net);
    kernel.beginFista();
    kernel.accelerate(lambda, Number(rectified), bound, 0);
    let iterations = 0;
    while (kernel.gap.value > tolerance && iterations < limit) {
      const steps = Math.min(checkEvery, limit - iterations);
      kernel.accelerate(lambda, Number(rectified), bound, steps);
      iterations += steps;
    }
    return iterations;
  };
}

type Fixed = { readonly dt: number | undefined; readonly steps: number | undefined };

/** Runs as coding/lca.ts does, and finds what it finds when the step is too long. */
function lca(kernel: Kernel, normOf: NormOf, fixed: Fixed): Solve {
  return ({ net, power, lambda, rectified, tolerance, limit }) => {
    const rate = fixed.dt === undefined ? Math.min(1, 1 / normOf(net)) : 1 - Math.exp(-fixed.dt);
    const most = 1e3 * power();
    const last = fixed.steps ?? limit ?? 20_000;
    const fail = (steps: number) => divergence({ step: -Math.log1p(-rate), norm: normOf(net), steps });
    kernel.relax(lambda, Number(rectified), rate, 0);
    let halfway = Number.POSITIVE_INFINITY;
    let iterations = 0;
    while (iterations < last && (fixed.steps !== undefined || kernel.gap.value > tolerance)) {
      const steps = Math.min(checkEvery, last - iterations);
      kernel.relax(lambda, Number(rectified), rate, steps);
      iterations += steps;
      if (!(kernel.energy.value <= most)) throw fail(iterations);
      if (iterations <= last / 2) halfway = kernel.gap.value;
    }
    const stuck = kernel.gap.value > tolerance && kernel.gap.value >= 0.9 * halfway;
    if (stuck && iterations >= 4 * checkEvery && rate * normOf(net) >= 2) throw fail(iterations);
    return iterations;
  };
}

/** The options of an LCA that the kernel has; throws `usage` for the others. */
function fixedOnly({ timeStep, steps, ...others }: LcaOptions & { kind: "lca" }): Fixed {
  const asked = Object.entries(others).find(([name, value]) => name !== "kind" && value && value !== "zero")?.[0];
  const unknown = asked ?? (timeStep && timeStep.kind !== "fixed" ? "adaptive timeStep" : undefined);
  if (unknown) {
    throw new CrispError(
      "usage",
      `the wasm engine's LCA has no ${unknown}; it has steps and a fixed timeStep. Leave it out or use the reference engine.`,
    );
  }
  return { dt: timeStep?.kind === "fixed" ? timeStep.dt / timeStep.tau : undefined, steps };
}
