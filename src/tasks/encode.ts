/**
 * One image coded along a path of λ's, with what a user wants to know of each
 * coding. The float32 kernel codes; where it cannot prove the tolerance, the
 * float64 loops go on from its code (coding/refine.ts), and the record says so.
 */
import type { Coder, Coding, CodingRule, SparseCode, Threshold } from "../coding/engine.js";
import type { LcaRecord } from "../coding/lca.js";
import { percentActive, percentError } from "../coding/metrics.js";
import { type Network, networkOf } from "../coding/operator.js";
import { refine } from "../coding/refine.js";
import type { Solver } from "../coding/solvers.js";
import { cost, transferOf } from "../coding/threshold.js";
import { systemSize } from "../core/geometry.js";
import { mostVertices } from "../engine/wasm/lca.js";

/**
 * Gaps that float32 sums can prove: the rounding of φ·r near λ moves the gap by
 * up to 4e-6, so a finer one is proved in float64 always.
 */
const finestFloat32 = 1e-5;
/** A potential of float32 stops moving some 1e-5 of the threshold before its fixed point when steps are short. */
const finestStationarity = 1e-4;
/** The kernel gets within about this of the least energy; asked for less it would only wait. */
const finestStart = 1e-6;

/** One coding as a record: its numbers, certificate and code. */
export type Encoded = {
  readonly lambda: number;
  readonly code: SparseCode;
  /** E = reconstructionError + cost. */
  readonly energy: number;
  /** What is proven: "stationarity" proves no optimum (Coding of coding/engine.ts). */
  readonly certificate: Coding["certificate"];
  /** 1, nothing proven, with "stationarity". */
  readonly relativeGap: number;
  /** Distance from a fixed point in units of the threshold; with "stationarity" only. */
  readonly stationarity?: number;
  /** ½‖s − Φa‖² of what was coded, over all that the boundary counts. */
  readonly reconstructionError: number;
  /** Σ C(a) of the threshold; soft: λ·l1. */
  readonly cost: number;
  /** Σ|a|. */
  readonly l1: number;
  /** Units a ≠ 0. */
  readonly active: number;
  /** 100·‖s − ŝ‖/‖s‖ against the clean image; null for an image of zeros. */
  readonly percentError: number | null;
  /** Rounds of the kernel and of the float64 finish together. */
  readonly iterations: number;
  readonly seconds: number;
  readonly converged: boolean;
  /** Whose certificate it is: the kernel's or the float64 loops'. */
  readonly engine: "wasm" | "reference";
  readonly solver: Solver["kind"];
  /** What a probe saw of an LCA, step by step; absent unless asked for. */
  readonly steps?: readonly StepRecord[];
};

/** One LCA step as PetaVision's probes read it: the residual that enters it and the activity that leaves it. */
export type StepRecord = {
  readonly lambda: number;
  /** From 1 at each λ. */
  readonly step: number;
  readonly dt: number;
  /** reconstructionError + cost. */
  readonly energy: number;
  /** ½‖s − Φa‖² before the step. */
  readonly reconstructionError: number;
  /** Σ C(a) after it; soft: λ Σ|a|. */
  readonly cost: number;
  readonly active: number;
  /** 100 · active / L. */
  readonly percentActive: number;
  /** Of the code that leaves the last step; the other steps have none. */
  readonly relativeGap?: number;
  /** Likewise, where the certificate is one. */
  readonly stationarity?: number;
};

/**
 * Codings of one image, in the order of the λ's.
 *
 * @param coder   of the wasm engine
 * @param of      what is coded, and the clean image that percentError is against
 * @param task    λ's strictly falling, rule
 */
export function encodeImage(
  coder: Coder,
  of: { image: Float32Array; clean: Float32Array },
  task: { lambdas: readonly number[]; rule: CodingRule },
): readonly Encoded[] {
  const { lambdas, rule } = task;
  const start = { ...rule, tolerance: Math.max(rule.tolerance, finestStart) };
  const codings = coder.path(of.image, lambdas, start);
  const by = { solver: "coordinate", threshold: rule.threshold } as const;
  let net: Network | undefined;
  return lambdas.map(() => {
    const begin = performance.now();
    const coding: Coding = codings.next().value!;
    if (coding.converged && rule.tolerance >= finestFloat32)
      return encoded(coding, of.clean, { ...by, begin, engine: "wasm" });
    net ??= networkOf(coder.dictionary);
    const fine = refine(net, { image: of.image, code: coding.code }, { lambda: coding.lambda, rule });
    const iterations = coding.iterations + fine.iterations;
    return encoded({ ...fine, iterations }, of.clean, { ...by, begin, engine: "reference" });
  });
}

