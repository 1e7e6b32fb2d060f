/**
 * The pictures that can be coded: drawn ones by seed, as docs/explorer/leaves-SEED.png holds them, or the
 * reader's own. Each is 8 bits in three channels, and is coded with mean 0 and deviation 1, noise added after.
 */
import { leavesPicture } from "../../images/leaves.js";
import { noisy } from "../../images/noise.js";
import { type Normalisation, normalisation, standardised } from "../../images/normalise.js";
import { leafSeeds } from "./state.js";

/** 8-bit values [height, width, 3], and what to call them. */
export type ColourPicture = {
  readonly height: number;
  readonly width: number;
  readonly bytes: Uint8Array;
  /** What tells it from every other picture of this page. */
  readonly key: string;
  /** File that the command reads. */
  readonly file: string;
};

/** What one picture is coded from. */
export type Sample = {
  readonly picture: ColourPicture;
  /** s, mean 0 and deviation 1, [height, width, 3]. */
  readonly clean: Float32Array;
  /** y = s + σz. */
  readonly noisy: Float32Array;
  readonly normalisation: Normalisation;
};

/** Windows in which a picture is drawn at most 192 px wide, and 128; in others 160. Five stand in a row, two on a phone. */
export const pictureWindows = {
  192: "(min-width:1128px)",
  128: "(min-width:744px) and (max-width:943px),(max-width:343px)",
} as const;

/** Height and width of the drawn pictures. */
export const side = 32;

/** A drawn picture. */
export function drawnPicture(seed: number): ColourPicture {
  const bytes = leavesPicture({ seed, height: side, width: side, channels: 3 }, "test", 0);
  return { height: side, width: side, bytes, key: `leaves-${seed}`, file: `docs/explorer/leaves-${seed}.png` };
}

/** All drawn pictures by their names. */
export function drawnPictures(): ReadonlyMap<string, ColourPicture> {
  return new Map(leafSeeds.map(drawnPicture).map((picture) => [picture.key, picture]));
}

/** A picture with noise of deviation σ; the noise is that of `crisp encode FILE --noise σ --seed SEED`. */
export function sampleOf(picture: ColourPicture, sigma: number, seed: number): Sample {
  const found = normalisation(picture.bytes);
  const clean = standardised(picture.bytes, found);
  return { picture, clean, noisy: noisy(clean, sigma, { seed }, 0), normalisation: found };
}
