/** Cleans one picture as `crisp denoise` does: by the shipped model, or by a dictionary. */
import { type DenoiseChoices, type Denoised, dictionaryCleaner, openDenoiser } from "../app/denoise.js";
import { pictureNetwork, shippedCalibration, shippedNetwork } from "../app/denoise-network.js";
import { shippedWay } from "../app/denoise-shipped.js";
import { CrispError } from "../core/errors.js";
import type { Extent } from "../core/geometry.js";
import type { Tensor } from "../core/tensor.js";
import { greyIfEqual, type Picture } from "../formats/picture.js";
import type { Desk } from "./desk.js";

/** A picture as a canvas has it: 8-bit values, 1 (grey), 3 (RGB) or 4 (RGBA) for each pixel. */
export type Pixels = {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
};

export type DenoiseInput = {
  readonly pixels: Pixels;
  readonly choices: DenoiseChoices;
  /** In place of the shipped model. */
  readonly dictionary?: { readonly atoms: Tensor; readonly stride: Extent };
  /** The shipped files by their names. */
  readonly assets: Readonly<Record<string, Uint8Array>>;
};

/** The clean picture as it came, and what was found and done. Alpha stays what it was. */
export type DenoiseAnswer = { readonly pixels: Pixels } & Omit<Denoised, "picture">;

/** Windows or strips done, of how many. */
export type DenoisePoint = { readonly done: number; readonly total: number };

/** @throws CrispError `shape` or `data` for a picture or dictionary that cannot be used */
export async function denoisePicture(
  desk: Desk<DenoisePoint>,
  { pixels, choices, dictionary, assets }: DenoiseInput,
): Promise<DenoiseAnswer> {
  const platform = { asset: async (name: string) => assets[name] };
  const open = async () => {
    if (!dictionary && choices.lambda === "auto") return (await shippedWay(choices, platform)).open(desk.executor);
    const { atoms, stride } = dictionary ?? {};
    const network = atoms ? pictureNetwork(atoms, stride!, "the dictionary") : await shippedNetwork(platform);
    return dictionaryCleaner(network, desk.executor, { ...choices, calibration: await shippedCalibration(platform) });
  };
  const denoiser = openDenoiser(await open(), choices);
  const onWindow = (done: number, total: number) => desk.send({ done, total });
  const { picture, ...done } = await denoiser.denoise(greyIfEqual(pictureOf(pixels)), { onWindow });
  return { pixels: likeIt(pixels, picture), ...done };
}

function pictureOf({ width, height, data }: Pixels): Picture {
  const values = data.length / (width * height);
  if (![1, 3, 4].includes(values) || !(width >= 1 && height >= 1))
    throw new CrispError(
      "shape",
      `a picture of ${width}×${height} has ${data.length} values; 1, 3 or 4 for each pixel are taken. Give what getImageData gives.`,
    );
  const channels = values === 1 ? 1 : 3;
  const bytes = values === 4 ? Uint8Array.from(data).filter((_, i) => i % 4 < 3) : Uint8Array.from(data);
  return { height, width, channels, bytes };
}

/** The picture with as many values for each pixel as the one that came, and its alpha. */
function likeIt({ width, height, data }: Pixels, { channels, bytes }: Picture): Pixels {
  const found = data.slice();
  const values = data.length / (width * height);
  for (let i = 0; i < found.length; i++) {
    const [pixel, channel] = [Math.floor(i / values), i % values];
    if (channel < 3) found[i] = bytes[channels * pixel + (channels === 1 ? 0 : channel)];
  }
  return { width, height, data: found };
}
