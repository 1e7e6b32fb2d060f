/**
 * CIFAR-10 from its archive, given or fetched: the six files are unpacked into
 * a folder of the cache, each checked and written whole, and read from there.
 */

import { rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { CrispError } from "../core/errors.js";
import { type CifarFile, cifarFiles, cifarRecord, cifarRecords } from "../images/cifar.js";
import { archiveFiles } from "./archive.js";
import { checkCifarSha256 } from "./cifar-files.js";
import { type DownloadOptions, download } from "./download.js";
import { bytesSha256, replaceFile } from "./files.js";

const allFiles: readonly CifarFile[] = [...cifarFiles.training, ...cifarFiles.test];

/** Where the archive is offered; the second is the newer address of the same place. */
export const cifarUrls = [
  "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
  "https://cave.cs.toronto.edu/kriz/cifar-10-binary.tar.gz",
] as const;

/** The folder for what can be fetched or made again: CRISP_CACHE or ~/.cache/crisp. */
export function cacheFolder(): string {
  return process.env.CRISP_CACHE || join(homedir(), ".cache", "crisp");
}

/** The folder of the cache that holds the six files. */
export function cifarCache(): string {
  return join(cacheFolder(), "cifar-10-batches-bin");
}

/**
 * Unpacks the six files of an archive into a folder.
 *
 * @throws CrispError `data` if the archive is damaged or lacks a file, `checksum` for a file that is not CIFAR-10's
 */
export async function unpackCifar(archive: string, folder: string, unverified = false): Promise<void> {
  const missing = new Map(allFiles.map((file) => [file.name, file]));
  for await (const { name, bytes } of archiveFiles(archive, new Set(missing.keys()), cifarRecords * cifarRecord)) {
    const file = missing.get(name);
    if (!file) throw new CrispError("data", `${archive} holds ${name} twice. Fetch it again.`);
    if (!unverified) checkCifarSha256(file, bytesSha256(bytes), `${name} in ${archive}`);
    await replaceFile(join(folder, name), bytes);
    missing.delete(name);
    if (missing.size === 0) return;
  }
  throw new CrispError(
    "data",
    `${archive} lacks ${[...missing.keys()].join(", ")}; the binary version of CIFAR-10 is needed (cifar-10-binary.tar.gz). Fetch that one.`,
  );
}

/** Fetches the archive and unpacks it into `folder`; the archive itself (170 MB) is not kept. */
export async function fetchCifar(
  folder: string,
  options: Partial<Pick<DownloadOptions, "urls" | "attempts" | "pauseSeconds" | "onProgress" | "signal">> = {},
): Promise<void> {
  const archive = join(folder, "cifar-10-binary.tar.gz");
  await download(archive, {
    urls: cifarUrls,
    ...options,
    accept: (file) => unpackCifar(file, folder),
    advice: "Fetch cifar-10-binary.tar.gz by hand and name it with --from, or use --data leaves.",
  });
  await rm(archive, { force: true });
}
