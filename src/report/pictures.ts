/**
 * Atoms and pictures as pixels. Every pixel is replicated a whole number of
 * times, because printed pages ignore the wish for hard edges. Atoms: grey 128
 * is zero, each divided by its largest |weight|. Pictures of a strip share one
 * contrast; a residual's zero is grey.
 */
import { slice } from "../core/tensor.js";
import { type Pixels, pngUri } from "../formats/png.js";
import type { Picture, Tableau } from "./input.js";

export type Drawing = { readonly uri: string; readonly width: number; readonly height: number };

/** Atoms by use, most used first; dead ones (never active) are last because their use is 0. */
export function byUse(tableau: Tableau): readonly number[] {
  const order = Array.from({ length: tableau.features }, (_, i) => i);
  return order.sort((a, b) => tableau.use[b] - tableau.use[a] || a - b);
}

/** Atoms [from, to) of the order of use, so many a row, each pixel `scale` wide, 4 px apart. */
export function atomSheet(tableau: Tableau, range: readonly [number, number], across: number): Drawing {
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
    const corner = [Math.floor(k / across) * pitch[0], (k % across) * pitch[1]] as const;
    paint(pixels, corner, { rows, columns, scale }, (y, x) => colourOf(grey, (y * columns + x) * channels, channels));
  });
  return { uri: pngUri(pixels), width: pixels.width, height: pixels.height };
}

export type StripName = "clean" | "noisy" | "denoised" | "residual" | "activity";

/** The pictures of one strip at a whole-number scale near `width` px. */
export function strip(picture: Picture, width: number): Readonly<Record<StripName, Drawing>> {
  const [low, high] = extent(picture.clean);
  const gain = 255 / (high - low || 1);
  const shown = (values: Float32Array) => imageDrawing(picture, values, width, (v) => (v - low) * gain);
  return {
    clean: shown(picture.clean),
    noisy: shown(picture.noisy),
    denoised: shown(picture.denoised),
    residual: imageDrawing(picture, picture.residual, width, (v) => 128 + v * gain),
    activity: activityDrawing(picture, width),
  };
}

function imageDrawing(of: Picture, values: Float32Array, width: number, tone: (v: number) => number): Drawing {
  const scale = Math.max(1, Math.floor(width / of.width));
  const pixels = blank(of.width * scale, of.height * scale);
  const level = (i: number) => tone(values[i]);
  const colour = (y: number, x: number) => colourOf(level, (y * of.width + x) * of.channels, of.channels);
  paint(pixels, [0, 0], { rows: of.height, columns: of.width, scale }, colour);
  return { uri: pngUri(pixels), width: pixels.width, height: pixels.height };
}

/** Active units at each position in viridis, from none to the largest count. */
function activityDrawing(of: Picture, width: number): Drawing {
  const scale = Math.max(1, Math.floor(width / of.width)) * Math.max(1, Math.round(of.width / of.columns));
  const most = largestCount(of);
  const pixels = blank(of.columns * scale, of.rows * scale);
  const colour = (y: number, x: number) => viridis(of.activityMap[y * of.columns + x] / (most || 1));
  paint(pixels, [0, 0], { rows: of.rows, columns: of.columns, scale }, colour);
  return { uri: pngUri(pixels), width: pixels.width, height: pixels.height };
}

/** The largest number of active units at one position. */
export function largestCount(picture: Picture): number {
  return picture.activityMap.reduce((most, v) => Math.max(most, v), 0);
}

type Colour = readonly [red: number, green: number, blue: number];

function colourOf(level: (i: number) => number, at: number, channels: number): Colour {
  const red = level(at);
  return channels >= 3 ? [red, level(at + 1), level(at + 2)] : [red, red, red];
}

function blank(width: number, height: number): Pixels {
  return { width, height, channels: 4, bytes: new Uint8Array(width * height * 4) };
}

type Grid = { readonly rows: number; readonly columns: number; readonly scale: number };

function paint(
  into: Pixels,
  [top, left]: readonly [number, number],
  grid: Grid,
  colour: (y: number, x: number) => Colour,
): void {
  for (let y = 0; y < grid.rows * grid.scale; y++) {
    for (let x = 0; x < grid.columns * grid.scale; x++) {
      const rgb = colour(Math.floor(y / grid.scale), Math.floor(x / grid.scale));
      const at = ((top + y) * into.width + left + x) * 4;
      for (let c = 0; c < 3; c++) into.bytes[at + c] = Math.min(255, Math.max(0, Math.round(rgb[c])));
      into.bytes[at + 3] = 255;
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
