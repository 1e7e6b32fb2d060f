// Percent active, percent error and PSNR by their closed forms, and that what is reported elsewhere is theirs.
import { expect, test } from "vitest";
import { percentActive, percentError, percentOf, psnr, squaredError } from "../../src/coding/metrics.js";
import { imageLength } from "../../src/core/geometry.js";
import { normalise } from "../../src/images/normalise.js";
import { curveOf } from "../../src/study/curves.js";
import { addPoint, emptyPoints } from "../../src/tasks/points.js";

const image = Float32Array.of(3, 0, 4, 0);

test("percent active and percent error have their closed forms; an image of norm zero has no percent error", () => {
  expect(percentActive(2, 30)).toBeCloseTo(100 / 15, 12);
  expect(percentError(image, new Float32Array(4))).toBe(100);
  expect(percentError(image, image)).toBe(0);
  expect(percentError(image, Float32Array.of(3, 0, 4, 2.5))).toBe(50);
  expect(percentError(new Float32Array(4), image)).toBeNull();
  expect(() => percentError(image, new Float32Array(3))).toThrow(expect.objectContaining({ code: "shape" }));
});

test("weights count in both norms: what they hide is neither error nor image", () => {
  const other = Float32Array.of(3, 9, 4, 2.5);
  expect(percentError(image, other, Float32Array.of(1, 0, 1, 1))).toBe(50);
  expect(percentError(image, other, Float32Array.of(1, 0, 1, 4))).toBe(100);
  expect(percentError(image, other, Float32Array.of(0, 1, 0, 1))).toBeNull();
});

test("psnr is 20 dB where the error is a tenth of the peak, and has no bound", () => {
  expect(psnr(squaredError(image, Float32Array.of(3, 0, 4, 2)), 4, 10)).toBeCloseTo(20, 12);
  expect(psnr(0, 4)).toBe(Number.POSITIVE_INFINITY);
});

test("a curve's percent error is that of its images, whose norm is √N when they are normalised", () => {
  const geometry = { height: 4, width: 4, channels: 1, patch: [2, 2], stride: [2, 2], boundary: "crop" } as const;
  const clean = normalise(Float32Array.from({ length: 16 }, (_, i) => (i * 7) % 5));
  const found = clean.map((value) => 0.75 * value);
  const points = emptyPoints(1);
  const rest = { image: 0, lambda: 1, squaredResidual: 0, l1: 0, active: 1, gap: 0, iterations: 1, converged: true };
  addPoint(points, { ...rest, squaredError: squaredError(clean, found) });
  const [percent] = curveOf([points], { geometry: { ...geometry, features: 1 }, replicate: 0 }).quantities.value;
  // 16 float32 values of ‖s‖² = 16: relative 2⁻²⁴ each.
  expect(percent).toBeCloseTo(25, 5);
  expect(percent).toBeCloseTo(percentError(clean, found)!, 5);
  expect(percent).toBe(percentOf(squaredError(clean, found), imageLength({ ...geometry, features: 1 })));
});
