/**
 * A set of images as a study uses it: 8-bit pictures for training and for
 * test, all of one size, and a hash that names what they are. Pictures are
 * asked for one at a time, so a source may keep them in one block of bytes
 * (a picture of CIFAR-10 is 3 kB, all 60,000 are 184 MB) or draw them on demand.
 */
import { CrispError } from "../core/errors.js";

/** 8-bit pictures of one size, asked for one at a time. */
export type Pictures = {
  readonly count: number;
  /**
   * [height, width, channels], interleaved; a view that the caller must not change.
   * @throws CrispError `internal` unless 0 ≤ index < count
   */
  bytes(index: number): Uint8Array;
};

/** Training and test pictures, and the hash that names them. */
export type ImageSet = {
  /** "leaves", "cifar10" or "folder"; never where the files lie. */
  readonly source: string;
  /** How the source asks to be cited, or null. */
  readonly citation: string | null;
  /** Content identity: equal hashes mean equal pictures at equal indices. */
  readonly hash: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly training: Pictures;
  readonly test: Pictures;
  /** What a user should know of these images: alpha dropped, checks skipped. */
  readonly warnings: readonly string[];
};

/** Pictures that lie one after the other in `block`, `length` bytes each. */
export function blockPictures(block: Uint8Array, length: number): Pictures {
  const count = block.length / length;
  return {
    count,
    bytes(index) {
      checkIndex(index, count);
      return block.subarray(index * length, (index + 1) * length);
    },
  };
}

/** Pictures drawn by `draw` on first use and kept from then on, `length` bytes each. */
export function drawnPictures(count: number, length: number, draw: (index: number) => Uint8Array): Pictures {
  const kept = new Map<number, Uint8Array>();
  return {
    count,
    bytes(index) {
      checkIndex(index, count);
      const known = kept.get(index);
      if (known) return known;
      const picture = draw(index);
      if (picture.length !== length) {
        throw new CrispError("internal", `picture ${index} has ${picture.length} bytes; ${length} were promised.`);
      }
      kept.set(index, picture);
      return picture;
    },
  };
}

/**
 * Refuses a demand for more pictures than there are.
 * @throws CrispError `usage` that names the setting, the count asked for and the count there is
 */
export function checkCount(setting: "trainingImages" | "testImages", asked: number, there: number): void {
  if (!Number.isInteger(asked) || asked < 0) {
    throw new CrispError("usage", `${setting} is ${asked}; it must be a whole number of at least 0.`);
  }
  if (asked > there) {
    throw new CrispError("usage", `${setting} is ${asked}; there are ${there}. Ask for ${there} or fewer.`);
  }
}

function checkIndex(index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new CrispError("internal", `picture ${index} was asked for; there are ${count}, numbered from 0.`);
  }
}
