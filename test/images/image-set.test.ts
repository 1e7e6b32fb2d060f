import { describe, expect, it } from "vitest";
import { blockPictures, checkCount, drawnPictures } from "../../src/images/image-set.js";

describe("pictures", () => {
  it("in a block are views of it", () => {
    const block = Uint8Array.from({ length: 12 }, (_, i) => i);
    const pictures = blockPictures(block, 4);
    expect(pictures.count).toBe(3);
    expect([...pictures.values(2)]).toEqual([8, 9, 10, 11]);
    expect(pictures.values(1).buffer).toBe(block.buffer);
  });

  it("drawn on demand are drawn once each, and only those asked for", () => {
    const drawn: number[] = [];
    const pictures = drawnPictures(5, 2, (index) => {
      drawn.push(index);
      return Uint8Array.of(index, index);
    });
    expect([...pictures.values(3), ...pictures.values(1), ...pictures.values(3)]).toEqual([3, 3, 1, 1, 3, 3]);
    expect(drawn).toEqual([3, 1]);
  });

  it("outside the set are refused", () => {
    for (const index of [-1, 3, 0.5, Number.NaN]) {
      expect(() => blockPictures(new Uint8Array(12), 4).values(index)).toThrow("there are 3");
      expect(() => drawnPictures(3, 4, () => new Uint8Array(4)).values(index)).toThrow("there are 3");
    }
    expect(() => drawnPictures(3, 4, () => new Uint8Array(5)).values(0)).toThrow("5 bytes");
  });
});

describe("checkCount", () => {
  it("names the setting, what was asked and what there is", () => {
    expect(() => checkCount("testImages", 11, { there: 10 })).toThrow(
      "testImages is 11; there are 10. Ask for 10 or fewer with --test-images 10.",
    );
    expect(() => checkCount("trainingImages", Number.NaN, { there: 10 })).toThrow("trainingImages is NaN");
    expect(checkCount("trainingImages", 10, { there: 10 })).toBe(10);
    expect(checkCount("trainingImages", "all", { there: 7 })).toBe(7);
  });
});
