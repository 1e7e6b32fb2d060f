// Gain, share and λ from the noisy picture alone; clipped noise.
import { describe, expect, it } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { clippedNoise, clippingOf, momentsAt } from "../../src/tasks/denoise/clipping.js";
import { mixtureOf, type SteinSums, steinSums } from "../../src/tasks/denoise/mixture.js";
import { leastLambda, type SearchOptions, sureLambda } from "../../src/tasks/denoise/search.js";
import { variantsOf } from "../../src/tasks/denoise/variants.js";

const draw = draws({ seed: 8, purpose: purpose.test }, 0);
const gaussians = (n: number, scale = 1) => Float32Array.from({ length: n }, () => scale * draw.gaussian());

describe("gain and share", () => {
  it("an estimate that is the truth needs no help; one shrunk by c needs 1/c", () => {
    const clean = gaussians(40_000);
    const noisy = clean.map((value) => value + 0.5 * draw.gaussian());
    for (const c of [1, 0.7]) {
      const image = clean.map((value) => c * value);
      // It does not depend on the noise: divergence 0. Chance: 0.5/√40,000.
      const { gain, share, squaredError } = mixtureOf(steinSums(noisy, { image, activePerPixel: 0 }, 1), 0.5);
      expect(Math.abs(gain * c - 1)).toBeLessThan(0.02);
      expect(share).toBeLessThan(0.02);
      expect(Math.abs(squaredError / 40_000)).toBeLessThan(0.01);
    }
  });

  it("a silent network leaves Wiener's share of the noisy picture, s²/(s² + σ²)", () => {
    const noisy = gaussians(40_000, Math.hypot(1, 0.5));
    const { gain, share } = mixtureOf(steinSums(noisy, { image: noisy.map(() => 0), activePerPixel: 0 }, 1), 0.5);
    expect(gain).toBe(0);
    expect(Math.abs(share - 0.8)).toBeLessThan(0.01); // √2 · 0.2/√40,000
  });

  it("two linear filters of planted powers get the weights of least error", () => {
    // Half the values are strong (s = 3), half weak (s = 0.3); the network keeps the strong ones alone.
    const n = 60_000;
    const clean = Float32Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 3 : 0.3) * draw.gaussian());
    const noisy = clean.map((value) => value + draw.gaussian());
    const image = noisy.map((value, i) => (i % 2 === 0 ? value : 0));
    const { gain, share, squaredError } = mixtureOf(steinSums(noisy, { image, activePerPixel: 0.5 }, 1), 1);
    expect(Math.abs(share - 0.09 / 1.09)).toBeLessThan(0.02);
    expect(Math.abs(gain + share - 0.9)).toBeLessThan(0.02);
    const error = clean.reduce((sum, s, i) => sum + (s - gain * image[i] - share * noisy[i]) ** 2, 0);
    expect(Math.abs(squaredError / error - 1)).toBeLessThan(0.05); // deviation of SURE: about 2/√n of nσ²
  });

  it("more active units than values, and gains above 1 with as many, have an error too", () => {
    const clean = gaussians(900);
    const noisy = clean.map((value) => value + 0.1 * draw.gaussian());
    for (const c of [1, 0.5]) {
      const image = noisy.map((value) => c * value + 0.01 * draw.gaussian());
      const sums = steinSums(noisy, { image, activePerPixel: 1.3 }, 1);
      expect(sums.divergence).toBe(900);
      // ŝ is y to a factor, so z is y shrunk as Wiener would, by whichever term: its error is nearly nσ².
      const { gain, share, squaredError } = mixtureOf(sums, 0.1);
      expect(Math.abs(gain * c + share - 1 / 1.01)).toBeLessThan(0.01);
      expect(Math.abs(squaredError / (900 * 0.01) - 1)).toBeLessThan(0.1);
    }
  });

  it("is never expected to be worse than the noisy picture or the coding alone", () => {
    for (let i = 0; i < 200; i++) {
      const [y, x] = [gaussians(50), gaussians(50)];
      const sums = steinSums(y, { image: x, activePerPixel: Math.abs(draw.gaussian()) }, 1);
      const { gain, share, squaredError } = mixtureOf(sums, 0.6);
      expect(gain).toBeGreaterThanOrEqual(0);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
      expect(squaredError).toBeLessThanOrEqual(50 * 0.36 + 1e-9);
      expect(squaredError).toBeLessThanOrEqual(codingAlone(sums, 0.6) + 1e-9);
    }
  });
});

function codingAlone({ noisy, product, squares, divergence, values }: SteinSums, sigma: number): number {
  return noisy - 2 * product + squares - values * sigma ** 2 + 2 * sigma ** 2 * divergence;
}

