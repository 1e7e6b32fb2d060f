/** Levenberg–Marquardt against NIST's certified fits, bounds, covariance, stated failures. */
import { describe, expect, test } from "vitest";
import { linearFit } from "../../src/scaling/linear.js";
import { leastSquares } from "../../src/scaling/lm.js";
import { references } from "./nist.js";

describe("NIST reference fits", () => {
  const failures: string[] = [];

  test("are all 27 sets", () => {
    expect(references.length).toBe(27);
  });

  for (const { name, f, x, y, starts, certified, standardDeviations, rss } of references) {
    test(`${name}: six certified digits from both starts, or a stated failure`, () => {
      starts.forEach((start, i) => {
        const residuals = (b: readonly number[]): number[] | null => {
          const r = x.map((value, m) => y[m] - f(b, value));
          return r.every(Number.isFinite) ? r : null;
        };
        const fit = leastSquares({ residuals }, start, { iterations: 2000 });
        if (fit === null || !fit.converged) {
          failures.push(`${name} start ${i + 1}: ${fit?.reason}`);
          return;
        }
        // Equal exponentials may come back in another order.
        const order = name.startsWith("Lanczos") ? orderByRate(fit.parameters) : fit.parameters.map((_, j) => j);
        const unit = Math.sqrt(fit.chi2 / (y.length - start.length));
        certified.forEach((value, j) => {
          const found = fit.parameters[order[j]];
          const where = `start ${i + 1} b${j + 1} = ${found}, χ² ${fit.chi2}, ${fit.reason}`;
          expect(Math.abs(found / value - 1), where).toBeLessThan(1e-6);
          // Lanczos1 is exact to rounding: its 1e-25 depends on the last bit.
          if (name === "Lanczos1") return;
          const deviation = unit * Math.sqrt(fit.covariance![order[j]][order[j]]);
          expect(Math.abs(deviation / standardDeviations[j] - 1), `standard deviation of b${j + 1}`).toBeLessThan(1e-4);
        });
        if (name !== "Lanczos1") expect(Math.abs(fit.chi2 / rss - 1)).toBeLessThan(1e-6);
      });
    });
  }

  test("at most 3 of the 54 runs fail", () => {
    expect(failures.length, failures.join("; ")).toBeLessThanOrEqual(3);
  });
});

/** Indices of amplitude and rate pairs by rising rate. */
function orderByRate(b: readonly number[]): number[] {
  return [0, 2, 4].sort((p, q) => b[p + 1] - b[q + 1]).flatMap((i) => [i, i + 1]);
}

describe("Levenberg–Marquardt", () => {
  const x = [0, 1, 2, 3, 4, 5];
  const y = [1.1, 2.9, 5.2, 6.8, 9.1, 10.9];

  test("solves a straight line as linear least squares does, with its covariance", () => {
    const line = linearFit(
      x.map((value) => [1, value]),
      y,
    );
    const fit = leastSquares({ residuals: ([a, b]) => x.map((value, i) => y[i] - a - b * value) }, [0, 0])!;
    expect(fit.converged).toBe(true);
    for (const j of [0, 1]) expect(fit.parameters[j]).toBeCloseTo(line.parameters[j], 9);
    expect(fit.chi2).toBeCloseTo(line.chi2, 9);
    for (const i of [0, 1]) for (const j of [0, 1]) expect(fit.covariance![i][j]).toBeCloseTo(line.covariance[i][j], 8);
  });

  test("stops at a bound that the minimum lies beyond", () => {
    const residuals = ([a, b]: readonly number[]): number[] => x.map((value, i) => y[i] - a - b * value);
    const fit = leastSquares({ residuals, lower: [-10, -10], upper: [10, 1.5] }, [0, 0])!;
    expect(fit.parameters[1]).toBe(1.5);
    expect(fit.converged).toBe(true);
  });

  test("gives no covariance for parameters that only their sum determines", () => {
    const fit = leastSquares({ residuals: ([a, b]) => y.map((value) => value - a - b) }, [0, 0])!;
    expect(fit.covariance).toBeNull();
  });

  test("says so when the steps run out", () => {
    const fit = leastSquares({ residuals: ([a, b]) => [10 * (b - a * a), 1 - a] }, [-1.2, 1], { iterations: 3 })!;
    expect(fit.converged).toBe(false);
    expect(fit.reason).toContain("3 steps");
  });
});
