// Whether values look like pixels that were never normalised.
import { expect, it } from "vitest";
import { openSpread, unitsText } from "../../src/images/spread.js";

const textOf = (...pieces: readonly number[][]) => {
  const spread = openSpread();
  for (const piece of pieces) spread.add(Float64Array.from(piece));
  return unitsText(spread.result());
};

it("bytes and 16-bit values are told by their range, taken over all pieces", () => {
  expect(textOf([0, 128], [255, 60])).toBe("from 0 to 255, as the pixels of 8-bit pictures");
  expect(textOf([10, 40_000])).toBe("from 10 to 40,000, as the pixels of 16-bit pictures");
});

it("normalised values, values below 0, and images of 0 to 1 are not", () => {
  expect(textOf([-1.2, 0.3, 2])).toBeNull();
  expect(textOf([-128, 127])).toBeNull();
  expect(textOf([0, 0.5, 1])).toBeNull();
});

it("the deviation is about the mean of all values", () => {
  const spread = openSpread();
  spread.add(Float64Array.of(1, 3));
  spread.add(Float64Array.of(5, 7));
  expect(spread.result().deviation).toBeCloseTo(Math.sqrt(5), 12);
});
