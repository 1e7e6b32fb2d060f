// WebP by libwebp: what Pillow wrote comes back value by value; sizes that memory cannot hold are refused before it.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it, test } from "vitest";
import { decodePicture } from "../../src/formats/picture-file.js";
import { readPicture } from "../../src/node/picture-files.js";
import { openWebpDecoder } from "../../src/node/webp.js";

const path = (name: string) => resolve(import.meta.dirname, "../fixtures/pictures", name);
const planted = (length: number) => Array.from({ length }, (_, i) => (7919 * i) % 251);

describe("a WebP file", () => {
  it("without loss gives the values that were written", async () => {
    const { picture, transparent } = await readPicture(path("lossless.webp"));
    expect([picture.height, picture.width, picture.channels, transparent]).toEqual([9, 13, 3, false]);
    expect([...picture.bytes]).toEqual(planted(9 * 13 * 3));
  });

  it("loses its alpha and keeps its colours, and says so", async () => {
    const { picture, transparent } = await readPicture(path("alpha.webp"));
    expect([...picture.bytes]).toEqual(planted(9 * 13 * 4).filter((_, i) => i % 4 < 3));
    expect(transparent).toBe(true);
  });

  it("with loss is within it", async () => {
    const { picture } = await readPicture(path("lossy.webp"));
    const worst = Math.max(
      ...Array.from(picture.bytes, (value, i) => {
        const [row, column] = [Math.floor(i / 120), Math.floor(i / 3) % 40];
        return Math.abs(value - 5 * row - 2 * column);
      }),
    );
    expect([picture.height, picture.width]).toEqual([33, 40]);
    expect(worst).toBeLessThan(4); // quality 95, as Pillow reads it too
  });

  it("is turned as its EXIF says", async () => {
    const { picture } = await readPicture(path("orientation-6.webp"));
    expect([picture.height, picture.width]).toEqual([13, 9]);
    expect([...picture.bytes.subarray(24, 27)]).toEqual(planted(3)); // the first pixel, to the upper right
  });

  it("of an animation is refused, and so is one cut off", async () => {
    await expect(readPicture(path("animated.webp"))).rejects.toThrow("it is animated; still pictures are read");
    const whole = new Uint8Array(readFileSync(path("lossless.webp")));
    const decode = await openWebpDecoder();
    expect(() => decodePicture(whole.subarray(0, 80), "a.webp", decode)).toThrow("it ends before its last pixel");
    expect(() => decodePicture(whole.slice().fill(0, 60), "a.webp", decode)).toThrow("it is damaged");
  });
});

test("no decoder is asked for a picture that its bytes and memory cannot hold", () => {
  const file = (text: string, bits: number) => {
    const bytes = Buffer.alloc(40);
    bytes.write(`RIFF\x20\0\0\0WEBP${text}\x14\0\0\0`, "latin1");
    bytes[20] = 0x2f;
    bytes.writeUInt32LE(bits, 21);
    return new Uint8Array(bytes);
  };
  const never = () => {
    throw new Error("it was asked");
  };
  const largest = file("VP8L", 0x0fffffff); // 16384×16384
  expect(() => decodePicture(largest, "a.webp", never)).toThrow(
    "a.webp cannot be decoded: it has 16384×16384 pixels in 40 bytes; at most 4096 per byte are read",
  );
  const padded = new Uint8Array(100_000);
  padded.set(largest);
  expect(() => decodePicture(padded, "a.webp", never)).toThrow("whose decoding takes 4.6 GB; at most 2.1 are used");
  expect(() => decodePicture(largest, "a.webp")).toThrow("no decoder is given");
});
