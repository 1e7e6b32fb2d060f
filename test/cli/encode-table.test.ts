// The table of `crisp encode` is made of as many images as there are: 200,000 here, more than a call takes arguments.
import { expect, test } from "vitest";
import type { EncodeResult } from "../../src/app/encode.js";
import { shortText, tableLines } from "../../src/cli/encode.js";
import { rule, smallGeometry } from "../coding/networks.js";

test("200,000 images have one mean and one largest gap", () => {
  const images = Array.from({ length: 200_000 }, (_, index) => ({
    index,
    lambdas: [
      {
        lambda: 1,
        energy: 2,
        relativeGap: index === 77 ? 0.5 : 0.001,
        reconstructionError: 1,
        cost: 1,
        certificate: "gap",
        l1: 1,
        active: index % 2,
        percentError: 10,
        iterations: 1,
        seconds: 0,
        converged: index !== 77,
        engine: "wasm",
        solver: "lca",
      } as const,
    ],
  }));
  const result: EncodeResult = {
    images,
    geometry: smallGeometry,
    dictionary: "0".repeat(64),
    mask: null,
    unconverged: 1,
    notes: [],
    warnings: [],
  };
  expect(tableLines(result, rule(1e-2), undefined).at(-1)).toMatch(/ 1 +2\.000 +0\.5 +10\.00 +5\.0e-1$/);
  expect(shortText(result, 1e-2, "5 steps of LCA")).toContain("in 1 of 200000 codings: the largest gap is 0.50");
});
