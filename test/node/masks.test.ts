// Masks from .npy: four layouts give the same weights; what is none is refused in words.
import { expect, test } from "vitest";
import { decodeMasks } from "../../src/app/masks.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { blockPictures } from "../../src/images/image-set.js";

const set = { height: 2, width: 3, channels: 2, training: blockPictures(new Uint8Array(4 * 12), 12) };
const of = (shape: readonly number[], data: readonly number[]) =>
  decodeMasks(encodeNpy({ shape, data: Float32Array.from(data) }), "mask.npy", set);
const plane = [1, 0, 1, 0.5, 1, 0];
const both = plane.flatMap((w) => [w, w]);

test("rows and columns, with or without channels, once or for each image", () => {
  const four = (values: readonly number[]) => [0, 1, 2, 3].flatMap(() => values);
  const masks = [of([2, 3], plane), of([2, 3, 2], both), of([4, 2, 3], four(plane)), of([4, 2, 3, 2], four(both))];
  for (const mask of masks) for (const index of [0, 3]) expect(Array.from(mask.at(index))).toEqual(both);
  expect(new Set(masks.map(({ hash }) => hash)).size).toBe(4);
  expect(of([2, 3], plane).hash).toBe(masks[0].hash);
  const each = of([4, 2, 3], [...plane, ...plane, ...plane, 0, 0, 0, 0, 0, 7]);
  expect(Array.from(each.at(3))).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 7]);
});

test("masks of an array's images are found by their number in the file; crops take one for all", () => {
  const numbered = { count: 5, at: (index: number) => [4, 0, 3, 1][index] };
  const each = (set: Parameters<typeof decodeMasks>[2]) =>
    decodeMasks(
      encodeNpy({ shape: [5, 2, 3], data: Float32Array.from({ length: 30 }, (_, i) => Math.floor(i / 6)) }),
      "mask.npy",
      set,
    );
  const mask = each({ ...set, training: { ...set.training, numbered } });
  expect([0, 1, 2, 3].map((index) => mask.at(index)[0])).toEqual([4, 0, 3, 1]);
  expect(() => each(set)).toThrow(/have 4 of these/);
  expect(() => each({ ...set, training: { ...set.training, numbered: null } })).toThrow(/crops have no masks/);
});

test.each([
  ["another size", [3, 3], new Array<number>(9).fill(1), /shape \(3, 3\).*\(2, 3\) or \(2, 3, 2\)/],
  ["masks for other images", [5, 2, 3], new Array<number>(30).fill(1), /have 4 of these along a first axis/],
  ["nothing that shows", [2, 3], [0, 0, 0, 0, 0, 0], /all 6 weights are 0/],
  ["a weight below 0", [2, 3], [1, 1, -1, 1, 1, 1], /value 2 is -1/],
  ["a weight that is not a number", [2, 3], [1, 1, Number.NaN, 1, 1, 1], /value 2 is NaN/],
])("%s is refused", (_, shape, data, message) => {
  expect(() => of(shape, data)).toThrow(message);
});
