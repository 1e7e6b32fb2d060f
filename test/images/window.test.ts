// Centre windows: where they lie, what they hold, how they are named.
import { describe, expect, it } from "vitest";
import { blockPictures, type ImageSet } from "../../src/images/image-set.js";
import { normalised } from "../../src/images/normalise.js";
import { windows } from "../../src/images/window.js";

/** One picture that counts its own values, height×width×channels. */
function counting(height: number, width: number, channels = 1): ImageSet {
  const length = height * width * channels;
  const pictures = blockPictures(
    Uint8Array.from({ length: 2 * length }, (_, i) => i % 251),
    length,
  );
  const named = { source: "arrays", citation: null, hash: "counting", warnings: [] };
  return { ...named, height, width, channels, training: pictures, test: { ...pictures, raw: true } };
}

const values = (set: ImageSet, index = 0) => Array.from<number>(set.training.values(index));

describe("windows", () => {
  it("lie round the middle, half a pixel up and left where the rest is odd", () => {
    expect(values(windows(counting(6, 6), 2))).toEqual([14, 15, 20, 21]);
    expect(values(windows(counting(5, 6), 2))).toEqual([8, 9, 14, 15]); // rows 1 and 2 of 5, columns 2 and 3 of 6
    expect(values(windows(counting(4, 4, 3), 2))).toEqual([15, 16, 17, 18, 19, 20, 27, 28, 29, 30, 31, 32]);
    expect(values(windows(counting(6, 6), 2), 1)).toEqual([14, 15, 20, 21].map((value) => value + 36));
  });

  it("of one side hold those of every smaller side", () => {
    for (const whole of [9, 10]) {
      for (let side = 3; side <= whole; side++) {
        const inner = values(windows(counting(whole, whole), side - 1));
        expect(values(windows(counting(whole, whole), side))).toEqual(expect.arrayContaining(inner));
        // The window of the window begins where the window of the picture does, or one pixel beside it.
        const first = values(windows(counting(whole, whole), side)).indexOf(inner[0]);
        expect([0, 1, side, side + 1]).toContain(first);
      }
    }
  });

  it("have mean 0 and deviation 1 of their own, unless the source is raw", () => {
    const set = windows(counting(8, 8), 4);
    const image = normalised(set.training, 0);
    expect(image.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 5);
    expect(image.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(16, 4);
    expect(Array.from(normalised(set.test, 0))).toEqual(Array.from<number>(set.test.values(0)));
  });

  it("have a hash for each side; the whole side is the set itself", () => {
    const set = counting(8, 8);
    const hashes = [4, 6, 8].map((side) => windows(set, side).hash);
    expect(new Set(hashes).size).toBe(3);
    expect(windows(set, 4).hash).toBe(windows(set, 4).hash);
    expect(windows(set, 8)).toBe(set);
    expect(windows(counting(8, 10), 8).hash).not.toBe("counting");
  });

  it("larger than the images are refused", () => {
    expect(() => windows(counting(8, 12), 9)).toThrow("the images of arrays are 8×12. Use sides of at most 8");
  });
});
