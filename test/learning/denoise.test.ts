// Atoms trained for denoising: the error on pictures that training has not seen falls, a further stage lowers it again.
import { expect, test } from "vitest";
import { decodePatchModel, encodePatchModel } from "../../src/coding/patch-model-file.js";
import { type PatchModel, patchLayout, thresholdsAt } from "../../src/coding/patches.js";
import { draws, purpose } from "../../src/core/random.js";
import { openPatches } from "../../src/engine/wasm/patches.js";
import { leavesPicture } from "../../src/images/leaves.js";
import { adamStep, startAdam } from "../../src/learning/adam.js";
import { modelCopy, trainDenoiser } from "../../src/learning/denoise.js";
import type { DenoiseTraining } from "../../src/learning/denoise-start.js";
import { type DenoiserState, decodeDenoiserState, encodeDenoiserState } from "../../src/learning/denoise-state.js";
import { kernelModule } from "../coding/networks.js";

const size = { height: 48, width: 48, channels: 1 as const };
const open = (layout: Parameters<typeof openPatches>[1]) => openPatches(kernelModule(), layout);
const pictures = Array.from({ length: 12 }, (_, n) => ({
  ...size,
  values: leavesPicture({ seed: 9, ...size }, "training", n),
}));
const training: DenoiseTraining = {
  ...{ features: 64, side: 6, steps: 60, batch: 4, crop: 32, step: 2, rate: 0.004, noise: [20, 30], seed: 1 },
};

/** Mean squared error at σ = 25 on pictures of the test stream, in units of σ². */
function errorOf(stages: readonly PatchModel[]): number {
  let sum = 0;
  for (let n = 0; n < 6; n++) {
    const clean = Float32Array.from(leavesPicture({ seed: 9, ...size }, "test", n), (value) => value / 25);
    const draw = draws({ seed: 9, purpose: purpose.noise }, n);
    const noisy = clean.map((value) => value + draw.gaussian());
    let estimate: Float32Array | undefined;
    for (const stage of stages) {
      const coder = open(patchLayout(stage, size));
      coder.load(stage);
      const image = estimate
        ? Float32Array.from({ length: 2 * noisy.length }, (_, i) => (i % 2 ? estimate! : noisy)[i >> 1])
        : noisy;
      const found = coder.code({ image, thresholds: thresholdsAt(stage, 25), step: 2, finest: 0.05 });
      estimate = found.sum.map((value, i) => value / found.count[i]);
    }
    sum += estimate!.reduce((total, value, i) => total + (value - clean[i]) ** 2, 0) / clean.length;
  }
  return sum / 6;
}

/** The model before the first step moves it, and after the last. */
function trained(before: readonly PatchModel[]): { readonly first: PatchModel; readonly last: PatchModel } {
  const states = trainDenoiser(training, { pictures, before, open });
  const first = modelCopy(states.next().value.model);
  let last = first;
  for (const { model } of states) last = model;
  return { first, last };
}

test("training lowers the error on new pictures, and a further stage lowers it again", () => {
  const { first, last } = trained([]);
  const [before, after] = [errorOf([first]), errorOf([last])];
  expect(after).toBeLessThan(0.95 * before);
  expect(errorOf([last, trained([last]).last])).toBeLessThan(after);
});

test("a training that goes on from its checkpoint ends with the same bytes", () => {
  const short = { ...training, steps: 9, batch: 1 };
  const tools = { pictures, before: [], open };
  const bytes = (steps: Iterable<DenoiserState>) => encodeDenoiserState([...steps].at(-1)!, "one");
  let checkpoint: Uint8Array = new Uint8Array();
  const whole = trainDenoiser(short, tools);
  for (let step = 0; step < 4; step++) checkpoint = encodeDenoiserState(whole.next().value!, "one");
  const kept = decodeDenoiserState(checkpoint, "one", "kept");
  expect(kept.step).toBe(4);
  expect(bytes(trainDenoiser(short, tools, kept))).toEqual(bytes(whole));
  expect(() => decodeDenoiserState(checkpoint, "two", "kept")).toThrow("kept is the checkpoint of another training");
});

test("the first step of Adam is as long as its rate, against the gradient", () => {
  const x = Float32Array.of(1, 1);
  adamStep(startAdam(2), x, { gradient: Float32Array.of(3, -0.02), rate: 0.5 });
  expect([...x]).toEqual([0.5, 1.5]);
});

test("a model comes back from its file, atoms to 11 bits", () => {
  const first = trainDenoiser({ ...training, batch: 1 }, { pictures, before: [], open }).next().value
    .model as PatchModel;
  const [back] = decodePatchModel(encodePatchModel([first], { training: "none" }), "model.safetensors");
  expect(back.thresholds).toEqual(first.thresholds);
  expect(back.atoms.shape).toEqual(first.atoms.shape);
  back.atoms.data.forEach((value, i) => {
    const from = first.atoms.data[i];
    // Half a step of 2⁻¹¹; below 2⁻¹⁴ steps are 2⁻²⁴.
    expect(Math.abs(value - from)).toBeLessThanOrEqual(Math.max(Math.abs(from) * 2 ** -11, 2 ** -25));
  });
});
