// PSNR and SSIM where their values are known in closed form.
import { describe, expect, it } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import type { Picture } from "../../src/formats/picture.js";
import { similarity } from "../../src/tasks/similarity.js";

function picture(height: number, width: number, channels: 1 | 3, value: (i: number) => number): Picture {
  return { height, width, channels, bytes: Uint8Array.from({ length: height * width * channels }, (_, i) => value(i)) };
}

function random(seed: number, channels: 1 | 3 = 1, side = 24): Picture {
  const draw = draws({ seed, purpose: purpose.test }, 0);
  return picture(side, side, channels, () => draw.whole(256));
}

describe("similarity", () => {
  it("equal pictures have SSIM 1 and no finite PSNR", () => {
    expect(similarity(random(1, 3), random(1, 3))).toEqual({ psnr: null, ssim: expect.closeTo(1, 12) });
  });

  it("a constant offset d gives PSNR 20 log₁₀(255/d)", () => {
    const [x, y] = [picture(16, 20, 3, () => 100), picture(16, 20, 3, () => 110)];
    expect(similarity(x, y).psnr).toBeCloseTo(20 * Math.log10(25.5), 12);
  });

  it("flat pictures a and b have SSIM (2ab + C₁)/(a² + b² + C₁)", () => {
    const c1 = 2.55 ** 2;
    const found = similarity(
      picture(12, 12, 1, () => 100),
      picture(12, 12, 1, () => 140),
    );
    expect(found.ssim).toBeCloseTo((2 * 100 * 140 + c1) / (100 ** 2 + 140 ** 2 + c1), 10);
  });

  it("one window is the formula itself, summed here over all 121 pixels", () => {
    const [x, y] = [random(2, 1, 11), random(3, 1, 11)];
    const raw = Array.from({ length: 121 }, (_, i) => {
      const [dy, dx] = [Math.floor(i / 11) - 5, (i % 11) - 5];
      return Math.exp(-(dy * dy + dx * dx) / 4.5);
    });
    const total = raw.reduce((a, b) => a + b);
    const mean = (f: (i: number) => number) => raw.reduce((sum, w, i) => sum + (w / total) * f(i), 0);
    const [mx, my] = [mean((i) => x.bytes[i]), mean((i) => y.bytes[i])];
    const vx = mean((i) => (x.bytes[i] - mx) ** 2);
    const vy = mean((i) => (y.bytes[i] - my) ** 2);
    const vxy = mean((i) => (x.bytes[i] - mx) * (y.bytes[i] - my));
    const [c1, c2] = [2.55 ** 2, 7.65 ** 2];
    const expected = ((2 * mx * my + c1) * (2 * vxy + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2));
    expect(similarity(x, y).ssim).toBeCloseTo(expected, 10);
  });

  it("is symmetric, and falls as noise grows", () => {
    const x = random(4);
    const near = picture(24, 24, 1, (i) => Math.min(255, x.bytes[i] + 3));
    expect(similarity(x, near)).toEqual(similarity(near, x));
    expect(similarity(x, near).ssim!).toBeGreaterThan(similarity(x, random(5)).ssim! + 0.5);
  });

  it("below 11 pixels there is no SSIM; other sizes are refused", () => {
    expect(similarity(random(1, 1, 10), random(2, 1, 10)).ssim).toBeNull();
    expect(() => similarity(random(1), random(1, 3))).toThrow("24×24 in grey and 24×24 in colour");
  });
});
