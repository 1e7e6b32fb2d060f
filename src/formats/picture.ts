/**
 * One picture of any size, grey or colour, as decoders give it and crops are
 * cut from it: in 8 bits, and where its file has more, in 16 bits as well.
 */
import { CrispError } from "../core/errors.js";

/** Height, width, channels and pixels. */
export type Picture = {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** [height, width, channels], interleaved. */
  readonly bytes: Uint8Array;
  /** The same in 0 … 65535, where the file has more than 8 bits; `bytes` is rounded from it. */
  readonly deep?: Uint16Array;
};

/** A picture from a file, and what of the file is not in it. */
export type DecodedPicture = {
  readonly picture: Picture;
  /** The file had an alpha below full, which was dropped. */
  readonly transparent: boolean;
  /** What else the file holds, in words such as "another picture"; absent where there is nothing. */
  readonly besides?: string;
};

/** What of a file is not in its picture, as sentences without its name. */
export function lossesOf({ transparent, besides }: Omit<DecodedPicture, "picture">): readonly string[] {
  return [
    ...(transparent ? ["alpha was dropped"] : []),
    ...(besides === undefined ? [] : [`it also holds ${besides}, which is not read`]),
  ];
}

/** Of 16 bits in one grey level of 8: 65535 = 257 · 255. */
const perLevel = 257;

/** The pixels in grey levels 0 … 255, with their fractions where the picture has 16 bits. */
export function levelsOf({ bytes, deep }: Picture): Uint8Array | Float64Array {
  return deep ? Float64Array.from(deep, (value) => value / perLevel) : bytes;
}

/** Grey levels from one value that a picture can have to the next. */
export function leastStep({ deep }: Picture): number {
  return deep ? 1 / perLevel : 1;
}

/** Pixels of these grey levels in 8 bits, and in 16 where `isDeep`; rounded, and clipped at 0 and 255. */
export function pixelsOf(length: number, level: (index: number) => number, isDeep: boolean) {
  const bytes = new Uint8Array(length);
  const deep = isDeep ? new Uint16Array(length) : undefined;
  for (let i = 0; i < length; i++) {
    const clipped = Math.max(0, Math.min(255, level(i)));
    bytes[i] = Math.round(clipped);
    if (deep) deep[i] = Math.round(perLevel * clipped);
  }
  return deep ? { bytes, deep } : { bytes };
}

/** A picture with `channels` channels: grey is repeated, colour stays colour. */
export function withChannels(picture: Picture, channels: 1 | 3): Picture {
  if (picture.channels === channels) return picture;
  if (channels === 1) throw new CrispError("internal", "a colour picture was to become grey; that is not done.");
  return { ...picture, channels, ...pixelsAt(picture, 3 * picture.bytes.length, (i) => Math.floor(i / 3)) };
}

/** A colour picture whose channels agree everywhere as the grey picture it is; others as they are. */
export function greyIfEqual(picture: Picture): Picture {
  const { channels, bytes, deep } = picture;
  if (channels === 1) return picture;
  const values = deep ?? bytes;
  for (let i = 0; i < values.length; i += 3) {
    if (values[i] !== values[i + 1] || values[i] !== values[i + 2]) return picture;
  }
  return { ...picture, channels: 1, ...pixelsAt(picture, bytes.length / 3, (i) => 3 * i) };
}

/** The picture as its viewers show it: `orientation` is EXIF's, 1 upright, 2 to 8 mirrored or turned. */
export function turned(picture: Picture, orientation: number): Picture {
  if (orientation < 2 || orientation > 8) return picture;
  const { height, width, channels, bytes } = picture;
  const swaps = orientation > 4;
  const [rows, columns] = swaps ? [width, height] : [height, width];
  // In each pair of numbers the stored column or row counts from the other end.
  const [right, down] = [[2, 3, 7, 8].includes(orientation), [3, 4, 6, 7].includes(orientation)];
  const at = (i: number) => {
    const [y, x] = [Math.floor(i / channels / columns), Math.floor(i / channels) % columns];
    const [row, column] = swaps ? [x, y] : [y, x];
    return (
      ((down ? height - 1 - row : row) * width + (right ? width - 1 - column : column)) * channels + (i % channels)
    );
  };
  return { height: rows, width: columns, channels, ...pixelsAt(picture, bytes.length, at) };
}

/** Pixels whose i-th value is the one at `at(i)`. */
function pixelsAt({ bytes, deep }: Picture, length: number, at: (index: number) => number) {
  const [taken, takenDeep] = [new Uint8Array(length), new Uint16Array(deep ? length : 0)];
  for (let i = 0; i < length; i++) {
    const from = at(i);
    taken[i] = bytes[from];
    if (deep) takenDeep[i] = deep[from];
  }
  return deep ? { bytes: taken, deep: takenDeep } : { bytes: taken };
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
