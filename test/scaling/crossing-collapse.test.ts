/** The collapse of curves that cross, with planted x_c, ν and b. */
import { describe, expect, test } from "vitest";
import type { CrossingOptions } from "../../src/scaling/crossing-collapse.js";
import { type CrossingRecord, fitCrossingColumns } from "../../src/scaling/crossing-table.js";
import type { TableRow } from "../../src/scaling/table.js";
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

describe("the collapse of crossing curves", () => {
  test.each([
    ["Binder-like, stated errors", { stated: true }, {}],
    ["on one grid", { stated: true, common: 0.25, points: 33 }, {}],
    ["of replicates", { replicates: 4 }, {}],
    ["without any errors", { points: 25 }, {}],
    ["with b held", { stated: true, b: 1 }, { valueExponent: 1 }],
  ] as const)("%s: x_c and ν come back", (_, planted, options) => {
    const { collapse } = fitted(planted, options);
    expect(Math.abs(collapse!.nu!.value - 1.25)).toBeLessThan(0.03);
    expect(Math.abs(collapse!.critical!.value - plantedCritical)).toBeLessThan(0.002);
    expect(collapse!.S).toBeLessThan(1.6);
  });

  test("with b free gives b and β = −b·ν too", () => {
    const { collapse, crossings } = fitted({ stated: true, b: -0.104 }, { valueExponent: "free" });
    expect(holds(collapse!.b, -0.104)).toBe(true);
    expect(holds(collapse!.beta, 0.104 * 1.25)).toBe(true);
    expect(holds(collapse!.nu, 1.25)).toBe(true);
    expect(holds(crossings[3].control, plantedCritical)).toBe(true);
  });

  test("with b free keeps to a narrow range, though the raw curves cross elsewhere", () => {
    const options = { valueExponent: "free", scaledRange: [-1, 1] } as const;
    const { collapse } = fitted({ stated: true, b: -0.3, points: 33 }, options);
    expect(holds(collapse!.b, -0.3)).toBe(true);
    expect(holds(collapse!.nu, 1.25)).toBe(true);
    expect(holds(collapse!.critical, plantedCritical)).toBe(true);
  });

  test("keeps to a range of the scaled control where it is asked to", () => {
    // Beyond |z| = 1.5 every size bends its own way.
    const rows = rowsOf({ points: 33 }).map((row) => {
      const z = (row.control! - plantedCritical) * row.size ** 0.8;
      return { ...row, value: row.value + (Math.abs(z) > 1.5 ? 0.02 * (Math.abs(z) - 1.5) * Math.log2(row.size) : 0) };
    });
    const columns = (name: keyof TableRow): Float64Array => Float64Array.from(rows, (row) => row[name]!);
    const table = { ...plantedCrossing({ stated: true, points: 33 }), value: columns("value") };
    const whole = fitCrossingColumns(table);
    expect(whole.collapse!.refusedFor).toMatch(/above 3 the curves do not collapse\. One may .*--scaled-range -1,1/);
    const part = fitCrossingColumns(table, { scaledRange: [-1.4, 1.4], process: false });
    expect(holds(part.collapse!.critical, plantedCritical)).toBe(true);
    expect(holds(part.collapse!.nu, 1.25)).toBe(true);
    expect(part.collapse!.points).toBeLessThan(0.5 * rows.length);
  });

  test("holds x_c where it is given", () => {
    const { collapse } = fitted({ stated: true }, { critical: plantedCritical });
    expect(collapse!.critical).toEqual({ value: plantedCritical, low: plantedCritical, high: plantedCritical });
    expect(holds(collapse!.nu, 1.25)).toBe(true);
  });

  test("gives no ν to noise alone", () => {
    const { collapse } = fitted({ stated: true, noise: 4, seed: 3 });
    expect([collapse!.nu, collapse!.critical]).toEqual([null, null]);
    expect(collapse!.undetermined.join()).toMatch(/agree within their errors as they are/);
  });

  test("that is refused says from which size on S is below 3", () => {
    // The height of the smallest size alone is wrong by 12 %.
    const { value, size, ...table } = plantedCrossing({ stated: true });
    const spoilt = value.map((y, i) => (size[i] === 8 ? 1.12 * y : y));
    const { collapse } = fitCrossingColumns({ ...table, size, value: spoilt });
    expect(collapse!.refusedFor).toMatch(/--sizes-from 16, which leaves S = (0\.\d+|1\.[0-4]\d*),/);
  });

  test("by the Gaussian process is that by S within two intervals of the points' errors", () => {
    const { gaussianProcess, statistical } = fitCrossingColumns(plantedCrossing({ stated: true })).collapse!;
    const apart = (found: number, { value, high }: Estimate): number => Math.abs(found - value) / (high - value);
    expect(apart(gaussianProcess!.nu, statistical!.nu!)).toBeLessThan(2);
    expect(apart(gaussianProcess!.critical, statistical!.critical!)).toBeLessThan(2);
  });

  test("a table without controls is refused", () => {
    const table = { ...plantedCrossing({}), control: null };
    expect(() => fitCrossingColumns(table)).toThrow(/no column control/);
  });
});
