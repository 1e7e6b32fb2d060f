import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode as encodeJpeg } from "jpeg-js";
import { PNG } from "pngjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodePng } from "../../src/formats/png.js";
import { leavesPicture } from "../../src/images/leaves.js";
import { openImages } from "../../src/node/data.js";
import { readPicture } from "../../src/node/picture-files.js";
import { temporaryFolder } from "./fixtures.js";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

const colour = { seed: 1, height: 16, width: 24, channels: 3 } as const;
const picture = (index: number) => ({ ...colour, bytes: leavesPicture(colour, "training", index) });
const write = (name: string, bytes: Uint8Array | string) => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const open = (trainingImages: number, testImages: number, size = 8) =>
  openImages({ data: "folder", from: folder, size, trainingImages, testImages });
/** PNG of 2×1 pixels in any of pngjs's colour types and depths, from RGBA in that depth. */
const pngOf = (values: number[], options: object) =>
  PNG.sync.write(
    { ...new PNG({ width: 2, height: 1 }), data: Buffer.from(new Uint8Array(values).buffer) } as PNG,
    options,
  );

describe("readPicture", () => {
  it("gives back what encodePng was given", async () => {
    expect((await readPicture(write("a.png", encodePng(picture(0))))).picture).toEqual({
      height: 16,
      width: 24,
      channels: 3,
      bytes: picture(0).bytes,
    });
  });

  it("keeps grey as one channel and drops alpha, and says so", async () => {
    const grey = pngOf([7, 7, 7, 255, 9, 9, 9, 255], { colorType: 0 });
    expect((await readPicture(write("grey.png", grey))).picture).toMatchObject({
      channels: 1,
      bytes: Uint8Array.of(7, 9),
    });
    const alpha = pngOf([1, 2, 3, 4, 5, 6, 7, 255], { colorType: 6 });
    const decoded = await readPicture(write("alpha.png", alpha));
    expect(decoded).toMatchObject({ transparent: true, picture: { bytes: Uint8Array.of(1, 2, 3, 5, 6, 7) } });
  });

  it("rounds 16 bits to 8", async () => {
    const wide = new Uint8Array(Uint16Array.of(0, 257, 65535, 65535, 32768, 514, 128, 65535).buffer);
    const file = pngOf([...wide], { colorType: 6, bitDepth: 16 });
    expect((await readPicture(write("wide.png", file))).picture.bytes).toEqual(Uint8Array.of(0, 1, 255, 128, 2, 0));
  });

  it("reads JPEG to within its loss", async () => {
    const data = Buffer.alloc(16 * 24 * 4, 255);
    for (let i = 0; i < 16 * 24; i++) data.fill(100 + 4 * (i % 24), 4 * i, 4 * i + 3); // a soft grey ramp
    const file = write("a.jpg", encodeJpeg({ width: 24, height: 16, data }, 95).data);
    const { picture } = await readPicture(file);
    expect([picture.height, picture.width, picture.channels]).toEqual([16, 24, 3]);
    picture.bytes.forEach((value, i) => {
      expect(Math.abs(value - 100 - 4 * (Math.floor(i / 3) % 24))).toBeLessThan(6);
    });
  });

  it("names the file that is damaged, cut or missing", async () => {
    const whole = Buffer.from(encodePng(picture(0)));
    const data = Buffer.alloc(16 * 24 * 4, 99);
    const jpeg = encodeJpeg({ width: 24, height: 16, data }, 90).data;
    const damaged = Buffer.from(whole);
    damaged[60] ^= 0xff;
    const files = {
      "cut.png": whole.subarray(0, whole.length - 30),
      "short.png": whole.subarray(0, 40),
      "damaged.png": damaged,
      "cut.jpg": jpeg.subarray(0, jpeg.length - 40),
    };
    for (const [name, bytes] of Object.entries(files)) {
      await expect(readPicture(write(name, bytes)), name).rejects.toMatchObject({
        code: "data",
        message: expect.stringContaining(name),
      });
    }
    await expect(readPicture(join(folder, "none.png"))).rejects.toThrow("none.png cannot be read");
  });
});

