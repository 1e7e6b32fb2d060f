// Denoising by patches: its codes against the coordinate solver's, and its gradient against finite differences.
import { expect, test } from "vitest";
import type { PatchModel } from "../../src/coding/patches.js";
import type { Geometry } from "../../src/core/geometry.js";
import { draws, purpose } from "../../src/core/random.js";
import { tensor } from "../../src/core/tensor.js";
import { openWasm } from "../../src/engine/wasm/engine.js";
import { openPatches } from "../../src/engine/wasm/patches.js";
import { codings, gaussianDictionary, gaussianImage, kernelModule } from "../coding/networks.js";

const shape = { side: 6, inputs: 2, outputs: 1, features: 32, height: 13, width: 15 };
const { side, inputs, outputs, features } = shape;

function gaussians(length: number, index: number): Float32Array {
  const draw = draws({ seed: 3, purpose: purpose.test }, index);
  return Float32Array.from({ length }, () => draw.gaussian());
}

/** Atoms of norm 1, a decoder of its own, thresholds that differ. */
function model(): PatchModel {
  const taps = side * side * inputs;
  const atoms = gaussians(features * taps, 1);
  for (let f = 0; f < features; f++) {
    const atom = atoms.subarray(f * taps, (f + 1) * taps);
    const norm = Math.hypot(...atom);
    for (let i = 0; i < taps; i++) atom[i] /= norm;
  }
  return {
    atoms: tensor([features, side, side, inputs], atoms),
    decoder: tensor(
      [features, side, side, outputs],
      gaussians(features * side * side * outputs, 2).map((v) => v / 6),
    ),
    thresholds: Float32Array.from({ length: features }, (_, j) => 0.8 + 0.02 * j),
    exponents: new Float32Array(features),
  };
}

test("a patch has the code of the coordinate solver", () => {
  const geometry: Geometry = {
    ...{ height: 6, width: 6, channels: 2, patch: [6, 6], stride: [6, 6], boundary: "crop", features },
  };
  const dictionary = gaussianDictionary(geometry, 4);
  const image = withoutMeans(gaussianImage(geometry, 4), 2);
  const coder = openWasm(kernelModule()).prepare(dictionary);
  const rule = { threshold: { kind: "soft", rectified: false }, tolerance: 1e-6 } as const;
  const patches = openPatches(kernelModule(), { ...shape, outputs: 2, height: 6, width: 6 });
  patches.load({ atoms: dictionary.atoms, decoder: dictionary.atoms });
  for (const { lambda, reconstruction } of codings(coder, image, [1.5, 0.7, 0.3], rule)) {
    const thresholds = new Float32Array(features).fill(lambda);
    const { sum, count } = patches.code({ image, thresholds, step: 1, finest: 1e-5 });
    // Float32 sums of 72 terms, and a gap of 1e-6.
    sum.forEach((value, i) => void expect(value / count[i >> 1]).toBeCloseTo(reconstruction[i], 3));
  }
});

function withoutMeans(image: Float32Array, channels: number): Float32Array {
  return image.map((value, i) => {
    const own = image.filter((_, k) => k % channels === i % channels);
    return value - own.reduce((sum, v) => sum + v, 0) / own.length;
  });
}

/** loss = Σ weight · x̂ / count, a linear one: its slope does not move with the model. */
function loss(of: PatchModel, image: Float32Array): number {
  const coder = openPatches(kernelModule(), shape);
  coder.load(of);
  const { sum, count } = coder.code({ image, thresholds: of.thresholds, step: 2, finest: 1e-6 });
  const weights = gaussians(sum.length, 8);
  return sum.reduce((total, value, i) => total + (weights[i] * value) / count[i], 0);
}

test("the gradient is that of finite differences", () => {
  const image = gaussians(shape.height * shape.width * inputs, 5).map((v) => 2 * v);
  const own = model();
  const coder = openPatches(kernelModule(), shape);
  coder.load(own);
  const { count } = coder.code({ image, thresholds: own.thresholds, step: 2, finest: 1e-6 });
  const slope = gaussians(count.length, 8).map((weight, i) => weight / count[i]);
  coder.clear();
  const gradient = coder.grade(slope);
  const parts = [
    {
      slope: gradient.atoms,
      moved: (by: Float32Array) => ({ ...own, atoms: tensor(own.atoms.shape, by) }),
      at: own.atoms.data,
    },
    {
      slope: gradient.decoder,
      moved: (by: Float32Array) => ({ ...own, decoder: tensor(own.decoder.shape, by) }),
      at: own.decoder.data,
    },
    { slope: gradient.thresholds, moved: (by: Float32Array) => ({ ...own, thresholds: by }), at: own.thresholds },
  ];
  for (const [n, part] of parts.entries()) {
    const direction = gaussians(part.slope.length, 20 + n);
    const expected = part.slope.reduce((sum, value, i) => sum + value * direction[i], 0);
    const at = (h: number) =>
      loss(part.moved(Float32Array.from(part.at, (value, i) => value + h * direction[i])), image);
    const h = 2e-5;
    const found = (at(h) - at(-h)) / (2 * h);
    // No unit comes or goes within ±h, where weights would jump; float32: 2 % of the slope.
    expect(Math.abs(found / expected - 1)).toBeLessThan(0.02);
  }
});

test("two patches further apart than the step still cover the border", () => {
  const coder = openPatches(kernelModule(), shape);
  coder.load(model());
  const { count } = coder.code({
    ...{
      image: gaussians(shape.height * shape.width * inputs, 5),
      thresholds: model().thresholds,
      step: 4,
      finest: 1e-3,
    },
  });
  expect(Math.min(...count)).toBeGreaterThan(0);
});
