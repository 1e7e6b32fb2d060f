/**
 * Defaults of a study whose images grow: a preset's left-out size is a number
 * of features and means nothing there, and the pictures are as large as the
 * largest side, unless their source has a size of its own.
 */
import { type Layer, valueOfText } from "../study/precedence.js";

/** One layer over the preset, below the user's own; none where features grow. */
export function imageAxisDefaults(places: readonly Layer[], presetData: string): readonly Layer[] {
  if (lastOf("sizeAxis", places) !== "image") return [];
  const sides = [...numbersOf("imageSizes", places), ...numbersOf("leftOut", places)];
  const values = new Map<string, unknown>([["leftOut", []]]);
  const data = String(lastOf("data", places) ?? presetData);
  if (sides.length > 0 && data !== "cifar10") values.set("size", Math.max(...sides));
  return [{ values, origin: () => "--size-axis image" }];
}

function numbersOf(path: string, places: readonly Layer[]): readonly number[] {
  const value = lastOf(path, places);
  const list = Array.isArray(value)
    ? value
    : value === undefined
      ? []
      : (valueOfText(path, String(value)) as unknown[]);
  return list.filter((entry) => typeof entry === "number");
}

function lastOf(path: string, places: readonly Layer[]): unknown {
  return places.findLast(({ values }) => values.has(path))?.values.get(path);
}