describe("a folder of pictures", () => {
  it("gives crops of its pictures, every fifth picture for test", async () => {
    mkdirSync(join(folder, "b"));
    for (let i = 0; i < 4; i++) write(`${i}.png`, encodePng(picture(i)));
    write("b/4.ppm", Buffer.concat([Buffer.from("P6 24 16 255\n"), picture(4).bytes]));
    write("notes.txt", "no picture");
    write(".hidden.png", "no picture");
    const images = await open(24, 6);
    expect(images).toMatchObject({ source: "folder", height: 8, width: 8, channels: 3 });
    expect(images.warnings).toEqual([`${folder}: passed over, being no pictures that are read: 1 .txt.`]);
    // All crops of picture 4, in some order, are the test pictures.
    const crops = Array.from({ length: 6 }, (_, crop) => {
      const [top, left] = [8 * Math.floor(crop / 3), 8 * (crop % 3)];
      return Buffer.concat(
        Array.from({ length: 8 }, (_, row) => {
          const from = ((top + row) * 24 + left) * 3;
          return picture(4).bytes.subarray(from, from + 24);
        }),
      ).toString("hex");
    });
    const found = Array.from({ length: 6 }, (_, i) => Buffer.from(images.test.values(i)).toString("hex"));
    expect(found.sort()).toEqual(crops.sort());
  });

  it("is identified by the bytes of its files and the crops, not by where it lies", async () => {
    for (let i = 0; i < 2; i++) write(`${i}.png`, encodePng(picture(i)));
    const first = await open(4, 1);
    expect((await open(2, 0)).hash).toBe(first.hash);
    expect((await open(2, 0, 4)).hash).not.toBe(first.hash);
    write("1.png", encodePng(picture(7)));
    expect((await open(4, 1)).hash).not.toBe(first.hash);
  });

  it("has the same crops from memory and from a file that leaves nothing behind", async () => {
    for (let i = 0; i < 6; i++) write(`${i}.png`, encodePng(picture(i)));
    const cache = process.env.CRISP_CACHE;
    process.env.CRISP_CACHE = join(folder, "cache");
    const spec = { data: "folder", from: folder, size: 8, trainingImages: 30, testImages: 6 } as const;
    const [kept, filed] = [await openImages(spec), await openImages(spec, { keptBytes: 0 })];
    process.env.CRISP_CACHE = cache ?? "";
    expect(readdirSync(join(folder, "cache"))).toEqual([]);
    expect(filed.hash).toBe(kept.hash);
    for (const part of ["training", "test"] as const) {
      for (let i = 0; i < kept[part].count; i++) expect(filed[part].values(i)).toEqual(kept[part].values(i));
      expect(() => filed[part].values(kept[part].count)).toThrow("numbered from 0");
    }
    filed.close!();
  });

  it("names a picture that cannot be decoded before any work begins, wherever it stands", async () => {
    for (let i = 0; i < 6; i++) write(`${i}.png`, encodePng(picture(i)));
    const whole = readFileSync(join(folder, "3.png"));
    write("3.png", whole.subarray(0, whole.length - 40)); // its header is sound
    await expect(open(30, 6)).rejects.toThrow(/3\.png cannot be decoded/);
  });

  it("is grey if all are grey, and colour if one is colour", async () => {
    const grey = Buffer.concat([Buffer.from("P5 8 16 255\n"), Buffer.from(Array.from({ length: 128 }, (_, i) => i))]);
    write("1.pgm", grey);
    expect((await open(2, 0)).channels).toBe(1);
    write("2.png", encodePng(picture(0)));
    const mixed = await open(7, 1);
    expect(mixed.channels).toBe(3);
    const repeated = Array.from({ length: 7 }, (_, i) => mixed.training.values(i)).filter((bytes) =>
      bytes.every((value, i) => value === bytes[i - (i % 3)]),
    );
    expect(repeated.length).toBeGreaterThan(0);
  });

  it("warns of alpha and of parts from the same pictures", async () => {
    write("a.png", pngOf([1, 2, 3, 4, 5, 6, 7, 255], { colorType: 6 }));
    const { warnings } = await open(2, 0, 1);
    expect(warnings).toEqual([
      `${join(folder, "a.png")}: alpha was dropped.`,
      expect.stringContaining("fewer than 5 pictures"),
    ]);
  });

  it("says which picture is too small, which is damaged, and when there is none", async () => {
    await expect(open(1, 0)).rejects.toThrow(/holds no picture/);
    write("1.png", encodePng(picture(0)));
    await expect(open(1, 0, 17)).rejects.toThrow(/1\.png is 16×24 pixels; a crop needs 17×17/);
    await expect(open(6, 1)).rejects.toThrow("trainingImages is 6; there are 5");
    write("2.png", readFileSync(join(folder, "1.png")).subarray(0, 10));
    await expect(open(1, 0)).rejects.toThrow(/2\.png is not a readable picture/);
    rmSync(join(folder, "2.png"));
    await expect(
      openImages({ data: "folder", from: join(folder, "no"), trainingImages: 1, testImages: 0 }),
    ).rejects.toThrow("it does not exist");
    await expect(open(1, 0, 0)).rejects.toThrow("size is 0");
  });
});
