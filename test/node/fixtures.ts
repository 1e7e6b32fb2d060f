/** Small stand-ins for the data sets: whole in layout, invented in content. */
import { writeFileSync } from "node:fs";
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
