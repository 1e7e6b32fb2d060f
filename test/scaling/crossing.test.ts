/** Curves that cross at a known place: crossings, drift, collapse, and what must not be said. */
import { describe, expect, test } from "vitest";
import { curvesOf } from "../../src/scaling/columns.js";
import { crossingsOf } from "../../src/scaling/crossing.js";
import type { CrossingOptions } from "../../src/scaling/crossing-collapse.js";
import { type CrossingRecord, fitCrossingColumns } from "../../src/scaling/crossing-table.js";
import { driftOf } from "../../src/scaling/drift.js";
import { measuredFamily } from "../../src/scaling/point-errors.js";
import { fitTable, type TableRow } from "../../src/scaling/table.js";
import type { Estimate } from "../../src/scaling/types.js";
import { type PlantedCrossing, plantedCritical, plantedCrossing } from "./crossing-planted.js";

function fitted(planted: PlantedCrossing, options: CrossingOptions = {}): CrossingRecord {
  return fitCrossingColumns(plantedCrossing(planted), options);
}

function holds(estimate: Estimate | null, value: number): boolean {
  return estimate !== null && estimate.low <= value && value <= estimate.high;
}

function rowsOf(planted: PlantedCrossing): TableRow[] {
  const { size, control, value, error } = plantedCrossing({ stated: true, ...planted });
  return Array.from(size, (L, i) => ({ size: L, control: control![i], value: value[i], error: error![i] }));
}

describe("the crossings of neighbouring sizes", () => {
  test.each([
    ["stated errors", { stated: true }],
    ["replicates", { replicates: 4 }],
    ["scatter", { points: 21 }],
  ] as const)("with %s lie at x_c, and their intervals hold it about 95 times in 100", (errors, planted) => {
    let [hits, all] = [0, 0];
    for (let seed = 1; seed <= 20; seed++) {
      const measured = measuredFamily(curvesOf(plantedCrossing({ ...planted, seed }), 0).curves)!;
      expect(measured.errors).toBe(errors);
      const { found, covariance } = crossingsOf(measured);
      expect(found.length).toBe(4);
      found.forEach(({ x, y }, i) => {
        // f(0) = 0.31.
        expect(Math.abs(y - 0.31)).toBeLessThan(0.02);
        all++;
        if (Math.abs(x - plantedCritical) <= 2.1 * Math.sqrt(covariance.x[i][i])) hits++;
      });
    }
    expect(hits / all).toBeGreaterThan(0.88);
    expect(hits / all).toBeLessThan(0.995);
  });

  test("that share a size move oppositely: their covariance is the planted one", () => {
    // With many seeds the sample covariance of neighbours is known; the estimate of each seed is its mean.
    const samples = Array.from({ length: 80 }, (_, i) =>
      crossingsOf(measuredFamily(curvesOf(plantedCrossing({ stated: true, seed: 500 + i }), 0).curves)!),
    );
    const at = (k: number): number[] => samples.map(({ found }) => found[k].x - plantedCritical);
    const product = (a: number[], b: number[]): number => a.reduce((sum, x, i) => sum + x * b[i], 0) / a.length;
    const correlation = product(at(1), at(2)) / Math.sqrt(product(at(1), at(1)) * product(at(2), at(2)));
    const estimated = samples.map(({ covariance: { x } }) => x[1][2] / Math.sqrt(x[1][1] * x[2][2]));
    const mean = estimated.reduce((sum, value) => sum + value, 0) / estimated.length;
    expect(mean).toBeLessThan(-0.1);
    expect(Math.abs(correlation - mean)).toBeLessThan(0.25);
  });

  test("of replicates that move as a whole are as wide as those moves make them", () => {
    const widths = [0, 0.05].map((shift) => {
      const { crossings } = fitted({ replicates: 6, shift, noise: 0.0005 });
      return crossings[3].control!.high - crossings[3].control!.low;
    });
    expect(widths[1] / widths[0]).toBeGreaterThan(3);
  });

  test("are none where curves are parallel", () => {
    const rows = rowsOf({}).map((row) => ({ ...row, value: row.value + 0.1 * Math.log(row.size) }));
    const table = rows.filter(({ size }) => size < 64);
    expect(remedyOf(table)).toMatch(/monotone and have no extremum; nor do neighbouring sizes cross/);
  });
});

