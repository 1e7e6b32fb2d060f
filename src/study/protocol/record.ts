/**
 * The record of a protocol: STUDY/protocol.json. What the study's networks give when coded for a fixed number of
 * steps, as the authors do, beside the same images coded to convergence. Later versions only add fields. Types only.
 */
import type { TimeStep } from "../../coding/time-step.js";
import type { ScalingFit } from "../../scaling/types.js";
import type { MinimumRecord } from "../record.js";

/** A size after so many steps. */
export type ProtocolMinimum = Omit<MinimumRecord, "imageSize" | "leftOut"> & {
  /** λ's left out of the curve because the code of an image had diverged by then. */
  readonly diverged: readonly number[];
  /** At the grid point nearest to the best λ, against the converged codes there; null without an interior minimum. */
  readonly beside: BesideConverged | null;
};

/** Means over the images of the code after so many steps, beside the converged one at the same λ. */
export type BesideConverged = {
  readonly lambda: number;
  /** Active units ÷ those of the converged code. */
  readonly activeRatio: number;
  /** Σ|a| ÷ that of the converged code. */
  readonly l1Ratio: number;
  /** How far the energy lies above the converged one, percent. */
  readonly energyAbove: number;
  /** Percent error, and that of the converged code. */
  readonly value: number;
  readonly converged: number;
};

/** All sizes read after one number of steps. */
export type ProtocolReading = {
  /** null: coded to the study's tolerance. */
  readonly steps: number | null;
  readonly minima: readonly ProtocolMinimum[];
  /** Percent active, percent error, λ and active units at the minimum against L. */
  readonly location: ScalingFit;
  readonly value: ScalingFit;
  readonly lambda: ScalingFit;
  readonly activeUnits: ScalingFit;
};

/** What a study's networks gave after each number of steps. */
export type ProtocolRecord = {
  readonly schemaVersion: 1;
  /** Key of the study. */
  readonly study: string;
  /** Test images coded; fewer than asked for where some are flat. */
  readonly images: number;
  readonly timeStep: TimeStep;
  /** V of every image and λ at the first step. */
  readonly start: "threshold";
  /** Fewest steps first, the converged codes last. */
  readonly readings: readonly ProtocolReading[];
  /** Null where the study has not the images, noise and geometry of the poster. */
  readonly poster: { readonly locationSlope: number; readonly valueSlope: number } | null;
  readonly provenance: { readonly version: string; readonly family: string; readonly node: string };
};
