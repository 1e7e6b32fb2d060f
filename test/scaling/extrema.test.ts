/** Extrema with covariance: exact curves, paired items, replicates, refusals. */
import { describe, expect, test } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { bootstrapMeans } from "../../src/scaling/bootstrap.js";
import { extrema } from "../../src/scaling/extrema.js";
import type { Curve } from "../../src/scaling/types.js";
import { peakLaw, peakShapes, plantedCurves, plantedPeaks } from "./planted.js";

const law = { location: (u: number) => u ** -0.75, value: (u: number) => 30 * u ** -0.05 };

/** Curves of 40 paired items: each item has its own level and its own optimum, common to all sizes. */
function itemCurves(replicates: number, replicateNoise = 0.01): Curve[] {
  const items = 40;
  const item = draws({ seed: 5, purpose: purpose.test }, 0);
  const levels = Array.from({ length: items }, () => [1 + 0.3 * item.gaussian(), 0.2 * item.gaussian()]);
  return [16, 32, 64, 128].flatMap((size) =>
    Array.from({ length: replicates }, (_, replicate) => {
      const own = draws({ seed: 6, stream: size, purpose: purpose.test }, replicate);
      const [shift, factor] = [replicateNoise * own.gaussian(), 1 + replicateNoise * own.gaussian()];
      const offsets = Array.from({ length: 11 }, (_, j) => -1 + 0.2 * j);
      const fill = (f: (q: number, i: number) => number) =>
        Float64Array.from(offsets.flatMap((q) => levels.map((_, i) => f(q, i))));
      return {
        size,
        replicate,
        items,
        control: Float64Array.from(offsets, (q) => Math.exp(q) / size),
        quantities: {
          value: fill((q, i) => factor * levels[i][0] * (1 + 0.2 * (q - levels[i][1] - shift) ** 2)),
          active: fill((q) => size * Math.exp(-q)),
        },
      };
    }),
  );
}

