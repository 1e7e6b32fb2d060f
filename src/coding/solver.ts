/** Which algorithm minimises the energy, and its options (types only); docs/solvers.md has the equations. */
import type { TimeStep } from "./time-step.js";

/** A solver by name, with its options. */
export type Solver =
  | { readonly kind: "coordinate" }
  | { readonly kind: "fista" }
  | ({ readonly kind: "lca" } & LcaOptions)
  | ({ readonly kind: "ista" } & IstaOptions);

/** Steps of the ISTA layer. */
export type IstaOptions = { readonly steps: number };

/** How the LCA runs; the defaults converge to the certified minimum. */
export type LcaOptions = {
  /** 1 − e = 1/‖Φ‖² if left out. */
  readonly timeStep?: TimeStep;
  /** V at the start of an image: 0 (default), or λ as in PetaVision's tutorial. */
  readonly start?: "zero" | "threshold";
  /** m, 0 by default. */
  readonly momentum?: number;
  /** Starts an image from the V that the one before ended with; its result then depends on the order. */
  readonly warm?: boolean;
  /** Exactly so many steps at each λ, whatever the certificate says. */
  readonly steps?: number;
  /** Sees every step; the records are JSON as they are, one per line for a log. */
  readonly probe?: (record: LcaRecord) => void;
  /** Sees V when a λ is done, one value per unit; the array is the coder's own, to be copied. */
  readonly potentials?: (V: Float64Array) => void;
};

/** One step, as PetaVision's probes read it: the residual that enters it and the activity that leaves it. */
export type LcaRecord = {
  /** Images this coder began before this one. */
  readonly image: number;
  readonly lambda: number;
  /** From 1 at each λ. */
  readonly step: number;
  readonly dt: number;
  /** ½ Σ w (s − Φa_{t−1})² + Σ C(a_t). */
  readonly energy: number;
  /** Σ w (s − Φa_{t−1})². */
  readonly squaredResidual: number;
  /** Σ C(a_t); for the soft threshold λ Σ|a|. */
  readonly cost: number;
  /** Units with a_t ≠ 0. */
  readonly active: number;
};
