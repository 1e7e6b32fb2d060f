import { describe, expect, it } from "vitest";
import { withChannels } from "../../src/formats/picture.js";
import { readPictureHeader } from "../../src/formats/picture-header.js";
import { decodePnm } from "../../src/formats/pnm.js";

const file = (text: string, ...values: number[]) => Uint8Array.of(...Buffer.from(text, "latin1"), ...values);

describe("decodePnm", () => {
  it("reads bytes, text and 16 bits as the same picture", () => {
    const picture = { height: 1, width: 2, channels: 3, bytes: Uint8Array.of(0, 51, 255, 10, 13, 35) };
    expect(decodePnm(file("P6\n2 1\n255\n", 0, 51, 255, 10, 13, 35), "a")).toEqual(picture);
    expect(decodePnm(file("P6 2 1 255 ", 0, 51, 255, 10, 13, 35), "a")).toEqual(picture);
    expect(decodePnm(file("P3\n# by hand\n2 1 # size\n255\n0 51 255\n 10 13 35"), "a")).toEqual(picture);
    const wide = [...picture.bytes].flatMap((value) => [value, value]); // 257·v of 65535 is v of 255
    expect(decodePnm(file("P6 2 1 65535\n", ...wide), "a")).toEqual({
      ...picture,
      deep: Uint16Array.from(picture.bytes, (value) => 257 * value),
    });
  });

  it("keeps 16 bits where the largest value is above 255", () => {
    const { bytes, deep } = decodePnm(file("P2 3 1 4095\n0 273 4095"), "a");
    expect([...bytes, ...(deep ?? [])]).toEqual([0, 17, 255, 0, 4369, 65535]);
  });

  it("scales any largest value to 255", () => {
    expect([...decodePnm(file("P5 4 1 3\n", 0, 1, 2, 3), "a").bytes]).toEqual([0, 85, 170, 255]);
    expect([...decodePnm(file("P2 3 1 1000\n0 500 1000"), "a").bytes]).toEqual([0, 128, 255]);
  });

  it("takes a value that looks like white space or a comment as a value", () => {
    expect([...decodePnm(file("P5\n3 1\n255\n", 10, 35, 32), "a").bytes]).toEqual([10, 35, 32]);
  });

  it("takes a comment at the end of the header for one, as Netpbm does", () => {
    expect([...decodePnm(file("P5 2 1 11# max\n", 0, 11), "a").bytes]).toEqual([0, 255]);
  });

  it("allocates nothing for values that the bytes cannot hold", () => {
    expect(() => decodePnm(file("P6 60000 60000 255\n", 1, 2), "a.ppm")).toThrow("value 2 of 10800000000 is missing");
    expect(() => decodePnm(file("P2 99999999999 99999999999 1\n0 1"), "a.pgm")).toThrow("is missing");
  });

  it("names the file that is cut, out of range or damaged", () => {
    expect(() => decodePnm(file("P5 2 2 255\n", 1, 2, 3), "cut.pgm")).toThrow("cut.pgm: value 3 of 4 is missing");
    expect(() => decodePnm(file("P5 1 1 65535\n", 1), "cut.pgm")).toThrow("value 0 of 1 is missing");
    expect(() => decodePnm(file("P5 1 1 100\n", 101), "a.pgm")).toThrow("101, above the largest 100");
    expect(() => decodePnm(file("P5 0 1 255\n"), "a.pgm")).toThrow("width 0");
    expect(() => decodePnm(file("P5 2"), "a.pgm")).toThrow("a.pgm: the header");
    expect(() => decodePnm(file("P4 8 1\n", 1), "a.pbm")).toThrow("a.pbm is not a PGM or PPM");
  });
});

describe("readPictureHeader", () => {
  it("reads size and channels of PGM and PPM", () => {
    expect(readPictureHeader(file("P5 7 5 255\n"), "a")).toEqual({ format: "pnm", height: 5, width: 7, channels: 1 });
    expect(readPictureHeader(file("P3 7 5 255\n"), "a")).toEqual({ format: "pnm", height: 5, width: 7, channels: 3 });
  });

  it("refuses what is not a picture, by name", () => {
    for (const bytes of [file("GIF89a......"), file(""), file("\xff\xd8"), file("\x89PNG\r\n\x1a\n")]) {
      expect(() => readPictureHeader(bytes, "odd.png")).toThrow("odd.png is not a readable picture");
    }
  });
});

describe("withChannels", () => {
  it("repeats grey and leaves colour", () => {
    const grey = { height: 1, width: 2, channels: 1, bytes: Uint8Array.of(3, 9) } as const;
    expect([...withChannels(grey, 3).bytes]).toEqual([3, 3, 3, 9, 9, 9]);
    expect(withChannels(grey, 1)).toBe(grey);
  });
});
