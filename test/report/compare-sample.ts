/** The made-up comparison of the sample study with one trained at each size's own λ. */
import type { ComparedQuantity, CompareRecord } from "../../src/study/compare-record.js";
import { about, study } from "./sample.js";

const sizes = study.minima.slice(0, 4);

function quantity(first: number, slope: number, shift: number): ComparedQuantity {
  return {
    sizes: sizes.map(({ features, systemSize }, i) => {
      const at = first * (systemSize / sizes[0].systemSize) ** slope;
      const ratio = 1 + shift * (1 - i / 4);
      return {
        features,
        systemSize,
        first: about(at, 0.02 * at),
        second: about(at * ratio, 0.02 * at),
        ratio: { relative: about(ratio - 1, 0.005), p: 0.001 },
      };
    }),
    slopes: [about(slope, 0.01), about(slope - shift / 3, 0.01)],
    lackOfFit: [0.4, 0.4],
    difference: { ...about(-shift / 3, 0.006), p: 0.002 },
  };
}

const own = {
  verdict: "power-law",
  reason: "A power law: χ² = 2.1, p = 0.35, the only law that stays.",
  fitted: sizes.map(({ systemSize }) => systemSize),
  slope: about(-0.95, 0.01),
} as const;

/** The record behind the recorded figures of the page. */
export const compareRecord: CompareRecord = {
  schemaVersion: 1,
  studies: [
    { name: "at-half", key: study.study, location: own, warnings: [] },
    { name: "at-own", key: "0".repeat(64), location: own, warnings: [] },
  ],
  differing: ["learning.lambdaBySize: absent | [[16,0.2]]"],
  paired: true,
  measure: { name: "percent error", unit: "%" },
  fitted: sizes.map(({ systemSize }) => systemSize),
  location: quantity(12, -0.95, 0.1),
  value: quantity(24, -0.02, 0.01),
  lambda: quantity(0.2, 0.3, 0.06),
  activeUnits: quantity(500, 0.05, 0.1),
};
