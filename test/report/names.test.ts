/** A table's own names of its axes stand in every figure, table and sentence, as they are; and numbers with all their digits. */
import { describe, expect, test } from "vitest";
import { tableLinesOf } from "../../src/cli/table-summary.js";
import { crossingReport } from "../../src/report/crossing-report.js";
import { linesPanel } from "../../src/report/figures/lines.js";
import { sizePanel } from "../../src/report/figures/scaling.js";
import { slopesPanel } from "../../src/report/figures/slopes.js";
import { literal, plainText, rich, runs } from "../../src/report/markup.js";
import { marked } from "../../src/report/names.js";
import { asGiven } from "../../src/report/numbers.js";
import { shownLaw } from "../../src/report/size-law.js";
import { panelFigure } from "../../src/report/svg/panel.js";
import { logScale, type Scale } from "../../src/report/svg/scale.js";
import { text } from "../../src/report/svg/text.js";
import { tableFigures, tableReport } from "../../src/report/table-report.js";
import { fitTable } from "../../src/scaling/table.js";
import { crossingSample } from "./crossing-sample.js";
import { about } from "./sample.js";
import { tableSample } from "./table-sample.js";

const names = { size: "N", control: "T_x", value: "chi**2" };
const record = { ...tableSample.record, names };

/** What a reader sees of a page: no markup, no style. */
const seen = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/gs, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/aria-label="[^"]*"/g, "");

describe("names of one's own", () => {
  test("no plain word of an axis is left in the report, its figures and the terminal", () => {
    const page =
      seen(tableReport({ ...tableSample, record })) +
      seen(Object.values(tableFigures({ ...tableSample, record })).join(""));
    const terminal = tableLinesOf(record).join("\n");
    for (const text of [page, terminal]) {
      expect(text).not.toMatch(/\b(control|location)\b|\bsize \d|the value/i);
      expect(text).toContain("T_x at the minimum");
      expect(text).toContain("chi**2 at the minimum");
      expect(text).toContain("N = 128 predicted from the smaller ones");
    }
    expect(page).toContain("T_x_c =");
    expect(seen(crossingReport({ ...crossingSample, record: { ...crossingSample.record, names } }))).not.toMatch(
      /\bcontrol\b/i,
    );
  });

  test("signs of the markup in a name stay signs", () => {
    const name = "a_b_ **c** ~d~ ^{e} \\";
    expect(plainText(literal(name))).toBe(name);
    expect(rich(literal(name))).toBe(name);
    expect(runs(`_L_ ${literal("x_")} _y_`).map(({ text, kind }) => `${kind} ${text}`)).toEqual([
      "italic L",
      "plain  x",
      "plain _",
      "plain  ",
      "italic y",
    ]);
  });
});

describe("a table without a control", () => {
  const rows = [8, 16, 32, 64, 128].map((size) => ({ size, value: size ** -0.5, error: 0.01 * size ** -0.5 }));
  const bare = { ...tableSample, record: fitTable(rows) };

  test("has no place for a location and starts at Figure 1 a", () => {
    const html = tableReport(bare);
    expect(seen(html)).not.toMatch(/location|collapse/i);
    expect(html).toContain("Figure 1. Value against size.");
    expect(tableLinesOf(bare.record).join("\n")).not.toMatch(/location|Collapse/i);
    expect(Object.keys(tableFigures(bare))).toContain("value-against-size.svg");
  });
});

