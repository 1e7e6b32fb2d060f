/**
 * Pictures of one length, put in any order and read in any order. As long as
 * all of them fit into `keptBytes` they stay in memory; more go to a file of
 * the cache folder, one read a picture (2 µs from the system's own cache, where
 * coding one takes milliseconds). The file loses its name as soon as it is open,
 * so it is gone with the process, however that ends.
 */
import { randomBytes } from "node:crypto";
import { closeSync, ftruncateSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { CrispError } from "../core/errors.js";
import { blockPictures, checkIndex, type Pictures } from "../images/image-set.js";
import { cacheFolder } from "./cifar-archive.js";
import { errorCode } from "./files.js";

/** Bytes of crops kept in memory by default: 10,000 of 32×32×3. */
export const keptBytes = 32_000_000;

export type PictureStore = {
  put(index: number, picture: Uint8Array): void;
  /** Pictures `from` to `to` − 1, numbered from 0. */
  pictures(from: number, to: number): Pictures;
  close(): void;
};

/** @throws CrispError `store` if the cache folder cannot hold the file */
export function openPictureStore(count: number, length: number, kept = keptBytes): PictureStore {
  return count * length <= kept ? inMemory(count, length) : inFile(count, length);
}

function inMemory(count: number, length: number): PictureStore {
  const block = new Uint8Array(count * length);
  return {
    put: (index, picture) => block.set(picture, index * length),
    pictures: (from, to) => blockPictures(block.subarray(from * length, to * length), length),
    close: () => {},
  };
}

function inFile(count: number, length: number): PictureStore {
  const file = openNameless(count * length);
  return {
    put(index, picture) {
      orRefuse(count * length, () => {
        for (let at = 0; at < length; ) at += writeSync(file, picture, at, length - at, index * length + at);
      });
    },
    pictures: (from, to) => ({
      count: to - from,
      values(index) {
        checkIndex(index, to - from);
        const picture = new Uint8Array(length);
        if (readSync(file, picture, 0, length, (from + index) * length) === length) return picture;
        throw new CrispError("internal", `the cache of pictures ends before picture ${index}.`);
      },
    }),
    close: () => closeSync(file),
  };
}

/** A file of the cache folder without a name, or with one that goes at the end of the process (Windows). */
function openNameless(bytes: number): number {
  const path = join(cacheFolder(), `.crops-${process.pid}-${randomBytes(6).toString("hex")}.tmp`);
  return orRefuse(bytes, () => {
    mkdirSync(cacheFolder(), { recursive: true });
    const file = openSync(path, "wx+", 0o600);
    try {
      rmSync(path);
    } catch {
      process.once("exit", () => rmSync(path, { force: true }));
    }
    ftruncateSync(file, bytes);
    return file;
  });
}

function orRefuse<T>(bytes: number, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new CrispError(
      "store",
      `the crops take ${Math.ceil(bytes / 1e6)} MB, which ${cacheFolder()} cannot hold (${errorCode(cause) || cause}). Set CRISP_CACHE to a folder with room, or use fewer images.`,
      { cause },
    );
  }
}
