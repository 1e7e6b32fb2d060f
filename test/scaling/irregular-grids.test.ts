/** Curves on grids as users have them: random controls, merged runs, near neighbours, repeated controls. */
import { describe, expect, test } from "vitest";
import { extrema } from "../../src/scaling/extrema.js";
import { interpolant, type MeasuredCurve } from "../../src/scaling/interpolate.js";
import { collapseTable, type TableCollapse } from "../../src/scaling/table-collapse.js";
import { type PlantedPeaks, plantedPeak, plantedPeaks } from "./planted-peaks.js";

function collapsed(planted: PlantedPeaks): TableCollapse {
  const curves = plantedPeaks({ seed: 7, ...planted });
  const known = { critical: plantedPeak.critical };
  const { data } = extrema(curves, { extremum: "max", controlScale: "linear", ...known });
  return collapseTable(curves, { location: data.location, value: data.value }, { ...known, process: false })!;
}

/** With windows that did not grow, peaks at random controls had a = −1 [−10, 8]. */
describe.each(["stated", "replicates", "none"] as const)("peaks with errors: %s", (errors) => {
  const regular = collapsed({ errors });

  test.each(["random", "merged", "pairs"] as const)(
    "on grid %s, intervals hold the exponents and stay useful",
    (grid) => {
      const found = collapsed({ errors, grid });
      for (const name of ["a", "b"] as const) {
        const { low, high } = found[name]!;
        expect(low).toBeLessThan(plantedPeak[name]);
        expect(high).toBeGreaterThan(plantedPeak[name]);
        expect(high - low).toBeLessThan(3 * (regular[name]!.high - regular[name]!.low));
      }
      expect(found.undetermined).toEqual([]);
    },
  );
});

describe("a curve between near neighbours", () => {
  const f = (t: number): number => 1 / (1 + t * t);
  const noisy = (x: readonly number[], error: number): MeasuredCurve => ({
    size: 1,
    x,
    y: x.map((t, i) => f(t) + error * (i % 2 === 0 ? 1 : -1)), // neighbours differ by two errors
    error: x.map(() => error),
  });
  const far = [-3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3];
  const places = [-1.75, -0.75, -0.25, 0.25, 0.75, 1.25];

  test.each([1e-2, 1e-4, 1e-8, 1e-12])("of a distance of %s is known to twice the variance of a point", (gap) => {
    const { at } = interpolant(
      noisy(
        far.flatMap((t) => (Math.abs(t) < 1.2 ? [t, t + gap] : [t])),
        0.01,
      ),
    );
    for (const place of places) {
      const { y, variance, error } = at(place)!;
      expect(variance).toBeLessThan(2 * 0.01 ** 2);
      expect(error).toBeLessThan(0.03);
      expect(Math.abs(y - f(place))).toBeLessThan(3 * Math.hypot(Math.sqrt(variance), error));
    }
  });

  test("is that of their weighted means as they come close, up to pairs that a window parts", () => {
    const error = 0.01;
    const doubled = interpolant(
      noisy(
        far.flatMap((t) => [t, t + 1e-9]),
        error,
      ),
    );
    const means = interpolant({ size: 1, x: far, y: far.map(f), error: far.map(() => error / Math.SQRT2) });
    for (const place of places) expect(Math.abs(doubled.at(place)!.y - means.at(place)!.y)).toBeLessThan(0.1 * error);
  });
});
