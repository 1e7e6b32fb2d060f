/**
 * One image coded along a path of λ's, with what a user wants to know of each
 * coding. The float32 kernel codes; where it cannot prove the tolerance, the
 * float64 loops go on from its code (coding/refine.ts), and the record says so.
 */
import type { Coder, Coding, CodingRule, SparseCode } from "../coding/engine.js";
import { type Network, networkOf } from "../coding/operator.js";
import { refine } from "../coding/refine.js";

/**
 * Gaps that float32 sums can prove: the rounding of φ·r near λ moves the gap by
 * a few 1e-6, so a finer one is proved in float64 always.
 */
const finestFloat32 = 1e-5;
/** The kernel gets within about this of the least energy; asked for less it would only wait. */
const finestStart = 1e-6;

export type Encoded = {
  readonly lambda: number;
  readonly code: SparseCode;
  /** E = reconstructionError + λ·l1. */
  readonly energy: number;
  readonly relativeGap: number;
  /** ½‖s − Φa‖² of what was coded, over all that the boundary counts. */
  readonly reconstructionError: number;
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
  let net: Network | undefined;
  return lambdas.map(() => {
    const begin = performance.now();
    const coding: Coding = codings.next().value!;
    if (coding.converged && rule.tolerance >= finestFloat32)
      return encoded(coding, of.clean, { begin, engine: "wasm" });
    net ??= networkOf(coder.dictionary);
    const fine = refine(net, { image: of.image, code: coding.code }, { lambda: coding.lambda, rule });
    const iterations = coding.iterations + fine.iterations;
    return encoded({ ...fine, iterations }, of.clean, { begin, engine: "reference" });
  });
}

function encoded(coding: Coding, clean: Float32Array, by: { begin: number; engine: Encoded["engine"] }): Encoded {
  const { lambda, code, energy, gap, iterations, converged } = coding;
  const l1 = code.value.reduce((sum, a) => sum + Math.abs(a), 0);
  return {
    lambda,
    code,
    energy,
    relativeGap: gap,
    reconstructionError: Math.max(0, energy - lambda * l1),
    l1,
    active: code.index.length,
    percentError: errorAgainst(clean, coding.reconstruction),
    iterations,
    seconds: (performance.now() - by.begin) / 1000,
    converged,
    engine: by.engine,
  };
}

/** 100·‖s − ŝ‖/‖s‖, or null where ‖s‖ = 0. */
function errorAgainst(clean: Float32Array, reconstruction: Float32Array): number | null {
  let [error, power] = [0, 0];
  for (let i = 0; i < clean.length; i++) {
    error += (clean[i] - reconstruction[i]) ** 2;
    power += clean[i] * clean[i];
  }
  return power === 0 ? null : 100 * Math.sqrt(error / power);
}
