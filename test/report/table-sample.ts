/** A made-up fitted table: six sizes, location ~ L^(−0.75), value ~ L^(−0.05). Nothing in it was measured or fitted. */
import type { TableReportInput } from "../../src/report/table-report.js";
import type { TableRecord } from "../../src/scaling/table.js";
import type { Estimate, Extremum } from "../../src/scaling/types.js";
import { about, fitOf } from "./sample.js";

const sizes = [8, 16, 32, 64, 128, 256];
const location = (size: number) => 2 * (size / 8) ** -0.75;
const value = (size: number) => 30 * (size / 8) ** -0.05;
const percent = (of: number, share: number): Estimate => about(of, (of * share) / 100);

const extrema = sizes.map(
  (size, i): Extremum => ({
    size,
    status: i === 5 ? "edge" : "interior",
    location: i === 5 ? null : percent(location(size) * (1 + 0.01 * (-1) ** i), 1.5),
    value: i === 5 ? null : percent(value(size), 0.4),
    companions: {},
    errors: i === 5 ? null : "replicates",
  }),
);

/** y = y*·(1 + 0.12 q²), q = ln(x/x*), at eleven points; the largest size is cut off before its minimum. */
const curves = sizes.map((size, i) => {
  const offsets = Array.from({ length: i === 5 ? 5 : 11 }, (_, j) => -1.6 + 0.32 * j + (i === 5 ? 1.4 : 0));
  return {
    size,
    replicates: 3,
    control: offsets.map((q) => location(size) * Math.exp(q)),
    value: offsets.map((q) => value(size) * (1 + 0.12 * q * q)),
    error: offsets.map(() => 0.004 * value(size)),
  };
});

const off = (relative: number) => ({ relative: about(relative, 0.03), p: Math.exp(-((relative / 0.02) ** 2)) });

/** The record behind the recorded figures of a table. */
export const tableRecord: TableRecord = {
  schemaVersion: 1,
  options: { extremum: "min", controlScale: "log", critical: null, sizesFrom: null, laws: null, exclude: null },
  rows: 180,
  location: fitOf("location", "power-law", {
    slope: about(-0.752, 0.014),
    at: location(32),
    weights: { "power-law": 0.97, "shifted-power-law": 0.03 },
    sizes: sizes.slice(0, 5),
  }),
  value: fitOf("value", "crossover", {
    slope: about(-0.0497, 0.0021),
    at: value(32),
    weights: { "power-law": 0.6 },
    sizes: sizes.slice(0, 5),
  }),
  x: null,
  extrema,
  exponents: {
    nu: about(-1.33, 0.025),
    gamma: about(0.0661, 0.003),
    textbook: { nu: about(1.33, 0.025), gamma: about(-0.0661, 0.003) },
  },
  collapse: {
    a: about(-0.75, 0.02),
    b: about(-0.05, 0.004),
    critical: about(0.01, 0.02),
    point: { a: -0.75, b: -0.05, critical: 0.01 },
    S: 0.94,
    Pb: 0.012,
    overlap: 0.91,
    unscaled: 812,
    shiftOnly: 43,
    refusedFor: null,
    intervals: "replicates",
    undetermined: [],
    gaussianProcess: null,
  },
  slopeFrom: [8, 16, 32].map((smallest, i) => ({
    smallest,
    location: { exponent: about(-0.752 - 0.004 * i, 0.014 + 0.01 * i), p: 0.4 },
    value: { exponent: about(-0.0497 + 0.002 * i, 0.0021 + 0.002 * i), p: 0.02 },
  })),
  heldOut: {
    size: 128,
    location: { predicted: percent(location(128), 4), measured: percent(location(128), 1.5), difference: off(0.01) },
    value: { predicted: percent(value(128), 1), measured: percent(value(128), 0.4), difference: off(-0.05) },
  },
  leaveOneOut: sizes.slice(0, 4).map((size) => ({
    size,
    location: { predicted: percent(location(size), 4), measured: percent(location(size), 1.5), difference: off(0.02) },
    value: null,
  })),
  curves,
  warnings: ["Size 256: the least value lies at an edge of its grid."],
};

/** The whole input of the table's report, without fonts. */
export const tableSample: TableReportInput = {
  record: tableRecord,
  name: "curves.csv",
  provenance: {
    version: "1.0.0",
    machine: "AMD EPYC 9654, linux x64",
    node: "v20.20.0",
    command: "crisp fit curves.csv --out fit",
    date: "21 November 2026",
  },
  fonts: [],
};
