// Arrays as images of a study: what is read, which image is for what, what identifies them, and what is refused.
import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { encodeNpz } from "../../src/formats/npz.js";
import type { Numbers } from "../../src/formats/numbers.js";
import type { ImageSet } from "../../src/images/image-set.js";
import { isFlat, normalise, normalised } from "../../src/images/normalise.js";
import { openImages } from "../../src/node/data.js";
import { temporaryFolder } from "./fixtures.js";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** 23 images of 6×5 pixels with 4 channels; value i of all of them is a draw of its own. */
const shape = [23, 6, 5, 4];
const length = 120;
const draw = draws({ seed: 1, purpose: purpose.test }, 0);
const numbers = Float64Array.from({ length: 23 * length }, () => 300 + 20 * draw.gaussian());

function written(name: string, data: Numbers, of: readonly number[] = shape): string {
  const path = join(folder, name);
  const array = { shape: of, data };
  writeFileSync(path, name.endsWith("npz") ? encodeNpz({ images: array, labels: array }) : encodeNpy(array));
  return path;
}

function open(from: string, options: object = {}): Promise<ImageSet> {
  return openImages({ data: "arrays", from, trainingImages: 19, testImages: 4, ...options });
}

function all({ training, test: kept }: ImageSet): Float32Array[] {
  return [training, kept].flatMap((part) => Array.from({ length: part.count }, (_, i) => normalised(part, i)));
}

const sorted = (images: readonly Float32Array[]) =>
  images.map((image) => Buffer.from(image.buffer).toString("hex")).sort();

test("every image is in one part, normalised as the closed form says, and the same from .npy and .npz", async () => {
  const set = await open(written("a.npy", numbers));
  expect(set).toMatchObject({ source: "arrays", height: 6, width: 5, channels: 4, warnings: [] });
  const expected = Array.from({ length: 23 }, (_, i) => normalise(numbers.subarray(i * length, (i + 1) * length)));
  expect(sorted(all(set))).toEqual(sorted(expected));
  const packed = await open(written("a.npz", numbers));
  expect(packed.hash).toBe(set.hash);
  expect(all(packed)).toEqual(all(set));
});

test("channels first and last are the same images; the hash tells the files apart", async () => {
  const last = await open(written("last.npy", numbers));
  const planes = numbers.map((_, i) => {
    const [image, channel, pixel] = [Math.floor(i / length), Math.floor(i / 30) % 4, i % 30];
    return numbers[image * length + pixel * 4 + channel];
  });
  const path = written("first.npy", planes, [23, 4, 6, 5]);
  const first = await open(path, { layout: "nchw" });
  expect(all(first)).toEqual(all(last));
  expect(first.hash).not.toBe(last.hash);
  expect((await open(path)).hash).not.toBe(first.hash);
});

test("image i of a part is the same for every count, and no image is in both parts", async () => {
  const path = written("a.npy", Float32Array.from(numbers));
  const [few, many] = [await open(path, { trainingImages: 3, testImages: 1 }), await open(path)];
  expect(few.hash).toBe(many.hash);
  for (let i = 0; i < 3; i++) expect(few.training.values(i)).toEqual(many.training.values(i));
  expect(few.test.values(0)).toEqual(many.test.values(0));
  expect(new Set(sorted(all(many))).size).toBe(23);
});

test("an image of one repeated float is flat: rounding leaves no pattern in it", async () => {
  const data = Float64Array.from(numbers, (value, i) => (i < length ? 0.1 : value));
  expect(all(await open(written("a.npy", data))).filter(isFlat)).toHaveLength(1);
});

test("without normalisation the values come as they are, and a warning names their deviation", async () => {
  const path = written("a.npy", numbers);
  const raw = await open(path, { normalise: false });
  const expected = Array.from({ length: 23 }, (_, i) =>
    Float32Array.from(numbers.subarray(i * length, (i + 1) * length)),
  );
  expect(sorted(all(raw))).toEqual(sorted(expected));
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const deviation = Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length);
  expect(raw.warnings).toEqual([expect.stringContaining(`deviation is ${deviation.toPrecision(3)},`)]);
  expect(raw.hash).not.toBe((await open(path)).hash);
});

test("a changed value changes the hash; bytes and whole numbers are read too; three axes are grey", async () => {
  const { hash } = await open(written("a.npy", numbers));
  const changed = numbers.slice();
  changed[2000] += 1;
  expect((await open(written("b.npy", changed))).hash).not.toBe(hash);
  const grey = Uint8Array.from({ length: 10 * 6 }, (_, i) => (7 * i) % 251);
  const set = await open(written("g.npy", grey, [10, 3, 2]), { trainingImages: 8, testImages: 2 });
  expect([set.height, set.width, set.channels]).toEqual([3, 2, 1]);
  expect(all(set)).toHaveLength(10);
});

test("what is wrong is named: a value, too few images, axes, a file cut off while it is used", async () => {
  const bad = numbers.slice();
  bad[4 * length + 2 * 20 + 3 * 4 + 1] = Number.NaN;
  const refusals: [string, object, string][] = [
    [written("nan.npy", bad), {}, "nan.npy: image 4, row 2, column 3, channel 1 is NaN"],
    [written("few.npy", numbers), { trainingImages: 20 }, "trainingImages is 20; there are 19 in"],
    [written("axes.npy", numbers, [23, length]), {}, "axes.npy has shape (23, 120)"],
    [join(folder, "none.npy"), {}, "none.npy cannot be read"],
    [folder, {}, "cannot be read"],
  ];
  for (const [path, options, words] of refusals) await expect(open(path, options)).rejects.toThrow(words);
  await expect(open(written("few.npy", numbers), { trainingImages: 20 })).rejects.toThrow("--training-images 19");
  const path = written("cut.npy", numbers);
  const set = await open(path);
  truncateSync(path, 5000);
  expect(() => all(set)).toThrow("it was changed while it was read");
  await expect(open(path)).rejects.toThrow("The file is cut off or damaged");
});
