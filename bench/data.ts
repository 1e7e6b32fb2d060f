/** CIFAR-10 images, noise and trained dictionaries for the benchmarks. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Dictionary } from "../src/coding/dictionary.js";
import type { CodingRule } from "../src/coding/engine.js";
import { atomLength, posterGeometry } from "../src/core/geometry.js";
import { draws, purpose } from "../src/core/random.js";
import { tensor } from "../src/core/tensor.js";
import { openWasm } from "../src/engine/wasm/engine.js";

export const clean: CodingRule = { threshold: { kind: "soft", rectified: true }, tolerance: 1e-2 };

/** 15 values from 4 down to 0.1. */
export const grid = Array.from({ length: 15 }, (_, i) => 4 * (0.1 / 4) ** (i / 14));

export function kernelModule(): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(process.env.KERNEL ?? "dist/kernel.wasm"));
}

/** Images first … first + count − 1 of a batch file, channels last, mean 0 and standard deviation 1. */
export function images(first: number, count: number, batch = 1): Float32Array[] {
  const folder = process.env.CIFAR10 ?? "../shared/cifar-10-batches-bin";
  const bytes = readFileSync(`${folder}/data_batch_${batch}.bin`);
  return Array.from({ length: count }, (_, i) => {
    const at = (first + i) * 3073 + 1;
    return normalised(Float64Array.from({ length: 3072 }, (_, j) => bytes[at + (j % 3) * 1024 + Math.floor(j / 3)]));
  });
}

function normalised(values: Float64Array): Float32Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return Float32Array.from(values, (value) => (value - mean) / deviation);
}

/** Gaussian noise of deviation σ added, one draw an image. */
export function noisy(of: readonly Float32Array[], sigma = 0.5): Float32Array[] {
  return of.map((image, i) => {
    const draw = draws({ seed: 1, purpose: purpose.noise }, i);
    return image.map((value) => value + sigma * draw.gaussian());
  });
}

/** A dictionary trained on 6400 images by diagonal Newton steps (docs: method of learning), kept in .cache/bench. */
export function trained(features: number): Dictionary {
  const geometry = posterGeometry(features);
  const shape = [features, 8, 8, 3];
  const file = `.cache/bench/atoms-${features}.f32`;
  if (existsSync(file))
    return {
      geometry,
      atoms: tensor(shape, Float32Array.from(new Float32Array(new Uint8Array(readFileSync(file)).buffer))),
    };
  console.log(`training ${features} features once …`);
  const atoms = learn(patches(features), features);
  mkdirSync(".cache/bench", { recursive: true });
  writeFileSync(file, atoms);
  return { geometry, atoms: tensor(shape, atoms) };
}

/** Random 8×8 patches of images, unit norm. */
function patches(features: number): Float32Array<ArrayBuffer> {
  const draw = draws({ seed: 1, purpose: purpose.atoms }, features);
  const source = images(0, 2000, 2);
  const atoms = new Float32Array(features * 192);
  for (let f = 0; f < features; f++) {
    const image = source[draw.whole(source.length)];
    const [top, left] = [draw.whole(25), draw.whole(25)];
    for (let i = 0; i < 192; i++) {
      atoms[f * 192 + i] = image[((top + Math.floor(i / 24)) * 32 + left) * 3 + (i % 24)];
    }
  }
  return unit(atoms, features);
}

function unit(atoms: Float32Array<ArrayBuffer>, features: number): Float32Array<ArrayBuffer> {
  const length = atoms.length / features;
  for (let f = 0; f < features; f++) {
    const atom = atoms.subarray(f * length, (f + 1) * length);
    const norm = Math.hypot(...atom) || 1;
    for (let i = 0; i < length; i++) atom[i] /= norm;
  }
  return atoms;
}

/** Φ_m ← unit(Φ_m + η Σ a r / ⟨Σ a²⟩), η = 0.1/√(1 + images/10⁴), λ = 0.5, batches of 32. */
function learn(atoms: Float32Array<ArrayBuffer>, features: number): Float32Array<ArrayBuffer> {
  const geometry = posterGeometry(features);
  const engine = openWasm(kernelModule());
  const power = new Float64Array(features);
  const source = images(0, 6400, 3);
  for (let seen = 0; seen < source.length; seen += 32) {
    const coder = engine.prepare({ geometry, atoms: tensor([features, 8, 8, 3], atoms) });
    const step = new Float64Array(features * atomLength(geometry));
    const batchPower = new Float64Array(features);
    for (const image of source.slice(seen, seen + 32)) {
      for (const { code, reconstruction } of coder.path(image, [0.5], { ...clean, tolerance: 0.05 })) {
        const residual = image.map((value, i) => value - reconstruction[i]);
        code.index.forEach((index, n) => {
          const f = index % features;
          batchPower[f] += code.value[n] ** 2;
          correlatePatch(residual, step.subarray(f * 192, f * 192 + 192), {
            position: (index - f) / features,
            a: code.value[n],
          });
        });
      }
    }
    const rate = 0.1 / Math.sqrt(1 + seen / 1e4);
    for (let f = 0; f < features; f++) {
      power[f] = seen === 0 ? batchPower[f] : 0.9 * power[f] + 0.1 * batchPower[f];
      if (power[f] === 0) continue;
      for (let i = f * 192; i < f * 192 + 192; i++) atoms[i] += (rate * step[i]) / power[f];
    }
    unit(atoms, features);
  }
  return atoms;
}

/** sum ← sum + a · (patch of the residual at a position), zero outside the image. */
function correlatePatch(residual: Float32Array, sum: Float64Array, at: { position: number; a: number }): void {
  const top = 2 * Math.floor(at.position / 16) - 3;
  const left = 2 * (at.position % 16) - 3;
  for (let y = Math.max(0, -top); y < 8 && top + y < 32; y++) {
    for (let x = Math.max(0, -left); x < 8 && left + x < 32; x++) {
      for (let c = 0; c < 3; c++) sum[(y * 8 + x) * 3 + c] += at.a * residual[((top + y) * 32 + left + x) * 3 + c];
    }
  }
}
