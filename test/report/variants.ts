/** Studies that end otherwise: no law, undecided, at the grid's edge, one seed, a missed prediction, unfinished. */
import type { ReportInput } from "../../src/report/input.js";
import type { ScalingFit, VerdictName } from "../../src/scaling/types.js";
import type { MinimumRecord, StudyRecord } from "../../src/study/record.js";
import { about, curveOf, minima, minimum, models, prediction, sample, showcase, study } from "./sample.js";

const withoutLaw = (of: ScalingFit, verdict: VerdictName, reason: string): ScalingFit => ({
  ...of,
  verdict,
  reason,
  exponent: null,
});
const refused = (m: MinimumRecord, status: "edge" | "none"): MinimumRecord => ({
  ...m,
  status,
  lambda: null,
  percentActive: null,
  activeUnits: null,
  value: null,
});
const noFit = (of: ScalingFit, verdict: VerdictName, reason: string): ScalingFit => ({
  ...of,
  verdict,
  reason,
  exponent: null,
  powerLaw: null,
  chi2: null,
  dof: null,
  p: null,
  models: [],
  localSlopes: [],
});

function everyFit(
  change: (fit: ScalingFit) => ScalingFit,
): Pick<StudyRecord, "location" | "value" | "lambda" | "activeUnits"> {
  return {
    location: change(study.location),
    value: change(study.value),
    lambda: change(study.lambda),
    activeUnits: change(study.activeUnits),
  };
}

const noExponents = { ...study.exponents, nu: null, gamma: null, textbook: { nu: null, gamma: null } };

/** Studies that end otherwise, by name. */
export const variants: Readonly<Record<string, ReportInput>> = {
  negative: {
    ...sample,
    study: {
      ...study,
      ...everyFit((f) => ({
        ...withoutLaw(f, "no-scaling", "A constant fits: p = 0.32."),
        models: models({ constant: 0.99 }),
      })),
      exponents: noExponents,
    },
  },
  "constant-count": {
    ...sample,
    study: { ...study, activeUnits: withoutLaw(study.activeUnits, "no-scaling", "A constant fits.") },
  },
  "all-edge": {
    ...sample,
    study: {
      ...study,
      minima: minima.map((m) => refused(m, "edge")),
      ...everyFit((f) => noFit(f, "no-extremum", "No size has a minimum inside its grid.")),
      exponents: noExponents,
      prediction: null,
    },
  },
  "three-sizes": {
    ...sample,
    study: {
      ...study,
      settings: { ...study.settings, features: [64, 128, 256] },
      minima: minima.slice(2),
      curves: study.curves.slice(2),
      ...everyFit((f) => ({
        ...withoutLaw(f, "too-few-sizes", "3 sizes over a factor of 4; at least 4 over a factor of 4 are needed."),
        models: [],
      })),
      exponents: noExponents,
    },
  },
  undecided: {
    ...sample,
    study: {
      ...study,
      location: {
        ...withoutLaw(study.location, "undecided", "Two laws keep weight."),
        models: models({ "power-law": 0.55, logarithm: 0.44 }),
      },
      exponents: noExponents,
    },
  },
  edge: {
    ...sample,
    study: {
      ...study,
      minima: minima.map((m, i) => (i === 0 ? refused(m, "edge") : i === 5 ? refused(m, "none") : m)),
      prediction: {
        ...prediction,
        activeUnits: { ...prediction.activeUnits, measured: null, difference: null },
        percentActive: { ...prediction.percentActive, measured: null, difference: null },
        value: { ...prediction.value, measured: null, difference: null },
        lambda: { ...prediction.lambda, measured: null, difference: null },
        lambdaDirect: { ...prediction.lambdaDirect, measured: null, difference: null },
        cost: { predicted: null, direct: null, borrowed: [], curve: [] },
      },
      warnings: ["At 16 features the least error is at the smallest λ of the grid. Lower sweep.smallest."],
    },
  },
  "one-seed": {
    ...sample,
    showcase: showcase(64, 1),
    study: {
      ...study,
      settings: { ...study.settings, replicates: 1, features: [16, 32], leftOut: [] },
      minima: minima
        .slice(0, 2)
        .map((m) => ({ ...m, lambda: about(m.lambda!.value, 0), percentActive: about(m.percentActive!.value, 0) })),
      curves: study.curves.slice(0, 2),
      ...everyFit((f) => noFit(f, "too-few-sizes", "Two sizes have a minimum; a law needs at least three.")),
      exponents: noExponents,
      prediction: null,
    },
  },
  missed: {
    ...sample,
    study: {
      ...study,
      prediction: {
        ...prediction,
        percentActive: {
          predicted: { value: 0.31, low: 0.29, high: 0.33 },
          measured: minima[5].percentActive,
          difference: { relative: { value: 0.3, low: 0.22, high: 0.38 }, p: 1e-5 },
        },
        cost: { ...prediction.cost, predicted: 3.4 },
      },
    },
  },
  many: {
    ...sample,
    showcase: showcase(256),
    study: {
      ...study,
      settings: { ...study.settings, features: [16, 23, 32, 45, 64, 91, 128, 256], leftOut: [512] },
      minima: [...minima, ...[23, 45, 91].map((features) => between(features))].sort((a, b) => a.features - b.features),
      curves: [...minima, ...[23, 45, 91].map((features) => between(features))].map(curveOf),
    },
  },
  nothing: {
    ...sample,
    showcase: null,
    progress: "12 of 360 units, about 3 min left",
    study: {
      ...study,
      minima: [],
      curves: [],
      ...everyFit((f) => noFit(f, "no-extremum", "No size has a minimum yet.")),
      exponents: noExponents,
      prediction: null,
      training: [],
      certificate: { codings: 0, tolerance: 0.01, largestGap: 0, unconverged: 0 },
    },
  },
};

function between(features: number): MinimumRecord {
  const share = Math.log2(features / 16);
  const p = 5.24 * 2 ** (-0.742 * share);
  return minimum(
    [features, 0.412 * 2 ** (0.18 * share), 0.009, p, p * 0.02, 30.62 - 0.82 * share, 0.15] as never,
    false,
  );
}
