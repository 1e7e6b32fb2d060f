/**
 * Is the network a better denoiser than non-local means and wavelet shrinkage?
 * node bench/run.mjs denoise: leaves pictures and CIFAR-10 test images (CIFAR10=FOLDER),
 * colour and grey, with 8-bit noise, and CIFAR-10 with noise that is not clipped.
 * The network's λ, gain and share come from the noisy picture alone; the others get
 * their best parameter on these very pictures. All know σ, and all are followed by the
 * same undoing of clipping. OWN=FILE: a second row with atoms trained on CIFAR-10 by
 * `crisp train --features 128 --preset standard --data cifar10`. IMAGES=n, PART=parts of the title between |, its end a full stop, BEST=1 for 32 codings too.
 */
import { existsSync, readFileSync } from "node:fs";
import { draws, purpose } from "../src/core/random.js";
import { type Tensor, tensor } from "../src/core/tensor.js";
import type { Picture } from "../src/formats/picture.js";
import { decodeSafetensors } from "../src/formats/safetensors.js";
import { leavesPicture } from "../src/images/leaves.js";
import { clippedNoise } from "../src/tasks/denoise/clipping.js";
import { greyAtoms } from "../src/tasks/denoise/grey.js";
import { mixtureOf, steinSums } from "../src/tasks/denoise/mixture.js";
import { type Calibration, operatingPoint, scaleOf } from "../src/tasks/denoise/operating.js";
import { reconstruct } from "../src/tasks/denoise/reconstruct.js";
import { sureLambda } from "../src/tasks/denoise/search.js";
import { type Quality, qualities, variantsOf } from "../src/tasks/denoise/variants.js";
import { similarity } from "../src/tasks/similarity.js";
import { nonLocalMeans } from "./non-local-means.js";
import { waveletShrinkage } from "./wavelets.js";
import { windowCoder } from "./windows.js";

/** A picture in grey levels: clean, noisy (clipped and rounded or not), and the noise's σ. */
type Example = { readonly clean: Picture; readonly noisy: Float32Array; readonly sigma: number };
type Score = { readonly psnr: number; readonly ssim: number; readonly error: number };

const calibration = JSON.parse(readFileSync("assets/denoise.json", "utf8")) as Calibration;
const network = { patch: [8, 8], stride: [2, 2] } as const;
const leavesAtoms = atomsOf("assets/denoise.safetensors");
const own = process.env.OWN ? atomsOf(process.env.OWN) : null;
const part = process.env.PART ?? "";
const images = Number(process.env.IMAGES ?? 40);
const folder = process.env.CIFAR10 ?? "../shared/cifar-10-batches-bin";
const withCifar = existsSync(`${folder}/test_batch.bin`);
if (!withCifar) console.log(`no CIFAR-10 in ${folder}: that part is left out`);

for (const channels of [3, 1] as const) {
  const kind = channels === 3 ? "colour" : "grey";
  for (const sigma of [2, 5, 10, 25, 50]) {
    if (withCifar && sigma >= 10)
      await compare(`${images} CIFAR-10 test images, ${kind}, σ = ${sigma}`, () => cifarExamples(sigma, channels));
    await compare(`4 leaves pictures of 96×96, ${kind}, σ = ${sigma}`, () => leavesExamples(sigma, channels));
  }
}
if (withCifar)
  await compare(`${images} CIFAR-10 test images, σ half of each image's deviation, unclipped`, () =>
    cifarExamples(null, 3),
  );

async function compare(title: string, make: () => readonly Example[]): Promise<void> {
  if (!part.split("|").some((word) => `${title}.`.includes(word))) return;
  const examples = make();
  console.log(`\n${title}\n\n| | PSNR | SSIM | % error |\n|---|---|---|---|`);
  const rows = (name: string, found: readonly Float32Array[]) => print(name, mean(examples, found));
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
  const finished = (found: readonly Float32Array[]) => found.map((image, i) => unclipped(image, examples[i]));
  best("non-local means", factors, (i) => finished(byFactor.map((found) => found[i])), examples);
  const thresholds = [0.35, 0.5, 0.7, 1, 1.4, 2, 2.8];
  best(
    "wavelet shrinkage",
    thresholds,
    (i) => finished(examples.map(({ noisy, clean, sigma }) => waveletShrinkage(noisy, clean, sigma, thresholds[i]))),
    examples,
  );
  // 32 codings a picture take minutes: `best` where it is asked for.
  const tried = process.env.BEST ? qualities : qualities.filter((quality) => quality !== "best");
  for (const quality of tried) rows(`crisp, ${quality}`, await networkImages(examples, quality, leavesAtoms));
  if (own === null || !title.includes("CIFAR")) return;
  for (const quality of tried) {
    rows(`crisp, ${quality}, atoms trained on CIFAR-10`, await networkImages(examples, quality, own));
  }
}