function remedyOf(rows: readonly TableRow[], extremum: "min" | "max" = "min"): string {
  return fitTable(rows, { extremum, controlScale: "linear" }).warnings.join(" ");
}

describe("without --extremum none", () => {
  test.each(["min", "max"] as const)(
    "monotone curves that cross are told so, not the other extremum than %s",
    (kind) => {
      const warnings = remedyOf(rowsOf({}), kind);
      expect(warnings).toMatch(/monotone and cross near 2\.2\d+: .*--extremum none/);
      expect(warnings).not.toMatch(/--extremum m/);
    },
  );

  test("curves with an extremum of the other kind are told that kind, those of this kind nothing", () => {
    const peaked = rowsOf({}).map(({ value, ...row }) => ({ ...row, value: value * (0.62 - value) + 0.01 }));
    expect(remedyOf(peaked, "min")).toContain("Use --extremum max.");
    expect(remedyOf(peaked, "max")).not.toMatch(/monotone|--extremum/);
  });
});

describe("the drift of crossings", () => {
  const sizes = [11, 23, 45, 91];
  const covariance = sizes.map((_, i) => sizes.map((_, j) => (i === j ? 1e-8 : 0)));
  const data = (x: number[]) => ({ sizes, x, covariance, dof: Infinity });

  test("is steady where one value fits, with its weighted mean", () => {
    const drift = driftOf(data([2.25, 2.2501, 2.2499, 2.25]));
    expect(drift.verdict).toBe("steady");
    expect(drift.critical!.value).toBeCloseTo(2.25, 5);
    // At least that of the mean of four, and not twice it for a drift that may hide.
    const half = (drift.critical!.high - drift.critical!.low) / 2;
    expect(half / ((1.96 * 1e-4) / 2)).toBeGreaterThan(1);
    expect(half / ((1.96 * 1e-4) / 2)).toBeLessThan(2);
  });

  test("finds x_c and e = ω + 1/ν of a planted drift", () => {
    const drift = driftOf(data(sizes.map((L) => 2.25 + 0.8 * L ** -1.8)));
    expect(drift.verdict).toBe("drifting");
    expect(holds(drift.critical, 2.25)).toBe(true);
    expect(holds(drift.exponent, 1.8)).toBe(true);
    expect(drift.critical!.high - drift.critical!.low).toBeLessThan(0.002);
  });

  test("gives no x_c for crossings that move by a logarithm", () => {
    const drift = driftOf(data(sizes.map((L) => 2.25 + 0.02 * Math.log(L))));
    expect([drift.verdict, drift.critical]).toEqual(["open", null]);
  });

  test("of curves with a correction comes back with x_c, and with ω given", () => {
    const planted = { stated: true, c: 0.4, noise: 0.0005, sizes: [8, 16, 32, 64, 128, 256] };
    const free = fitted(planted).drift;
    expect(free.verdict).toBe("drifting");
    expect(holds(free.critical, plantedCritical)).toBe(true);
    // ω + 1/ν = 1.8.
    expect(holds(free.exponent, 1.8)).toBe(true);
    const given = fitted(planted, { correction: 1 });
    expect(given.drift.held).toBeCloseTo(1.8, 1);
    expect(holds(given.drift.critical, plantedCritical)).toBe(true);
    expect(holds(given.collapse!.critical, plantedCritical)).toBe(true);
    expect(holds(given.collapse!.nu, 1.25)).toBe(true);
    expect(holds(given.collapse!.correction, 0.4)).toBe(true);
    // Without the correction the collapse is refused or misses; with it S is that of noise.
    expect(given.collapse!.S!).toBeLessThan(1.5);
  });
});
