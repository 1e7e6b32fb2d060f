import { describe, expect, it } from "vitest";
import { noisy } from "../../src/images/noise.js";

const image = new Float32Array(3072).map((_, i) => Math.sqrt(2) * Math.sin(i));

/** Noise itself, of 40 images. */
function manyDraws(sigma: number): number[] {
  return Array.from({ length: 40 }, (_, index) => [...noisy(new Float32Array(3072), sigma, { seed: 5 }, index)]).flat();
}

describe("noisy", () => {
  it("gives an image the same noise in any order", () => {
    const forward = [0, 1, 2, 3].map((index) => noisy(image, 0.5, { seed: 1 }, index));
    const backward = [3, 2, 1, 0].map((index) => noisy(image, 0.5, { seed: 1 }, index)).reverse();
    expect(forward).toEqual(backward);
  });

  it("draws other noise for another index, seed or stream", () => {
    const zeros = new Float32Array(3072);
    const base = noisy(zeros, 1, { seed: 1 }, 0);
    for (const other of [
      noisy(zeros, 1, { seed: 1 }, 1),
      noisy(zeros, 1, { seed: 2 }, 0),
      noisy(zeros, 1, { seed: 1, stream: 1 }, 0),
    ]) {
      const product = base.reduce((sum, value, i) => sum + value * other[i], 0) / 3072;
      expect(Math.abs(product)).toBeLessThan(4 / Math.sqrt(3072)); // four standard errors of a zero correlation
    }
  });

  it("leaves the image alone at σ = 0 and scales with σ", () => {
    expect(noisy(image, 0, { seed: 1 }, 7)).toEqual(image);
    const zeros = new Float32Array(8);
    const one = noisy(zeros, 1, { seed: 1 }, 7);
    expect(noisy(zeros, 0.5, { seed: 1 }, 7)).toEqual(one.map((value) => value / 2));
  });

  it("has mean 0, variance σ² and the kurtosis 3 of a Gaussian", () => {
    const draws = manyDraws(0.5);
    const n = draws.length; // 122,880
    const mean = draws.reduce((sum, value) => sum + value, 0) / n;
    const second = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
    const fourth = draws.reduce((sum, value) => sum + (value - mean) ** 4, 0) / n;
    // Four standard errors: σ/√n, σ²√(2/n), √(24/n).
    expect(Math.abs(mean)).toBeLessThan((4 * 0.5) / Math.sqrt(n));
    expect(Math.abs(second - 0.25)).toBeLessThan(4 * 0.25 * Math.sqrt(2 / n));
    expect(Math.abs(fourth / second ** 2 - 3)).toBeLessThan(4 * Math.sqrt(24 / n));
  });

  it("makes returning the noisy image an error of 50 % at σ = 0.5, within sampling error", () => {
    const draws = manyDraws(0.5);
    let total = 0;
    for (let k = 0; k < 40; k++) {
      const squares = draws.slice(k * 3072, (k + 1) * 3072).reduce((sum, value) => sum + value * value, 0);
      total += 100 * Math.sqrt(squares / 3072);
    }
    expect(total / 40).toBeCloseTo(50, 0);
  });

  it("still draws what the first release drew", () => {
    // Recorded from this code, whose words are Random123's (test/core/random.test.ts): results are keyed by it.
    const first = [...noisy(new Float32Array(4), 1, { seed: 1 }, 0)];
    expect(first).toMatchInlineSnapshot(`
      [
        -0.47574329376220703,
        2.2428109645843506,
        0.44022423028945923,
        0.5219236016273499,
      ]
    `);
  });
});
