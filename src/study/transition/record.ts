/**
 * The record of a study's tests for a phase transition: STUDY/transition.json.
 * Later versions only add fields. Types only.
 */
import type { Estimate, VerdictName } from "../../scaling/types.js";

/** pass: the whole 95 % interval lies where a transition would put it; fail: it lies wholly elsewhere. */
export type TransitionVerdict = "pass" | "fail" | "undecided";

export type TestName =
  | "best-units"
  | "fixed-lambda"
  | "sure"
  | "recovery-line"
  | "susceptibility-size"
  | "susceptibility-peak"
  | "susceptibility-exponent"
  | "spike"
  | "fluctuation"
  | "overlap"
  | "cumulant"
  | "relaxation"
  | "hysteresis";

export type TransitionTest = {
  readonly name: TestName;
  /** What a transition would have to show, with the number that decides. */
  readonly claim: string;
  /** What `estimate` is, in words. */
  readonly quantity: string;
  readonly estimate: Estimate | null;
  /** The values that a transition would give: from `low` to `high`, or outside them. */
  readonly region: Region;
  readonly verdict: TransitionVerdict;
  /** Why it is undecided without a number, or what a reader must know; "" if nothing. */
  readonly note: string;
};

export type Region =
  | { readonly kind: "inside"; readonly low: number; readonly high: number }
  | { readonly kind: "outside"; readonly low: number; readonly high: number }
  | { readonly kind: "above"; readonly low: number };

/** One size at one λ: means over images, geometric for χ and the slowest mode. */
export type ResponseRecord = {
  readonly lambda: number;
  readonly activeUnits: number;
  readonly chi: Estimate | null;
  /** 1/λ_min(Φ_SᵀΦ_S), in units of the LCA's τ. */
  readonly slowest: Estimate | null;
  /** Images whose active atoms are independent, of all. */
  readonly images: number;
};

export type TransitionSize = {
  readonly features: number;
  readonly systemSize: number;
  readonly leftOut: boolean;
  /** λ* as measured at, six digits. */
  readonly lambda: number;
  /** λ falling. */
  readonly response: readonly ResponseRecord[];
  /** Σ|Δa|/|a_j| of the spike, mean over images. */
  readonly spike: Estimate | null;
  /** L·Var(p), p the fraction active. */
  readonly fluctuation: Estimate | null;
  readonly overlap: Estimate | null;
  readonly cumulant: Estimate | null;
  /** Percent active at the recovery line of Donoho and Tanner; null with no more units than pixels. */
  readonly recoveryPercent: number | null;
};

export type FixedLambdaSlope = { readonly lambda: number; readonly sizes: number; readonly slope: Estimate };

/** The record of transition.json; docs/formats.md has it field by field. */
export type TransitionRecord = {
  readonly schemaVersion: 1;
  /** Key of the study it belongs to. */
  readonly study: string;
  readonly images: number;
  readonly draws: number;
  /** Least |slope| that counts as a change, and largest that counts as none. */
  readonly margin: number;
  readonly tests: readonly TransitionTest[];
  readonly sizes: readonly TransitionSize[];
  /** b(λ) of p ~ L^b at each λ that all fitted sizes share, λ falling. */
  readonly fixedLambda: readonly FixedLambdaSlope[];
  /** The slope at the minimum. */
  readonly minimumSlope: Estimate | null;
  /** The minimum of Stein's estimate, which needs no clean image. */
  readonly sure: {
    readonly verdict: VerdictName;
    readonly slope: Estimate | null;
    readonly minima: readonly {
      readonly features: number;
      readonly lambda: Estimate | null;
      readonly percentActive: Estimate | null;
    }[];
  };
  /** Driven units against (M⁻¹)_jj by Cholesky. */
  readonly drives: {
    readonly count: number;
    /** Percent of drives that changed the support. */
    readonly percentSwitched: number;
    /** Largest |driven/Cholesky − 1| in percent where the support stayed. */
    readonly largestPercent: number;
  };
  readonly provenance: { readonly version: string; readonly family: string; readonly node: string };
};