/** As `crisp denoise` does it (node/denoise.ts), without rounding. */
async function networkImages(examples: readonly Example[], quality: Quality, atoms: Tensor): Promise<Float32Array[]> {
  const grey = examples[0].clean.channels === 1;
  const code = windowCoder(grey ? greyAtoms(atoms) : atoms);
  const found: Float32Array[] = [];
  for (const example of examples) {
    const { noisy, clean } = example;
    const scale = scaleOf(noisy, noiseOf(example).deviation);
    const values = noisy.map((value) => (value - scale.mean) / scale.deviation);
    const searched = quality === "best" ? "default" : quality;
    const points = calibration[grey ? "grey" : "colour"][searched];
    const start = operatingPoint(points, scale.noise).lambdaPerSigma;
    const size = { height: clean.height, width: clean.width, channels: clean.channels };
    const search = { network, variants: variantsOf(searched, network.stride), sigma: scale.noise, start };
    const { lambda } = await sureLambda(values, size, { ...search, together: 1, code });
    const [result] = await reconstruct(values, size, {
      ...{ network, variants: variantsOf(quality, network.stride), lambdas: [lambda], together: 1 },
      code: (window, windowSize) => code(window, windowSize, [lambda]),
    });
    const { gain, share } = mixtureOf(steinSums(values, result, clean.channels), scale.noise);
    const image = result.image.map((v, i) => scale.mean + scale.deviation * (gain * v + share * values[i]));
    found.push(unclipped(image, example));
  }
  return found;
}

/** Noise that was not clipped leaves values that are not whole numbers. */
function noiseOf({ noisy, clean, sigma }: Example) {
  const whole = noisy.every((value) => Number.isInteger(value));
  return whole ? clippedNoise(noisy, clean, sigma) : { deviation: sigma, clipping: null };
}

function unclipped(image: Float32Array, example: Example): Float32Array {
  const { clipping } = noiseOf(example);
  return clipping ? image.map((value) => clipping.unclipped(value)) : image;
}

function atomsOf(path: string): Tensor {
  const { atoms } = decodeSafetensors(readFileSync(path), path).tensors;
  return tensor(atoms.shape, atoms.data as Float32Array);
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

/** Leaves of another seed than the dictionary's and the calibration's. */
function leavesExamples(sigma: number, channels: 1 | 3): Example[] {
  return Array.from({ length: 4 }, (_, n) => {
    const size = { height: 96, width: 96, channels };
    return noised({ ...size, bytes: leavesPicture({ seed: 77, ...size }, "test", n) }, sigma, n);
  });
}

/** The first test images; grey ones are the mean of the channels. σ null: half of each image's deviation, not clipped. */
function cifarExamples(sigma: number | null, channels: 1 | 3): Example[] {
  const file = readFileSync(`${folder}/test_batch.bin`);
  return Array.from({ length: images }, (_, n) => {
    const at = (pixel: number, c: number) => file[n * 3073 + 1 + c * 1024 + pixel];
    const bytes = Uint8Array.from({ length: 1024 * channels }, (_, i) =>
      channels === 3 ? at(Math.floor(i / 3), i % 3) : Math.round((at(i, 0) + at(i, 1) + at(i, 2)) / 3),
    );
    const clean: Picture = { height: 32, width: 32, channels, bytes };
    if (sigma !== null) return noised(clean, sigma, n);
    const half = 0.5 * scaleOf(bytes, 1e-9).deviation;
    const draw = draws({ seed: 77, purpose: purpose.noise }, n);
    return { clean, sigma: half, noisy: Float32Array.from(bytes, (value) => value + half * draw.gaussian()) };
  });
}

/** As a user has it: in 8 bits. */
function noised(clean: Picture, sigma: number, index: number): Example {
  const draw = draws({ seed: 77, purpose: purpose.noise }, index);
  const noisy = Float32Array.from(clean.bytes, (value) =>
    Math.max(0, Math.min(255, Math.round(value + sigma * draw.gaussian()))),
  );
  return { clean, noisy, sigma };
}
