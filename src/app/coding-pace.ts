/**
 * How long it takes to code an image, found out on its own upper left corner:
 * pieces of one and a half patches a side, then of twice the area and so on, as far
 * as two seconds of processor time go, and the growth from piece to piece carried on to the whole.
 * So the estimate knows solver, λ, dictionary and image, whatever they are.
 */
import { type Geometry, positions } from "../core/geometry.js";
import type { Platform } from "./platform.js";

/** Seconds of one core for an image; `atLeast` where a piece was not coded in the time there is. */
export type CodingPace = { readonly seconds: number; readonly atLeast: boolean };

/** Processor seconds of all pieces. */
const measured = 2;
/** Milliseconds between looks at the clock. */
const lookEvery = 50;

/** A piece of an image: its extent from the upper left corner. */
export type Extent2 = { readonly height: number; readonly width: number };

/**
 * The pace of one image.
 *
 * @param code  codes a piece and is done when it is; it may be left unfinished
 */
export async function codingPace(
  g: Geometry,
  code: (piece: Extent2) => Promise<unknown>,
  { processor }: Pick<Platform, "processor">,
): Promise<CodingPace> {
  const began = processor();
  const known: Piece[] = [];
  for (const piece of piecesOf(g)) {
    const left = measured - (processor() - began);
    const start = processor();
    const ended = await within(code(piece), left, processor).catch(() => null);
    // A step too long for a piece, an interrupt: the coding itself tells, with the numbers of the whole image.
    if (ended === null) break;
    const last = { size: positions({ ...g, ...piece }), seconds: Math.max(processor() - start, 1e-4) };
    if (!ended) return { seconds: carriedOn([...known, last], positions(g)), atLeast: true };
    known.push(last);
    if (processor() - began > measured / 2) break;
  }
  return { seconds: known.length === 0 ? 0 : carriedOn(known, positions(g)), atLeast: false };
}

/** Pieces up to half of the image: more would cost what the image does. */
function piecesOf(g: Geometry): readonly Extent2[] {
  const { patch, stride } = g;
  const pieces: Extent2[] = [];
  for (let times = 1.5; ; times *= Math.SQRT2) {
    const side = (axis: 0 | 1, most: number) =>
      Math.min(most, stride[axis] * Math.ceil((times * patch[axis]) / stride[axis]));
    const piece = { height: side(0, g.height), width: side(1, g.width) };
    if (2 * piece.height * piece.width > g.height * g.width) return pieces;
    pieces.push(piece);
  }
}

type Piece = { readonly size: number; readonly seconds: number };

/** A photograph of 128×128 at λ = 0.01 took as the 1.25th power of its positions, from 24×24 on (64 atoms of 8×8×3). */
const usualGrowth = 1.25;

/** The last piece's seconds at `size` positions, growing as the last pieces did; at least in proportion. */
function carriedOn(pieces: readonly Piece[], size: number): number {
  const last = pieces[pieces.length - 1];
  return last.seconds * (size / last.size) ** Math.min(4, Math.max(1, growthOf(pieces)));
}

/** Slope of ln seconds against ln size over up to four pieces: between two alone it is off by a third either way. */
function growthOf(pieces: readonly Piece[]): number {
  if (pieces.length < 2) return usualGrowth;
  // The first piece also pays for what is done once.
  const kept = pieces.length > 2 ? pieces.slice(Math.max(1, pieces.length - 4)) : pieces;
  const x = kept.map((one) => Math.log(one.size));
  const y = kept.map(({ seconds }) => Math.log(seconds));
  const [mx, my] = [x, y].map((values) => values.reduce((sum, value) => sum + value, 0) / kept.length);
  const sum = (of: (i: number) => number) => kept.reduce((total, _, i) => total + of(i), 0);
  return sum((i) => (x[i] - mx) * (y[i] - my)) / sum((i) => (x[i] - mx) ** 2);
}

/** Whether work ends before so many processor seconds are spent. Rejects with what the work throws. */
async function within(work: Promise<unknown>, seconds: number, processor: () => number): Promise<boolean> {
  const start = processor();
  let ended = false;
  const watched = work.finally(() => {
    ended = true;
  });
  watched.catch(() => {}); // heard below, or not wanted any more
  while (!ended && processor() - start < seconds)
    await Promise.race([watched, new Promise((resolve) => setTimeout(resolve, lookEvery))]);
  if (ended) await watched;
  return ended;
}

/** The upper left piece of [height, width, channels]. */
export function pieceOf(
  image: Float32Array,
  { width, channels }: Pick<Geometry, "width" | "channels">,
  piece: Extent2,
): Float32Array {
  const line = piece.width * channels;
  const part = new Float32Array(piece.height * line);
  for (let row = 0; row < piece.height; row++)
    part.set(image.subarray(row * width * channels, row * width * channels + line), row * line);
  return part;
}
