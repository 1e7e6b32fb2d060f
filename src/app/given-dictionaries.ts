/**
 * The user's own dictionaries as the sizes of a study: one file per size, or as
 * many for each (replicates, in the order given). Patch and channels must agree.
 * A dictionary is known by its atoms, as they are coded, not by its file.
 */

import { type DictionaryOptions, decodeDictionary } from "../coding/dictionary-file.js";
import { CrispError } from "../core/errors.js";
import type { Extent } from "../core/geometry.js";
import { tensorSha256 } from "../core/key.js";
import type { Tensor } from "../core/tensor.js";
import { counted } from "../core/words.js";
import type { GivenDictionary, PlanContext } from "../study/plan.js";

/** What a study holds of its files, and the atoms by their hash. */
export type GivenDictionaries = {
  readonly identities: readonly GivenDictionary[];
  readonly atoms: ReadonlyMap<string, Tensor>;
  /** The first file whose axes were recognised, not named; absent where none was. */
  readonly recognised?: { readonly file: string };
};

/** What the files fix of a study's settings. */
export type GivenSettings = {
  /** Numbers of atoms, rising. */
  readonly sizes: readonly number[];
  readonly replicates: number;
  readonly patch: Extent;
};

/** The same of a study that has run: its folder holds the atoms. */
export function storedDictionaries({ dictionaries }: PlanContext): GivenDictionaries | undefined {
  return dictionaries && { identities: dictionaries, atoms: new Map() };
}

/** A file as the user named it, its name without folder, and its bytes. */
export type GivenFile = { readonly path: string; readonly name: string; readonly bytes: Uint8Array };

type Read = {
  readonly path: string;
  readonly name: string;
  readonly atoms: Tensor;
  readonly hash: string;
  readonly recognised: boolean;
};

/**
 * The dictionaries of a study, from the files that hold them.
 *
 * @throws CrispError `data` for a file that is not a dictionary, `usage` where two
 *   files do not fit together or are the same
 */
export function givenDictionaries(
  files: readonly GivenFile[],
  options: DictionaryOptions,
): GivenDictionaries & GivenSettings {
  const read = files.map((file) => readOne(file, options));
  if (read.length === 0)
    throw new CrispError(
      "usage",
      "dictionaries is empty; it names the files of at least three sizes. Write --dictionaries a.npy,b.npy,c.npy.",
    );
  checkShapes(read);
  checkTwice(read);
  const sizes = [...new Set(read.map(({ atoms }) => atoms.shape[0]))].sort((a, b) => a - b);
  const groups = sizes.map((size) => read.filter(({ atoms }) => atoms.shape[0] === size));
  checkReplicates(groups);
  return {
    identities: groups.flatMap((group) =>
      group.map(({ name, atoms, hash }, replicate) => ({ file: name, shape: atoms.shape, replicate, hash })),
    ),
    atoms: new Map(read.map(({ hash, atoms }) => [hash, atoms])),
    ...recognisedIn(read),
    sizes,
    replicates: groups[0].length,
    patch: [read[0].atoms.shape[1], read[0].atoms.shape[2]],
  };
}

function recognisedIn(read: readonly Read[]): Pick<GivenDictionaries, "recognised"> {
  const first = read.find(({ recognised }) => recognised);
  return first ? { recognised: { file: first.path } } : {};
}

function readOne({ path, name, bytes }: GivenFile, options: DictionaryOptions): Read {
  const { atoms, recognised } = decodeDictionary(bytes, path, options);
  return { path, name, atoms, hash: tensorSha256(atoms), recognised: recognised !== undefined };
}

function checkShapes(read: readonly Read[]): void {
  const shapeOf = ({ atoms }: Read) => atoms.shape.slice(1).join("×");
  const other = read.find((one) => shapeOf(one) !== shapeOf(read[0]));
  if (!other) return;
  throw new CrispError(
    "usage",
    `${read[0].path} has atoms of ${shapeOf(read[0])} (rows×columns×channels), ${other.path} of ${shapeOf(other)}; the dictionaries of a study may differ only in their number of atoms. Give files with equal patches, or --atoms-layout nchw if channels come first.`,
  );
}

function checkTwice(read: readonly Read[]): void {
  for (const [i, { hash, path }] of read.entries()) {
    const first = read.findIndex((one) => one.hash === hash);
    if (first < i)
      throw new CrispError(
        "usage",
        `${path} holds the same atoms as ${read[first].path}; replicates must be different dictionaries. Remove one.`,
      );
  }
}

function checkReplicates(groups: readonly (readonly Read[])[]): void {
  const most = groups.reduce((a, b) => (b.length > a.length ? b : a));
  const few = groups.find((group) => group.length < most.length);
  if (!few) return;
  const files = (group: readonly Read[]) => counted(group.length, "file");
  throw new CrispError(
    "usage",
    `dictionaries of ${counted(most[0].atoms.shape[0], "atom")} come in ${files(most)}, those of ${few[0].atoms.shape[0]} in ${files(few)}; every size needs the same number of files. Add or remove some.`,
  );
}
