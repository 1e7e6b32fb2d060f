// λ and gain: closed forms, planted networks, and what the shipped table must satisfy.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { calibrate } from "../../bench/calibration.js";
import { tensor } from "../../src/core/tensor.js";
import { greyAtoms } from "../../src/tasks/denoise/grey.js";
import { type Calibration, noiseLevels, operatingPoint, scaleOf } from "../../src/tasks/denoise/operating.js";
import { variantsOf } from "../../src/tasks/denoise/variants.js";

const assets = resolve(import.meta.dirname, "../../assets");

describe("the scale of a noisy picture", () => {
  it("is its variance less the noise's", () => {
    const values = Array.from({ length: 1000 }, (_, i) => 100 + (i % 2 === 0 ? 50 : -50));
    expect(scaleOf(values, 30)).toEqual({ mean: 100, deviation: 40, noise: 0.75 });
  });

  it("where noise hides the picture it is that of the noisiest level", () => {
    const { deviation, noise } = scaleOf([100, 101, 99, 100], 20);
    expect(noise).toBe(noiseLevels[noiseLevels.length - 1]);
    expect(deviation * noise).toBe(20);
  });
});

describe("operatingPoint", () => {
  const points = [
    { noise: 0.1, lambdaPerSigma: 1, gain: 1 },
    { noise: 0.4, lambdaPerSigma: 2, gain: 1.2 },
  ];

  it("is linear in ln noise between levels and constant beyond them", () => {
    expect(operatingPoint(points, 0.2).lambdaPerSigma).toBeCloseTo(1.5, 12);
    expect(operatingPoint(points, 0.2).gain).toBeCloseTo(1.1, 12);
    expect(operatingPoint(points, 0.01)).toEqual(points[0]);
    expect(operatingPoint(points, 9)).toEqual(points[1]);
  });
});

describe("calibrate", () => {
  const options = {
    network: { patch: [8, 8], stride: [2, 2] },
    variants: variantsOf("fast", [2, 2]),
    channels: 1,
  } as const;

  it("a network that returns its input c times needs Wiener's gain, 1/(c(1 + σ²))", async () => {
    const found = await calibrate(0.2, {
      ...options,
      pictures: 6,
      together: 1,
      lambdaPerSigma: 1,
      code: async (window, _, lambdas) =>
        lambdas.map((lambda) => ({ lambda, image: window.map((v) => 0.8 * v), active: 1, converged: true })),
    });
    // 24,576 values: the cross term's deviation is 0.2/157; clipping at 0 and 255 moves it by less than 1 %.
    expect(Math.abs(found.gain * 0.8 * 1.04 - 1)).toBeLessThan(0.012);
  });

  it("finds the λ at which a planted network is best", async () => {
    // ŝ = s_noisy · (1 − 0.3 (ln λ/λ₀)²) + hum of growing size away from λ₀.
    const best = Math.log(1.1);
    const found = await calibrate(0.4, {
      ...options,
      pictures: 2,
      together: 1,
      code: async (window, _, lambdas) =>
        lambdas.map((lambda) => {
          const away = Math.abs(Math.log(lambda / 0.4) - best);
          return { lambda, image: window.map((v, i) => v + (i % 2 === 0 ? away : -away)), active: 1, converged: true };
        }),
    });
    expect(Math.log(found.lambdaPerSigma)).toBeCloseTo(best, 1);
  });

  it("a network that stays silent is refused", async () => {
    const code = async (window: Float32Array, _: unknown, lambdas: readonly number[]) =>
      lambdas.map((lambda) => ({ lambda, image: new Float32Array(window.length), active: 0, converged: true }));
    await expect(calibrate(0.2, { ...options, pictures: 1, together: 1, code })).rejects.toThrow(
      "cannot describe them",
    );
  });
});

describe("grey atoms", () => {
  it("are the projection on the grey axis, unit norm, without atoms of pure colour", () => {
    const third = 1 / Math.sqrt(3);
    const [a, b] = [1 / Math.SQRT2, -1 / Math.SQRT2];
    const atoms = tensor(
      [3, 1, 2, 3],
      Float32Array.from([third, third, third, 0, 0, 0, a, b, 0, 0, 0, 0, 0.6, 0, 0, 0, 0.8, 0]),
    );
    const grey = greyAtoms(atoms);
    expect(grey.shape).toEqual([2, 1, 2, 1]);
    expect(Array.from(grey.data)).toEqual([1, 0, 0.6, 0.8].map((v) => expect.closeTo(v, 6)));
  });
});

describe("the shipped calibration", () => {
  const calibration = JSON.parse(readFileSync(`${assets}/denoise.json`, "utf8")) as Calibration;

  it("belongs to the shipped dictionary, which is at most 120 kB", () => {
    const bytes = readFileSync(`${assets}/denoise.safetensors`);
    expect(calibration.dictionary).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(bytes.length).toBeLessThanOrEqual(120_000);
  });

  it("covers every level; gains are above 1 and grow with the noise", () => {
    for (const kind of [calibration.colour, calibration.grey]) {
      for (const points of Object.values(kind)) {
        expect(points.map(({ noise }) => noise)).toEqual([...noiseLevels]);
        const gains = points.map(({ gain }) => gain);
        expect(gains).toEqual([...gains].sort((x, y) => x - y));
        expect(gains[0]).toBeGreaterThan(1);
      }
    }
  });
});
