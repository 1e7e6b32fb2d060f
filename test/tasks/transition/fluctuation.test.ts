// Statistics over draws of the noise, and the line of Donoho and Tanner.
import { describe, expect, test } from "vitest";
import { draws, purpose } from "../../../src/core/random.js";
import { recoveryPercent, recoveryRatio } from "../../../src/tasks/transition/donoho-tanner.js";
import { binderCumulant, binderInterval, overlap, scaledVariance } from "../../../src/tasks/transition/fluctuation.js";

function gaussians(count: number, index: number): number[] {
  const draw = draws({ seed: 9, purpose: purpose.test }, index);
  return Array.from({ length: count }, () => 100 + 5 * draw.gaussian());
}

describe("Binder's cumulant", () => {
  test("is 2/3 for two values and 1 − 9/15 for a uniform law", () => {
    expect(binderCumulant([[1, 5, 1, 5]])).toBeCloseTo(2 / 3, 12);
    const even = Array.from({ length: 2001 }, (_, i) => i);
    expect(binderCumulant([even])).toBeCloseTo(1 - 9 / 15, 5);
  });

  test("is 0 for Gaussian draws of several images with means of their own", () => {
    const images = Array.from({ length: 5 }, (_, i) => gaussians(4000, i).map((k) => k + 1000 * i));
    // Its standard error is √(24/20000)/3 = 0.012.
    expect(Math.abs(binderCumulant(images)!)).toBeLessThan(0.04);
    const { low, high } = binderInterval([gaussians(300, 7)], 1)!;
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });

  test("images without any spread say nothing", () => {
    expect(binderCumulant([[4, 4, 4]])).toBeNull();
  });
});

test("L·Var(p) of binomial counts is p(1 − p)", () => {
  const draw = draws({ seed: 10, purpose: purpose.test }, 0);
  const L = 300;
  const active = Array.from({ length: 3000 }, () => {
    let k = 0;
    for (let i = 0; i < L; i++) if (draw.uniform() < 0.2) k++;
    return k;
  });
  // The variance of 3000 draws is known to √(2/3000) = 2.6 %.
  expect(Math.abs(scaledVariance(active, L) / 0.16 - 1)).toBeLessThan(0.1);
});

test("the overlap of codes: 1 with itself, 0 with none in common, a cosine between", () => {
  const a = { index: Uint32Array.of(1, 4), value: Float32Array.of(3, 4) };
  const b = { index: Uint32Array.of(2, 4), value: Float32Array.of(3, 4) };
  expect(overlap(a, a)).toBeCloseTo(1, 12);
  expect(overlap(a, b)).toBeCloseTo(16 / 25, 12);
  expect(overlap(a, { index: new Uint32Array(0), value: new Float32Array(0) })).toBe(0);
});

describe("the line of Donoho and Tanner", () => {
  test.each([
    [16, "57.4"],
    [32, "17.3"],
    [64, "5.92"],
    [128, "2.20"],
    [256, "0.867"],
    [512, "0.355"],
    [1024, "0.150"],
  ])("with %i features on 32×32×3 images it lies at %s %%", (features, percent) => {
    expect(recoveryPercent(3072, 256 * features, true)!.toPrecision(3)).toBe(percent);
  });

  test("signed codes at δ = ½ are recovered to ρ = 0.3858, codes a ≥ 0 to 0.5582", () => {
    // Donoho and Tanner's tables of the weak threshold.
    expect(recoveryRatio(0.5, false)).toBeCloseTo(0.3858, 3);
    expect(recoveryRatio(0.5, true)).toBeCloseTo(0.5582, 3);
  });

  test("with no more units than pixels there is no line", () => {
    expect(recoveryPercent(3072, 3072, true)).toBeNull();
  });
});
