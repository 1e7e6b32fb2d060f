import { describe, expect, it } from "vitest";
import { blockPictures } from "../../src/images/image-set.js";
import { displayBytes, isFlat, normalisation, normalise, normalised } from "../../src/images/normalise.js";

const ramp = Uint8Array.from({ length: 3072 }, (_, i) => (i * 37) % 251);

describe("normalise", () => {
  it("gives mean 0 and norm √N, 55.4256 for 32×32×3", () => {
    const image = normalise(ramp);
    let sum = 0;
    let squares = 0;
    for (const value of image) {
      sum += value;
      squares += value * value;
    }
    expect(Math.abs(sum / 3072)).toBeLessThan(1e-7); // float32 rounding of 3072 values of order 1
    expect(Math.sqrt(squares)).toBeCloseTo(55.4256, 4);
  });

  it("undoes brightness and contrast: a·x + b has the image of x", () => {
    const small = ramp.map((x) => x >> 1);
    const changed = small.map((x) => 2 * x + 3);
    expect(normalise(changed)).toEqual(normalise(small));
  });

  it("turns two values into their closed form: 0, 0, 0, 4 → −1/√3 three times, √3", () => {
    const third = -1 / Math.sqrt(3);
    expect([...normalise(Uint8Array.of(0, 0, 0, 4))]).toEqual([third, third, third, Math.sqrt(3)].map(Math.fround));
  });

  it("turns a flat picture into zeros, and only that counts as flat", () => {
    expect(isFlat(normalise(new Uint8Array(12).fill(200)))).toBe(true);
    expect(isFlat(normalise(Uint8Array.of(200, 200, 201)))).toBe(false);
  });

  it("reads the picture of its index", () => {
    const pictures = blockPictures(Uint8Array.of(1, 1, 1, 1, 0, 2, 0, 2), 4);
    expect([...normalised(pictures, 1)]).toEqual([-1, 1, -1, 1]);
  });

  it("is undone by displayBytes, exactly", () => {
    expect(displayBytes(normalise(ramp), normalisation(ramp))).toEqual(ramp);
  });

  it("displays values outside 8 bits clipped", () => {
    expect([...displayBytes(Float32Array.of(-9, 0, 9), { mean: 128, deviation: 50 })]).toEqual([0, 128, 255]);
  });
});
