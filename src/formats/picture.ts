/**
 * One picture of any size in 8 bits, grey or colour, as decoders give it and
 * crops are cut from it.
 */
import { CrispError } from "../core/errors.js";

/** Height, width, channels and pixels in 8 bits. */
export type Picture = {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** [height, width, channels], interleaved. */
  readonly bytes: Uint8Array;
};

/** A picture with `channels` channels: grey is repeated, colour stays colour. */
export function withChannels(picture: Picture, channels: 1 | 3): Picture {
  if (picture.channels === channels) return picture;
  if (channels === 1) throw new CrispError("internal", "a colour picture was to become grey; that is not done.");
  const bytes = new Uint8Array(3 * picture.bytes.length);
  picture.bytes.forEach((value, i) => {
    bytes.fill(value, 3 * i, 3 * i + 3);
  });
  return { ...picture, channels, bytes };
}

/** A colour picture whose channels agree everywhere as the grey picture it is; others as they are. */
export function greyIfEqual(picture: Picture): Picture {
  const { channels, bytes } = picture;
  if (channels === 1) return picture;
  for (let i = 0; i < bytes.length; i += 3) {
    if (bytes[i] !== bytes[i + 1] || bytes[i] !== bytes[i + 2]) return picture;
  }
  return { ...picture, channels: 1, bytes: Uint8Array.from({ length: bytes.length / 3 }, (_, i) => bytes[3 * i]) };
}

/** Drops alpha from red, green, blue, alpha; a grey picture keeps its red. `transparent`: was anything lost? */
export function fromRgba(rgba: Uint8Array, size: Omit<Picture, "bytes">): { picture: Picture; transparent: boolean } {
  const { height, width, channels } = size;
  const bytes = new Uint8Array(height * width * channels);
  let transparent = false;
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let c = 0; c < channels; c++) bytes[pixel * channels + c] = rgba[4 * pixel + c];
    if (rgba[4 * pixel + 3] !== 255) transparent = true;
  }
  return { picture: { height, width, channels, bytes }, transparent };
}
