// Stein's law: SURE knows the error without the clean image, and finds nearly the best λ.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { tensor } from "../../src/core/tensor.js";
import { openWasm } from "../../src/engine/wasm/engine.js";
import { decodeSafetensors } from "../../src/formats/safetensors.js";
import { leavesPicture } from "../../src/images/leaves.js";
import { greyAtoms } from "../../src/tasks/denoise/grey.js";
import { sure } from "../../src/tasks/sure.js";

const root = resolve(import.meta.dirname, "../..");
const [side, sigma, count] = [16, 0.5, 120];
const values = side * side;
const { atoms } = decodeSafetensors(readFileSync(`${root}/assets/denoise.safetensors`), "denoise").tensors;
const grey = greyAtoms(tensor(atoms.shape, atoms.data as Float32Array));
const geometry = {
  height: side,
  width: side,
  channels: 1,
  patch: [8, 8],
  stride: [2, 2],
  boundary: "crop",
  features: grey.shape[0],
} as const;
const coder = openWasm(new WebAssembly.Module(readFileSync(`${root}/dist/kernel.wasm`))).prepare({
  geometry,
  atoms: grey,
});
const lambdas = [1.6, 1.28, 1.02, 0.82, 0.66, 0.52, 0.42, 0.34];

/** Leaves of deviation 1 with Gaussian noise: estimates, true errors, codes, for each image and λ. */
const measured = Array.from({ length: count }, (_, n) => {
  const bytes = leavesPicture({ seed: 31, height: side, width: side, channels: 1 }, "test", n);
  const draw = draws({ seed: 31, purpose: purpose.test }, n);
  const clean = Float32Array.from(bytes, (value) => (value - 127) / 55);
  const noisy = clean.map((value) => value + sigma * draw.gaussian());
  const rule = { threshold: { kind: "soft", rectified: true }, tolerance: 1e-3 } as const;
  return Array.from(coder.path(noisy, lambdas, rule), ({ reconstruction, code }) => {
    const distance = (to: Float32Array) => to.reduce((sum, v, i) => sum + (v - reconstruction[i]) ** 2, 0);
    const squaredResidual = distance(noisy);
    const estimate = sure({ squaredResidual, values, sigma, rank: code.index.length });
    return { estimate, error: distance(clean), code };
  });
});

const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;

describe("sure", () => {
  it("is the formula, and refuses what is no term of it", () => {
    expect(sure({ squaredResidual: 10, values: 4, sigma: 2, rank: 3 })).toBe(10 - 16 + 24);
    expect(() => sure({ squaredResidual: 1, values: 4, sigma: -2, rank: 3 })).toThrow("sigma is -2");
    expect(() => sure({ squaredResidual: Number.NaN, values: 4, sigma: 2, rank: 3 })).toThrow("NaN");
  });

  it.each([0, 2, 4, 6])("its mean over images is the mean error within three standard errors, λ %#", (i) => {
    const differences = measured.map((of) => of[i].estimate - of[i].error);
    const spread = Math.sqrt(mean(differences.map((d) => d * d)) - mean(differences) ** 2);
    const standardError = spread / Math.sqrt(count);
    expect(Math.abs(mean(differences))).toBeLessThan(3 * standardError);
    // Sharp enough to mean something: without the term 2σ²·rank it would be wrong by far more.
    const term = 2 * sigma * sigma * mean(measured.map((of) => of[i].code.index.length));
    expect(6 * standardError).toBeLessThan(term);
  });

  it("the λ of its least mean costs less than 1 % of the squared error", () => {
    const curve = (of: "estimate" | "error") => lambdas.map((_, i) => mean(measured.map((image) => image[i][of])));
    const [estimates, errors] = [curve("estimate"), curve("error")];
    const chosen = estimates.indexOf(Math.min(...estimates));
    expect(chosen).toBeGreaterThan(0);
    expect(errors[chosen] / Math.min(...errors)).toBeLessThan(1.01);
  });

  it("active units are independent at a gap of 1e-3: their number is rank(Φ_S)", () => {
    for (const image of measured.slice(0, 4)) {
      for (const { code } of [image[3], image[7]]) expect(rankOf(code.index)).toBe(code.index.length);
    }
  });
});

/** Rank of the visible atoms of units, by Gram–Schmidt in float64. */
function rankOf(units: Uint32Array): number {
  const basis: Float64Array[] = [];
  for (const unit of units) {
    const column = Float64Array.from(columnOf(unit));
    const norm = Math.hypot(...column);
    for (let pass = 0; pass < 2; pass++) {
      for (const q of basis) {
        const along = q.reduce((sum, value, i) => sum + value * column[i], 0);
        for (let i = 0; i < values; i++) column[i] -= along * q[i];
      }
    }
    const rest = Math.hypot(...column);
    if (rest > 1e-5 * norm) basis.push(column.map((value) => value / rest));
  }
  return basis.length;
}

/** Φ's column of a unit: patch from (2i − 3, 2j − 3), what lies outside dropped. */
function columnOf(unit: number): Float64Array {
  const features = grey.shape[0];
  const [feature, position] = [unit % features, Math.floor(unit / features)];
  const [top, left] = [2 * Math.floor(position / 8) - 3, 2 * (position % 8) - 3];
  const column = new Float64Array(values);
  for (let p = 0; p < 64; p++) {
    const [y, x] = [top + (p >> 3), left + (p & 7)];
    if (y >= 0 && x >= 0 && y < side && x < side) column[y * side + x] = grey.data[feature * 64 + p];
  }
  return column;
}

/** Soft threshold on an orthogonal dictionary: each coefficient on its own. */
function trial(index: number, lambda: number, deviation: number) {
  const draw = draws({ seed: 5, purpose: purpose.test }, index);
  let [squaredResidual, squaredError, rank] = [0, 0, 0];
  for (let i = 0; i < 400; i++) {
    const clean = i % 10 === 0 ? 2 : 0;
    const y = clean + deviation * draw.gaussian();
    const a = Math.sign(y) * Math.max(0, Math.abs(y) - lambda);
    if (a !== 0) rank++;
    squaredResidual += (y - a) ** 2;
    squaredError += (clean - a) ** 2;
  }
  return { estimate: sure({ squaredResidual, values: 400, sigma: deviation, rank }), squaredError };
}

describe("sure of one coefficient at a time", () => {
  it.each([0.2, 0.6, 1.2])("its mean over noise is the risk at λ = %d", (lambda) => {
    const trials = Array.from({ length: 400 }, (_, i) => trial(i, lambda, 0.5));
    const differences = trials.map(({ estimate, squaredError }) => estimate - squaredError);
    const mean = differences.reduce((sum, d) => sum + d, 0) / 400;
    const variance = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / 399;
    // Four standard errors of the mean of 400 trials.
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / 400));
  });

  it("the zero code costs ‖y‖² − nσ², the identity nσ²", () => {
    expect(sure({ squaredResidual: 10, values: 8, sigma: 0.5, rank: 0 })).toBe(8);
    expect(sure({ squaredResidual: 0, values: 8, sigma: 0.5, rank: 8 })).toBe(2);
  });

  it("a rank above the number of values is refused", () => {
    expect(() => sure({ squaredResidual: 1, values: 8, sigma: 0.5, rank: 9 })).toThrow(/rank 9 of 8/);
  });
});
