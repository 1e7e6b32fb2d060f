// Noise that was planted is found again, whatever the picture.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import type { Picture } from "../../src/formats/picture.js";
import { decodePicture } from "../../src/formats/picture-file.js";
import { leavesPicture } from "../../src/images/leaves.js";
import { noiseLevel } from "../../src/tasks/denoise/noise-level.js";

function withNoise(clean: Picture, sigma: number, index: number): Picture {
  const draw = draws({ seed: 1, purpose: purpose.test }, index);
  const bytes = clean.bytes.map((value) => Math.max(0, Math.min(255, Math.round(value + sigma * draw.gaussian()))));
  return { ...clean, bytes };
}

function leaf(side: number, channels: 1 | 3, index: number): Picture {
  const bytes = leavesPicture({ seed: 5, height: side, width: side, channels }, "test", index);
  return { height: side, width: side, channels, bytes };
}

function flat(side: number, level: number): Picture {
  return { height: side, width: side, channels: 1, bytes: new Uint8Array(side * side).fill(level) };
}

describe("noiseLevel", () => {
  it.each([10, 15, 25, 50])("σ = %d over leaves pictures comes back within 5 % in the mean", (sigma) => {
    const found = [0, 1, 2].map((n) => noiseLevel(withNoise(leaf(192, 3, n), sigma, n)));
    const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
    expect(Math.abs(mean / sigma - 1)).toBeLessThan(0.05);
  });

  it("on a flat picture it is exact up to chance: 3,700 coefficients, 1.17σ/√n = 2 %", () => {
    for (const sigma of [3, 12, 30]) {
      const found = noiseLevel(withNoise(flat(400, 128), sigma, 0));
      expect(Math.abs(found / Math.hypot(sigma, 1 / Math.sqrt(12)) - 1)).toBeLessThan(0.06);
    }
  });

  it("a picture without noise and without texture has none, a slope included", () => {
    expect(noiseLevel(flat(64, 200))).toBe(0);
    const slope = flat(64, 0).bytes.map((_, i) => 2 * (i % 64) + Math.floor(i / 64));
    expect(noiseLevel({ ...flat(64, 0), bytes: slope })).toBeLessThan(1e-4);
  });

  it("places clipped at white do not hide the noise of the rest", () => {
    const half = flat(256, 120);
    half.bytes.fill(255, 0, half.bytes.length / 2);
    expect(Math.abs(noiseLevel(withNoise(half, 20, 3)) / 20 - 1)).toBeLessThan(0.08);
  });

  it("turning the picture upside down, or white into black, changes little", () => {
    const picture = withNoise(leaf(128, 1, 4), 20, 4);
    const level = noiseLevel(picture);
    expect(noiseLevel({ ...picture, bytes: picture.bytes.map((v) => 255 - v) })).toBeCloseTo(level, 3);
    expect(Math.abs(noiseLevel({ ...picture, bytes: picture.bytes.slice().reverse() }) / level - 1)).toBeLessThan(0.1);
  });

  it("a picture too small to judge is refused", () => {
    expect(() => noiseLevel(flat(7, 1))).toThrow("7×7 pixels; noise can be estimated from 8×8 pixels or more");
  });
});

describe("flat parts that have no noise", () => {
  const [side, sigma] = [192, 15];
  const noisy = withNoise(leaf(side, 1, 6), sigma, 6);
  const plain = noiseLevel(noisy);

  it.each([
    ["bars above and below", (y: number, _x: number) => y < 60 || y >= 132, 16],
    ["a frame", (y: number, x: number) => Math.min(y, x, side - 1 - y, side - 1 - x) < 30, 240],
    ["black around a disc", (y: number, x: number) => Math.hypot(y - side / 2, x - side / 2) > 90, 0],
    ["thin stripes", (y: number, _x: number) => y % 24 < 6, 128],
  ])("%s change σ by less than 10 %%", (_what, masked, level) => {
    const bytes = noisy.bytes.map((value, i) => (masked(Math.floor(i / side), i % side) ? level : value));
    expect(Math.abs(noiseLevel({ ...noisy, bytes }) / sigma - 1)).toBeLessThan(0.1);
    expect(Math.abs(plain / sigma - 1)).toBeLessThan(0.1);
  });

  it("a drawing of flat parts alone has no noise", () => {
    const bytes = noisy.bytes.map((_, i) => 40 * ((Math.floor(i / side / 16) + Math.floor((i % side) / 16)) % 5));
    expect(noiseLevel({ ...noisy, bytes })).toBeLessThan(1e-9);
  });

  const shared = resolve(import.meta.dirname, "../../../shared/cases/pictures");
  it.skipIf(!existsSync(shared))("σ = 15 of pictures of others is found within 10 %", () => {
    for (const name of readdirSync(shared).filter((file) => file.startsWith("noise15-"))) {
      const found = noiseLevel(decodePicture(readFileSync(resolve(shared, name)), name).picture);
      expect(Math.abs(found / 15 - 1), name).toBeLessThan(0.1);
    }
  });
});
