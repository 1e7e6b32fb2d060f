/**
 * CIFAR-10 in its binary layout: records of 3,073 bytes, one label 0 … 9 and
 * then 1024 red, 1024 green and 1024 blue values of a 32×32 picture, 10,000
 * records a file, five files of training pictures and one of test pictures.
 * The sha256 of the six files decide whether it is CIFAR-10, wherever they
 * came from: mirrors pack the archive again.
 */
import { CrispError } from "../core/errors.js";
import { contentKey } from "../core/key.js";

export const cifarCitation =
  "Alex Krizhevsky (2009). Learning multiple layers of features from tiny images. Technical report, University of Toronto.";

/** The six files in the order of their pictures, with their sha256. */
export const cifarFiles = {
  training: [
    { name: "data_batch_1.bin", sha256: "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5" },
    { name: "data_batch_2.bin", sha256: "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed" },
    { name: "data_batch_3.bin", sha256: "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67" },
    { name: "data_batch_4.bin", sha256: "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48" },
    { name: "data_batch_5.bin", sha256: "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add" },
  ],
  test: [{ name: "test_batch.bin", sha256: "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b" }],
} as const;

export type CifarFile = { readonly name: string; readonly sha256: string };

export const cifarSide = 32;
export const cifarLength = 3 * cifarSide * cifarSide;
export const cifarRecord = 1 + cifarLength;
/** Records in each of the six files. */
export const cifarRecords = 10_000;

/** Identity of CIFAR-10: the key of the six checksums. */
export function cifarHash(): string {
  return contentKey({
    source: "cifar10",
    training: cifarFiles.training.map((file) => file.sha256),
    test: cifarFiles.test.map((file) => file.sha256),
  });
}

/**
 * Number of records in a file, after a check of its size and of every label.
 * @throws CrispError `data` that names the file if it is cut or a label is above 9
 */
export function countRecords(file: Uint8Array, name: string): number {
  if (file.length === 0 || file.length % cifarRecord !== 0) {
    throw new CrispError(
      "data",
      `${name} has ${file.length} bytes; a CIFAR-10 file holds whole records of ${cifarRecord} bytes (30,730,000 in all). It was cut or is another file: fetch it again.`,
    );
  }
  const count = file.length / cifarRecord;
  for (let record = 0; record < count; record++) {
    const label = file[record * cifarRecord];
    if (label > 9) {
      throw new CrispError(
        "data",
        `${name}: the label of record ${record} is ${label}; labels are 0 … 9. The file is damaged or is not CIFAR-10: fetch it again.`,
      );
    }
  }
  return count;
}

/** Copies the pictures of the first `count` records, channels interleaved, into `out` from byte `start`. */
export function interleave(file: Uint8Array, count: number, out: Uint8Array, start: number): void {
  const plane = cifarSide * cifarSide;
  for (let record = 0; record < count; record++) {
    const from = record * cifarRecord + 1;
    const to = start + record * cifarLength;
    for (let pixel = 0; pixel < plane; pixel++) {
      out[to + 3 * pixel] = file[from + pixel];
      out[to + 3 * pixel + 1] = file[from + plane + pixel];
      out[to + 3 * pixel + 2] = file[from + 2 * plane + pixel];
    }
  }
}

/** Labels 0 … 9 of all records of a file. */
export function cifarLabels(file: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: file.length / cifarRecord }, (_, record) => file[record * cifarRecord]);
}
