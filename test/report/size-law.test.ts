/** What a figure against size draws is what the verdict says: the law decided, the range of laws not told apart, or no law. */
import { describe, expect, test } from "vitest";
import { optimumTable as studyOptimum, verdictLines } from "../../src/cli/summary.js";
import { tableLinesOf } from "../../src/cli/table-summary.js";
import { sizePanel } from "../../src/report/figures/scaling.js";
import { slopesAlong } from "../../src/report/figures/slopes.js";
import { bentLaw } from "../../src/report/formula.js";
import { plainText } from "../../src/report/markup.js";
import { drawnWords, shownLaw } from "../../src/report/size-law.js";
import { panelFigure } from "../../src/report/svg/panel.js";
import { exponentTable } from "../../src/report/tables.js";
import { fitTable } from "../../src/scaling/table.js";
import type { ScalingFit } from "../../src/scaling/types.js";
import { study } from "./sample.js";

const sizes = [8, 16, 32, 64, 128, 256, 512, 1024];
/** Bare values of a law in u = L/8 with a scatter of a third of their stated errors. */
const tableOf = (f: (u: number) => number, error: number) =>
  fitTable(
    sizes.map((size, i) => {
      const value = f(size / 8);
      return { size, value: value * (1 + (error / 3) * Math.sin(13 * i + 4)), error: error * value };
    }),
  );
const logarithm = tableOf((u) => 1.2 + 0.5 * Math.log(u), 0.002);
const open = tableOf((u) => 1.2 + 0.5 * Math.log(u), 0.02);
const power = tableOf((u) => 3 * u ** -0.5, 0.002);
const dress = { colour: 0, shape: 0, hollow: false };
const pointsOf = ({ extrema }: typeof open) =>
  extrema.map(({ size, value }) => ({ L: size, estimate: value!, dress, leftOut: false }));
const shown = (record: typeof open) => shownLaw(record.value, pointsOf(record))!;
const labelOf = (record: typeof open) => shown(record).label.map(plainText).join(" | ");
const drawn = (record: typeof open) => {
  const panel = sizePanel(
    { measured: pointsOf(record), known: sizes },
    { title: "y", xTitle: "x", law: shown(record) },
  );
  return panelFigure(panel, 528, "");
};

test("the range of laws not told apart ends within its axis, not at it", () => {
  const wide = {
    ...shown(open),
    band: shown(open).band.map((one) => ({ ...one, low: 0.5 * one.low, high: 2 * one.high })),
  };
  const panel = sizePanel({ measured: pointsOf(open), known: sizes }, { title: "y", xTitle: "x", law: wide });
  const inView = wide.band.filter(({ size }) => size <= sizes.at(-1)!);
  expect(wide.line).toBe("none");
  expect(panel.y.domain[0]).toBeLessThan(Math.min(...inView.map(({ low }) => low)));
  expect(panel.y.domain[1]).toBeGreaterThan(Math.max(...inView.map(({ high }) => high)));
});

