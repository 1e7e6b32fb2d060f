/** Extrema of curves whose extremum is known in closed form. */
import { describe, expect, test } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { chooseWindows, ownWidth } from "../../src/scaling/bandwidth.js";
import { localMinimum } from "../../src/scaling/minimum.js";

const grid = (first: number, step: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i * step);
const curve = (t: number[], f: (t: number) => number) => ({ t, y: t.map(f) });

describe("local cubic", () => {
  test("finds the minimum of a cubic exactly, whatever the window", () => {
    const f = (t: number): number => 3 + (t - 0.13) ** 2 * (2 + 0.7 * (t - 0.13));
    for (const halfWidth of [0.5, 0.8, 1.2]) {
      const found = localMinimum(curve(grid(-1.5, 0.25, 13), f), halfWidth);
      expect(found.status).toBe("interior");
      expect(found.location).toBeCloseTo(0.13, 12);
      expect(found.value).toBeCloseTo(3, 12);
      expect(found.curvature).toBeCloseTo(4, 10);
    }
  });

  test("finds the minimum of a smooth skewed curve within a hundredth of a grid step", () => {
    // y = e^t + 2e^(−t/2) has its minimum at t = 0.
    const f = (t: number): number => Math.exp(t) + 2 * Math.exp(-t / 2);
    const found = chooseWindows([curve(grid(-1.9, 0.22, 19), f)]).sized[0];
    expect(Math.abs(found.minimum.location)).toBeLessThan(0.0022);
    expect(Math.abs(found.value / 3 - 1)).toBeLessThan(3e-4);
  });

  test("refuses a minimum at either end of the grid", () => {
    expect(
      localMinimum(
        curve(grid(0, 0.2, 9), (t) => t),
        0.6,
      ).status,
    ).toBe("edge");
    expect(
      localMinimum(
        curve(grid(0, 0.2, 9), (t) => (t - 2) ** 2),
        0.6,
      ).status,
    ).toBe("edge");
  });

  test("refuses a constant curve and one of four points", () => {
    expect(
      localMinimum(
        curve(grid(0, 0.2, 9), () => 4),
        0.6,
      ).status,
    ).toBe("none");
    expect(
      localMinimum(
        curve([-1, 0, 1, 2], (t) => t * t),
        2,
      ).status,
    ).toBe("none");
  });

  test("noise asks for wide windows, a strongly bent smooth curve for narrow ones", () => {
    const draw = draws({ seed: 1, purpose: purpose.test }, 0);
    const t = grid(-1.6, 0.2, 17);
    const noisy = Array.from({ length: 6 }, () => curve(t, (x) => 1 + x * x + 0.05 * draw.gaussian()));
    const bent = Array.from({ length: 6 }, () => curve(t, (x) => Math.exp(2 * x) + 4 * Math.exp(-x)));
    const halfWidths = (curves: typeof bent): number[] => {
      const { kappa, sized } = chooseWindows(curves);
      return sized.map(({ width }) => kappa * width);
    };
    expect(Math.min(...halfWidths(noisy))).toBeGreaterThan(1.1);
    expect(Math.max(...halfWidths(bent))).toBeLessThan(0.9);
  });

  test("a quintic finds the minimum of a polynomial of degree 5 exactly", () => {
    const f = (t: number): number => 1 + t ** 2 - 0.3 * t ** 3 + 0.2 * t ** 4 + 0.1 * t ** 5;
    const found = localMinimum(curve(grid(-1.3, 0.25, 13), f), 1, 5);
    expect(found.location).toBeCloseTo(0, 9);
    expect(found.value).toBeCloseTo(1, 9);
  });
});

describe("the own width of a curve", () => {
  test("of a Lorentzian peak is its half width at half its height above the tails, whatever height and place", () => {
    for (const [height, place, width] of [
      [3, 0, 0.4],
      [900, 2.27, 0.01],
    ]) {
      const t = grid(place - 20 * width, 0.1 * width, 401);
      const peak = { t, y: t.map((x) => -height / (1 + ((x - place) / width) ** 2)) };
      // The tails end at 1/401 of the height: half of what it rises on the grid is a little more than half of it.
      expect(ownWidth(peak) / width).toBeGreaterThan(0.98);
      expect(ownWidth(peak) / width).toBeLessThan(1.01);
    }
  });

  test("makes windows of peaks that differ only in scale alike, on grids of their own and on one for all", () => {
    const widths = [0.4, 0.2, 0.1, 0.05];
    const peaks = (grids: (width: number) => number[]) =>
      widths.map((width) => curve(grids(width), (x) => -1 / (width * (1 + (x / width) ** 2))));
    for (const grids of [(width: number) => grid(-6 * width, 0.25 * width, 49), () => grid(-2, 0.0125, 321)]) {
      const { kappa, sized } = chooseWindows(peaks(grids));
      sized.forEach(({ width, minimum, value }, i) => {
        expect(width / widths[i]).toBeGreaterThan(0.9);
        expect(width / widths[i]).toBeLessThan(1.1);
        expect(minimum.status).toBe("interior");
        // The reciprocal of a Lorentzian is a parabola.
        expect(Math.abs(minimum.location) / widths[i]).toBeLessThan(1e-6);
        expect(value * widths[i]).toBeCloseTo(-1, 6);
      });
      expect(kappa).toBeGreaterThan(0);
    }
  });
});
