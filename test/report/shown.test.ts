// What crisp show says of arrays with few numbers or none: words that are true of them.
import { expect, test } from "vitest";
import { factsOf, type ShownArray, sentenceOf } from "../../src/report/shown.js";

const none = { smallest: Number.POSITIVE_INFINITY, largest: Number.NEGATIVE_INFINITY, mean: Number.NaN };
const array = (of: Partial<ShownArray>): ShownArray => ({
  ...{ kind: "array", shape: [3], smallest: 1, largest: 4, mean: 2, notFinite: 0, readAs: null, madeBy: null },
  ...of,
});

test("values are given where there are some, and else their absence", () => {
  expect(factsOf(array({}))).toEqual([["Values", "1 to 4, mean 2"]]);
  expect(factsOf(array({ ...none, shape: [0, 8] }))).toEqual([["Values", "none"]]);
  expect(factsOf(array({ ...none, notFinite: 3 }))).toEqual([
    ["Values", "none is finite"],
    ["Not finite", "3 values"],
  ]);
});

test("an array without axes is a number", () => {
  expect(sentenceOf(array({ shape: [] }))).toBe("A single number");
  expect(sentenceOf(array({ shape: [3, 4] }))).toBe("An array of numbers, 3×4");
});
