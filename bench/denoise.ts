/**
 * Is the network a better denoiser than non-local means and wavelet shrinkage?
 * node bench/run.mjs denoise: leaves pictures with 8-bit noise, and 100 noisy
 * CIFAR-10 test images where they are (CIFAR10=FOLDER). The network's λ and gain
 * come from its calibration; the others get their best parameter on these very
 * pictures. All know σ.
 */
import { existsSync, readFileSync } from "node:fs";
import { decodeSafetensors } from "../src/coding/safetensors.js";
import { draws, purpose } from "../src/core/random.js";
import { type Tensor, tensor } from "../src/core/tensor.js";
import { leavesPicture } from "../src/images/leaves.js";
import type { Picture } from "../src/images/picture.js";
import { type Calibration, operatingPoint, scaleOf } from "../src/tasks/denoise/operating.js";
import { reconstruct } from "../src/tasks/denoise/reconstruct.js";
import { type Quality, qualities, variantsOf } from "../src/tasks/denoise/variants.js";
import { similarity } from "../src/tasks/similarity.js";
import { trained } from "./data.js";
import { nonLocalMeans } from "./non-local-means.js";
import { waveletShrinkage } from "./wavelets.js";
import { windowCoder } from "./windows.js";

/** A picture in grey levels: clean, noisy (clipped and rounded or not), and the noise's σ. */
type Example = { readonly clean: Picture; readonly noisy: Float32Array; readonly sigma: number };
type Score = { readonly psnr: number; readonly ssim: number; readonly error: number };

const shipped = decodeSafetensors(readFileSync("assets/denoise.safetensors"), "shipped").tensors.atoms;
const calibration = JSON.parse(readFileSync("assets/denoise.json", "utf8")) as Calibration;
const network = { patch: [8, 8], stride: [2, 2] } as const;
const leavesAtoms = tensor(shipped.shape, shipped.data as Float32Array);

for (const sigma of [10, 25, 50])
  await compare(`4 leaves pictures of 96×96, σ = ${sigma}`, leavesExamples(sigma), false);
const folder = process.env.CIFAR10 ?? "../shared/cifar-10-batches-bin";
if (existsSync(`${folder}/test_batch.bin`)) {
  await compare("100 CIFAR-10 test images, σ = 0.5 of each image's deviation, not clipped", cifarExamples(), true);
} else console.log(`no CIFAR-10 in ${folder}: that part is left out`);

async function compare(title: string, examples: readonly Example[], withCifar: boolean): Promise<void> {
  console.log(`\n${title}\n\n| | PSNR | SSIM | % error |\n|---|---|---|---|`);
  const rows = (name: string, images: readonly Float32Array[]) => print(name, mean(examples, images));
  rows(
    "noisy",
    examples.map(({ noisy }) => noisy),
  );
  const factors = [0.25, 0.35, 0.5, 0.7, 1, 1.4];
  const byFactor = examples.map(({ noisy, clean, sigma }) =>
    nonLocalMeans(
      noisy,
      clean,
      sigma,
      factors.map((f) => f * sigma),
    ),
  );
  best("non-local means", factors, (i) => byFactor.map((images) => images[i]), examples);
  const thresholds = [0.35, 0.5, 0.7, 1, 1.4, 2, 2.8];
  best(
    "wavelet shrinkage",
    thresholds,
    (i) => examples.map(({ noisy, clean, sigma }) => waveletShrinkage(noisy, clean, sigma, thresholds[i])),
    examples,
  );
  for (const quality of qualities) rows(`crisp, ${quality}`, await networkImages(examples, quality, leavesAtoms));
  if (!withCifar) return;
  const own = trained(128).atoms;
  for (const quality of qualities) {
    rows(`crisp, ${quality}, atoms trained on CIFAR-10`, await networkImages(examples, quality, own));
  }
}

