/**
 * Files out of a .tar or .tar.gz, read as a stream: in memory is one wanted
 * file at a time. Headers are ustar blocks of 512 bytes, each with a checksum;
 * links, folders and extended headers are passed over.
 */
import { createReadStream, type ReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { CrispError } from "../core/errors.js";

export type ArchiveFile = { readonly name: string; readonly bytes: Uint8Array };

const block = 512;

/**
 * The files of an archive whose last part of the name is in `wanted`, in the order of the archive.
 *
 * @param most  bytes that a wanted file may have
 * @throws CrispError `data` if the archive is cut, is none, or a wanted file is larger
 */
export async function* archiveFiles(
  path: string,
  wanted: ReadonlySet<string>,
  most: number,
): AsyncGenerator<ArchiveFile> {
  const file = createReadStream(path);
  try {
    const zipped = await isZipped(path);
    yield* tarFiles(zipped ? unzipped(file) : file, path, wanted, most);
  } catch (error) {
    if (error instanceof CrispError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CrispError(
      "data",
      `${path} cannot be unpacked (${reason}); a .tar or .tar.gz is needed. Fetch it again.`,
      {
        cause: error,
      },
    );
  } finally {
    file.destroy();
  }
}

/** gzip begins with 1f 8b; a server may have unpacked it on the way. */
async function isZipped(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

async function* unzipped(file: ReadStream): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  file.on("error", (error) => gunzip.destroy(error));
  try {
    yield* file.pipe(gunzip);
  } finally {
    gunzip.destroy();
  }
}

async function* tarFiles(
  stream: AsyncIterable<Uint8Array>,
  path: string,
  wanted: ReadonlySet<string>,
  most: number,
): AsyncGenerator<ArchiveFile> {
  const reader = byteReader(stream, path);
  for (;;) {
    const header = await reader.take(block);
    if (header.every((byte) => byte === 0)) return; // the end of the archive
    const { name, size, plain } = readHeader(header, path);
    const padding = (block - (size % block)) % block;
    if (!plain || !wanted.has(name)) {
      await reader.skip(size + padding);
      continue;
    }
    if (size > most) {
      throw new CrispError("data", `${path}: ${name} has ${size} bytes; at most ${most} are expected. Fetch it again.`);
    }
    yield { name, bytes: await reader.take(size) };
    await reader.skip(padding);
  }
}

/** Name without folders, size, and whether the entry is a plain file. */
function readHeader(header: Uint8Array, path: string) {
  const text = (from: number, length: number) =>
    String.fromCharCode(...header.subarray(from, from + length)).replace(/\0.*$/s, "");
  // The checksum counts its own eight bytes as spaces.
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  const size = Number.parseInt(text(124, 12).trim(), 8);
  if (sum !== Number.parseInt(text(148, 8).trim(), 8) || !(size >= 0)) {
    throw new CrispError(
      "data",
      `${path} is not a tar archive or is damaged: a header does not fit its checksum. Fetch it again.`,
    );
  }
  const type = header[156];
  return { name: text(0, 100).split("/").pop() ?? "", size, plain: type === 0 || type === 48 };
}

/** Takes exact numbers of bytes from a stream of pieces. */
function byteReader(stream: AsyncIterable<Uint8Array>, path: string) {
  const source = stream[Symbol.asyncIterator]();
  let piece: Uint8Array = new Uint8Array(0);

  /** Hands out up to `count` bytes of the stream. */
  async function some(count: number): Promise<Uint8Array> {
    while (piece.length === 0) {
      const next = await source.next();
      if (next.done) {
        throw new CrispError("data", `${path} ends in the middle: the archive was cut. Fetch it again.`);
      }
      piece = next.value;
    }
    const part = piece.subarray(0, count);
    piece = piece.subarray(part.length);
    return part;
  }
  async function take(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count);
    for (let filled = 0; filled < count; ) {
      const part = await some(count - filled);
      bytes.set(part, filled);
      filled += part.length;
    }
    return bytes;
  }
  async function skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) left -= (await some(left)).length;
  }
  return { take, skip };
}
