/**
 * The array of an .npy or .npz file, one item (slice along the first axis) at a
 * time. An .npy of any size is read item by item, so memory holds one; an .npz
 * is unpacked whole, the archive and its array, and so is an .npy in Fortran order,
 * whose items do not lie together.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { CrispError } from "../core/errors.js";
import { count } from "../core/tensor.js";
import { decodeArray } from "../formats/arrays.js";
import { formatOf } from "../formats/format.js";
import { decodeNpy, longestHeader, type NumberArray, numbersOf, readNpyHeader } from "../formats/npy.js";
import type { Numbers } from "../formats/numbers.js";
import { readBytes, readHead, unreadable } from "./files.js";

export type ItemFile = {
  readonly shape: readonly number[];
  /** Values of item `index`, in an array of its own or a view that must not be changed. */
  item(index: number): Numbers;
  close(): void;
};

/** As `openItems`; the file is closed if `use` throws, and stays open otherwise. */
export async function withItems<T>(path: string, wanted: string, use: (file: ItemFile) => T): Promise<T> {
  const file = await openItems(path, wanted);
  try {
    return use(file);
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * @param wanted  name of the array in an archive of several
 * @throws CrispError `data` for a file that cannot be read or is not such an array
 */
export async function openItems(path: string, wanted: string): Promise<ItemFile> {
  if (formatOf(path, await readHead(path)) !== "npz") return openNpy(path);
  return inMemory(decodeArray(await readBytes(path), path, wanted));
}

function inMemory({ shape, data }: NumberArray, close = () => {}): ItemFile {
  const length = count(shape.slice(1));
  return { shape, item: (index) => data.subarray(index * length, (index + 1) * length), close };
}

function openNpy(path: string): ItemFile {
  const file = orUnreadable(path, () => openSync(path, "r"));
  try {
    const { size } = fstatSync(file);
    const beginning = new Uint8Array(Math.min(size, longestHeader + 12));
    orUnreadable(path, () => readSync(file, beginning, 0, beginning.length, 0));
    const { type, shape, fortran, start, width } = readNpyHeader(beginning, size, path);
    if (fortran)
      return inMemory(decodeNpy(new Uint8Array(readAt(file, 0, { bytes: size, path })), path), () => closeSync(file));
    const bytes = count(shape.slice(1)) * width;
    return {
      shape,
      item: (index) => numbersOf(type, readAt(file, start + index * bytes, { bytes, path })),
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function readAt(file: number, start: number, { bytes, path }: { bytes: number; path: string }): ArrayBuffer {
  const buffer = new ArrayBuffer(bytes);
  for (let at = 0; at < bytes; ) {
    const read = orUnreadable(path, () => readSync(file, new Uint8Array(buffer, at), 0, bytes - at, start + at));
    if (read === 0) {
      throw new CrispError(
        "data",
        `${path} ends at byte ${start + at} of ${start + bytes}; it was changed while it was read. Run the command again with a file that stays.`,
      );
    }
    at += read;
  }
  return buffer;
}

function orUnreadable<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
