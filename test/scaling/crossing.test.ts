/** Curves that cross at a known place: crossings, drift, collapse, and what must not be said. */
import { describe, expect, test } from "vitest";
import { curvesOf } from "../../src/scaling/columns.js";
import { crossingsOf } from "../../src/scaling/crossing.js";
import type { CrossingOptions } from "../../src/scaling/crossing-collapse.js";
import { type CrossingRecord, fitCrossingColumns, fitCrossings } from "../../src/scaling/crossing-table.js";
import { driftOf } from "../../src/scaling/drift.js";
import { remedies } from "../../src/scaling/monotone.js";
import { measuredFamily } from "../../src/scaling/point-errors.js";
import { columnsFrom, fitTable, type TableRow } from "../../src/scaling/table.js";
import type { Estimate } from "../../src/scaling/types.js";
import { type PlantedCrossing, plantedCritical, plantedCrossing } from "./crossing-planted.js";

function fitted(planted: PlantedCrossing, options: CrossingOptions = {}): CrossingRecord {
  return fitCrossingColumns(plantedCrossing(planted), { process: false, ...options });
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

  test("move with a point as its influence says, so neighbours that share a size move oppositely", () => {
    const measured = measuredFamily(curvesOf(plantedCrossing({ stated: true, sizes: [16, 32, 64] }), 0).curves)!;
    const { found, covariance } = crossingsOf(measured);
    // Point 7 of the middle size, moved by a twentieth of its error.
    const step = 0.05 * measured.curves[1].error[7];
    const curves = measured.curves.map((curve, i) =>
      i === 1 ? { ...curve, y: curve.y.map((y, j) => (j === 7 ? y + step : y)) } : curve,
    );
    const moved = crossingsOf({ ...measured, curves }).found.map(({ x }, i) => (x - found[i].x) / step);
    const told = [found[0].influence.x[1][7], found[1].influence.x[0][7]];
    for (const [i, move] of moved.entries()) expect(move / told[i]).toBeCloseTo(1, 1);
    expect(told[0] * told[1]).toBeLessThan(0);
    const shared = found[0].influence.x[1].map(
      (one, j) => one * found[1].influence.x[0][j] * measured.curves[1].error[j] ** 2,
    );
    expect(covariance.x[0][1] / shared.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10);
    expect(covariance.x[0][1]).toBeLessThan(0);
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
    const { curves } = curvesOf(columnsFrom(peaked), 0);
    expect(remedies(curves, "min").join()).toContain("Use --extremum max.");
    expect(remedies(curves, "max")).toEqual([]);
    expect(fitCrossings(peaked, { process: false }).warnings.join()).toContain("--extremum max fits how those move");
    expect(fitted({ stated: true }).warnings).toEqual([]);
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
