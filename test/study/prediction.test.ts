// From active units to λ: through the pilot's curve and back, with the errors of both.
import { expect, test } from "vitest";
import { lambdaFor } from "../../src/study/prediction.js";

const lambda = Float64Array.from({ length: 12 }, (_, i) => 0.2 * 1.3 ** i);
/** k = 600·λ^−0.75, so ln λ moves by 1/0.75 of ln k. */
const pilot = (relative: number, top = 1) => ({
  mean: {
    lambda,
    value: lambda,
    activeUnits: lambda.map((l, i) => (i === 11 ? top : 1) * 600 * l ** -0.75),
  },
  relativeError: lambda.map(() => relative),
});
const units = (value: number, share: number) => ({ value, low: value / (1 + share), high: value * (1 + share) });

test("λ is the one that gives the units, its interval theirs divided by the slope", () => {
  const found = lambdaFor(units(600 * 0.5 ** -0.75, 0.03), pilot(0))!;
  expect(found.value).toBeCloseTo(0.5, 6);
  expect(Math.log(found.high / found.value)).toBeCloseTo(Math.log(1.03) / 0.75, 3);
});

test("the pilot's own error over its images widens the interval", () => {
  const found = lambdaFor(units(600 * 0.5 ** -0.75, 0), pilot(0.01))!;
  expect(Math.log(found.high / found.value)).toBeCloseTo((1.96 * 0.01) / 0.75, 3);
});

test("a λ at which nothing is active does not spoil the curve", () => {
  expect(lambdaFor(units(600 * 0.5 ** -0.75, 0.03), pilot(0, 0))!.value).toBeCloseTo(0.5, 6);
});

test("an end of the interval beyond the measured λ's follows the curve; units beyond them give none", () => {
  const most = 600 * 0.2 ** -0.75;
  const found = lambdaFor(units(most * 0.99, 0.1), pilot(0))!;
  expect(found.low).toBeLessThan(0.2);
  expect(Math.log(found.low / found.value)).toBeCloseTo(-Math.log(1.1) / 0.75, 2);
  expect(lambdaFor(units(most * 2, 0.1), pilot(0))).toBeNull();
});