async function networkImages(examples: readonly Example[], quality: Quality, atoms: Tensor): Promise<Float32Array[]> {
  const code = windowCoder(atoms);
  const images: Float32Array[] = [];
  for (const { noisy, clean, sigma } of examples) {
    const scale = scaleOf(noisy, sigma);
    const point = operatingPoint(calibration.colour[quality], scale.noise);
    const lambdas = [point.lambdaPerSigma * scale.noise];
    const values = noisy.map((value) => (value - scale.mean) / scale.deviation);
    const { height, width, channels } = clean;
    const [{ image }] = await reconstruct(
      values,
      { height, width, channels },
      {
        network,
        variants: variantsOf(quality, network.stride),
        lambdas,
        together: 1,
        code: (window, size) => code(window, size, lambdas),
      },
    );
    images.push(image.map((value) => scale.mean + scale.deviation * point.gain * value));
  }
  return images;
}

/** Prints the parameter with the highest PSNR. */
function best(
  name: string,
  parameters: readonly number[],
  imagesAt: (i: number) => Float32Array[],
  of: readonly Example[],
) {
  const scores = parameters.map((_, i) => mean(of, imagesAt(i)));
  const top = scores.reduce((a, b, i) => (b.psnr > scores[a].psnr ? i : a), 0);
  print(`${name}, best factor ${parameters[top]}`, scores[top]);
}

function print(name: string, { psnr, ssim, error }: Score): void {
  console.log(`| ${name} | ${psnr.toFixed(2)} | ${ssim.toFixed(3)} | ${error.toFixed(2)} |`);
}

/** Means over pictures; PSNR and percent error unrounded, SSIM in 8 bits. */
function mean(examples: readonly Example[], images: readonly Float32Array[]): Score {
  const scores = examples.map(({ clean }, i) => scoreOf(clean, images[i]));
  const over = (f: (score: Score) => number) => scores.reduce((sum, score) => sum + f(score), 0) / scores.length;
  return { psnr: over((s) => s.psnr), ssim: over((s) => s.ssim), error: over((s) => s.error) };
}

function scoreOf(clean: Picture, image: Float32Array): Score {
  const level = clean.bytes.reduce((sum, value) => sum + value, 0) / clean.bytes.length;
  let squares = 0;
  let power = 0;
  for (let i = 0; i < image.length; i++) {
    squares += (image[i] - clean.bytes[i]) ** 2;
    power += (clean.bytes[i] - level) ** 2;
  }
  const bytes = Uint8Array.from(image, (value) => Math.max(0, Math.min(255, Math.round(value))));
  return {
    psnr: 10 * Math.log10((255 ** 2 * image.length) / squares),
    ssim: similarity(clean, { ...clean, bytes }).ssim!,
    error: 100 * Math.sqrt(squares / power),
  };
}

/** Leaves of another seed than the dictionary's and the calibration's, as a user has them: in 8 bits. */
function leavesExamples(sigma: number): Example[] {
  return Array.from({ length: 4 }, (_, n) => {
    const size = { height: 96, width: 96, channels: 3 } as const;
    const clean = { ...size, bytes: leavesPicture({ seed: 77, ...size }, "test", n) };
    const draw = draws({ seed: 77, purpose: purpose.noise }, n);
    const noisy = Float32Array.from(clean.bytes, (value) =>
      Math.max(0, Math.min(255, Math.round(value + sigma * draw.gaussian()))),
    );
    return { clean, noisy, sigma };
  });
}

function cifarExamples(): Example[] {
  const file = readFileSync(`${folder}/test_batch.bin`);
  return Array.from({ length: 100 }, (_, n) => {
    const start = n * 3073 + 1;
    const bytes = Uint8Array.from({ length: 3072 }, (_, i) => file[start + (i % 3) * 1024 + Math.floor(i / 3)]);
    const clean: Picture = { height: 32, width: 32, channels: 3, bytes };
    const { deviation } = scaleOf(bytes, 1e-9);
    const sigma = 0.5 * deviation;
    const draw = draws({ seed: 77, purpose: purpose.noise }, n);
    return { clean, sigma, noisy: Float32Array.from(bytes, (value) => value + sigma * draw.gaussian()) };
  });
}
