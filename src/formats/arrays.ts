/**
 * Arrays of numbers from the user's files: one .npy, or the one array that an
 * .npz holds (or the one of the expected name). Values become float32; one that
 * is not finite, or too large for float32 sums, is named with its place.
 */
import { CrispError } from "../core/errors.js";
import { count } from "../core/tensor.js";
import { formatOf } from "./format.js";
import { decodeNpy, type NumberArray } from "./npy.js";
import { openNpz } from "./npz.js";
import type { Numbers } from "./numbers.js";

/** Order of the axes of images and atoms in .npy, .npz and foreign safetensors: channels last or first. */
export type Layout = "nhwc" | "nchw";

/** Squares of larger values leave the range of float32. */
const largestValue = 1e15;

/** The array of an .npy or .npz file; `wanted` is the name looked for in an archive of several. */
export function decodeArray(bytes: Uint8Array, path: string, wanted: string): NumberArray {
  if (formatOf(path, bytes) !== "npz") return decodeNpy(bytes, path);
  const { names, read } = openNpz(bytes, path);
  const found = names.length === 1 ? names[0] : names.find((name) => name === wanted);
  if (found !== undefined) return read(found);
  const shown = names.slice(0, 10).join(", ").slice(0, 200) || "none";
  throw new CrispError(
    "data",
    `${path} holds ${names.length} arrays (${shown}); the file must hold one array, or one named ${wanted}. Save the array in a file of its own or under that name.`,
  );
}

/**
 * The values as float32.
 *
 * @param place  words for the i-th value, such as "image 2, row 0, column 3"
 * @throws CrispError `data` for a value that is not finite or beyond ±1e15
 */
export function finiteFloats(data: Numbers, name: string, place: (index: number) => string): Float32Array {
  demandFinite(data, name, place);
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

/** @throws as `finiteFloats` */
export function demandFinite(data: Numbers, name: string, place: (index: number) => string): void {
  for (let i = 0; i < data.length; i++) {
    if (Math.abs(data[i]) <= largestValue) continue;
    throw new CrispError(
      "data",
      `${name}: ${place(i)} is ${data[i]}; values must be finite and within ±1e15. Repair or scale the array.`,
    );
  }
}

/** "image 2, row 0, column 3, channel 1" of the i-th value. */
export function placeIn(shape: readonly number[], layout: Layout): (index: number) => string {
  const names =
    shape.length === 3
      ? ["image", "row", "column"]
      : layout === "nchw"
        ? ["image", "channel", "row", "column"]
        : ["image", "row", "column", "channel"];
  return (index) =>
    names.map((name, axis) => `${name} ${Math.floor(index / count(shape.slice(axis + 1))) % shape[axis]}`).join(", ");
}

/** [n, channels, height, width] → [n, height, width, channels]. */
export function channelsLast<T extends Numbers>(data: T, shape: readonly number[]): T {
  const [n, channels, height, width] = shape;
  const plane = height * width;
  const result = data.slice() as T;
  for (let i = 0; i < n * channels; i++) {
    const to = Math.floor(i / channels) * channels * plane + (i % channels);
    for (let pixel = 0; pixel < plane; pixel++) result[to + pixel * channels] = data[i * plane + pixel];
  }
  return result;
}

/** One way to read an array as images: its layout, the sizes, and whether the whole array is one image. */
export type ImageReading = {
  readonly layout: Layout;
  /** [n, height, width, channels] */
  readonly size: readonly number[];
  readonly oneImage: boolean;
};

/**
 * The ways to read an array of this shape, the usual one first: nhwc before nchw where neither is asked for,
 * several grey images before one image in colour. None for other than 2 to 4 axes.
 */
export function imageReadings(shape: readonly number[], asked?: Layout): readonly ImageReading[] {
  const layouts: readonly Layout[] = asked === undefined ? ["nhwc", "nchw"] : [asked];
  const [a, b, c] = shape;
  const one = layouts.map((layout) => {
    const size = layout === "nhwc" ? [1, a, b, c] : [1, b, c, a];
    return { layout, size, oneImage: true };
  });
  switch (shape.length) {
    case 2:
      return [{ layout: layouts[0], size: [1, a, b, 1], oneImage: true }];
    case 3:
      return [{ layout: layouts[0], size: [...shape, 1], oneImage: false }, ...one];
    case 4:
      return layouts.map((layout) => ({
        layout,
        size: layout === "nhwc" ? shape : [a, c, shape[3], b],
        oneImage: false,
      }));
    default:
      return [];
  }
}

/** Whether a reading looks like one picture: three axes, of which the channels are 3 or 4 and the sides are not. */
export function looksLikePicture({ size: [, height, width, channels], oneImage }: ImageReading): boolean {
  return oneImage && (channels === 3 || channels === 4) && Math.min(height, width) > 4;
}

/** Whether [n, height, width, channels] has a picture's channels and no side as short as they are many. */
export function hasPictureChannels([, height, width, channels]: readonly number[]): boolean {
  return (channels === 1 || channels === 3 || channels === 4) && Math.min(height, width) > channels;
}

/**
 * The reading of an array that no network helps to read: one picture if it looks like one (with channels first
 * of 3, since (4, h, w) is as often four grey images), else images with a picture's channels, else the usual reading.
 */
export function likelyReading(shape: readonly number[], asked?: Layout): ImageReading | undefined {
  const readings = imageReadings(shape, asked);
  const isPicture = (one: ImageReading) => looksLikePicture(one) && (one.layout === "nhwc" || one.size[3] === 3);
  const several = readings.filter(({ oneImage }) => !oneImage);
  return readings.find(isPicture) ?? several.find(({ size }) => hasPictureChannels(size)) ?? readings[0];
}

/** The shape with channels last: [n, h, w] is grey; throws `data` for other than 3 or 4 axes or an empty one. */
export function imageShape(shape: readonly number[], layout: Layout, what: { name: string; axes: string }) {
  const [n, ...rest] = shape;
  const sound = (rest.length === 2 || rest.length === 3) && shape.every((length) => length >= 1);
  if (!sound) {
    throw new CrispError(
      "data",
      `${what.name} has shape (${shape.join(", ")}); ${what.axes} are read, each length at least 1. Reshape the array.`,
    );
  }
  if (rest.length === 2) return [n, rest[0], rest[1], 1];
  return layout === "nchw" ? [n, rest[1], rest[2], rest[0]] : [n, ...rest];
}
