import { beforeAll, describe, expect, it } from "vitest";
import { sha256Hex } from "../../src/core/key.js";
import { leaves, leavesPicture } from "../../src/images/leaves.js";
import { normalisation } from "../../src/images/normalise.js";
import { gradientKurtosis, grey, spectrumSlope } from "./statistics.js";

const colour = { seed: 1, height: 32, width: 32, channels: 3 } as const;
const images = leaves({ ...colour, training: 150, test: 4 });

describe("leaves", () => {
  let small: Float64Array[];
  beforeAll(() => {
    small = Array.from({ length: 150 }, (_, i) => grey(images.training.values(i) as Uint8Array, 3));
  });

  it("are the same bytes on every machine", () => {
    // Recorded from this code; a change of the model must raise its version and this value together.
    expect(sha256Hex(leavesPicture(colour, "training", 0))).toMatchInlineSnapshot(
      `"130a3d41c31360cf597927602295d830a7a77e1c4d9524f472227017fff73c77"`,
    );
  });

  it("do not depend on the order they are asked in", () => {
    const again = leaves({ ...colour, training: 150, test: 4 });
    const backward = [2, 1, 0].map((i) => again.training.values(i)).reverse();
    expect(backward).toEqual([0, 1, 2].map((i) => images.training.values(i)));
  });

  it("differ between training and test, seeds and indices", () => {
    const pictures = [
      leavesPicture(colour, "training", 0),
      leavesPicture(colour, "test", 0),
      leavesPicture(colour, "training", 1),
      leavesPicture({ ...colour, seed: 2 }, "training", 0),
    ];
    expect(new Set(pictures.map(sha256Hex)).size).toBe(4);
  });

  it("have one identity for one world, whatever the number of pictures", () => {
    expect(leaves({ ...colour, training: 1, test: 1 }).hash).toBe(images.hash);
    expect(leaves({ ...colour, seed: 2, training: 1, test: 1 }).hash).not.toBe(images.hash);
    expect(leaves({ ...colour, width: 33, training: 1, test: 1 }).hash).not.toBe(images.hash);
  });

  it("have a power spectrum near 1/f² between the cut-offs of the radii", () => {
    // 128×128 pictures, 2 … 16 cycles: wavelengths 64 … 8 pixels, radii 1.5 … 24.
    const large = Array.from({ length: 12 }, (_, i) =>
      grey(leavesPicture({ seed: 3, height: 128, width: 128, channels: 1 }, "training", i), 1),
    );
    const slope = spectrumSlope(large, 128, 2, 16);
    expect(slope).toBeGreaterThan(-2.5);
    expect(slope).toBeLessThan(-1.5);
  });

  it("resemble CIFAR-10 at its own size: spectrum −2.87, gradient kurtosis 9.4 by the same estimators", () => {
    expect(Math.abs(spectrumSlope(small, 32, 2, 12) + 2.87)).toBeLessThan(0.3);
    expect(gradientKurtosis(small, 32)).toBeGreaterThan(6); // 3 for Gaussian pictures
    expect(gradientKurtosis(small, 32)).toBeLessThan(16);
  });

  it("are of any size, grey or colour, and hardly ever flat", () => {
    for (const [height, width, channels] of [
      [1, 1, 1],
      [5, 40, 3],
      [64, 9, 1],
    ] as const) {
      expect(leavesPicture({ seed: 1, height, width, channels }, "training", 0)).toHaveLength(
        height * width * channels,
      );
    }
    const flat = Array.from({ length: 150 }, (_, i) => normalisation(images.training.values(i)).deviation < 1);
    expect(flat.filter(Boolean)).toHaveLength(0);
  });

  it("refuse what they cannot be", () => {
    expect(() => leaves({ ...colour, height: 0, training: 1, test: 1 })).toThrow("height is 0");
    expect(() => leaves({ ...colour, seed: -1, training: 1, test: 1 })).toThrow("seed is -1");
    expect(() => leaves({ ...colour, channels: 2 as 1, training: 1, test: 1 })).toThrow("channels is 2");
    expect(() => images.training.values(150)).toThrow("there are 150");
  });
});
