/** Small stand-ins for the data sets: whole in layout, invented in content. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { draws, purpose } from "../../src/core/random.js";
import { cifarFiles, cifarRecord } from "../../src/images/cifar.js";

export const cifarNames = [...cifarFiles.training, ...cifarFiles.test].map((file) => file.name);

/** The bytes of one file: `records` records with labels 0 … 9 and random pictures. */
export function cifarFile(records: number, seed: number, file: number): Uint8Array {
  const draw = draws({ seed, purpose: purpose.test }, file);
  const bytes = new Uint8Array(records * cifarRecord);
  for (let i = 0; i < bytes.length; i++) bytes[i] = draw.whole(i % cifarRecord === 0 ? 10 : 256);
  return bytes;
}

/** Six files in the layout of CIFAR-10, with `records` records each. */
export function cifarFixture(folder: string, records: number, seed = 1): void {
  cifarNames.forEach((name, file) => {
    writeFileSync(join(folder, name), cifarFile(records, seed, file));
  });
}

/** A ustar archive of files in one folder, as the archive of CIFAR-10 is laid out. */
export function tarOf(files: readonly { name: string; bytes: Uint8Array }[]): Uint8Array {
  const parts: Uint8Array[] = [tarHeader("folder/", 0, "5")];
  for (const { name, bytes } of files) {
    parts.push(
      tarHeader(`folder/${name}`, bytes.length, "0"),
      bytes,
      new Uint8Array((512 - (bytes.length % 512)) % 512),
    );
  }
  return Buffer.concat([...parts, new Uint8Array(1024)]);
}

function tarHeader(name: string, size: number, type: string): Uint8Array {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  header.write("        ", 148);
  header.write(type, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** A fresh folder for one test file's own use. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "crisp-test-"));
}
