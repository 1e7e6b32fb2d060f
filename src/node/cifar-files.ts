/**
 * CIFAR-10 from the disk: a folder with the six files, of which only those that
 * hold the pictures asked for are read, one at a time, and checked against
 * their sha256. Memory: the pictures kept (3 kB each) and one file of 31 MB.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CrispError } from "../core/errors.js";
import { contentKey } from "../core/key.js";
import {
  type CifarFile,
  cifarCitation,
  cifarFiles,
  cifarHash,
  cifarLength,
  cifarRecords,
  cifarSide,
  countRecords,
  interleave,
} from "../images/cifar.js";
import { blockPictures, type Counts, checkCount, type ImageSet } from "../images/image-set.js";
import { bytesSha256, errorCode, exists } from "./files.js";

export type CifarCounts = Counts & {
  /** true: take files that are not CIFAR-10's own, cut ones too (for small test sets); their checksums become the identity. */
  readonly unverified?: boolean;
};

/**
 * The first pictures of the training and of the test files in a folder.
 *
 * @throws CrispError `data` for a missing or cut file or a label above 9,
 *   `checksum` for a file that is not CIFAR-10's, `usage` for too many pictures
 */
export async function readCifarFolder(folder: string, counts: CifarCounts): Promise<ImageSet> {
  checkCount("trainingImages", counts.trainingImages, { there: 5 * cifarRecords });
  checkCount("testImages", counts.testImages, { there: cifarRecords });
  const training = await readPart("trainingImages", folder, counts);
  const test = await readPart("testImages", folder, counts);
  const own = [...training.files, ...test.files].every(({ file, found }) => file.sha256 === found);
  return {
    source: "cifar10",
    citation: cifarCitation,
    hash: own ? cifarHash() : contentKey({ source: "cifar10", training: found(training), test: found(test) }),
    height: cifarSide,
    width: cifarSide,
    channels: 3,
    training: blockPictures(training.block, cifarLength),
    test: blockPictures(test.block, cifarLength),
    warnings: own ? [] : ["The CIFAR-10 files are not the original ones: their checksums differ."],
  };
}

/**
 * Are all six files in the folder? Their bytes are checked when they are read.
 */
export async function holdsCifar(folder: string): Promise<boolean> {
  for (const file of [...cifarFiles.training, ...cifarFiles.test]) {
    if (!(await exists(join(folder, file.name)))) return false;
  }
  return true;
}

/** @throws CrispError `checksum` unless the bytes are CIFAR-10's own */
export function checkCifarSha256(file: CifarFile, found: string, where: string): void {
  if (found === file.sha256) return;
  throw new CrispError(
    "checksum",
    `${where}: the sha256 is ${found}; that of CIFAR-10's ${file.name} is ${file.sha256}. The file is damaged or another one: delete it and fetch it again, or allow unverified files if it is meant to differ.`,
  );
}

type Setting = "trainingImages" | "testImages";

/** Pictures of one part, file after file until there are enough, and the checksums of the files read. */
async function readPart(setting: Setting, folder: string, counts: CifarCounts) {
  const files: readonly CifarFile[] = setting === "trainingImages" ? cifarFiles.training : cifarFiles.test;
  const asked = counts[setting] === "all" ? files.length * cifarRecords : counts[setting];
  const block = new Uint8Array(asked * cifarLength);
  const read: { file: CifarFile; found: string }[] = [];
  let there = 0;
  for (const file of files) {
    if (there === asked) break;
    const path = join(folder, file.name);
    // A small set may stop after some files: then the count is what is wrong, and is said below.
    if (counts.unverified && there > 0 && !(await exists(path))) break;
    const bytes = await readPresent(path);
    const records = countRecords(bytes, path); // before the checksum: it says more of what is wrong
    const found = bytesSha256(bytes);
    if (!counts.unverified) checkCifarSha256(file, found, path);
    read.push({ file, found });
    const taken = Math.min(records, asked - there);
    interleave(bytes, taken, block, there * cifarLength);
    there += taken;
  }
  checkCount(setting, counts[setting], { there });
  return { block: block.subarray(0, there * cifarLength), files: read };
}

/** Checksums of the files read. */
function found(part: { files: readonly { found: string }[] }): string[] {
  return part.files.map((file) => file.found);
}

async function readPresent(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    throw new CrispError(
      "data",
      `${path} is missing; a folder of CIFAR-10 holds data_batch_1.bin … data_batch_5.bin and test_batch.bin. Point --from at that folder or at cifar-10-binary.tar.gz.`,
    );
  }
}
