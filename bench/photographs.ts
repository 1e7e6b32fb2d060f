/**
 * The table of docs/denoise.md: `crisp denoise` beside scikit-image's non-local means, total variation
 * and wavelets, each of those at its best parameter over the same pictures, on photographs that no
 * atoms were trained on.
 *
 *   PHOTOGRAPHS=FOLDER FIRST=181 COUNT=8 SIGMAS=10,15,25,50 node bench/run.mjs photographs
 *
 * FOLDER holds the 200 training photographs of the Berkeley set, numbered from 1 in the order of their
 * names. KINDS=grey, NOISES=clipped and QUALITIES=fast,best ask for a part. Needs python3 with scikit-image
 * (Debian: python3-skimage); WITHOUT=1 leaves it out, QUALITIES= leaves ours out. All methods are told σ.
 * Noise is added to the picture and kept as it is, or rounded and clipped to 8 bits.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { openDenoiser } from "../src/app/denoise.js";
import { type PatchModels, patchCleaner, steps } from "../src/app/denoise-patches.js";
import { decodePatchModel } from "../src/coding/patch-model-file.js";
import { tensor } from "../src/core/tensor.js";
import { wasmEngine } from "../src/engine/wasm/engine.js";
import { encodeNpy } from "../src/formats/npy.js";
import { denoisedByPatches } from "../src/tasks/denoise/patches.js";
import { variantsOf } from "../src/tasks/denoise/variants.js";
import { codeStrip } from "../src/tasks/strip.js";
import { inlineExecutor } from "../src/work/executor.js";
import { type Example, meanPsnr, noised, photographs } from "./berkeley.js";
import { kernelModule } from "./data.js";

const first = Number(process.env.FIRST ?? 181);
const count = Number(process.env.COUNT ?? 8);
const sigmas = (process.env.SIGMAS ?? "10,15,25,50").split(",").map(Number);
const kinds = (process.env.KINDS ?? "grey,colour").split(",");
const noises = (process.env.NOISES ?? "unclipped,clipped").split(",");
const executor = inlineExecutor([wasmEngine(kernelModule())], () => performance.now() / 1000);
const models: PatchModels = { 1: model("denoise-grey"), 3: model("denoise-colour") };
const exchange = `.cache/bench/photographs-${process.pid}`;

for (const kind of kinds) {
  const clean = photographs(first, count, kind === "grey" ? 1 : 3);
  for (const inBytes of noises.map((noise) => noise === "clipped")) {
    console.log(
      `\n${kind}, ${inBytes ? "rounded and clipped to 8 bits" : "not clipped"}: mean PSNR in dB of ${clean.length}`,
    );
    console.log(`| method | ${sigmas.map((sigma) => `σ = ${sigma}`).join(" | ")} |`);
    const rows = new Map<string, string[]>();
    for (const sigma of sigmas) {
      const examples = clean.map((picture, n) => noised(picture, { sigma, n, inBytes }));
      for (const [name, text] of await columns(examples, { sigma, inBytes })) {
        rows.set(name, [...(rows.get(name) ?? []), text]);
      }
    }
    for (const [name, texts] of rows) console.log(`| ${name} | ${texts.join(" | ")} |`);
  }
}

/** One σ: every method's mean PSNR. */
async function columns(
  examples: readonly Example[],
  noise: { readonly sigma: number; readonly inBytes: boolean },
): Promise<[string, string][]> {
  const noisy = examples.map((example) => example.noisy);
  const found: [string, string][] = [["noisy", meanPsnr(examples, noisy).toFixed(2)]];
  if (!process.env.WITHOUT) found.push(...others(examples, noise.sigma));
  for (const quality of (process.env.QUALITIES ?? "fast,default").split(",").filter(Boolean) as (
    | "fast"
    | "default"
    | "best"
  )[]) {
    const begin = process.cpuUsage();
    const images: Float32Array[] = [];
    for (const example of examples) images.push(await ours(example, quality, noise));
    const { user } = process.cpuUsage(begin);
    const seconds = user / 1e6 / examples.length;
    found.push([`crisp, ${quality}`, `${meanPsnr(examples, images).toFixed(2)} (${seconds.toFixed(1)} s)`]);
  }
  return found;
}

/** As `crisp denoise` does it, unrounded where the noise was not clipped. */
async function ours(
  { clean, noisy }: Example,
  quality: "fast" | "default" | "best",
  { sigma, inBytes }: { readonly sigma: number; readonly inBytes: boolean },
): Promise<Float32Array> {
  if (inBytes) {
    const picture = { ...clean, bytes: Uint8Array.from(noisy) };
    const denoiser = openDenoiser(patchCleaner(models, executor, quality), { sigma });
    return Float32Array.from((await denoiser.denoise(picture)).picture.bytes);
  }
  const stages = models[clean.channels]!;
  const step = steps[quality];
  const { image } = await denoisedByPatches(
    noisy.map((value) => value / sigma),
    clean,
    {
      ...{ stages, step, together: 1, variants: variantsOf(quality === "best" ? "best" : "fast", [1, 1]) },
      code(stage, strip) {
        const { atoms, ...model } = stages[stage];
        const [features, side, , channels] = atoms.shape;
        const geometry = { height: side, width: side, channels, patch: [side, side], stride: [side, side], features };
        const held = {
          id: `${clean.channels} ${stage}`,
          dictionary: { geometry: { ...geometry, boundary: "crop" }, atoms },
        };
        return executor.run(codeStrip, held as never, { ...strip, model, sigma, step });
      },
    },
  );
  return image.map((value) => value * sigma);
}

/** scikit-image, through files. */
function others(examples: readonly Example[], sigma: number): [string, string][] {
  rmSync(exchange, { recursive: true, force: true });
  mkdirSync(exchange, { recursive: true });
  writeFileSync(`${exchange}/sigma.txt`, String(sigma));
  examples.forEach(({ clean, noisy }, n) => {
    const shape = [clean.height, clean.width, clean.channels];
    writeFileSync(`${exchange}/noisy-${n}.npy`, encodeNpy(tensor(shape, noisy)));
    writeFileSync(`${exchange}/clean-${n}.npy`, encodeNpy(tensor(shape, Float32Array.from(clean.bytes))));
  });
  const python = process.env.PYTHON ?? "/usr/bin/python3";
  const { stdout, stderr, status } = spawnSync(python, ["bench/scikit-image.py", exchange], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${python} bench/scikit-image.py: ${stderr}`);
  const {
    version,
    numpy: _,
    ...methods
  } = JSON.parse(stdout) as Record<string, { psnr: number; parameter: unknown; seconds: number }>;
  return Object.entries(methods).map(([name, { psnr, parameter, seconds }]) => [
    `${name}, scikit-image ${version}`,
    `${psnr.toFixed(2)} (${parameter}, ${seconds.toFixed(1)} s)`,
  ]);
}

function model(name: string) {
  return decodePatchModel(readFileSync(`assets/${name}.safetensors`), name);
}