/** How an image is coded by a solver other than the coordinate solver. */
export type SolverTask = {
  readonly lambdas: readonly number[];
  readonly rule: CodingRule;
  readonly solver: Solver;
  /** Keep what the solver's probe sees. */
  readonly probe: boolean;
};

/**
 * Who runs a solver: the kernel where it has it and can prove the tolerance, else the float64
 * loops. The kernel has FISTA, and the LCA but for momentum, warm starts, probes and long lists
 * of vertices.
 */
export function engineFor({ solver, rule, probe }: Omit<SolverTask, "lambdas">): Encoded["engine"] {
  if (solver.kind === "coordinate") return "wasm";
  const { threshold, tolerance } = rule;
  const finest = threshold.kind === "soft" ? finestFloat32 : finestStationarity;
  if (solver.kind === "ista" || probe || tolerance < finest) return "reference";
  if (solver.kind === "fista") return "wasm";
  const fits = threshold.kind !== "vertices" || threshold.verticesV.length <= mostVertices;
  return fits && !solver.momentum && !solver.warm ? "wasm" : "reference";
}

/**
 * Codings of one image by a coder of `task.solver` alone, no finish: what it reached is what
 * the record says.
 *
 * @param seen  the steps a probe saw since it was asked last
 */
export function encodeBySolver(
  coder: Coder,
  of: { image: Float32Array; clean: Float32Array },
  task: SolverTask,
  seen: () => readonly LcaRecord[],
): readonly Encoded[] {
  const codings = coder.path(of.image, task.lambdas, task.rule);
  const by = { engine: engineFor(task), solver: task.solver.kind, threshold: task.rule.threshold };
  return task.lambdas.map(() => {
    const begin = performance.now();
    const coding: Coding = codings.next().value!;
    const found = encoded(coding, of.clean, { begin, ...by });
    return task.probe ? { ...found, steps: stepRecords(seen(), coding, systemSize(coder.dictionary.geometry)) } : found;
  });
}

function stepRecords(seen: readonly LcaRecord[], end: Coding, units: number): readonly StepRecord[] {
  return seen.map(({ lambda, step, dt, energy, squaredResidual, cost, active }, i) => ({
    lambda,
    step,
    dt,
    energy,
    reconstructionError: squaredResidual / 2,
    cost,
    active,
    percentActive: percentActive(active, units),
    ...(i === seen.length - 1 ? { relativeGap: end.gap, ...residualOf(end) } : {}),
  }));
}

function residualOf({ stationarity }: Coding): { stationarity?: number } {
  return stationarity === undefined ? {} : { stationarity };
}

type Origin = Pick<Encoded, "engine" | "solver"> & { readonly begin: number; readonly threshold: Threshold };

function encoded(coding: Coding, clean: Float32Array, by: Origin): Encoded {
  const { lambda, code, energy, certificate, gap, iterations, converged } = coding;
  const l1 = code.value.reduce((sum, a) => sum + Math.abs(a), 0);
  const penalty = costOf(code, by.threshold, { lambda, l1 });
  return {
    lambda,
    code,
    energy,
    certificate,
    relativeGap: gap,
    ...residualOf(coding),
    reconstructionError: Math.max(0, energy - penalty),
    cost: penalty,
    l1,
    active: code.index.length,
    percentError: percentError(clean, coding.reconstruction),
    iterations,
    seconds: (performance.now() - by.begin) / 1000,
    converged,
    engine: by.engine,
    solver: by.solver,
  };
}

/** Σ C(a). An activity rounded to float32 may miss a jump by that; what C says of it is the piece's. */
function costOf(code: SparseCode, threshold: Threshold, of: { lambda: number; l1: number }): number {
  if (threshold.kind === "soft") return of.lambda * of.l1;
  const transfer = transferOf(threshold, of.lambda);
  return code.value.reduce((sum, a) => sum + cost(transfer, a), 0);
}
