/** Extrema of curves whose extremum is known in closed form. */
import { describe, expect, test } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { chooseHalfWidth, localMinimum } from "../../src/scaling/minimum.js";

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
    const found = chooseHalfWidth([curve(grid(-1.9, 0.22, 19), f)]).minima[0];
    expect(Math.abs(found.location)).toBeLessThan(0.0022);
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
    expect(chooseHalfWidth(noisy).halfWidth).toBeGreaterThan(1.3);
    expect(chooseHalfWidth(bent).halfWidth).toBeLessThan(0.9);
  });
});
