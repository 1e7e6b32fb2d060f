/**
 * A set of images as a study uses it: pictures for training and for test, all
 * of one size, and a hash that names what they are. Pictures are asked for one
 * at a time, so a source may keep them in one block of bytes (a picture of
 * CIFAR-10 is 3 kB, all 60,000 are 184 MB), read them from a file or draw them.
 */
import { CrispError } from "../core/errors.js";
import type { Numbers } from "../formats/numbers.js";

/** The user's own numbers of pictures: of picture i among `count`. */
export type Numbering = {
  readonly count: number;
  /** The user's number of picture `index`. */
  readonly at: (index: number) => number;
};

/** 8-bit pictures of one size, asked for one at a time. */
export type Pictures = {
  readonly count: number;
  /** true: coded as they are; otherwise each gets mean 0 and deviation 1 (normalise.ts). */
  readonly raw?: boolean;
  /**
   * How the user numbers these pictures: picture i is number `at(i)` of `count`
   * in the user's file. Absent where that is i itself, null for crops, which have no numbers.
   */
  readonly numbered?: Numbering | null;
  /**
   * [height, width, channels], interleaved: 8 bits for pictures, any numbers for
   * arrays; a view that the caller must not change.
   * @throws CrispError `internal` unless 0 ≤ index < count
   */
  values(index: number): Numbers;
};

/** Training and test pictures, and the hash that names them. */
export type ImageSet = {
  /** "leaves", "cifar10", "folder" or "arrays"; never where the files lie. */
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
  /** Closes files that pictures are read from; absent where nothing is open. */
  close?(): void;
};

/** Where images come from, in words: "leaves", "cifar10", "a folder of pictures", "an array". */
export function sourceText(source: string): string {
  return { folder: "a folder of pictures", arrays: "an array" }[source] ?? source;
}

/** How many pictures to open of each part; "all" there are. */
export type Counts = {
  readonly trainingImages: number | "all";
  readonly testImages: number | "all";
  /** What to do where only so many training pictures are there; null: ask for these. */
  readonly adviceForFew?: (there: number) => string | null;
};

/** Pictures that lie one after the other in `block`, `length` bytes each. */
export function blockPictures(block: Uint8Array, length: number): Pictures {
  const count = block.length / length;
  return {
    count,
    values(index) {
      checkIndex(index, count);
      return block.subarray(index * length, (index + 1) * length);
    },
  };
}

/** Bytes of drawn pictures that are kept; what does not fit is drawn again (0.4 ms for 32×32×3). */
const mostKept = 256e6;

/** Pictures drawn by `draw` on first use and kept from then on while there is room, `length` bytes each. */
export function drawnPictures(count: number, length: number, draw: (index: number) => Uint8Array): Pictures {
  const kept = new Map<number, Uint8Array>();
  return {
    count,
    values(index) {
      checkIndex(index, count);
      const known = kept.get(index);
      if (known) return known;
      const picture = draw(index);
      if (picture.length !== length) {
        throw new CrispError("internal", `picture ${index} has ${picture.length} bytes; ${length} were promised.`);
      }
      if ((kept.size + 1) * length <= mostKept) kept.set(index, picture);
      return picture;
    },
  };
}

/**
 * How many pictures of a part are opened: those asked for, or all.
 * @throws CrispError `usage` that names the setting, the count asked for, the count there is, and the option
 */
export function checkCount(
  setting: "trainingImages" | "testImages",
  asked: number | "all",
  { there, of, advice = null }: { readonly there: number; readonly of?: string; readonly advice?: string | null },
): number {
  if (asked === "all") return there;
  if (!Number.isInteger(asked) || asked < 0) {
    throw new CrispError("usage", `${setting} is ${asked}; it must be a whole number of at least 0.`);
  }
  if (asked <= there) return asked;
  const option = setting === "trainingImages" ? "--training-images" : "--test-images";
  const where = of === undefined ? "" : ` in ${of}`;
  const fewer = `Ask for ${there} or fewer with ${option} ${there}${of === undefined ? "" : ", or add images"}.`;
  const none = "Every fifth is kept for test, and a study measures on at least 2. Add images.";
  throw new CrispError(
    "usage",
    `${setting} is ${asked}; there are ${there}${where}. ${advice ?? (setting === "testImages" && there < 2 ? none : fewer)}`,
  );
}

/** Throws `internal` unless 0 ≤ index < count. */
export function checkIndex(index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new CrispError("internal", `picture ${index} was asked for; there are ${count}, numbered from 0.`);
  }
}
