/** Collapse of curves whose scaling is known. */
import { describe, expect, test } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { type CollapseCurve, collapse } from "../../src/scaling/collapse.js";
import { minimise } from "../../src/scaling/simplex.js";

/** y = L^0.4·f((x − 2)·L^0.8), f(z) = 1/(1 + z²), with errors of 1 %. */
function curves(shape: (z: number, size: number) => number = (z) => 1 / (1 + z * z)): CollapseCurve[] {
  return [8, 16, 32, 64].map((size) => {
    const draw = draws({ seed: 4, stream: size, purpose: purpose.test }, 0);
    const x = Array.from({ length: 25 }, (_, i) => 2 + ((i - 12) / 4) * size ** -0.8);
    const exact = x.map((value) => size ** 0.4 * shape((value - 2) * size ** 0.8, size));
    return {
      size,
      x,
      y: exact.map((y) => y * (1 + 0.01 * draw.gaussian())),
      error: exact.map((y) => 0.01 * Math.abs(y)),
    };
  });
}

describe("collapse", () => {
  test("the simplex finds the minimum of Rosenbrock's valley", () => {
    const found = minimise(([x, y]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2, [[-1.2, 1]], [0.3, 0.3]);
    expect(found.point[0]).toBeCloseTo(1, 3);
    expect(found.converged).toBe(true);
  });

  test("planted exponents and critical point come back with S near 1", () => {
    const found = collapse(curves(), { start: { a: -0.7, b: 0.5 }, critical: { starts: [2.01] } });
    expect(found.refusedFor).toBeNull();
    expect(found.S).toBeGreaterThan(0.5);
    expect(found.S).toBeLessThan(2);
    expect(Math.abs(found.a!.value + 0.8)).toBeLessThan(0.02);
    expect(Math.abs(found.b!.value - 0.4)).toBeLessThan(0.01);
    expect(Math.abs(found.critical!.value - 2)).toBeLessThan(0.002);
    expect([found.a!.low <= -0.8 && found.a!.high >= -0.8, found.b!.low <= 0.4 && found.b!.high >= 0.4]).toEqual([
      true,
      true,
    ]);
    expect(found.unscaled!).toBeGreaterThan(50);
  });

  test("curves of different shapes are refused", () => {
    const found = collapse(
      curves((z, size) => 1 / (1 + Math.abs(z) ** (1 + Math.log2(size)))),
      { start: { a: -0.8, b: 0.4 }, critical: { fixed: 2 } },
    );
    expect(found.a).toBeNull();
    expect(found.refusedFor).toContain("above 3");
  });

  test("curves that cannot overlap are refused", () => {
    const apart = curves().map((curve) => ({ ...curve, x: curve.x.map((_, i) => 1 + i * 1e-9), size: curve.size }));
    const shifted = apart.map((curve, j) => ({ ...curve, x: curve.x.map((x) => x + 10 ** j) }));
    expect(collapse(shifted, { start: { a: 0, b: 0.4 } }).refusedFor).toMatch(/overlap|collapse|determine|converge/);
  });
});
