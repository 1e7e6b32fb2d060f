/** Grey levels of a colour picture. */
import { levelsOf, type Picture } from "../formats/picture.js";

/** 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), rounded to whole levels; of a grey picture its own levels. */
export function luma(picture: Picture): Uint8Array | Float64Array {
  const levels = levelsOf(picture);
  if (picture.channels === 1) return levels;
  return Uint8Array.from({ length: levels.length / 3 }, (_, i) =>
    Math.round(0.299 * levels[3 * i] + 0.587 * levels[3 * i + 1] + 0.114 * levels[3 * i + 2]),
  );
}
