// Reading a measured curve between its points.
import { expect, test } from "vitest";
import { costCurve } from "../../src/study/cost-curve.js";
import { inverse, spline } from "../../src/study/spline.js";

test("a spline passes through its points, is exact for lines, and reads nothing outside", () => {
  const t = [0, 1, 2.5, 3, 7];
  const line = spline(
    t,
    t.map((x) => 3 - 2 * x),
  );
  expect(line.at(2)).toBeCloseTo(-1, 12);
  expect(line.at(7.001)).toBeNull();
  const y = [1, -1, 4, 0, 2];
  const curve = spline(t, y);
  t.forEach((x, i) => {
    expect(curve.at(x)).toBeCloseTo(y[i], 12);
  });
});

test("a spline of a smooth curve errs by the fourth power of its step inside the range", () => {
  const error = (n: number) => {
    const t = Array.from({ length: n + 1 }, (_, i) => (i * 2 * Math.PI) / n);
    return Math.abs(spline(t, t.map(Math.sin)).at(2.2)! - Math.sin(2.2));
  };
  expect(error(16) / error(64)).toBeGreaterThan(100); // 4⁴ = 256, less the wobble of where 2.2 falls
});

test("the inverse of a falling curve gives its argument back, and null outside", () => {
  const t = Array.from({ length: 12 }, (_, i) => i / 4);
  const curve = spline(
    t,
    t.map((x) => Math.exp(-x)),
  );
  expect(curve.at(inverse(curve, 0.3)!)).toBeCloseTo(0.3, 10);
  expect(inverse(curve, 2)).toBeNull();
});

test("the cost is zero at the best λ, never negative, and quadratic beside it", () => {
  const lambda = Float64Array.from({ length: 12 }, (_, i) => 0.1 * 1.3 ** i);
  const percentError = lambda.map((l) => 20 * (1 + 0.1 * Math.log(l / 0.5) ** 2));
  const cost = costCurve({ lambda, value: percentError, activeUnits: lambda }, 0.5);
  expect(cost.costAt(0.5)).toBe(0);
  expect(cost.costAt(0.5 * 1.3)).toBeCloseTo(10 * Math.log(1.3) ** 2, 1);
  expect(cost.costAt(99)).toBeNull();
  expect(Math.min(...cost.points.map((point) => point.cost))).toBeGreaterThanOrEqual(0);
});
