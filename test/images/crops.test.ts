import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseCrops, copyCrop, cropCount } from "../../src/images/crops.js";

const name = ({ picture, crop }: { picture: number; crop: number }) => `${picture}/${crop}`;

describe("chooseCrops", () => {
  it("gives every crop once, training and test apart, whatever the pictures", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 }), (cropsOf) => {
        const total = cropsOf.reduce((a, b) => a + b);
        const test =
          cropsOf.length < 5
            ? Math.floor(total / 5)
            : cropsOf.filter((_, picture) => picture % 5 === 4).reduce((a, b) => a + b, 0);
        const chosen = chooseCrops(cropsOf, { trainingImages: total - test, testImages: test });
        const names = [...chosen.training, ...chosen.test].map(name);
        expect(names).toHaveLength(total);
        expect(new Set(names).size).toBe(total);
        for (const { picture, crop } of [...chosen.training, ...chosen.test])
          expect(crop).toBeLessThan(cropsOf[picture]);
        if (cropsOf.length >= 5) expect(chosen.test.every(({ picture }) => picture % 5 === 4)).toBe(true);
      }),
    );
  });

  it("keeps crop i when more are asked for", () => {
    const few = chooseCrops([50, 70, 20], { trainingImages: 10, testImages: 5 });
    const many = chooseCrops([50, 70, 20], { trainingImages: 100, testImages: 28 });
    expect(many.training.slice(0, 10)).toEqual(few.training);
    expect(many.test.slice(0, 5)).toEqual(few.test);
  });

  it("spreads the first crops over the pictures in proportion", () => {
    const chosen = chooseCrops([3000, 1000, 1], { trainingImages: 800, testImages: 0 });
    const first = chosen.training.filter(({ picture }) => picture === 0).length;
    expect(Math.abs(first - 600)).toBeLessThan(4 * Math.sqrt(800 * 0.75 * 0.25)); // four standard deviations
  });

  it("says how many there are when more are asked for", () => {
    expect(() => chooseCrops([5], { trainingImages: 5, testImages: 1 })).toThrow("trainingImages is 5; there are 4");
    expect(() => chooseCrops([4], { trainingImages: 4, testImages: 1 })).toThrow("testImages is 1; there are 0");
  });
});

describe("copyCrop", () => {
  it("puts side by side what was cut: 2×2 crops of 5×7 pixels leave the rim", () => {
    const bytes = Uint8Array.from({ length: 5 * 7 * 3 }, (_, i) => i);
    const picture = { height: 5, width: 7, channels: 3, bytes } as const;
    expect(cropCount(5, 7, 2)).toBe(6);
    for (let crop = 0; crop < 6; crop++) {
      const out = new Uint8Array(1 + 12);
      copyCrop(picture, 2, crop, out, 1);
      for (let i = 0; i < 12; i++) {
        const [row, column, c] = [Math.floor(i / 6), Math.floor(i / 3) % 2, i % 3];
        const y = 2 * Math.floor(crop / 3) + row;
        const x = 2 * (crop % 3) + column;
        expect(out[1 + i]).toBe((y * 7 + x) * 3 + c);
      }
    }
    expect(() => copyCrop(picture, 2, 6, new Uint8Array(12), 0)).toThrow("below the picture");
  });
});
