import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { studyFigures } from "../../src/report/figures.js";
import {
  fixed,
  halfText,
  intervalText,
  isAsymmetric,
  placesBeside,
  placesFor,
  significant,
  tickTexts,
  valueText,
} from "../../src/report/numbers.js";
import { studyReport } from "../../src/report/report.js";
import type { StudyRecord } from "../../src/study/record.js";
import { sample } from "./sample.js";

const about = (value: number, half: number) => ({ value, low: value - half, high: value + half });

/** A record with a size of 1,024 features, named and warned of in words that were written with it. */
const paper = resolve(import.meta.dirname, "../../docs/results/cifar10-paper/scaling.json");
const study: StudyRecord = { ...JSON.parse(readFileSync(paper, "utf8")), name: "paper", warnings: [] };

describe("numbers as written", () => {
  test("a report of 1,024 features has a comma in every number from a thousand on, years and addresses aside", () => {
    const provenance = { ...sample.provenance, machine: "a machine" };
    const html = studyReport({ ...sample, study, provenance });
    const text = html.replace(/<(style|script|pre|code)\b.*?<\/\1>/gs, " ").replace(/<[^>]*>/g, " ");
    expect(text).toContain("1,024 features");
    const bare = [...text.matchAll(/(?<![\d.,\w-])\d{4,}(?!\w)/g)].map(([number]) => number);
    expect(bare.filter((number) => !/^(19|20)\d\d$|^1710$/.test(number))).toEqual([]);
  });

  test("the same size in a figure's table of numbers has none, as programs read it", () => {
    const rows = studyFigures({ ...sample, study })["error-against-percent-active.csv"].split("\n");
    expect(rows.filter((row) => /^1024,/.test(row)).length).toBeGreaterThan(5);
  });

  test("a half-width keeps one digit, two if it starts with 1 or 2", () => {
    expect([0.0083, 0.0281, 0.112, 0.05, 0.2, 0.3, 2.4, 43].map(placesFor)).toEqual([3, 3, 2, 2, 2, 1, 1, 0]);
  });

  test("numbers below a ten-thousandth, and a wide interval of a small one, keep digits of their own", () => {
    const small = { value: 2.3e-7, low: 1.2e-12, high: 2.31e-7 };
    expect(`${valueText(small)} ${intervalText(small)}`).toBe("2.3e−7 [1.2e−12, 2.3e−7]");
    const wide = { value: 0.0031, low: 4.1e-7, high: 23.4 };
    expect(`${valueText(wide)} ${intervalText(wide)}`).toBe("0.0031 [4.1e−7, 23]");
    expect(valueText({ value: 0.0003, low: -0.05, high: 0.0506 })).toBe("0.00");
  });

  test("numbers above a thousand million have the digits of their interval and a power of ten", () => {
    const large = about(3.733844175746996e25, 1.1454601237381731e23);
    expect(`${valueText(large)} ${halfText(large)}`).toBe("3.734e25 ±1.1e23");
    expect(significant(2.04e-15, 2)).toBe("2.0e−15");
  });

  test("an interval near an edge has the digits that show on which side it ends", () => {
    const places = (high: number) => placesBeside({ value: -0.5, low: -1, high }, [0]);
    const text = (high: number) => intervalText({ value: -0.5, low: -1, high }, places(high));
    expect([text(-0.002), text(0.002), text(-0.2)]).toEqual(["[−1.000, −0.002]", "[−1.000, 0.002]", "[−1.0, −0.2]"]);
  });

  test("the rule holds for any half-width below 1: the digits kept are 1–2 or 3–9", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 0.94, noNaN: true }), (half) => {
        const kept = half * 10 ** placesFor(half);
        // 10–30 with two digits, 3–10 with one; the ends are rounding.
        expect(kept).toBeGreaterThan(2.99);
        expect(kept).toBeLessThan(30.01);
        expect(kept >= 9.99 ? half.toExponential()[0] : "3").toMatch(kept >= 9.99 ? /[129]/ : /3/);
      }),
    );
  });

  test("value, half-width and interval share one place", () => {
    const e = about(0.4032, 0.0121);
    expect([valueText(e), halfText(e), intervalText(e)]).toEqual(["0.403", "±0.012", "[0.391, 0.415]"]);
  });

  test("without an interval a value has four digits and no half-width", () => {
    const e = about(5.24, 0);
    expect([valueText(e), halfText(e), intervalText(e)]).toEqual(["5.240", "", ""]);
  });

  test("minus is a true minus, thousands have commas, and there is no minus zero", () => {
    expect([fixed(-0.742, 3), fixed(131072, 0), fixed(-0.0001, 2), significant(0.00998, 2)]).toEqual([
      "−0.742",
      "131,072",
      "0.00",
      "0.010",
    ]);
  });

  test("arms that differ by more than a quarter are asymmetric", () => {
    expect(isAsymmetric({ value: 1, low: 0.9, high: 1.12 })).toBe(false);
    expect(isAsymmetric({ value: 1, low: 0.9, high: 1.13 })).toBe(true);
  });

  test("evenly spaced ticks share their places, 1-2-5 ticks are plain", () => {
    expect(tickTexts([29.5, 30, 30.5])).toEqual(["29.5", "30.0", "30.5"]);
    expect(tickTexts([0.1, 0.2, 0.5, 1, 2])).toEqual(["0.1", "0.2", "0.5", "1", "2"]);
  });
});
