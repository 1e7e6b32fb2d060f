/** A made-up family of crossing curves, y = tanh((x − 2.27)·L/8): four sizes. Nothing in it was measured or fitted. */
import type { CrossingReportInput } from "../../src/report/crossing-report.js";
import type { CrossingRecord } from "../../src/scaling/crossing-table.js";
import { about } from "./sample.js";
import { tableSample } from "./table-sample.js";

const sizes = [4, 8, 16, 32];
const control = Array.from({ length: 13 }, (_, i) => 2 + 0.045 * i);

/** The record behind the recorded figures of crossing curves. */
const record: CrossingRecord = {
  schemaVersion: 1,
  kind: "crossing",
  options: {
    extremum: "none",
    valueExponent: 0,
    correction: null,
    critical: null,
    scaledRange: null,
    sizesFrom: null,
  },
  rows: 156,
  errors: "replicates",
  crossings: sizes.slice(1).map((to, i) => ({
    from: sizes[i],
    to,
    control: i === 2 ? null : about(2.27 + 0.004 / (i + 1), 0.006),
    value: i === 2 ? null : about(0.002, 0.01),
  })),
  drift: {
    verdict: "steady",
    critical: about(2.272, 0.004),
    exponent: null,
    held: null,
    amplitude: null,
    chi2: 0.4,
    dof: 1,
    p: 0.53,
  },
  collapse: {
    nu: about(1, 0.02),
    critical: about(2.27, 0.003),
    b: null,
    beta: null,
    correction: null,
    statistical: { nu: about(1, 0.01), critical: about(2.27, 0.002), b: null, beta: null },
    parts: [
      { from: 4, to: 16, nu: about(1.01, 0.03), critical: about(2.272, 0.006) },
      { from: 8, to: 32, nu: about(1, 0.03), critical: about(2.271, 0.003) },
    ],
    point: { nu: 1, critical: 2.27, b: 0, correction: 0 },
    S: 1.1,
    Pb: 0.01,
    overlap: 0.9,
    unscaled: 310,
    refusedFor: null,
    undetermined: [],
    points: 48,
    sizes,
    gaussianProcess: null,
  },
  curves: sizes.map((size) => ({
    size,
    replicates: 3,
    control,
    value: control.map((x) => Math.tanh(((x - 2.27) * size) / 8)),
    error: control.map(() => 0.02),
  })),
  warnings: [],
};

/** The whole input of the report of crossing curves, without fonts. */
export const crossingSample: CrossingReportInput = { ...tableSample, record };
