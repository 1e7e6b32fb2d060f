// p*(n) = p∞(1 + c/n): a planted line comes back; anything else does not pass for one.
import { expect, test } from "vitest";
import type { SizeData } from "../../src/scaling/types.js";
import { boundaryFit } from "../../src/study/boundary.js";

const sides = [16, 24, 32, 48, 64];

/** Sizes that share an error of 2% and have 0.2% of their own. */
function data(percent: (n: number) => number): SizeData {
  return {
    quantity: "percentActive",
    sizes: sides.map((n) => 16 * n * n),
    logs: sides.map((n) => Math.log(percent(n))),
    covariance: sides.map((_, i) => sides.map((_, j) => 0.02 ** 2 + (i === j ? 0.002 ** 2 : 0))),
    dof: 20,
    replicateVariance: null,
    errors: "items",
  };
}

test("a planted limit and boundary come back exactly", () => {
  const fit = boundaryFit(
    data((n) => 4.07 * (1 + 3.35 / n)),
    sides,
  )!;
  expect(fit.limit.value).toBeCloseTo(4.07, 10);
  expect(fit.pixels).toBeCloseTo(3.35, 8);
  expect(fit.chi2).toBeLessThan(1e-12);
  expect([fit.dof, fit.p]).toEqual([3, 1]);
});

test("a constant is intensive; powers of L and a logarithm are not, though without the covariance they would pass", () => {
  expect(
    boundaryFit(
      data(() => 5),
      sides,
    )!.p,
  ).toBeGreaterThan(0.99);
  for (const law of [(n: number) => 10 * n ** -0.15, (n: number) => 6 - 0.25 * Math.log(n)]) {
    const shared = data(law);
    expect(boundaryFit(shared, sides)!.p).toBeLessThan(0.01);
    const own = shared.covariance.map((row, i) => row.map((value, j) => (i === j ? value : 0)));
    expect(boundaryFit({ ...shared, covariance: own }, sides)!.p).toBeGreaterThan(0.05);
  }
});

test("the interval of the limit holds the error that all sizes share", () => {
  const { limit } = boundaryFit(
    data(() => 5),
    sides,
  )!;
  expect((limit.high - limit.low) / 2 / 5).toBeGreaterThan(2.08 * 0.02);
});

test("three sides, sides without errors, and a limit below 0 have no such line", () => {
  const three = data(() => 5);
  expect(boundaryFit({ ...three, logs: three.logs.slice(2) }, sides.slice(2))).toBeNull();
  expect(boundaryFit({ ...three, errors: "none" }, sides)).toBeNull();
  expect(
    boundaryFit(
      data((n) => 100 / n - 1),
      sides,
    ),
  ).toBeNull();
});