describe("error bars", () => {
  const dress = { colour: 0, shape: 0, hollow: false };
  const wide = [about(1, 0.9), about(2, 1.9), about(1.5, 0.1)];
  const holds = ({ domain }: { readonly domain: readonly [number, number] }, of = wide) =>
    of.every(({ low, high }) => low >= domain[0] && high <= domain[1]);

  test("are whole on every axis: of slopes, of sizes, of curves", () => {
    const points = wide.map((slope, i) => ({ size: 2 ** i, slope }));
    expect(holds(slopesPanel({ title: "", xTitle: "", sizes: [1, 2, 4], points, whole: 1 }).y)).toBe(true);
    const measured = wide.map((estimate, i) => ({ L: 2 ** i, estimate, dress, leftOut: false }));
    const panel = sizePanel({ measured, known: [1, 2, 4] }, { title: "", xTitle: "" });
    expect(holds(panel.y)).toBe(true);
    const line = { name: "a", dress, points: wide.map(({ value }, i) => [i, value] as const), bars: wide };
    const axis = { title: "", scale: "linear" } as const;
    expect(holds(linesPanel([line], { x: axis, y: axis, names: "key" }).y)).toBe(true);
    expect(panelFigure(panel, 528, "")).not.toContain("NaN");
  });

  test("that reach 0 on a logarithmic axis end in an arrow", () => {
    const measured = [about(1, 1.5), about(2, 0.1)].map((estimate, i) => ({
      L: i + 1,
      estimate,
      dress,
      leftOut: false,
    }));
    const drawn = panelFigure(sizePanel({ measured, known: [1, 2] }, { title: "", xTitle: "" }), 528, "");
    expect(drawn.match(/class="bar k0"/g)).toHaveLength(4);
  });

  test.each([
    ["above its points", 1.2, /all sizes share part of their error/],
    ["through its points", 1, /slope 0\.00/],
  ])("stay, and a line %s says what it is", (_, up, says) => {
    const law = { exponent: about(0, 0.1), amplitude: about(up, 0.3), band: [] };
    const fit = { ...tableSample.record.location, powerLaw: law };
    const measured = [1, 2, 4].map((L) => ({ L, estimate: about(1, 0.3), dress, leftOut: false }));
    const drawn = seen(
      panelFigure(
        sizePanel({ measured, known: [1, 2, 4] }, { title: "", xTitle: "", law: shownLaw(fit, measured) }),
        528,
        "",
      ),
    );
    expect(drawn).toMatch(says);
    expect(/mean height/.test(drawn)).toBe(up !== 1);
  });

  test("stand beside a line that says when a power law does not fit", () => {
    const { location } = tableSample.record;
    const models = location.models.map((model) => ({ ...model, adequate: model.name !== "power-law" }));
    const fit = { ...location, exponent: null, verdict: "undecided" as const, models };
    const measured = [8, 64].map((L) => ({ L, estimate: about(1 / L, 0.1 / L), dress, leftOut: false }));
    const panel = sizePanel({ measured, known: [8, 64] }, { title: "", xTitle: "", law: shownLaw(fit, measured) });
    expect(seen(panelFigure(panel, 528, ""))).toContain("a power law does not fit");
  });

  test("stand in both panels of a collapse, beside a key of the sizes", () => {
    for (const name of ["collapse-before.svg", "collapse-after.svg"]) {
      const svg = tableFigures(tableSample)[name];
      expect(svg.match(/class="bar /g)).toHaveLength(60);
      for (const size of [8, 16, 32, 64, 128, 256]) expect(svg).toContain(`>${size}<`);
    }
  });
});

describe("a number that was given", () => {
  test.each([
    [2.2692, "2.2692"],
    [-3, "−3"],
    [2.269185314213, "2.269185314213"],
    [1e-7, "0.0000001"],
    [0.1, "0.1"],
  ])("%f is %s", (value, text) => {
    expect(asGiven(value)).toBe(text);
  });
});

test("names of columns are typeset: a letter with its index, words with blanks; and stand so in files", () => {
  const typeset = ["T", "T_c", "U_4", "L_max", "chi_mean", "n_sites_x", "_odd_"].map((name) => rich(marked(name)));
  expect(typeset).toEqual([
    ...["<i>T</i>", "<i>T</i><sub>c</sub>", "<i>U</i><sub>4</sub>", "<i>L</i><sub>max</sub>"],
    ...["chi mean", "n sites x", "_odd_"],
  ]);
  expect(plainText(`|${marked("T_c")} − 2| × ${marked("L")}^{1/2}`)).toBe("|T_c − 2| × L^1/2");
  expect(text([0, 0], marked("T_c"))).toContain(
    '<tspan class="i">T</tspan><tspan baseline-shift="-3" font-size="10">c</tspan>',
  );
});

test("slopes between sizes stand on an axis that holds the sizes, as its ticks", () => {
  const points = [11.3, 22.6].map((size) => ({ size, slope: about(1, 0.1) }));
  const { x } = slopesPanel({ title: "", xTitle: "", sizes: [8, 16, 32], points, whole: null });
  expect([x.domain[0] < 8, x.domain[1] > 32]).toEqual([true, true]);
  const ticks = (x.ticks as (scale: Scale) => readonly number[])(logScale(x.domain, [0, 500]));
  expect(ticks).toEqual([8, 16, 32]);
});
