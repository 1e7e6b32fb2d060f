// What a study is expected to take, against a study that was made.
import { expect, test } from "vitest";
import { followProgress } from "../../src/app/progress.js";
import { expectedCodings } from "../../src/study/cost.js";
import { estimatePlan, expectedItems } from "../../src/study/estimate.js";
import { firstRound } from "../../src/study/plan.js";
import { presets } from "../../src/study/presets.js";

const images = { source: "leaves", citation: null, hash: "", height: 32, width: 32, channels: 3 };

test("the items expected of tiny are near the 59 that seed 1 makes, rounds that depend on results included", () => {
  const { items } = estimatePlan({ settings: presets.tiny, family: "", images }, 2);
  expect(Math.abs(items - 59)).toBeLessThanOrEqual(6);
});

test.each(["tiny", "quick"] as const)(
  "%s: before its images are opened, when they are measured, and of its folder one number of items is said",
  (name) => {
    const plan = { settings: presets[name], family: "", images };
    const said = estimatePlan(plan, 2).items;
    const follow = followProgress(plan, { workers: 2, sweeps: true, now: () => 0 });
    follow.round(1, firstRound(plan));
    // Paths as long as those of a study whose minima lie low, and as short as one can measure.
    for (const points of [5, 60])
      expect(follow.paced({ training: 2, paths: [{ systemSize: 4096, points, path: 3, below: 2 }] }).total).toBe(said);
    expect(expectedItems(plan, 0)).toBe(said);
    expect(expectedItems(plan, said + 1)).toBe(said + 1); // planned are more
  },
);

test("a training on a budget codes its images and looks once; others a third more, with two looks or as many as they judge", () => {
  const { learning } = presets.standard;
  expect(expectedCodings(learning)).toBe(learning.images + learning.heldOut);
  expect(expectedCodings(presets.quick.learning)).toBe((2_880 * 4) / 3 + 2 * 128);
  const judged = presets["paper-fine"].learning;
  expect(expectedCodings(judged)).toBeCloseTo(133_334 + (Math.log(100_000 / 192) / Math.log(1.5)) * judged.heldOut, 6);
});
