/**
 * From which σ on is the shipped model better than the shipped dictionary with λ by SURE? Photographs 161 to 180
 * of the Berkeley set (the middle 96×96) and drawn leaves pictures of 96×96, in 8 bits, σ told, `default`.
 *
 *   PHOTOGRAPHS=FOLDER COUNT=20 SIGMAS=2,3,4,6,10,25 node bench/run.mjs weak-noise
 */
import { readFileSync } from "node:fs";
import { type Cleaner, dictionaryCleaner, openDenoiser } from "../src/app/denoise.js";
import { shippedCalibration, shippedNetwork } from "../src/app/denoise-network.js";
import { patchCleaner, shippedModels } from "../src/app/denoise-patches.js";
import { wasmEngine } from "../src/engine/wasm/engine.js";
import type { Picture } from "../src/formats/picture.js";
import { leavesPicture } from "../src/images/leaves.js";
import { inlineExecutor } from "../src/work/executor.js";
import { type Example, meanPsnr, middle, noised, photographs } from "./berkeley.js";
import { kernelModule } from "./data.js";

const side = 96;
const count = Number(process.env.COUNT ?? 20);
const sigmas = (process.env.SIGMAS ?? "2,3,4,6").split(",").map(Number);
const assets = { asset: async (name: string) => readFileSync(`assets/${name}`) };
const executor = inlineExecutor([wasmEngine(kernelModule())], () => performance.now() / 1000);
const choices = {
  lambda: "auto",
  quality: "default",
  sigma: null,
  calibration: await shippedCalibration(assets),
} as const;
const cleaners: Record<string, Cleaner> = {
  model: patchCleaner(await shippedModels(assets), executor, "default"),
  dictionary: dictionaryCleaner(await shippedNetwork(assets), executor, choices),
};

for (const channels of [1, 3] as const) {
  const kinds = {
    photographs: photographs(161, count, channels).map((picture) => middle(picture, side)),
    leaves: Array.from({ length: count }, (_, n) => leaf(n, channels)),
  };
  for (const [kind, clean] of Object.entries(kinds)) {
    console.log(`\n${kind}, ${channels === 1 ? "grey" : "colour"}, mean PSNR in dB of ${count}; dictionary better in`);
    console.log("| σ | model | dictionary | pictures |\n|---|---|---|---|");
    for (const sigma of sigmas) {
      const examples = clean.map((picture, n) => noised(picture, { sigma, n, inBytes: true }));
      const [model, dictionary] = [
        await cleaned(examples, cleaners.model, sigma),
        await cleaned(examples, cleaners.dictionary, sigma),
      ];
      const better = examples.filter((one, n) => meanPsnr([one], [dictionary[n]]) > meanPsnr([one], [model[n]]));
      console.log(
        `| ${sigma} | ${meanPsnr(examples, model).toFixed(2)} | ${meanPsnr(examples, dictionary).toFixed(2)} | ${better.length} |`,
      );
    }
  }
}

async function cleaned(examples: readonly Example[], cleaner: Cleaner, sigma: number): Promise<ArrayLike<number>[]> {
  const denoiser = openDenoiser(cleaner, { sigma });
  const images: ArrayLike<number>[] = [];
  for (const { clean, noisy } of examples) {
    images.push((await denoiser.denoise({ ...clean, bytes: Uint8Array.from(noisy) })).picture.bytes);
  }
  return images;
}

function leaf(n: number, channels: 1 | 3): Picture {
  const size = { height: side, width: side, channels };
  return { ...size, bytes: Uint8Array.from(leavesPicture({ seed: 9, ...size }, "test", n)) };
}
