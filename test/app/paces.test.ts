// Estimates from paces that are known: only work moves the clock, so each estimate has a closed form.
import { expect, it } from "vitest";
import { codingPace } from "../../src/app/coding-pace.js";
import type { Cleaner, Task } from "../../src/app/denoise.js";
import { denoisingPace, sampleOf, sizesOf } from "../../src/app/denoise-pace.js";
import { type Geometry, positions } from "../../src/core/geometry.js";
import { tensor } from "../../src/core/tensor.js";
import { referenceEngine } from "../../src/engine/reference/engine.js";
import type { Picture } from "../../src/formats/picture.js";
import { encodePng } from "../../src/formats/png.js";
import { leavesPicture } from "../../src/images/leaves.js";
import { searchedPixels } from "../../src/tasks/denoise/search.js";
import { inlineExecutor } from "../../src/work/executor.js";
import { barImages } from "../study/fixtures.js";
import { memoryPlatform } from "./memory-platform.js";

const geometry: Geometry = {
  ...{ height: 120, width: 90, channels: 1, features: 4 },
  ...{ patch: [8, 8], stride: [2, 2], boundary: "crop" },
};

it("a coding that grows as the 1.5th power of its positions is carried on by that power", async () => {
  let clock = 0;
  const seconds = (g: Geometry) => 1e-5 * positions(g) ** 1.5;
  const code = async (piece: { height: number; width: number }) => {
    clock += seconds({ ...geometry, ...piece });
  };
  const pace = await codingPace(geometry, code, { processor: () => clock });
  expect(pace.seconds).toBeCloseTo(seconds(geometry), 8);
  expect(pace.atLeast).toBe(false);
  expect(clock).toBeLessThan(2);
});

it("pieces whose seconds scatter by a fifth are carried on by their common growth, one alone by the usual", async () => {
  let [clock, n] = [0, 0];
  const large = { ...geometry, height: 1200, width: 900 };
  const exact = (g: Geometry) => 2e-5 * positions(g) ** 1.2;
  const code = async (piece: { height: number; width: number }) => {
    clock += exact({ ...geometry, ...piece }) * (n++ % 2 === 0 ? 1.2 : 1 / 1.2);
  };
  const { seconds } = await codingPace(large, code, { processor: () => clock });
  expect(n).toBeGreaterThan(4);
  // Between the last two pieces alone the slope is wrong by ln 1.44 / ln 2 = 0.53, over four of them by a fifth of that.
  expect(Math.abs(Math.log(seconds / exact(large)))).toBeLessThan(Math.log(2.2));
  let slow = 0;
  const long = async () => {
    slow += 1.1;
  };
  const once = await codingPace(geometry, long, { processor: () => slow });
  const first = positions({ ...geometry, height: 12, width: 12 });
  expect(once.seconds).toBeCloseTo(1.1 * (positions(geometry) / first) ** 1.25, 9);
});

it("a coding that does not end in the time there is says at least", async () => {
  let clock = 0;
  const processor = () => (clock += 0.5);
  const { seconds, atLeast } = await codingPace(geometry, () => new Promise(() => {}), { processor });
  expect(atLeast).toBe(true);
  expect(seconds).toBeGreaterThan(2);
});

function leaf(height: number, width: number, channels: 1 | 3): Picture {
  return { height, width, channels, bytes: leavesPicture({ seed: 3, height, width, channels }, "test", 0) };
}

it("pictures take their search once for each and their coding for each pixel, grey and colour by their own paces", async () => {
  const pictures = { "a.png": leaf(300, 260, 3), "b.png": leaf(120, 150, 3), "c.png": leaf(200, 200, 1) };
  const contents = new Map(Object.entries(pictures).map(([name, picture]) => [name, encodePng(picture)]));
  contents.set("broken.png", new Uint8Array([1, 2, 3]));
  let clock = 0;
  const platform = { ...memoryPlatform(contents, barImages(1), tensor([1, 8, 8, 1])), processor: () => clock };
  const cost = { coding: { 1: 1e-5, 3: 4e-5 }, search: { 1: 2e-5, 3: 3e-5 } };
  const known = {
    async clean(picture: Picture, { watch }: Task) {
      clock += cost.search[picture.channels] * searchedPixels(picture);
      watch.onChosen?.();
      clock += cost.coding[picture.channels] * picture.height * picture.width;
    },
  };
  const cleaner = known as unknown as Cleaner;
  const files = [...contents.keys()].map((input) => ({ input, output: "", reference: null }));
  const sizes = await sizesOf(files, platform);
  const executor = inlineExecutor([referenceEngine()], () => 0);
  const choices = { sigma: 25, lambda: "auto", quality: "default" } as const;
  const { seconds, megapixels } = await denoisingPace(sizes, { cleaner, executor, choices }, platform);
  const work = Object.values(pictures).map(
    (p) => cost.search[p.channels] * searchedPixels(p) + cost.coding[p.channels] * p.height * p.width,
  );
  expect(seconds - 0.7).toBeCloseTo(work[0] + work[1] + work[2], 8);
  expect(megapixels).toBeCloseTo((300 * 260 + 120 * 150 + 200 * 200) / 1e6, 12);
  expect(clock).toBeLessThan(6);
  await expect(sizesOf([files[3]], platform)).rejects.toMatchObject({ code: "data" });
});

it("λ is sought on four crops of 48×48, of a small picture on one of 64×64 or less", () => {
  expect(searchedPixels({ height: 500, width: 96 })).toBe(4 * 48 * 48);
  expect(searchedPixels({ height: 95, width: 70 })).toBe(64 * 64);
  expect(searchedPixels({ height: 20, width: 30 })).toBe(600);
});

it("a sample holds the middles of the four quarters; of its own size it is the picture", () => {
  const picture: Picture = { height: 8, width: 8, channels: 1, bytes: Uint8Array.from({ length: 64 }, (_, i) => i) };
  expect(Array.from(sampleOf(picture, 4).bytes)).toEqual([
    9, 10, 13, 14, 17, 18, 21, 22, 41, 42, 45, 46, 49, 50, 53, 54,
  ]);
  expect(sampleOf(picture, 100)).toEqual(picture);
});
