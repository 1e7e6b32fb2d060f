/**
 * The contract between what coding means and who computes it (types only).
 * An engine codes images; it does not know why. Every engine gives the same
 * minimum of E(a) = ½‖s − Φa‖² + λΣ|a| and proves it by a duality gap.
 */
import type { Tensor } from "../core/tensor.js";
import type { Dictionary } from "./dictionary.js";
import type { PatchCoder, PatchLayout } from "./patches.js";
import type { Solver } from "./solver.js";

/**
 * The transfer function a = T(u) whose fixed point is sought; its level VThresh is the λ of
 * the path (threshold.ts). `rectified`: a ≥ 0, as in PetaVision; otherwise T is made odd,
 * T(−u) = −T(u). Every coder takes soft; the LCA takes them all.
 */
export type Threshold =
  | { readonly kind: "soft"; readonly rectified: boolean }
  | { readonly kind: "hard"; readonly rectified: boolean }
  /** Linear from (λ, 0) to (λ + width, λ + width). */
  | { readonly kind: "firm"; readonly rectified: boolean; readonly width: number }
  | PetaVisionThreshold
  | VertexThreshold;

/** aMin up to λ, then a line (or jump) to (λ + vWidth, λ + vWidth − aShift), slope 1, at most aMax. Parameters as PetaVision's. */
export type PetaVisionThreshold = {
  readonly kind: "petavision";
  /** λ if left out, as PetaVision's AMin is VThresh. */
  readonly aMin?: number;
  /** No limit if left out. */
  readonly aMax?: number;
  readonly aShift: number;
  readonly vWidth: number;
};

/** The polyline through (verticesV[i], verticesA[i]) with these slopes outside; λ plays no part. */
export type VertexThreshold = {
  readonly kind: "vertices";
  readonly verticesV: readonly number[];
  readonly verticesA: readonly number[];
  readonly slopeNegInf: number;
  readonly slopePosInf: number;
};

/** What a coder must reach before it may stop. */
export type CodingRule = {
  readonly threshold: Threshold;
  /** Relative duality gap (P − D)/P at which a coding counts as converged; the stationarity where there is no gap. */
  readonly tolerance: number;
  /** Upper bound on outer iterations; a coding that meets it says converged: false. */
  readonly maxIterations?: number;
  /** w ≥ 0 per pixel value, [height, width, channels]: the data term is ½ Σ w (s − Φa)². 0 hides a pixel; 1 if left out. */
  readonly weights?: Float32Array;
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
  /** P = ½‖s − Φa‖² + λΣ|a| over image pixels (in general Σ of the threshold's cost), summed in float64. */
  readonly energy: number;
  /**
   * What is proven. "gap": the energy is within gap·P of the least one. "stationarity": the
   * rule is not convex, so the code is a fixed point to `stationarity`, perhaps not the best.
   */
  readonly certificate: "gap" | "stationarity";
  /** (P − D)/P ≥ 0, from the residual s − Φa rebuilt from the code; 0 when P = 0; 1, nothing proven, for "stationarity". */
  readonly gap: number;
  /** Largest distance of g + a from T⁻¹(a) over all units, ÷ the threshold's level; with "stationarity" only. */
  readonly stationarity?: number;
  readonly iterations: number;
  readonly converged: boolean;
};

/** Codes images with one prepared dictionary. */
export interface Coder {
  readonly dictionary: Dictionary;
  /** Images that one call of `path` needs to keep the engine busy: 1 where they are coded one after the other. */
  readonly batch: number;
  /**
   * Codes images [batch, height, width, channels] along λ's in strictly falling order, each
   * warm-started from the one before. Yields, for each λ, the codings of all images in their order.
   * Lazy up to the engine's own batch: a caller may stop where it likes. Beginning another path ends
   * this one. `rule.weights` may hold weights per image, [batch, height, width, channels].
   *
   * @throws CrispError when called: `shape`, `data` or `usage` for input that check.ts refuses
   */
  path(images: Tensor, lambdas: readonly number[], rule: CodingRule): AsyncIterable<readonly Coding[]>;
}

/** Who computes codes: the readable loops, the WebAssembly kernel, a GPU. All prove what they return. */
export interface Engine {
  readonly name: string;
  /** Numeric-kernel family and version, part of every result's key: engines that agree bit for bit share one. */
  readonly family: string;
  /** Null if this engine codes by such a rule and solver and can prove the tolerance; else why not, in words. */
  takes(rule: CodingRule, solver: Solver): string | null;
  /** A coder for a dictionary, by the coordinate solver unless another is named; it replaces the one before. */
  prepare(dictionary: Dictionary, solver?: Solver): Promise<Coder>;
  /** A coder of patches (patches.ts), where the engine has one. @throws CrispError `usage` if it does not fit its memory */
  patches?(layout: PatchLayout): PatchCoder;
  /** Gives its memory back; its coders end. */
  close(): void;
}
