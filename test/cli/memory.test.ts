// Memory of a training does not grow with its images: the built command, its heap and buffers watched from inside.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { encodeNpy } from "../../src/formats/npy.js";
import { crisp, emptyFolder } from "./process.js";

const cwd = emptyFolder();
const watch = join(cwd, "watch.mjs");
writeFileSync(
  watch,
  `import { writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isMainThread } from "node:worker_threads";
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
let peak = 0;
const look = () => {
  collect(); // what is held counts, not what lies about until a Node collects it
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  peak = Math.max(peak, heapUsed + arrayBuffers);
};
if (isMainThread) {
  setInterval(look, 20).unref();
  process.on("exit", () => writeFileSync(process.env.PEAK, String(peak)));
}`,
);

/** Bytes that look like noise: nothing of them may be left out. */
function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0, state = seed; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Largest heap and buffers together of a short training, in MB, and the atoms it ends with. */
async function training(data: string, images: number): Promise<{ megabytes: number; atoms: string }> {
  const [out, peak] = [`out-${data}-${images}`, join(cwd, "peak")];
  const words = ["--features", "8", "--training-images", String(images), "--workers", "1", "--out", out];
  const brief = ["learning.images=64", "learning.plateau=0", "learning.heldOut=64"].flatMap((set) => ["--set", set]);
  const env = { NODE_OPTIONS: `--import ${pathToFileURL(watch)}`, PEAK: peak, CRISP_CACHE: join(cwd, "cache") };
  const { status, stderr } = await crisp(["train", "--data", data, ...words, ...brief], { cwd, env });
  expect({ status, errors: stderr.match(/^error.*/m) }).toEqual({ status: 0, errors: null });
  return {
    megabytes: Number(readFileSync(peak, "utf8")) / 1e6,
    atoms: readFileSync(join(cwd, out, "dictionary.safetensors"), "hex"),
  };
}

it("trains on 21,000 crops (65 MB) of a folder in the memory of 1,000", async () => {
  mkdirSync(join(cwd, "pictures"));
  const head = Buffer.from("P6 1800 1800 255\n");
  for (let i = 0; i < 8; i++)
    writeFileSync(join(cwd, "pictures", `${i}.ppm`), Buffer.concat([head, noise(3 * 1800 ** 2, i)]));
  const [few, many] = [await training("pictures", 1000), await training("pictures", 21_000)];
  // Measured 65 and 67 MB: Node, one file of 10 MB and its pixels. The crops alone would add 65.
  expect(many.megabytes - few.megabytes).toBeLessThan(25);
  expect(many.megabytes).toBeLessThan(100);
  expect(many.atoms).not.toBe(few.atoms);
});

it("trains on an .npy of 92 MB in less than half of that, as on one of 9 MB", async () => {
  const write = (name: string, n: number) =>
    writeFileSync(join(cwd, name), encodeNpy({ shape: [n, 32, 32, 3], data: noise(n * 3072, 1) }));
  write("few.npy", 3_000);
  write("many.npy", 30_000);
  const [few, many] = [await training("few.npy", 2_400), await training("many.npy", 24_000)];
  expect(many.megabytes).toBeLessThan(46); // half of the file
  expect(many.megabytes - few.megabytes).toBeLessThan(25);
});
