// What a study is expected to take, against a study that was made.
import { expect, test } from "vitest";
import { estimateUnits } from "../../src/study/estimate.js";
import { presets } from "../../src/study/presets.js";

const images = { source: "leaves", citation: null, hash: "", height: 32, width: 32, channels: 3 };

test("the units expected of tiny are near the 59 that seed 1 makes, rounds that depend on results included", () => {
  const { units } = estimateUnits({ settings: presets.tiny, family: "", images }, 2);
  expect(Math.abs(units - 59)).toBeLessThanOrEqual(6);
});
