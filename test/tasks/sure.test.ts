// SURE against closed forms: the mean over noise is the true risk.
import { describe, expect, test } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { sure } from "../../src/tasks/sure.js";

/** Soft threshold on an orthogonal dictionary: each coefficient on its own. */
function trial(index: number, lambda: number, sigma: number) {
  const draw = draws({ seed: 5, purpose: purpose.test }, index);
  let [squaredResidual, squaredError, rank] = [0, 0, 0];
  const values = 400;
  for (let i = 0; i < values; i++) {
    const clean = i % 10 === 0 ? 2 : 0;
    const y = clean + sigma * draw.gaussian();
    const a = Math.sign(y) * Math.max(0, Math.abs(y) - lambda);
    if (a !== 0) rank++;
    squaredResidual += (y - a) ** 2;
    squaredError += (clean - a) ** 2;
  }
  return { estimate: sure({ squaredResidual, values, sigma, rank }), squaredError };
}

describe("SURE", () => {
  test.each([0.2, 0.6, 1.2])("its mean over noise is the risk at λ = %d", (lambda) => {
    const trials = Array.from({ length: 400 }, (_, i) => trial(i, lambda, 0.5));
    const differences = trials.map(({ estimate, squaredError }) => estimate - squaredError);
    const mean = differences.reduce((sum, d) => sum + d, 0) / 400;
    const variance = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / 399;
    // Four standard errors of the mean of 400 trials.
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / 400));
  });

  test("the zero code costs ‖y‖² − nσ², the identity nσ²", () => {
    expect(sure({ squaredResidual: 10, values: 8, sigma: 0.5, rank: 0 })).toBe(8);
    expect(sure({ squaredResidual: 0, values: 8, sigma: 0.5, rank: 8 })).toBe(2);
  });

  test("a rank above the number of values is refused", () => {
    expect(() => sure({ squaredResidual: 1, values: 8, sigma: 0.5, rank: 9 })).toThrow(/rank 9 of 8/);
  });
});
