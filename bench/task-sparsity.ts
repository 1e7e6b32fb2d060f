/**
 * Does the best sparsity, and how it goes with size, change when atoms serve the task?
 *
 *   PHOTOGRAPHS=FOLDER SEEDS=2 STEPS=1500 node bench/run.mjs task-sparsity
 *
 * For F = 32 … 256 atoms of 8×8, grey, two kinds of dictionaries of photographs 1 to 160: trained for denoising
 * at σ = 25 (`crisp train --objective denoise`), and for coding (`crisp train` on clean patches, λ = 1 σ, signed).
 * All thresholds are then scaled together, and photographs 161 to 180 (central 96×96, σ = 25) denoised by
 * patches 2 pixels apart: percent error against percent active. task.csv and coding.csv in .cache/bench/task-sparsity
 * are for `crisp fit`. Needs the built command; what is trained is kept there.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { decodePatchModel, encodePatchModel } from "../src/coding/patch-model-file.js";
import { type PatchModel, patchLayout } from "../src/coding/patches.js";
import { draws, purpose } from "../src/core/random.js";
import { tensor } from "../src/core/tensor.js";
import { openPatches } from "../src/engine/wasm/patches.js";
import { encodeNpy } from "../src/formats/npy.js";
import type { Picture } from "../src/formats/picture.js";
import { decodeSafetensors } from "../src/formats/safetensors.js";
import { luma } from "../src/images/luma.js";
import { denoiseDefaults, trainDenoiser } from "../src/learning/denoise.js";
import { type CropSource, clearCrop } from "../src/learning/denoise-start.js";
import { middle, noised, photographs } from "./berkeley.js";
import { kernelModule } from "./data.js";

const [seeds, steps] = [Number(process.env.SEEDS ?? 2), Number(process.env.STEPS ?? 1500)];
const [side, crop, sigma, stride] = [8, 96, 25, 2];
const home = ".cache/bench/task-sparsity";
const sizes = [32, 64, 128, 256];
const factors = Array.from({ length: 13 }, (_, k) => 1.15 ** (k - 6));
/** Thresholds in units of σ that a factor of 1 stands for, where training has not set them. */
const uniform = 1.5;

mkdirSync(home, { recursive: true });
const learned = photographs(1, 160, 3).map(
  (picture): CropSource => ({ ...picture, channels: 1, values: luma(picture) }),
);
const tests = photographs(161, 20, 1).map(example);
const kinds = { task: taskModel, coding: codingModel };

for (const [kind, modelOf] of Object.entries(kinds)) {
  const lines = ["size,control,replicate,value,x"];
  console.log(
    `\n${kind}\n| F | seed | least error, % | PSNR, dB | active there, % | factor |\n|---|---|---|---|---|---|`,
  );
  for (const features of sizes) {
    for (let seed = 1; seed <= seeds; seed++) {
      const curve = curveOf(modelOf(features, seed));
      for (const { factor, error, active } of curve) lines.push([features, factor, seed, error, active].join(","));
      const least = curve.reduce((a, b) => (b.error < a.error ? b : a));
      const { error, psnr, active, factor } = least;
      console.log(
        `| ${features} | ${seed} | ${error.toFixed(3)} | ${psnr.toFixed(3)} | ${active.toFixed(2)} | ${factor.toFixed(2)} |`,
      );
    }
  }
  writeFileSync(`${home}/${kind}.csv`, `${lines.join("\n")}\n`);
}

/** Means over the test pictures for every factor on the thresholds. */
function curveOf(model: PatchModel) {
  const coder = openPatches(kernelModule(), patchLayout(model, { height: crop, width: crop }));
  coder.load(model);
  const patches = ((crop - side) / stride + 1) ** 2;
  return factors.map((factor) => {
    const means = { factor, error: 0, psnr: 0, active: 0 };
    for (const { clean, noisy, power } of tests) {
      const thresholds = model.thresholds.map((t) => factor * t);
      const { sum, count, active } = coder.code({ image: noisy, thresholds, step: stride, finest: 0.1 });
      const squares = clean.reduce((total, value, i) => total + ((sigma * sum[i]) / count[i] - value) ** 2, 0);
      means.error += (100 * Math.sqrt(squares / power)) / tests.length;
      means.psnr += (10 * Math.log10((255 ** 2 * clean.length) / squares)) / tests.length;
      means.active += (100 * active) / (patches * model.thresholds.length * tests.length);
    }
    return means;
  });
}

function taskModel(features: number, seed: number): PatchModel {
  const path = `${home}/task-${features}-${seed}-${steps}.safetensors`;
  if (!existsSync(path)) {
    const training = { ...denoiseDefaults, features, side, steps, noise: [sigma, sigma] as const, seed };
    const open = (layout: Parameters<typeof openPatches>[1]) => openPatches(kernelModule(), layout);
    let last: PatchModel | undefined;
    for (const { model } of trainDenoiser(training, { pictures: learned, before: [], open })) last = model;
    writeFileSync(path, encodePatchModel([last!], {}));
  }
  return decodePatchModel(readFileSync(path), path)[0];
}

/** Atoms that code clean patches with least ½‖x − Φa‖² + λ‖a‖₁, as decoder too; one threshold for all. */
function codingModel(features: number, seed: number): PatchModel {
  const out = `${home}/coding-${features}-${seed}`;
  if (!existsSync(`${out}/dictionary.safetensors`)) {
    const set = "rectified=false,learning.images=20000,learning.lambda=1,learning.minibatch=32".split(",");
    const words = ["--patch", "8", "--stride", "8", "--no-normalise", ...set.flatMap((text) => ["--set", text])];
    const counts = ["--training-images", "20000", "--test-images", "16", "--workers", "1"];
    const args = [
      "dist/cli.js",
      "train",
      "--data",
      patchFile(seed),
      "--features",
      String(features),
      ...words,
      ...counts,
    ];
    const { status, stderr } = spawnSync(process.execPath, [...args, "--seed", String(seed), "--out", out], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
  }
  const path = `${out}/dictionary.safetensors`;
  const atoms = decodeSafetensors(readFileSync(path), path).tensors.atoms;
  const own = tensor(atoms.shape, Float32Array.from(atoms.data));
  const thresholds = new Float32Array(features).fill(uniform);
  return { atoms: own, decoder: own, thresholds, exponents: new Float32Array(features) };
}

/** Clean patches, their mean taken off, in units of σ. */
function patchFile(seed: number): string {
  const path = `${home}/patches-${seed}.npy`;
  if (existsSync(path)) return path;
  const [count, length] = [25_600, side * side];
  const values = new Float32Array(count * length);
  for (let n = 0; n < count; n++) {
    const draw = draws({ seed, purpose: purpose.crop }, n);
    const patch = clearCrop(learned[draw.whole(learned.length)], side, draw);
    const mean = patch.reduce((sum, value) => sum + value, 0) / length;
    values.set(
      patch.map((value) => (value - mean) / sigma),
      n * length,
    );
  }
  writeFileSync(path, encodeNpy(tensor([count, side, side, 1], values)));
  return path;
}

/** The middle of a photograph, clean and noisy in units of σ, and the power of its differences from its mean. */
function example(photograph: Picture, n: number) {
  const { clean, noisy } = noised(middle(photograph, crop), { sigma, n, inBytes: false });
  const mean = clean.bytes.reduce((sum, value) => sum + value, 0) / clean.bytes.length;
  const power = clean.bytes.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { clean: clean.bytes, noisy: noisy.map((value) => value / sigma), power };
}
