import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it, test } from "vitest";
import { withChannels } from "../../src/formats/picture.js";
import { decodePicture } from "../../src/formats/picture-file.js";
import { readPictureHeader } from "../../src/formats/picture-header.js";
import { decodePnm as decoded } from "../../src/formats/pnm.js";

const file = (text: string, ...values: number[]) => Uint8Array.of(...Buffer.from(text, "latin1"), ...values);

const decodePnm = (bytes: Uint8Array, name: string) => decoded(bytes, name).picture;

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

  it("takes lines that end as on Windows for lines, where the values then fill the file", () => {
    expect([...decodePnm(file("P5\r\n2 1\r\n255\r\n", 3, 9), "a").bytes]).toEqual([3, 9]);
    expect([...decodePnm(file("P5\n2 1\n255\r", 10, 9), "a").bytes]).toEqual([10, 9]);
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
    expect(() => decodePnm(file("P4 8 1\n", 1), "a.pbm")).toThrow("a.pbm is not a PGM, PPM or PAM");
  });
});

describe("a file of several pictures", () => {
  const besides = (bytes: Uint8Array) => decoded(bytes, "a").besides;

  it("gives the first one and says that there is another", () => {
    const two = file("P5 2 1 255\n", 3, 9, ...file("P5 2 1 255\n", 1, 2));
    expect(decoded(two, "a")).toMatchObject({ besides: "another picture", picture: { bytes: Uint8Array.of(3, 9) } });
    expect(besides(file("P2 2 1 255 3 9\nP2 2 1 255 1 2\n"))).toBe("another picture");
    expect(besides(file("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 9\nENDHDR\n", 3, ...file("P7\nWIDTH 1\n")))).toBe(
      "another picture",
    );
  });

  it("is not what line ends and other bytes behind the values make", () => {
    expect(besides(file("P5 2 1 255\n", 3, 9, 10, 10))).toBeUndefined();
    expect(besides(file("P5 2 1 255\n", 3, 9, ...file("PS: made by hand")))).toBeUndefined();
    expect(besides(file("P2 2 1 255 3 9\n# P5 2\n"))).toBeUndefined();
  });
});

describe("a PAM file", () => {
  const pam = (depth: number, largest: number, ...values: number[]) =>
    file(`P7\n# by hand\nHEIGHT 1\nWIDTH 2\nMAXVAL ${largest}\nDEPTH ${depth}\nTUPLTYPE ANY\nENDHDR\n`, ...values);

  it("of one or three values per pixel is the PGM or PPM of the same values", () => {
    expect(decodePnm(pam(1, 11, 0, 11), "a")).toEqual(decodePnm(file("P5 2 1 11\n", 0, 11), "a"));
    const colour = [0, 51, 255, 10, 13, 35];
    expect(decodePnm(pam(3, 255, ...colour), "a")).toEqual(decodePnm(file("P6 2 1 255\n", ...colour), "a"));
    expect(decodePnm(pam(1, 1000, 0, 0, 3, 232), "a")).toEqual(decodePnm(file("P5 2 1 1000\n", 0, 0, 3, 232), "a"));
  });

  it("of two or four values loses the last, its alpha", () => {
    expect(decoded(pam(2, 255, 7, 255, 9, 255), "a")).toMatchObject({
      transparent: false,
      picture: { channels: 1, bytes: Uint8Array.of(7, 9) },
    });
    expect(decoded(pam(4, 255, 1, 2, 3, 255, 4, 5, 6, 254), "a")).toMatchObject({
      transparent: true,
      picture: { channels: 3, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6) },
    });
  });

  it("is refused where its header or its values are not whole", () => {
    expect(() => decodePnm(pam(5, 255, 1), "a.pam")).toThrow("5 values per pixel");
    expect(() => decodePnm(file("P7\nWIDTH 2\nHEIGHT 1\nENDHDR\n", 1, 2), "a.pam")).toThrow("NaN values per pixel");
    expect(() => decodePnm(pam(1, 255, 1), "a.pam")).toThrow("value 1 of 2 is missing");
    expect(() => decodePnm(pam(1, 255, 1).subarray(0, 40), "a.pam")).toThrow("the header gives");
  });
});

const cases = resolve(import.meta.dirname, "../../../shared/cases/pnm");
test.skipIf(!existsSync(cases))("files of others are read, or refused by their kind", () => {
  const read = (name: string) => decodePicture(readFileSync(resolve(cases, name)), name);
  const same = [...read("maxval-11.pgm").picture.bytes];
  for (const name of [
    "comment-after-number.pgm",
    "comment-before-max.pgm",
    "crlf.pgm",
    "one-line.pgm",
    "pam.pam",
    "two-images.pgm",
  ])
    expect([...read(name).picture.bytes], name).toEqual(same);
  expect([read("pam.pam").besides, read("two-images.pgm").besides]).toEqual([undefined, "another picture"]);
  expect(() => read("pfm.ppm")).toThrow(
    "pfm.ppm is not a readable picture, but a PFM picture of floating-point values",
  );
});

describe("readPictureHeader", () => {
  it("reads size and channels of PGM and PPM", () => {
    const size = { format: "pnm", height: 5, width: 7 };
    expect(readPictureHeader(file("P5 7 5 255\n"), "a")).toMatchObject({ ...size, channels: 1 });
    expect(readPictureHeader(file("P3 7 5 255\n"), "a")).toMatchObject({ ...size, channels: 3 });
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