describe("extrema", () => {
  test("exact curves give their own minimum, companion and maximum", () => {
    const curves = plantedCurves({ ...law, point: 0, replicate: 0, replicates: 2, sizes: [1, 4, 16] });
    for (const { size, location, value } of extrema(curves).extrema) {
      expect(location!.value * size ** 0.75).toBeCloseTo(1, 2);
      expect(value!.value / law.value(size)).toBeCloseTo(1, 3);
    }
    const flipped = curves.map((curve) => ({
      ...curve,
      quantities: { value: curve.quantities.value.map((y) => -y) },
    }));
    const maxima = extrema(flipped, { extremum: "max" }).extrema;
    extrema(curves).extrema.forEach(({ location, value }, i) => {
      expect(maxima[i].location!.value).toBeCloseTo(location!.value, 8);
      expect(maxima[i].value!.value).toBeCloseTo(-value!.value, 8);
    });
  });

  test("the companion at the minimum is its cubic there, on the logarithm", () => {
    const set = extrema(itemCurves(3));
    for (const { size, location, companions } of set.extrema) {
      // active = size·e^(−q) with control = e^q/size, so active·control = 1.
      expect(companions.active!.value * location!.value).toBeCloseTo(1, 8);
      expect(companions.active!.value / size).toBeGreaterThan(0.5);
    }
  });

  test("the order of curves does not matter, and the bootstrap repeats itself", () => {
    const curves = itemCurves(3);
    const one = extrema(curves, { resamples: 50 });
    const other = extrema([...curves].reverse(), { resamples: 50 });
    expect(other.extrema).toEqual(one.extrema);
    expect(other.data).toEqual(one.data);
    expect(extrema(curves, { resamples: 50, seed: 1 }).data).not.toEqual(one.data);
  });

  test("items that all sizes share are correlated over sizes, replicates are not", () => {
    const set = extrema(itemCurves(3), { resamples: 200 });
    const c = set.data.value.covariance;
    expect(set.data.value.errors).toBe("replicates and items");
    // The items' levels scatter by 30 %, so 40 of them leave 4.7 %; the replicates' 1 % hardly adds.
    expect(Math.sqrt(c[0][0])).toBeGreaterThan(0.03);
    expect(Math.sqrt(c[0][0])).toBeLessThan(0.07);
    expect(c[0][1] / Math.sqrt(c[0][0] * c[1][1])).toBeGreaterThan(0.97);
    expect(set.data.value.dof).toBe(8);
  });

  test("a companion inverse to the control varies as the location does", () => {
    const { location, active } = extrema(itemCurves(4), { resamples: 100 }).data;
    location.covariance.forEach((row, i) => {
      row.forEach((c, j) => {
        expect(Math.abs(active.covariance[i][j] / c - 1)).toBeLessThan(1e-6);
      });
    });
  });

  test("replicates alone leave their variance over their number, beside what the shape leaves in common", () => {
    const { value } = extrema(plantedCurves({ ...law, replicates: 4 })).data;
    expect(value.dof).toBe(24);
    const common = value.covariance[0][1];
    expect(common).toBeGreaterThan(0);
    const own = value.replicateVariance! / 4;
    // What the shape leaves is common in units of each curve's own height, which is known to some percent.
    value.covariance.forEach((row, i) => {
      row.forEach((c, j) => {
        expect(Math.abs(c - common - (i === j ? own : 0))).toBeLessThan(0.2 * own);
      });
    });
    // 0.3 % a replicate and a little of the points' noise; 24 degrees of freedom know it to 14 %.
    expect(Math.sqrt(value.replicateVariance!)).toBeGreaterThan(0.002);
    expect(Math.sqrt(value.replicateVariance!)).toBeLessThan(0.0045);
  });

  test("the window is narrow enough that a skewed curve does not bias the location", () => {
    const logs = [1, 2, 3].flatMap((repeat) => {
      const { extrema: found } = extrema(plantedCurves({ ...law, repeat }));
      return found.map(({ size, location }) => Math.log(location!.value * size ** 0.75));
    });
    // The widest window is 2.4 % off; the noise of 24 locations leaves 0.2 %.
    expect(Math.abs(logs.reduce((sum, x) => sum + x, 0) / logs.length)).toBeLessThan(0.015);
  });

  test("one replicate: intervals come from the items alone and say so", () => {
    const set = extrema(itemCurves(1), { resamples: 50 });
    expect(set.extrema.every(({ errors }) => errors === "items")).toBe(true);
    expect(set.data.value.replicateVariance).toBeNull();
    expect(set.warnings.join()).toContain("no variance between replicates");
  });

  test("a bootstrap of means has the variance of the mean", () => {
    const draw = draws({ seed: 8, purpose: purpose.test }, 0);
    const row = Float64Array.from({ length: 300 }, () => draw.gaussian());
    const [means] = bootstrapMeans([row], 300, { seed: 3, resamples: 1999 });
    const mean = means.reduce((sum, x) => sum + x, 0) / means.length;
    const variance = means.reduce((sum, x) => sum + (x - mean) ** 2, 0) / means.length;
    const own = row.reduce((sum, x) => sum + x, 0) / 300;
    const expected = row.reduce((sum, x) => sum + (x - own) ** 2, 0) / 300 / 300;
    // A variance of 1,999 draws is known to 3 %, a mean to 2 % of its deviation.
    expect(Math.abs(variance / expected - 1)).toBeLessThan(0.12);
    expect(Math.abs(mean - own)).toBeLessThan(0.1 * Math.sqrt(expected));
  });

  test("a size whose minimum lies at the edge is kept without numbers", () => {
    const curves = plantedCurves({ ...law, replicates: 3, sizes: [1, 2, 4, 8] });
    const cut = curves.map((curve) => {
      if (curve.size !== 4) return curve;
      return { ...curve, control: curve.control.slice(8), quantities: { value: curve.quantities.value.slice(8) } };
    });
    const set = extrema(cut);
    expect(set.extrema.map(({ status }) => status)).toEqual(["interior", "interior", "edge", "interior"]);
    expect(set.extrema[2].location).toBeNull();
    expect(set.data.location.sizes).toEqual([1, 2, 8]);
    expect(set.warnings.join()).toContain("size 4");
  });

  test("noise round a constant shows no minimum in 95 of 100 curves", () => {
    let refused = 0;
    for (let repeat = 0; repeat < 100; repeat++) {
      const draw = draws({ seed: repeat, purpose: purpose.test }, 3);
      const value = Float64Array.from({ length: 15 }, () => 10 * (1 + 0.004 * draw.gaussian()));
      const control = Float64Array.from({ length: 15 }, (_, i) => 1.25 ** i);
      const set = extrema([{ size: 1, replicate: 0, control, items: 1, quantities: { value } }]);
      if (set.extrema[0].status !== "interior") refused++;
    }
    expect(refused).toBeGreaterThanOrEqual(95);
  });

  test("items that only scatter show no minimum", () => {
    const draw = draws({ seed: 4, purpose: purpose.test }, 0);
    const value = Float64Array.from({ length: 9 * 20 }, () => 10 + draw.gaussian());
    const control = Float64Array.from({ length: 9 }, (_, i) => 1.25 ** i);
    const { extrema: found, data } = extrema([{ size: 1, replicate: 0, control, items: 20, quantities: { value } }]);
    expect(found.map(({ location }) => location)).toEqual([null]);
    expect(data).toEqual({});
  });

  test("curves that do not fit together are refused with what to do", () => {
    const [curve] = plantedCurves({ ...law, replicates: 1, sizes: [1] });
    expect(() => extrema([])).toThrow(/no curves/);
    expect(() => extrema([curve, curve])).toThrow(/twice/);
    expect(() => extrema([{ ...curve, size: 0 }])).toThrow(/size 0/);
    expect(() => extrema([{ ...curve, control: curve.control.slice().reverse() }])).toThrow(/increase strictly/);
    expect(() => extrema([{ ...curve, quantities: { value: curve.quantities.value.map(() => Number.NaN) } }])).toThrow(
      /not finite/,
    );
  });

  /** Location error in peak widths, and relative error of the value, with their half widths; peaks are 1/L wide. */
  const peakErrors = (set: ReturnType<typeof extrema>) =>
    set.extrema.map(({ size, location, value }) => ({
      location: (location!.value - peakLaw.critical) * size - peakLaw.offset,
      locationMargin: ((location!.high - location!.low) / 2) * size,
      value: value!.value / (peakLaw.amplitude * size ** peakLaw.exponent) - 1,
      valueMargin: (value!.high - value!.low) / 2 / (peakLaw.amplitude * size ** peakLaw.exponent),
    }));

  test("peaks whose width goes as 1/L are found at every size, on own and on common grids, for every kind of errors", () => {
    const kinds = [{ replicates: 3 }, { stated: true }, { stated: false }, { noise: 0 }];
    for (const shape of Object.values(peakShapes)) {
      for (const grid of ["own", "common", "coarse"] as const) {
        for (const kind of kinds) {
          const set = extrema(plantedPeaks({ shape, grid, ...kind }), { extremum: "max", controlScale: "linear" });
          expect(set.extrema.map(({ status }) => status)).toEqual(Array(5).fill("interior"));
          for (const { location, locationMargin, value, valueMargin } of peakErrors(set)) {
            // One of 360 lies outside of twice its interval by chance (t of 10 degrees of freedom); intervals are useful: a tenth of
            // the peak's full width of 4/L, 4 % of its height.
            expect(Math.abs(location)).toBeLessThan(2 * locationMargin + 1e-9);
            expect(Math.abs(value)).toBeLessThan(2 * valueMargin + 1e-9);
            expect(locationMargin).toBeLessThan(0.4);
            expect(valueMargin).toBeLessThan(0.08);
          }
        }
      }
    }
  });

  test("the interval of a noise-free peak holds what the polynomial leaves", () => {
    for (const shape of Object.values(peakShapes)) {
      for (const grid of ["own", "common", "coarse"] as const) {
        const set = extrema(plantedPeaks({ shape, grid, noise: 0 }), { extremum: "max", controlScale: "linear" });
        for (const { location, locationMargin } of peakErrors(set))
          expect(Math.abs(location)).toBeLessThan(locationMargin + 1e-9);
      }
    }
  });

  test("a second peak is named with its place and size; noise and shoulders are none", () => {
    const curves = (height: number) =>
      plantedPeaks({ shape: peakShapes.gumbel, grid: "own", noise: 0.002 }).map((curve) => ({
        ...curve,
        quantities: {
          value: curve.quantities.value.map((y, i, all) => (i === 14 ? y + height * Math.max(...all) : y)),
        },
      }));
    const warningsOf = (height: number) =>
      extrema(curves(height), { extremum: "max", controlScale: "linear" }).warnings;
    // Point 14 of size 8 stands at 2.2692 + (1.2 + 5.7·0.5)/8.
    expect(warningsOf(0.3)[0]).toMatch(
      /^there is another maximum near 2\.78 \(size 8\), .*\(size 128\): each size gives its highest/,
    );
    expect(warningsOf(0.05)).toEqual([]);
    expect(warningsOf(0)).toEqual([]);
  });

  test("points of zero far from a peak, or below it, leave the peak as it is", () => {
    const curves = plantedPeaks({ shape: peakShapes.gumbel, grid: "own", noise: 0.001 });
    const tails = curves.map((curve) => ({
      ...curve,
      quantities: { value: curve.quantities.value.map((y, i, all) => (y < 0.05 * Math.max(...all) ? -1e-9 * i : y)) },
    }));
    for (const { location, value } of peakErrors(extrema(tails, { extremum: "max", controlScale: "linear" }))) {
      expect(Math.abs(location)).toBeLessThan(0.05);
      expect(Math.abs(value)).toBeLessThan(0.01);
    }
  });

  test("the variance of a location between replicates goes with the width of its peak", () => {
    const curves = plantedPeaks({ shape: peakShapes.lorentzian, grid: "own", replicates: 4 });
    const { extrema: found } = extrema(curves, { extremum: "max", controlScale: "linear" });
    const margins = found.map(({ size, location }) => (location!.high - location!.low) * size);
    // 15 degrees of freedom are pooled; a width is known to some percent.
    expect(Math.max(...margins) / Math.min(...margins)).toBeLessThan(1.5);
  });

  test("about a critical point on either side of zero a distance is the same, and so is its error", () => {
    const at = (shift: number) => {
      const curves = plantedPeaks({ shape: peakShapes.lorentzian, grid: "own", replicates: 3 }).map((curve) => ({
        ...curve,
        control: curve.control.map((x) => x + shift),
      }));
      return extrema(curves, { extremum: "max", controlScale: "linear", critical: peakLaw.critical + shift }).data;
    };
    const [there, below] = [at(0), at(-10)];
    expect(below.location.sizes).toEqual(there.location.sizes);
    below.location.logs.forEach((log, i) => {
      expect(log).toBeCloseTo(there.location.logs[i], 6);
      // Locations are −ln L + ln 1.2.
      expect(Math.abs(log + Math.log(below.location.sizes[i]) - Math.log(peakLaw.offset))).toBeLessThan(0.1);
      below.location.covariance[i].forEach((c, j) => {
        expect(c).toBeCloseTo(there.location.covariance[i][j], 8);
      });
    });
  });

  test("a critical point that is an extremum, or lies between extrema, is refused or named", () => {
    const curves = plantedPeaks({ shape: peakShapes.lorentzian, grid: "own", noise: 0 });
    const options = { extremum: "max", controlScale: "linear" } as const;
    const { location } = extrema(curves, options).extrema[0];
    expect(() => extrema(curves, { ...options, critical: location!.value })).toThrow(/distance must differ from 0/);
    expect(extrema(curves, { ...options, critical: 2.3 }).warnings.join()).toContain("both sides");
  });
});