describe("the search for λ", () => {
  const options = {
    network: { patch: [8, 8], stride: [2, 2] },
    variants: variantsOf("fast", [2, 2]),
    together: 2,
  } as const;
  const size = { height: 120, width: 100, channels: 1 };

  /** Soft thresholding of each value, whose divergence is the number that is kept. */
  const code: SearchOptions["code"] = async (window, _, lambdas) =>
    lambdas.map((lambda) => {
      const image = window.map((v) => Math.sign(v) * Math.max(0, Math.abs(v) - lambda));
      return { lambda, image, active: image.filter((v) => v !== 0).length, converged: true };
    });

  it.each([0.5, 1.5, 6])("finds the best threshold for sparse values wherever it starts: %d σ", async (start) => {
    const sigma = 0.4;
    const clean = Float32Array.from({ length: 12_000 }, () => (draw.uniform() < 0.1 ? 3 * draw.gaussian() : 0));
    const noisy = clean.map((value) => value + sigma * draw.gaussian());
    const { lambda, atEnd, curve } = await sureLambda(noisy, size, { ...options, sigma, start, code });
    const errorAt = (level: number) => {
      const image = noisy.map((v) => Math.sign(v) * Math.max(0, Math.abs(v) - level));
      const [a, b, c, d, e] = [0, 1, 2, 3, 4].map((k) =>
        clean.reduce(
          (sum, s, i) => sum + [s * image[i], s * noisy[i], image[i] ** 2, image[i] * noisy[i], noisy[i] ** 2][k],
          0,
        ),
      );
      const determinant = c * e - d * d;
      return -((a * (a * e - b * d) + b * (b * c - a * d)) / determinant);
    };
    const power = clean.reduce((sum, s) => sum + s * s, 0);
    const oracle = Math.min(...Array.from({ length: 40 }, (_, i) => errorAt(0.1 * 1.1 ** i))) + power;
    expect(atEnd).toBe(false);
    expect((errorAt(lambda) + power) / oracle).toBeLessThan(1.02);
    expect(curve.length).toBeLessThanOrEqual(14);
  });

  it("with little noise the work is bounded: λ never falls below its floor", async () => {
    const seen: number[] = [];
    const noisy = gaussians(12_000);
    const watch: SearchOptions["code"] = (window, of, lambdas) => {
      seen.push(...lambdas);
      return code(window, of, lambdas);
    };
    const { lambda } = await sureLambda(noisy, size, { ...options, sigma: 0.01, start: 0.4, code: watch });
    expect(Math.min(...seen, lambda)).toBeGreaterThanOrEqual(leastLambda - 1e-12);
  });
});

describe("clipped noise", () => {
  it.each([
    [0, 50],
    [20, 50],
    [128, 50],
    [250, 25],
  ])("mean and variance at s = %d, σ = %d are those of 200,000 draws", (s, sigma) => {
    const drawn = gaussians(200_000, sigma).map((v) => Math.max(0, Math.min(255, s + v)));
    const mean = drawn.reduce((sum, v) => sum + v, 0) / drawn.length;
    const variance = drawn.reduce((sum, v) => sum + (v - mean) ** 2, 0) / drawn.length;
    const found = momentsAt(s, sigma);
    expect(Math.abs(found.mean - mean)).toBeLessThan((4 * sigma) / Math.sqrt(200_000));
    expect(Math.abs(found.variance / variance - 1)).toBeLessThan(0.02);
  });

  it("the mean is inverted", () => {
    const { unclipped } = clippingOf(40);
    for (const s of [0, 3, 77, 128, 201, 255]) expect(unclipped(momentsAt(s, 40).mean)).toBeCloseTo(s, 9);
    expect([unclipped(-5), unclipped(3), unclipped(254)]).toEqual([0, 0, 255]);
  });

  it("a picture that was clipped is known, with the noise it has left; one that was not is left alone", () => {
    const size = { height: 60, width: 200, channels: 1 };
    const clean = Float32Array.from({ length: 12_000 }, (_, i) => (255 * (i % 200)) / 199);
    const shifted = clean.map((value) => 0.2 * value + 100 + 30 * draw.gaussian());
    expect(clippedNoise(shifted, size, 30)).toEqual({ deviation: 30, clipping: null });
    const noisy = clean.map((value) => Math.max(0, Math.min(255, Math.round(value + 50 * draw.gaussian()))));
    const { deviation, clipping } = clippedNoise(noisy, size, 50);
    const true2 = clean.reduce((sum, s) => sum + momentsAt(s, 50).variance, 0) / 12_000;
    expect(clipping).not.toBeNull();
    // Box means of 25 values shift the variance by a little where it bends.
    expect(Math.abs(deviation / Math.sqrt(true2) - 1)).toBeLessThan(0.02);
  });
});
