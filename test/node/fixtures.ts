/** Small stand-ins for the data sets: whole in layout, invented in content. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { tensor } from "../../src/core/tensor.js";
import { cifarFiles, cifarRecord } from "../../src/images/cifar.js";
import { openImageSource } from "../../src/node/image-source.js";

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

let ofImages: string | undefined;
afterAll(() => {
  if (ofImages) rmSync(ofImages, { recursive: true, force: true });
});

/** One folder for all calls of a test file: making and removing one each time takes longer than the reading. */
function imagesFolder(): string {
  ofImages ??= temporaryFolder();
  return ofImages;
}

/** All images of a file with these bytes and this name, [n, height, width, channels], as `crisp encode` reads them. */
export async function imagesIn(bytes: Uint8Array, name: string, layout: "nhwc" | "nchw" = "nhwc") {
  const images = join(imagesFolder(), name);
  writeFileSync(images, bytes);
  const source = await openImageSource({ images, layout, normalise: false, channels: 1 });
  try {
    const read: Float32Array[] = [];
    for (let i = 0; i < source.sizes.length; i++) read.push((await source.image(i)).values);
    const { height, width, channels } = source.sizes[0];
    const data = new Float32Array(read.length * height * width * channels);
    read.forEach((image, i) => {
      data.set(image, i * image.length);
    });
    return tensor([read.length, height, width, channels], data);
  } finally {
    source.close?.();
  }
}
