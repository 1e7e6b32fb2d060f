/**
 * Is an LCA stopped early still the better denoiser once both have shifts and a gain?
 * node bench/run.mjs stopped: CIFAR-10 test images with unclipped noise of half their
 * deviation (IMAGES=8), the shipped atoms or OWN=FILE, one coding and the mean over four
 * shifts. Each λ with the gain that is best for all images in common; no tuning beyond.
 */
import { readFileSync } from "node:fs";
import { draws, purpose } from "../src/core/random.js";
import { tensor } from "../src/core/tensor.js";
import type { WasmSolver } from "../src/engine/wasm/solve.js";
import { decodeSafetensors } from "../src/formats/safetensors.js";
import { scaleOf } from "../src/tasks/denoise/operating.js";
import { reconstruct } from "../src/tasks/denoise/reconstruct.js";
import { variantsOf } from "../src/tasks/denoise/variants.js";
import { windowCoder } from "./windows.js";

const folder = process.env.CIFAR10 ?? "../shared/cifar-10-batches-bin";
const path = process.env.OWN ?? "assets/denoise.safetensors";
const found = decodeSafetensors(readFileSync(path), path).tensors.atoms;
const atoms = tensor(found.shape, found.data as Float32Array);
const file = readFileSync(`${folder}/test_batch.bin`);
const size = { height: 32, width: 32, channels: 3 } as const;
const network = { patch: [8, 8], stride: [2, 2] } as const;

/** Clean and noisy, in units of the clean deviation, less the noisy mean. */
const examples = Array.from({ length: Number(process.env.IMAGES ?? 8) }, (_, n) => {
  const bytes = Float32Array.from({ length: 3072 }, (_, i) => file[n * 3073 + 1 + (i % 3) * 1024 + Math.floor(i / 3)]);
  const { deviation } = scaleOf(bytes, 1e-9);
  const draw = draws({ seed: 77, purpose: purpose.noise }, n);
  const dirty = bytes.map((value) => value + 0.5 * deviation * draw.gaussian());
  const { mean } = scaleOf(dirty, 1e-9);
  const scaled = (from: Float32Array) => from.map((value) => (value - mean) / deviation);
  return { clean: scaled(bytes), noisy: scaled(dirty), deviation };
});

/** The LCA's step is 1/‖Φ‖²; the less it has converged the smaller its best λ. */
const tried: readonly { name: string; solver: WasmSolver; ratios: readonly number[] }[] = [
  { name: "converged", solver: { kind: "coordinate" }, ratios: [1.2, 1.5, 1.9] },
  { name: "LCA, 150 steps", solver: { kind: "lca", steps: 150 }, ratios: [0.3, 0.6] },
  { name: "LCA, 400 steps", solver: { kind: "lca", steps: 400 }, ratios: [0.6, 1] },
];
console.log(`${examples.length} images, ${path}\n\n| | λ/σ | gain | PSNR |\n|---|---|---|---|`);
for (const { name, solver, ratios } of tried) {
  for (const quality of ["fast", "default"] as const) {
    for (const ratio of ratios) await row(`${name}, ${quality}`, { solver, quality, lambda: 0.5 * ratio });
  }
}

async function row(
  name: string,
  { solver, quality, lambda }: { solver: WasmSolver; quality: "fast" | "default"; lambda: number },
): Promise<void> {
  const code = windowCoder(atoms, 1e-2, solver);
  const images: Float32Array[] = [];
  for (const { noisy } of examples) {
    const [{ image }] = await reconstruct(noisy, size, {
      ...{ network, variants: variantsOf(quality, network.stride), lambdas: [lambda], together: 1 },
      code: (window, windowSize) => code(window, windowSize, [lambda]),
    });
    images.push(image);
  }
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const over = (of: (image: Float32Array, i: number) => number) =>
    images.reduce((sum, image, i) => sum + of(image, i), 0);
  const gain = over((image, i) => dot(image, examples[i].clean)) / over((image) => dot(image, image));
  const psnr = over((image, i) => {
    const { clean, deviation } = examples[i];
    const error = clean.reduce((sum, s, j) => sum + (s - gain * image[j]) ** 2, 0) * deviation ** 2;
    return (10 * Math.log10((255 ** 2 * clean.length) / error)) / images.length;
  });
  console.log(`| ${name} | ${lambda / 0.5} | ${gain.toFixed(3)} | ${psnr.toFixed(2)} |`);
}
