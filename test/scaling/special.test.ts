/** Distribution functions against closed forms; recorded values come from SciPy 1.17.1. */
import { describe, expect, test } from "vitest";
import { bartlettP } from "../../src/scaling/bartlett.js";
import {
  chiSquareQuantile,
  chiSquareTail,
  fQuantile,
  fTail,
  lnGamma,
  normalCdf,
  normalQuantile,
  tCdf,
  tQuantile,
} from "../../src/scaling/special.js";

const close = (found: number, expected: number, relative = 1e-12): void => {
  expect(Math.abs(found / expected - 1), `${found} against ${expected}`).toBeLessThan(relative);
};

describe("distribution functions", () => {
  test("ln Γ of whole numbers is the logarithm of a factorial", () => {
    let factorial = 1;
    for (let n = 2; n <= 20; n++) {
      factorial *= n;
      close(lnGamma(n + 1), Math.log(factorial), 1e-13);
    }
    close(Math.exp(lnGamma(0.5)), Math.sqrt(Math.PI));
  });

  test("t with one degree of freedom is Cauchy, with two it is algebraic", () => {
    for (const t of [-30, -2.5, -0.3, 0.7, 4]) {
      close(tCdf(t, 1), t < 0 ? Math.atan(-1 / t) / Math.PI : 1 - Math.atan(1 / t) / Math.PI);
      close(tCdf(t, 2), 0.5 + t / (2 * Math.sqrt(2 + t * t)), 1e-11);
    }
  });

  test("χ² with two degrees of freedom is exponential", () => {
    for (const x of [0.01, 1, 5, 60, 300]) close(chiSquareTail(x, 2), Math.exp(-x / 2));
  });

  test("F is the square of t for one numerator degree of freedom", () => {
    for (const t of [0.2, 1.5, 6]) close(fTail(t * t, 1, 17), 2 * tCdf(-t, 17));
  });

  test("F with two numerator degrees of freedom is algebraic, with infinite denominator χ²", () => {
    for (const x of [0.3, 2, 9]) {
      close(fTail(x, 2, 16), (1 + x / 8) ** -8);
      close(fTail(x, 5, Infinity), chiSquareTail(5 * x, 5));
    }
  });

  test("recorded values of tails and quantiles", () => {
    close(tQuantile(0.975, 3), 3.1824463052837078);
    close(tQuantile(0.975, 56), 2.003240718847872);
    close(tQuantile(0.9995, 7.5), 5.20772565580064);
    close(fQuantile(0.95, 6, 16), 2.741310828338778);
    close(fQuantile(0.001, 3, 5), 0.007430523382704483);
    close(chiSquareQuantile(0.99, 5), 15.08627246938899);
    close(chiSquareQuantile(0.001, 4), 0.09080403553897909);
    close(normalQuantile(0.975), 1.959963984540054);
    close(normalCdf(-8), 6.22096057427174e-16);
    close(tCdf(-40, 56), 3.5290780824136688e-43);
    close(chiSquareTail(200, 3), 4.218541107192018e-43);
  });

  test("a quantile undoes its distribution function", () => {
    for (const p of [1e-6, 0.01, 0.3, 0.5, 0.8, 0.999]) {
      for (const dof of [1, 4, 24, 500, Infinity]) close(tCdf(tQuantile(p, dof), dof), p, 1e-11);
      for (const dof of [1, 4, 24, 500]) close(1 - chiSquareTail(chiSquareQuantile(p, dof), dof), p, 1e-9);
    }
  });
});

describe("Bartlett's test", () => {
  test("agrees with a recorded value", () => {
    const variances = [1.5833333333333333, 1.0833333333333333, 16];
    close(bartlettP(variances, [2, 2, 2]), 0.16909933936922503);
  });

  test("equal variances give 1, a vanishing one among others 0", () => {
    expect(bartlettP([2, 2, 2], [3, 3, 3])).toBeCloseTo(1, 12);
    expect(bartlettP([0, 2], [3, 3])).toBe(0);
    expect(bartlettP([0, 0], [3, 3])).toBe(1);
  });
});