describe("a decided logarithm", () => {
  const { law } = logarithm.value;

  test("is a law of its own, with its equation and its numbers", () => {
    expect(law).toMatchObject({ name: "logarithm", parameters: { referenceSize: { value: 8 } } });
    expect(law!.parameters.slope!.value).toBeCloseTo(0.5, 2);
    expect(law!.equation).toMatch(/^0\.\d+ ln\(L\/8\) \+ 1\.\d+$/);
    // The text and the band are the same law.
    const [slope, level] = law!.equation.match(/\d+\.\d+/g)!.map(Number);
    for (const { size, value, low, high } of law!.band) {
      expect(value).toBeCloseTo(level + slope * Math.log(size / 8), 4);
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
  });

  test("is drawn as the curve it is, solid through the sizes and dashed beyond the largest, with its equation", () => {
    const { at, line } = shown(logarithm);
    expect(line).toBe("law");
    for (const L of [8, 100, 1024, 1500])
      expect(at(L)).toBeCloseTo(law!.parameters.slope!.value * Math.log(L / 8) + law!.parameters.level!.value, 2);
    expect(labelOf(logarithm)).toMatch(/^0\.\d+ ln\(L\/8\) \+ 1\.\d+ \| logarithm$/);
    const svg = drawn(logarithm);
    expect(svg.match(/class="fit"/g)).toHaveLength(1);
    expect(svg.match(/class="fit dashed"/g)).toHaveLength(1);
    expect(svg).not.toContain("slope");
  });

  test("has its own slope B/y at each size beside the local slopes, and the table says what its slopes are", () => {
    for (const { size, slope } of slopesAlong(bentLaw(logarithm.value)!.band))
      expect(slope).toBeCloseTo(law!.parameters.slope!.value / shown(logarithm).at(size), 2);
    expect(tableLinesOf(logarithm).at(-1)).toBe("These are slopes of straight lines on log axes; value: a logarithm.");
    expect(tableLinesOf(power).join("\n")).not.toContain("straight lines");
  });

  test("stands in the report and the terminal of a study in place of a slope", () => {
    const told = { ...study, location: logarithm.value };
    const cells = exponentTable(told).replace(/<[^>]*>/g, "|");
    expect(cells).toMatch(/Slope of percent active, −1\/\|*ν\|+logarithm\|/);
    expect(verdictLines(told)[0]).toMatch(/^Percent active at the minimum = 0\.\d+ \[.*\] ln\(L\/8\)/);
    expect(verdictLines(told)[0]).not.toContain("straight line");
    expect(studyOptimum(told)).toEqual(studyOptimum(study));
  });
});

describe("an undecided law", () => {
  test("is drawn as the range of the laws that fit, without a line, and named so", () => {
    expect(open.value.verdict).toBe("undecided");
    expect(open.value.law).toBeNull();
    expect(labelOf(open)).toMatch(/^undecided \| \d laws fit \| exponent in \[/);
    const svg = drawn(open);
    expect(svg).not.toMatch(/class="fit/);
    expect(svg).toContain('class="band range"');
  });

  test("has a range that holds every law that fits, and the true one", () => {
    for (const { size, low, high } of open.value.range!) {
      const truth = 1.2 + 0.5 * Math.log(size / 8);
      expect(low).toBeLessThan(truth);
      expect(high).toBeGreaterThan(truth);
    }
  });

  test("of a study stands in its table as undecided, with the range of exponents", () => {
    const cells = exponentTable({ ...study, location: open.value }).replace(/<[^>]*>/g, "|");
    expect(cells).toMatch(/Slope of percent active, −1\/\|*ν\|+undecided\|+\[−0\.\d+, 0\.\d+\]/);
    expect(cells).toMatch(/percent active goes as\|*[^|]*\|*L\|*[^|]*\|+none\|/);
  });

  test("whose laws share their leading exponent has no range in the table", () => {
    const shared = { ...open.value, exponentRange: { low: 0, high: 0 } };
    const table = exponentTable({ ...study, location: shared });
    expect(table.replace(/<[^>]*>/g, "|")).toMatch(/−1\/\|*ν\|+undecided\|+−0\.758\|+Slope of error/);
    expect(table).not.toContain("~");
  });
});

test("a power law is drawn as before, straight with its band", () => {
  expect(power.value.law?.name).toBe("power-law");
  expect(shown(power).knots).toEqual([]);
  expect(shown(power).band).toEqual(power.value.powerLaw!.band);
  expect(labelOf(power)).toMatch(/^slope −0\.4998/);
});

test("what is no law is a dashed line without a band, with the reason", () => {
  const few = fitTable(sizes.slice(0, 3).map((size) => ({ size, value: size ** -0.5, error: 0.01 * size ** -0.5 })));
  expect(shown(few)).toMatchObject({ line: "guide", band: [] });
  expect(labelOf(few)).toContain("too few sizes to test");
  // Records of earlier versions hold no law: the refused power law is not drawn as one.
  const { law: _, range: __, ...earlier } = logarithm.value;
  expect(shown({ ...logarithm, value: earlier as ScalingFit }).line).toBe("guide");
});

test("the caption names the kinds that are there, and no others", () => {
  expect(drawnWords([logarithm.value, power.value])).toBe(
    "Line and band: the law that is decided, with its 95% band; dashed where extrapolated.",
  );
  expect(drawnWords([open.value])).toMatch(/^Outlined band/);
});
