// crisp encode --mask: what is hidden reaches no code, and the codes are the weighted problem's.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { fistaCoder } from "../../src/coding/fista.js";
import { slice, tensor } from "../../src/core/tensor.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { gaussianDictionary, gaussianImage, smallGeometry as geometry, rule } from "../coding/networks.js";
import { crisp, emptyFolder } from "./process.js";

const cwd = emptyFolder();
const images = tensor([2, 12, 10, 2]);
for (const i of [0, 1]) slice(images, i).set(gaussianImage(geometry, i + 1));
/** One mask an image, [2, 12, 10]: a third hidden, the rest 1 or 2; of the second image's everything but one row. */
const masks = Float32Array.from({ length: 240 }, (_, i) => (i > 130 ? 0 : (i * 7) % 3));
const spoilt = images.data.map((value, i) => (masks[Math.floor(i / 2)] > 0 ? value : 500 + i));

beforeAll(() => {
  writeFileSync(join(cwd, "images.npy"), encodeNpy(images));
  writeFileSync(join(cwd, "spoilt.npy"), encodeNpy(tensor([2, 12, 10, 2], spoilt)));
  writeFileSync(join(cwd, "dictionary.npy"), encodeNpy(gaussianDictionary(geometry).atoms));
  writeFileSync(join(cwd, "mask.npy"), encodeNpy(tensor([2, 12, 10], masks)));
  writeFileSync(join(cwd, "small.npy"), encodeNpy(tensor([3, 10], masks.slice(0, 30))));
});

async function encoded(file: string, out: string, ...more: string[]) {
  const words = ["encode", file, "--dictionary", "dictionary.npy", "--lambda", "0.5,0.2", "--json", "--out", out];
  const place = ["--stride", "2", "--boundary", "crop", "--mask", "mask.npy"];
  const { status, stdout, stderr } = await crisp([...words, ...place, ...more], { cwd });
  expect({ status, errors: stderr.match(/^(error|warning).*/m) }).toEqual({ status: 0, errors: null });
  return { record: JSON.parse(stdout), codes: readFileSync(join(cwd, out), "hex") };
}

it.each([
  ["1e-2", []],
  ["1e-9", []],
  ["1e-2", ["--normalise"]],
  ["1e-2", ["--noise", "0.5"]],
  ["1e-2", ["--solver", "lca"]],
])("values of hidden pixels reach no code (tolerance %s, %j)", async (tolerance, more) => {
  const words = ["--tolerance", tolerance, ...more];
  const [whole, other] = [
    await encoded("images.npy", "a.npz", ...words),
    await encoded("spoilt.npy", "b.npz", ...words),
  ];
  expect(other.codes).toBe(whole.codes);
  whole.record.images.forEach(({ lambdas }: { lambdas: { energy: number; percentError: number }[] }, i: number) => {
    lambdas.forEach(({ energy, percentError }, l) => {
      expect(other.record.images[i].lambdas[l].energy).toBe(energy);
      expect(other.record.images[i].lambdas[l].percentError).not.toBe(percentError); // over all pixels
    });
  });
});

it("energies are those of the weighted problem, the error is over all pixels, the record names the mask", async () => {
  const { record } = await encoded("images.npy", "c.npz", "--tolerance", "1e-8");
  expect(record.mask).toMatch(/^[0-9a-f]{64}$/);
  const coder = fistaCoder(gaussianDictionary(geometry));
  for (const i of [0, 1]) {
    const [image, weights] = [
      slice(images, i),
      Float32Array.from({ length: 240 }, (_, p) => masks[120 * i + (p >> 1)]),
    ];
    const best = [...coder.path(image, [0.5, 0.2], { ...rule(1e-9), weights })];
    best.forEach(({ energy, reconstruction }, l) => {
      const found = record.images[i].lambdas[l];
      expect(Math.abs(found.energy / energy - 1)).toBeLessThan(1e-8);
      const error = Math.hypot(...image.map((s, p) => s - reconstruction[p])) / Math.hypot(...image);
      expect(found.percentError / (100 * error)).toBeCloseTo(1, 3);
    });
  }
});

it("a mask of another shape is refused in words", async () => {
  const words = ["encode", "images.npy", "--dictionary", "dictionary.npy", "--lambda", "1", "--mask", "small.npy"];
  const { status, stderr } = await crisp(words, { cwd });
  expect([status, stderr]).toEqual([3, expect.stringContaining("masks of these 2 images are (12, 10)")]);
});
