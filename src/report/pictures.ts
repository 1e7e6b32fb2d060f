/**
 * Atoms and pictures as pixels. Every pixel is replicated a whole number of
 * times, because printed pages ignore the wish for hard edges. Atoms: grey 128
 * is zero, each divided by its largest |weight|. Pictures of a strip share one
 * contrast; a residual's zero is grey.
 */
import { slice } from "../core/tensor.js";
import { type Pixels, pngUri } from "../formats/png.js";
import type { Picture, Tableau } from "./input.js";

/** A picture as a data address, with its size in px. */
export type Drawing = { readonly uri: string; readonly width: number; readonly height: number };

/** Atoms by use, most used first; dead ones (never active) are last because their use is 0. */
export function byUse(tableau: Tableau): readonly number[] {
  const order = Array.from({ length: tableau.features }, (_, i) => i);
  return order.sort((a, b) => tableau.use[b] - tableau.use[a] || a - b);
}

/** Atoms [from, to) of the order of use, so many a row, as a picture that a page can hold. */
export function atomSheet(tableau: Tableau, range: readonly [number, number], across: number): Drawing {
  return drawingOf(atomPixels(tableau, range, across));
}

/** The same as pixels: each of an atom `scale` wide, atoms 4 px apart. */
export function atomPixels(tableau: Tableau, range: readonly [number, number], across: number): Pixels {
  const [, rows, columns, channels] = tableau.atoms.shape;
  const scale = Math.max(1, Math.floor(40 / Math.max(rows, columns)));
  const order = byUse(tableau).slice(...range);
  const pitch = [rows * scale + 4, columns * scale + 4];
  const down = Math.ceil(order.length / across);
  const pixels = blank(across * pitch[1] - 4, down * pitch[0] - 4);
  order.forEach((atom, k) => {
    const values = slice(tableau.atoms, atom);
    const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1;
    const grey = (i: number) => 128 + (127 * values[i]) / largest;
    const corner = { top: Math.floor(k / across) * pitch[0], left: (k % across) * pitch[1] };
    const colour = (y: number, x: number) => colourOf(grey, (y * columns + x) * channels, channels);
    paint(pixels, { rows, columns, scale, ...corner }, colour);
  });
  return pixels;
}

/** The pictures of a strip, in this order. */
export type StripName = "clean" | "noisy" | "denoised" | "residual" | "activity";

/** The pictures of one strip at a whole-number scale near `width` px, as addresses. */
export function strip(picture: Picture, width: number): Readonly<Record<StripName, Drawing>> {
  const { clean, noisy, denoised, residual, activity } = stripPixels(picture, width);
  return {
    clean: drawingOf(clean),
    noisy: drawingOf(noisy),
    denoised: drawingOf(denoised),
    residual: drawingOf(residual),
    activity: drawingOf(activity),
  };
}

/** What of a picture its strip shows. */
export type StripPicture = Pick<
  Picture,
  "height" | "width" | "channels" | "clean" | "noisy" | "denoised" | "residual" | "activityMap" | "rows" | "columns"
>;

/** The same as pixels. */
export function stripPixels(picture: StripPicture, width: number): Readonly<Record<StripName, Pixels>> {
  const [low, high] = extent(picture.clean);
  const gain = 255 / (high - low || 1);
  const drawn = (values: Float32Array, zero: number) => imagePixels(picture, width, (i) => (values[i] - zero) * gain);
  return {
    clean: drawn(picture.clean, low),
    noisy: drawn(picture.noisy, low),
    denoised: drawn(picture.denoised, low),
    residual: drawn(picture.residual, -128 / gain),
    activity: activityPixels(picture, width),
  };
}

/** `tone` gives the level, 0 to 255, of the i-th number of the image. */
function imagePixels(of: StripPicture, width: number, tone: (i: number) => number): Pixels {
  const scale = Math.max(1, Math.floor(width / of.width));
  const grid = { rows: of.height, columns: of.width, scale };
  return gridPixels(grid, (y, x) => colourOf(tone, (y * of.width + x) * of.channels, of.channels));
}

/** Active units at each position in viridis, from none to the largest count. */
function activityPixels(of: StripPicture, width: number): Pixels {
  const scale = Math.max(1, Math.floor(width / of.width)) * Math.max(1, Math.round(of.width / of.columns));
  const most = largestCount(of);
  const colour = (y: number, x: number) => viridis(of.activityMap[y * of.columns + x] / (most || 1));
  return gridPixels({ rows: of.rows, columns: of.columns, scale }, colour);
}

/** The largest number of active units at one position. */
export function largestCount(picture: Pick<Picture, "activityMap">): number {
  return picture.activityMap.reduce((most, v) => Math.max(most, v), 0);
}

type Colour = readonly [red: number, green: number, blue: number];

/** Three channels as they are; one channel as grey. */
function colourOf(level: (i: number) => number, at: number, channels: number): Colour {
  const red = level(at);
  return channels >= 3 ? [red, level(at + 1), level(at + 2)] : [red, red, red];
}

function blank(width: number, height: number): Pixels {
  return { width, height, channels: 4, bytes: new Uint8Array(width * height * 4) };
}

/** Cells of `scale`×`scale` equal pixels. */
type Grid = { readonly rows: number; readonly columns: number; readonly scale: number };

function gridPixels(grid: Grid, colour: (y: number, x: number) => Colour): Pixels {
  const pixels = blank(grid.columns * grid.scale, grid.rows * grid.scale);
  paint(pixels, { ...grid, top: 0, left: 0 }, colour);
  return pixels;
}

function drawingOf(pixels: Pixels): Drawing {
  return { uri: pngUri(pixels), width: pixels.width, height: pixels.height };
}

/** Paints a grid whose first pixel is at (top, left). */
function paint(
  into: Pixels,
  { rows, columns, scale, top, left }: Grid & { readonly top: number; readonly left: number },
  colour: (y: number, x: number) => Colour,
): void {
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      // One colour for a cell, then its pixels: an eighth of the time of a colour for each pixel (five pictures at scale 6).
      const [red, green, blue] = colour(y, x).map((level) => Math.min(255, Math.max(0, Math.round(level))));
      for (let down = 0; down < scale; down++) {
        let at = ((top + y * scale + down) * into.width + left + x * scale) * 4;
        for (let right = 0; right < scale; right++, at += 4) {
          into.bytes[at] = red;
          into.bytes[at + 1] = green;
          into.bytes[at + 2] = blue;
          into.bytes[at + 3] = 255;
        }
      }
    }
  }
}

function extent(values: Float32Array): readonly [number, number] {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

const anchors = [0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b, 0xfde725];

/** The viridis colour of t in 0..1, linear between ten of its anchors. */
function viridis(t: number): Colour {
  const at = Math.min(1, Math.max(0, t)) * (anchors.length - 1);
  const i = Math.min(anchors.length - 2, Math.floor(at));
  const part = (shift: number) => {
    const [a, b] = [(anchors[i] >> shift) & 255, (anchors[i + 1] >> shift) & 255];
    return a + (b - a) * (at - i);
  };
  return [part(16), part(8), part(0)];
}
