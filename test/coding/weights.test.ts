/** Per-pixel weights of the data term, ½ Σ w (s − Φa)², by every solver that has them. */
import { describe, expect, test } from "vitest";
import type { CodingRule } from "../../src/coding/engine.js";
import type { Boundary, Geometry } from "../../src/core/geometry.js";
import { imageLength, systemSize } from "../../src/core/geometry.js";
import { draws, purpose } from "../../src/core/random.js";
import { tensor } from "../../src/core/tensor.js";
import { codings, dense, gaussianDictionary, gaussianImage, imageOf, routes, smallGeometry } from "./networks.js";

const boundaries: Boundary[] = ["crop", "circular", "full"];

/** Uniform in 0 … 2, a fraction of them 0. */
function randomWeights(geometry: Geometry, hidden = 0.3): Float32Array {
  const draw = draws({ seed: 4, purpose: purpose.test }, 0);
  return Float32Array.from({ length: imageLength(geometry) }, () => (draw.uniform() < hidden ? 0 : 2 * draw.uniform()));
}

function by(tolerance: number, weights?: Float32Array, rectified = true): CodingRule {
  return { threshold: { kind: "soft", rectified }, tolerance, weights };
}

describe.each(routes)("$name", ({ prepare, finest }) => {
  test.each(boundaries)("weights of 1 change nothing, of c the code at λ/c (%s)", (boundary) => {
    const geometry = { ...smallGeometry, boundary: boundary === "full" ? "crop" : boundary } as const;
    const coder = prepare(gaussianDictionary(geometry));
    const image = gaussianImage(geometry);
    const flat = (c: number) => new Float32Array(imageLength(geometry)).fill(c);
    const [plain] = codings(coder, image, [0.4], by(finest));
    const [ones] = codings(coder, image, [0.4], by(finest, flat(1)));
    const [fours] = codings(coder, image, [1.6], by(finest, flat(4)));
    expect(ones.energy / plain.energy).toBeCloseTo(1, finest < 1e-6 ? 8 : 5);
    expect(fours.energy / (4 * plain.energy)).toBeCloseTo(1, finest < 1e-6 ? 8 : 5);
    fours.reconstruction.forEach((value, i) => {
      expect(Math.abs(value - plain.reconstruction[i])).toBeLessThan(2 * Math.sqrt(2 * finest * fours.energy) + 1e-5);
    });
  });

  test("one position: weights are the lasso of √w s and √w Φ", () => {
    const geometry: Geometry = { ...smallGeometry, height: 6, width: 6, patch: [6, 6], stride: [6, 6], features: 40 };
    const { atoms } = gaussianDictionary(geometry);
    const image = gaussianImage(geometry);
    const weights = randomWeights(geometry);
    const scaled = atoms.data.map((value, i) => value * Math.sqrt(weights[i % weights.length]));
    const twin = { geometry, atoms: tensor(atoms.shape, scaled) };
    const [one] = codings(prepare({ geometry, atoms }), image, [0.3], by(finest, weights, false));
    const rooted = image.map((value, i) => value * Math.sqrt(weights[i]));
    const [two] = codings(prepare(twin), rooted, [0.3], by(finest, undefined, false));
    expect(one.converged && two.converged).toBe(true);
    expect(Math.abs(one.energy / two.energy - 1)).toBeLessThan(finest + 1e-6); // float32 roots
  });

  test.each(boundaries)("what a mask hides has no influence and still gets a reconstruction (%s)", (boundary) => {
    const geometry = { ...smallGeometry, boundary };
    const weights = randomWeights(geometry).map((w) => (w > 0 ? 1 : 0));
    const image = gaussianImage(geometry);
    const spoilt = image.map((value, i) => (weights[i] > 0 ? value : 1e3));
    const coder = prepare(gaussianDictionary(geometry));
    const [clean] = codings(coder, image, [0.3], by(finest, weights));
    const [other] = codings(coder, spoilt, [0.3], by(finest, weights));
    expect(other.code).toEqual(clean.code);
    expect(other.energy).toBe(clean.energy);
    const hidden = clean.reconstruction.filter((_, i) => weights[i] === 0);
    expect(Math.max(...hidden.map(Math.abs))).toBeGreaterThan(0.1);
    expect(clean.converged).toBe(true);
  });

  test.each(boundaries)("random weights lead to the minimum of the reference (%s)", (boundary) => {
    const geometry = { ...smallGeometry, boundary };
    const dictionary = gaussianDictionary(geometry);
    const [image, weights] = [gaussianImage(geometry), randomWeights(geometry)];
    const path = [0.8, 0.2];
    const expected = codings(routes[0].prepare(dictionary), image, path, by(1e-10, weights));
    codings(prepare(dictionary), image, path, by(finest, weights)).forEach((coding, i) => {
      expect(coding.converged).toBe(true);
      expect(Math.abs(coding.energy / expected[i].energy - 1)).toBeLessThan(finest + 1e-6);
    });
  });

  test("hidden pixels of an image made of few atoms come back", () => {
    const geometry: Geometry = { ...smallGeometry, height: 20, width: 20, patch: [6, 6], channels: 3, features: 8 };
    const dictionary = gaussianDictionary(geometry);
    const draw = draws({ seed: 8, purpose: purpose.test }, 0);
    const planted = new Float64Array(systemSize(geometry));
    for (let i = 0; i < 12; i++) planted[draw.whole(planted.length)] = 2 + draw.uniform();
    const image = imageOf(dictionary, planted);
    const weights = Float32Array.from({ length: image.length }, () => (draw.uniform() < 0.4 ? 0 : 1));
    const [coding] = codings(prepare(dictionary), image, [0.01], by(finest, weights));
    let [error, power] = [0, 0];
    weights.forEach((w, i) => {
      if (w > 0) return;
      error += (coding.reconstruction[i] - image[i]) ** 2;
      power += image[i] ** 2;
    });
    expect(Math.sqrt(error / power)).toBeLessThan(0.02); // λ = 0.01 shrinks coefficients of 2 by about 1 %
    const code = dense(coding.code, planted.length);
    expect(Math.hypot(...code.map((a, i) => a - planted[i])) / Math.hypot(...planted)).toBeLessThan(0.02);
  });

  test("weights that do not fit are refused", () => {
    const coder = prepare(gaussianDictionary(smallGeometry));
    const image = gaussianImage(smallGeometry);
    const code = (weights: Float32Array) => () => codings(coder, image, [0.5], by(1e-2, weights));
    const weights = new Float32Array(image.length).fill(1);
    expect(code(weights.subarray(1))).toThrow(expect.objectContaining({ code: "shape" }));
    expect(code(weights.with(3, -1))).toThrow(/weight 3 is -1/);
    expect(code(weights.with(4, Number.NaN))).toThrow(expect.objectContaining({ code: "data" }));
  });
});
