/**
 * One image coded along a path of λ's, with what a user wants to know of each
 * coding. The float32 kernel codes; where it cannot prove the tolerance, the
 * float64 loops go on from its code (coding/refine.ts), and the record says so.
 */
import { imagePath } from "../coding/batch.js";
import type { Dictionary } from "../coding/dictionary.js";
import type { Coding, CodingRule, Engine, SparseCode, Threshold } from "../coding/engine.js";
import { percentActive, percentError } from "../coding/metrics.js";
import { type Network, networkOf } from "../coding/operator.js";
import { refine } from "../coding/refine.js";
import type { LcaRecord, Solver } from "../coding/solver.js";
import { cost, transferOf } from "../coding/threshold.js";
import { systemSize } from "../core/geometry.js";
import { slice } from "../core/tensor.js";
import { finestGap } from "../engine/wasm/solve.js";
import type { Task, Tools } from "../work/task.js";
import { type Batch, type Noise, noisyAt, weightsAt } from "./batch.js";

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
  /** Whose certificate it is: an engine's, "reference" where the float64 finish made it. */
  readonly engine: Engine["name"];
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

/** Images as they are or with noise, and how they are coded. */
export type EncodeInput = {
  readonly batch: Batch;
  readonly noise: Noise | null;
  /** Strictly falling. */
  readonly lambdas: readonly number[];
  readonly rule: CodingRule;
  /** The coordinate solver, finished in float64, if left out; others stop where they stop. */
  readonly solver?: Solver;
  /** Keep every step of the LCA. */
  readonly probe?: boolean;
};

/** For each image of the batch its codings, in the order of the λ's. */
export const encode: Task<EncodeInput, readonly (readonly Encoded[])[]> = {
  kind: "encode",
  async run(tools, input) {
    const { batch, noise } = input;
    const found: (readonly Encoded[])[] = [];
    for (let i = 0; i < batch.indices.length; i++) {
      const clean = slice(batch.images, i);
      const weights = weightsAt(batch, i);
      const seen = noise === null ? clean : noisyAt(batch, i, noise);
      // What is hidden is zero, so that its value reaches nothing but percentError.
      const image = weights ? seen.map((value, pixel) => (weights[pixel] > 0 ? value : 0)) : seen;
      const rule = weights ? { ...input.rule, weights } : input.rule;
      found.push(await encodeImage(tools, { image, clean }, { ...input, rule }));
    }
    return found;
  },
};

/**
 * Codings of one image, in the order of the λ's. The coordinate solver's are finished in float64
 * where float32 does not prove the tolerance; what another solver reached is what the record says.
 *
 * @param of  what is coded, and the clean image that percentError is against
 */
export async function encodeImage(
  tools: Tools,
  of: { readonly image: Float32Array; readonly clean: Float32Array },
  task: Pick<EncodeInput, "lambdas" | "rule" | "solver" | "probe">,
): Promise<readonly Encoded[]> {
  const { lambdas, rule, solver = { kind: "coordinate" }, probe } = task;
  const finish = solver.kind === "coordinate" ? finisher(tools.dictionary, of.image, rule) : undefined;
  const start = finish ? { ...rule, tolerance: Math.max(rule.tolerance, finestStart) } : rule;
  const { coder, engine, seen } = await tools.coder({ rule: start, solver, probe });
  const by = { solver: solver.kind, threshold: rule.threshold };
  const found: Encoded[] = [];
  let begin = tools.now();
  for await (const coding of imagePath(coder, of.image, { lambdas, rule: start })) {
    const finer = finish?.(coding);
    const seconds = tools.now() - begin;
    const record = encoded(finer ?? coding, of.clean, { ...by, seconds, engine: finer ? "reference" : engine });
    const steps = probe ? { steps: stepRecords(seen(), coding, systemSize(tools.dictionary.geometry)) } : {};
    found.push({ ...record, ...steps });
    begin = tools.now();
  }
  return found;
}

/** The float64 finish of a coding; null where the coding proves the tolerance itself. */
function finisher(dictionary: Dictionary, image: Float32Array, rule: CodingRule): (coding: Coding) => Coding | null {
  let net: Network | undefined;
  return (coding) => {
    if (coding.converged && rule.tolerance >= finestGap) return null;
    net ??= networkOf(dictionary);
    const fine = refine(net, { image, code: coding.code }, { lambda: coding.lambda, rule });
    return { ...fine, iterations: coding.iterations + fine.iterations };
  };
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

type Origin = Pick<Encoded, "engine" | "solver" | "seconds"> & { readonly threshold: Threshold };

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
    seconds: by.seconds,
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
