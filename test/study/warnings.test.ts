// What a reader is warned of: sizes without a minimum by their features, once; too few of them for a law.
import { expect, test } from "vitest";
import type { MinimumRecord } from "../../src/study/record.js";
import { settingsWarnings, studyWarnings } from "../../src/study/warnings.js";
import { study } from "../report/sample.js";

/** Of the sample's five fitted sizes the last `count` without a minimum. */
function without(count: number) {
  const fitted = study.minima.filter(({ leftOut }) => !leftOut);
  const lost = new Set(fitted.slice(fitted.length - count).map(({ features }) => features));
  const minima = study.minima.map(
    (minimum): MinimumRecord => (lost.has(minimum.features) ? { ...minimum, status: "none" } : minimum),
  );
  return studyWarnings({ ...study, minima });
}

test("with two fitted minima the record warns that nothing is fitted and nothing predicted", () => {
  expect(without(3).at(-1)).toBe(
    "Only 2 of the fitted sizes have a minimum; a law needs at least 3: no exponent is given, and nothing is predicted for 512 features.",
  );
});

test("where images grow what is not predicted is named by its side", () => {
  const minima = study.minima.map((one): MinimumRecord => ({ ...one, imageSize: 32, status: "none" }));
  const prediction = { ...study.prediction!, imageSize: 64 };
  expect(studyWarnings({ ...study, minima, prediction }).at(-1)).toMatch(
    /nothing is predicted for 64 pixels a side\.$/,
  );
});

test("with three of them it does not", () => {
  expect(without(2).join()).not.toMatch(/a law needs/);
});

/** What is said of dictionaries that learned on a budget of so many images. */
function onBudget(images: number) {
  const learning = { ...study.settings.learning, schedule: "budget" as const, images };
  const training = study.training.map((one) => ({ ...one, plateau: false, imagesSeen: images }));
  const warnings = studyWarnings({ ...study, training, settings: { ...study.settings, learning } });
  return warnings.filter((text) => /learned|training/.test(text));
}

test("a small budget is named with the preset that has enough; that budget earns no warning, as a missed plateau does", () => {
  expect(onBudget(1_600)).toEqual([
    expect.stringMatching(
      /^Dictionaries learned from 1,600 images each, fewer than the 16,000 .* preset standard .* 3 seeds, 2,000 test images and sizes up to 1,024 features, and takes about \d+ minutes/,
    ),
  ]);
  expect(onBudget(16_000)).toEqual([]);
  const training = study.training.map((one) => ({ ...one, plateau: false }));
  expect(studyWarnings({ ...study, training }).join()).toMatch(/stopped training short of the plateau/);
});

test("noise above three deviations is warned of, unless arrays are coded as they are", () => {
  const [warning, ...more] = settingsWarnings({ noise: 25, normalise: true });
  expect(more).toEqual([]);
  expect(warning).toMatch(/^noise is 25, in units of each image's own deviation/);
  expect(warning).toContain("about 0.4"); // 25/60
  expect(settingsWarnings({ noise: 3, normalise: true })).toEqual([]);
  expect(settingsWarnings({ noise: 25, normalise: false })).toEqual([]);
});
