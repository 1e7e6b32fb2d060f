/** The records that scaling analysis takes and gives. They know nothing of neurons. */

/** A value with its 95 % interval. */
export type Estimate = { readonly value: number; readonly low: number; readonly high: number };

/**
 * One measured curve: one system size, one replicate (a seed, a sample).
 * Every quantity is a matrix [control, item], item fastest: `value` is the one
 * whose mean over items has the extremum; the others are companions read off
 * at the same control. Items (images) of equal index are paired across curves.
 */
export type Curve = {
  readonly size: number;
  readonly replicate: number;
  /** Strictly increasing. */
  readonly control: Float64Array;
  readonly items: number;
  readonly quantities: { readonly value: Float64Array; readonly [companion: string]: Float64Array };
  /** Standard error of `value` at each control, used where there are neither replicates nor items. */
  readonly error?: Float64Array;
};

/** Where a curve's extremum lies: inside its grid, at an edge (refused), or nowhere. */
export type ExtremumStatus = "interior" | "edge" | "none";

/** The extremum of one size, averaged over replicates; numbers are null unless interior. */
export type Extremum = {
  readonly size: number;
  readonly status: ExtremumStatus;
  /** Where it lies in the control. Of a study that is λ*, and is called `lambda` there: its `location` is the companion percent active. */
  readonly location: Estimate | null;
  readonly value: Estimate | null;
  /** Companions at the location, by name. */
  readonly companions: Readonly<Record<string, Estimate | null>>;
  /** What the intervals rest on; "items" means that no variance between replicates is included. */
  readonly errors: ErrorSource | null;
};

/**
 * Where intervals come from: replicates (seeds), items (a paired bootstrap), both, stated errors of
 * the points, their scatter around the local cubic, or nothing but the scatter around the fitted line.
 */
export type ErrorSource = "replicates and items" | "replicates" | "items" | "stated errors" | "scatter" | "none";

/** What a fit against size needs: ln y at the sizes that have it, and their covariance. */
export type SizeData = {
  readonly quantity: string;
  /** Ascending. */
  readonly sizes: readonly number[];
  /** ln y. */
  readonly logs: readonly number[];
  /** Of `logs`; the identity when `errors` is "none". */
  readonly covariance: readonly (readonly number[])[];
  /** Degrees of freedom of the variance; Infinity for items and stated errors, 0 for "none". */
  readonly dof: number;
  /** Variance of ln y between single replicates, pooled over sizes; null without replicates. */
  readonly replicateVariance: number | null;
  readonly errors: ErrorSource;
};

/** A local polynomial of a degree in windows of κ own widths of each curve, fitted to the values, their logarithms or reciprocals. */
export type WindowSetting = {
  readonly kappa: number;
  readonly degree: number;
  readonly scale: "value" | "logarithm" | "reciprocal";
};

/** The extrema of all sizes with what later fits need of them. */
export type ExtremaSet = {
  /** All sizes, ascending; those without an interior extremum have null numbers. */
  readonly extrema: readonly Extremum[];
  /** How the extrema of all curves were read; null without curves. */
  readonly window: WindowSetting | null;
  /** By quantity: `location`, `value` and the companions; absent if not positive everywhere. */
  readonly data: Readonly<Record<string, SizeData>>;
  /** Covariance of ln a and ln b over sizes, rows as in `data[a]`, columns as in `data[b]`. */
  readonly cross: (a: string, b: string) => number[][];
  readonly warnings: readonly string[];
  /** Those of `warnings` that speak of the intervals, not of single sizes. */
  readonly errorWarnings: readonly string[];
};

/** What the data say of a law; docs/scaling.md has the rule. */
export type VerdictName =
  | "power-law"
  | "corrected-power-law"
  | "shifted-power-law"
  | "log-power-law"
  | "logarithm"
  | "inverse-log-square"
  | "shifted-inverse-log-square"
  | "saturation"
  | "no-scaling"
  | "crossover"
  | "undecided"
  | "no-extremum"
  | "too-few-sizes";

/** The laws compared; docs/scaling.md has their equations. */
export type ModelName =
  | "constant"
  | "logarithm"
  | "corrected-logarithm"
  | "exponential"
  | "saturation"
  | "power-law"
  | "shifted-power-law"
  | "corrected-power-law"
  | "log-power-law"
  | "inverse-log-square"
  | "shifted-inverse-log-square";

/** One alternative fitted to one quantity against size. */
export type ModelFit = {
  readonly name: ModelName;
  readonly parameters: Readonly<Record<string, Estimate | null>>;
  /** b of y ~ L^b as L → ∞, 0 for what settles or moves with a logarithm; null where there is none or the data leave it open. */
  readonly leading: Estimate | null;
  /** Of the fitted parameters in their order, for errors as given; null where the data do not determine them. */
  readonly covariance: readonly (readonly number[])[] | null;
  readonly chi2: number;
  readonly dof: number;
  /** Lack-of-fit p, null where the data give none. */
  readonly p: number | null;
  readonly aicc: number | null;
  readonly bic: number | null;
  /** Akaike weight among the models that stay, members of a family sharing their best one's; 0 for a dropped one. */
  readonly weight: number;
  readonly adequate: boolean | null;
  /** Neither refused nor outweighed: the verdict names it or is undecided with it. */
  readonly open: boolean;
  readonly droppedFor: string | null;
};

/** A fitted line with its 95 % band at one size. */
export type BandPoint = { readonly size: number } & Estimate;

/** The law that a verdict names. */
export type DecidedLaw = Pick<ModelFit, "name" | "parameters"> & {
  /** y = this: "0.501895 ln(L/8) + 1.23612". */
  readonly equation: string;
  /** The law with its 95 % band; empty where the data leave its parameters open. */
  readonly band: readonly BandPoint[];
};

/** How one quantity scales with size. */
export type ScalingFit = {
  readonly quantity: string;
  readonly verdict: VerdictName;
  /** One sentence: the numbers that decided the verdict. */
  readonly reason: string;
  /** b of y = A·Lᵇ; null where no exponent may be reported. */
  readonly exponent: Estimate | null;
  /** The leading exponent over all laws that are open and have it determined, the honest interval of an undecided one; null without any, and where what fits four sizes is not taken for the law. */
  readonly exponentRange: { readonly low: number; readonly high: number } | null;
  /** The law that the verdict names, null where it names none. Absent in records of earlier versions, as `range`. */
  readonly law?: DecidedLaw | null;
  /** Where it is undecided between laws: y by their average, from the least to the most that they say. Empty otherwise. */
  readonly range?: readonly BandPoint[];
  /** The plain power law, fitted whatever the verdict is; null with fewer than 3 interior sizes. */
  readonly powerLaw: {
    readonly exponent: Estimate;
    readonly amplitude: Estimate;
    readonly band: readonly BandPoint[];
  } | null;
  readonly chi2: number | null;
  readonly dof: number | null;
  readonly p: number | null;
  readonly models: readonly ModelFit[];
  readonly localSlopes: readonly { readonly from: number; readonly to: number; readonly slope: Estimate }[];
};
