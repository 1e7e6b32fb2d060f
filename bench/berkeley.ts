/** Photographs of the Berkeley set for the benches, with noise of known σ, and how well they are restored. */
import { readdirSync, readFileSync } from "node:fs";
import { draws, purpose } from "../src/core/random.js";
import type { Picture } from "../src/formats/picture.js";
import { decodePicture } from "../src/formats/picture-file.js";
import { luma } from "../src/images/luma.js";

/** A picture in 8 bits, and the same with noise, in grey levels. */
export type Example = { readonly clean: Picture; readonly noisy: Float32Array };

/** Photographs first … first + count − 1 of the 200 training photographs, numbered from 1 in the order of their names. */
export function photographs(first: number, count: number, channels: 1 | 3): Picture[] {
  const folder = process.env.PHOTOGRAPHS ?? "../shared/bsds500-train";
  const names = readdirSync(folder).filter((name) => /\.(jpg|png)$/.test(name));
  return names
    .sort()
    .slice(first - 1, first - 1 + count)
    .map((name) => {
      const { picture } = decodePicture(readFileSync(`${folder}/${name}`), name);
      return channels === 3 ? picture : { ...picture, channels, bytes: Uint8Array.from(luma(picture)) };
    });
}

/** The middle side × side pixels. */
export function middle({ height, width, channels, bytes }: Picture, side: number): Picture {
  const [top, left, line] = [(height - side) >> 1, (width - side) >> 1, side * channels];
  const at = (i: number) => ((top + Math.floor(i / line)) * width + left) * channels + (i % line);
  return {
    height: side,
    width: side,
    channels,
    bytes: Uint8Array.from({ length: side * line }, (_, i) => bytes[at(i)]),
  };
}

/** The n-th picture with noise, as it is or rounded and clipped to 8 bits. */
export function noised(
  clean: Picture,
  { sigma, n, inBytes }: { readonly sigma: number; readonly n: number; readonly inBytes: boolean },
): Example {
  const draw = draws({ seed: 77, purpose: purpose.noise }, n);
  const noisy = Float32Array.from(clean.bytes, (value) => value + sigma * draw.gaussian());
  return { clean, noisy: inBytes ? noisy.map((value) => Math.max(0, Math.min(255, Math.round(value)))) : noisy };
}

/** Mean over pictures of the PSNR in dB, peak 255. */
export function meanPsnr(examples: readonly Example[], images: readonly ArrayLike<number>[]): number {
  const psnrs = examples.map(({ clean: { bytes } }, n) => {
    const squares = bytes.reduce((sum, value, i) => sum + (images[n][i] - value) ** 2, 0);
    return 10 * Math.log10((255 ** 2 * bytes.length) / squares);
  });
  return psnrs.reduce((sum, value) => sum + value, 0) / psnrs.length;
}
