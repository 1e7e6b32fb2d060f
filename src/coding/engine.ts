/**
 * The contract between what coding means and who computes it (types only).
 * An engine codes images; it does not know why. Every engine gives the same
 * minimum of E(a) = ½‖s − Φa‖² + λΣ|a| and proves it by a duality gap.
 */
import type { Dictionary } from "./dictionary.js";

/** The shrinkage rule whose fixed point is sought. */
export type Threshold = {
  readonly kind: "soft";
  /** true: a ≥ 0, as in PetaVision; false: signed codes. */
  readonly rectified: boolean;
};

/** What a coder must reach before it may stop. */
export type CodingRule = {
  readonly threshold: Threshold;
  /** Relative duality gap (P − D)/P at which a coding counts as converged. */
  readonly tolerance: number;
  /** Upper bound on outer iterations; a coding that meets it says converged: false. */
  readonly maxIterations?: number;
};

/** The non-zero units: index = (row·columns + column)·features + feature, ascending. */
export type SparseCode = {
  readonly index: Uint32Array;
  readonly value: Float32Array;
};

/** One image coded at one λ, with its certificate. Arrays are the caller's own: no engine touches them again. */
export type Coding = {
  readonly lambda: number;
  readonly code: SparseCode;
  /** ŝ = Φa, [height, width, channels]. */
  readonly reconstruction: Float32Array;
  /** P = ½‖s − Φa‖² + λΣ|a| over image pixels, summed in float64. */
  readonly energy: number;
  /** (P − D)/P ≥ 0, from the residual s − Φa rebuilt from the code; 0 when P = 0. */
  readonly gap: number;
  readonly iterations: number;
  readonly converged: boolean;
};

/** Codes images with one prepared dictionary. */
export interface Coder {
  readonly dictionary: Dictionary;
  /**
   * Codes one image [height, width, channels] along λ's in strictly falling
   * order, each warm-started from the one before; lazily, so a caller may stop
   * where it likes. Starting another path ends this one.
   */
  path(image: Float32Array, lambdas: readonly number[], rule: CodingRule): Generator<Coding, void, undefined>;
}

export interface Engine {
  readonly name: string;
  /** Numeric-kernel family and version, part of every result's key: engines that agree bit for bit share one. */
  readonly family: string;
  /** A coder for a dictionary; it replaces the engine's previous coder. */
  prepare(dictionary: Dictionary): Coder;
  close(): void;
}
