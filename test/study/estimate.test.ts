// What a study is expected to take, against a study that was made.
import { expect, test } from "vitest";
import { expectedCodings } from "../../src/study/cost.js";
import { estimatePlan } from "../../src/study/estimate.js";
import { presets } from "../../src/study/presets.js";

const images = { source: "leaves", citation: null, hash: "", height: 32, width: 32, channels: 3 };

test("the items expected of tiny are near the 59 that seed 1 makes, rounds that depend on results included", () => {
  const { items } = estimatePlan({ settings: presets.tiny, family: "", images }, 2);
  expect(Math.abs(items - 59)).toBeLessThanOrEqual(6);
});

test("a training on a budget codes its images and looks once; others a third more, with two looks or as many as they judge", () => {
  const { learning } = presets.standard;
  expect(expectedCodings(learning)).toBe(learning.images + learning.heldOut);
  expect(expectedCodings(presets.quick.learning)).toBe((2_880 * 4) / 3 + 2 * 128);
  const judged = presets["paper-fine"].learning;
  expect(expectedCodings(judged)).toBeCloseTo(133_334 + (Math.log(100_000 / 192) / Math.log(1.5)) * judged.heldOut, 6);
});
