// Learning with weights of the data term: the slope of the weighted energy, and hidden pixels that reach no atom.
import { expect, test } from "vitest";
import { addAtom, networkOf, onCanvas, weighted } from "../../src/coding/operator.js";
import { type Geometry, imageLength, positions } from "../../src/core/geometry.js";
import { draws, purpose } from "../../src/core/random.js";
import { type Tensor, tensor } from "../../src/core/tensor.js";
import { addGradient, emptyGradient } from "../../src/learning/gradient.js";
import { ruleNames } from "../../src/learning/update.js";
import { trainAtoms } from "../../src/study/items/train.js";
import { type Masks, maskedBatch, maskedImage } from "../../src/study/masks.js";
import { trainItem } from "../../src/study/plan.js";
import { barImages, loggingExecutor, plan, settings } from "../study/fixtures.js";
import { randomAtoms } from "./planted.js";

test.each(["crop", "full", "valid", "circular"] as const)(
  "%s: with weights, the gradient is the slope of the weighted energy",
  (boundary) => {
    const g: Geometry = { height: 6, width: 8, channels: 2, patch: [4, 3], stride: [2, 1], boundary, features: 3 };
    const draw = draws({ seed: 2, purpose: purpose.test }, 1);
    const image = Float32Array.from({ length: imageLength(g) }, () => draw.gaussian());
    const weights = Float32Array.from(image, (_, i) => (i % 3 === 0 ? 0 : 2 * draw.uniform()));
    const index = Uint32Array.of(0, 4, 11, 29, positions(g) * g.features - 1);
    const value = Float32Array.from(index, () => 0.5 + draw.uniform());
    const atoms = randomAtoms(g, 1);
    const energy = (of: Tensor) => {
      const net = weighted(networkOf({ geometry: g, atoms: of }), weights);
      const residual = onCanvas(net, image);
      index.forEach((unit, n) => {
        addAtom(net, residual, { unit, weight: -value[n] });
      });
      return residual.reduce((sum, r, i) => sum + net.weights![i] * r * r, 0) / 2;
    };
    const gradient = emptyGradient(g);
    const net = weighted(networkOf({ geometry: g, atoms }), weights);
    addGradient(gradient, net, { image, code: { index, value } });
    for (let i = 0; i < atoms.data.length; i++) {
      const moved = (by: number) =>
        tensor(
          atoms.shape,
          atoms.data.map((v, j) => (j === i ? v + by : v)),
        );
      // Quadratic in an atom: central differences are exact up to float32 atoms, 1e-3.
      expect(-(energy(moved(1e-2)) - energy(moved(-1e-2))) / 2e-2).toBeCloseTo(gradient.numerator[i], 2);
    }
  },
);

test("weights of one number scale numerator and squares alike, so that a Newton step is the same", () => {
  const g: Geometry = {
    height: 6,
    width: 6,
    channels: 1,
    patch: [3, 3],
    stride: [1, 1],
    boundary: "crop",
    features: 2,
  };
  const image = Float32Array.from({ length: 36 }, (_, i) => Math.cos(i));
  const code = { index: Uint32Array.of(0, 30, 71), value: Float32Array.of(1, 2, 0.5) };
  const atoms = randomAtoms(g, 1);
  const of = (weights: Float32Array | undefined) => {
    const gradient = emptyGradient(g);
    addGradient(gradient, weighted(networkOf({ geometry: g, atoms }), weights), { image, code });
    return gradient;
  };
  const [plain, scaled] = [of(undefined), of(new Float32Array(36).fill(0.25))];
  expect(scaled.numerator).toEqual(plain.numerator.map((v) => 0.25 * v));
  expect(scaled.squares).toEqual(plain.squares.map((v) => 0.25 * v));
});

/** Hides a quarter of each 8×8 picture, another quarter for each. */
const masks: Masks = {
  hash: "quarters",
  at: (index) =>
    Float32Array.from({ length: 64 }, (_, p) => {
      const quarter = Math.floor(p / 32) * 2 + (p % 8 > 3 ? 1 : 0);
      return quarter === index % 4 ? 0 : 1;
    }),
};

/** The set with other values where the masks hide. */
function tampered(set: ReturnType<typeof barImages>) {
  const values = (index: number) =>
    set.training.values(index).map((v, p) => (masks.at(index)[p] === 0 ? (v * 7 + p + index) % 256 : v));
  return { ...set, training: { ...set.training, values } };
}

test("an image is normalised over the pixels that show: mean 0, deviation 1 there, zero elsewhere", () => {
  const set = barImages(60);
  for (const index of [0, 1, 2, 3]) {
    const image = maskedImage(set.training, masks, index);
    const shown = image.filter((_, p) => masks.at(index)[p] > 0);
    expect(shown.length).toBe(48);
    expect(shown.reduce((a, b) => a + b)).toBeCloseTo(0, 4);
    expect(shown.reduce((a, b) => a + b * b, 0)).toBeCloseTo(48, 4);
    expect(image.every((v, p) => masks.at(index)[p] > 0 || v === 0)).toBe(true);
  }
  const flat = { ...set, training: { ...set.training, values: () => new Uint8Array(64).fill(9) } };
  expect(maskedBatch(flat, masks, [0, 1]).indices).toEqual([]);
});

test.each(ruleNames)("%s: what a mask hides changes neither the atoms nor what is measured", async (rule) => {
  const set = barImages(60);
  const learning = { ...settings.learning, rule, step: 0.05, redraw: 1 };
  const unit = trainItem({ ...plan, settings: { ...settings, learning } }, 6, 0);
  const train = (images: typeof set, hidden: boolean) =>
    trainAtoms(
      unit,
      { images, executor: loggingExecutor(), ...(hidden ? { masks } : {}) },
      { from: null, onState: async () => {} },
    );
  const result = await train(set, true);
  expect(await train(tampered(set), true)).toEqual(result);
  expect((await train(set, false)).atoms).not.toEqual(result.atoms);
});
