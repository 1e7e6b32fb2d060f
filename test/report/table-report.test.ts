/** The report of a table: what the record says, what it must not say, and nothing from outside. */
import { describe, expect, test } from "vitest";
import { lawFormula } from "../../src/report/formula.js";
import { rangeSentence } from "../../src/report/laws.js";
import { estimateText } from "../../src/report/numbers.js";
import { collapseSentence } from "../../src/report/table-findings.js";
import { type TableReportInput, tableFigures, tableReport } from "../../src/report/table-report.js";
import { fitTable, type TableOptions, type TableRow } from "../../src/scaling/table.js";
import { plantedCurves } from "../scaling/planted.js";

const provenance = { version: "0", machine: "a", node: "b", command: "crisp fit <x>.csv", date: "today" };

function reportOf(
  location: (u: number) => number,
  options: TableOptions & { sizes?: number[] } = {},
): TableReportInput {
  const planted = { location, value: (u: number) => 30 * u ** -0.05, replicates: 3, sizes: options.sizes };
  const rows = plantedCurves(planted).flatMap(({ size, replicate, control, quantities }): TableRow[] =>
    Array.from(control, (x, i) => ({ size, replicate, control: x, value: quantities.value[i] })),
  );
  return { record: fitTable(rows, options), name: "a <b>.csv", provenance, fonts: [] };
}

const power = reportOf((u) => u ** -0.75);
const inputs: Readonly<Record<string, TableReportInput>> = {
  power,
  critical: reportOf((u) => 2 + u ** -0.5, { critical: 2 }),
  constant: reportOf(() => 2),
  few: reportOf((u) => u ** -0.75, { sizes: [8, 16] }),
  flat: {
    ...power,
    record: fitTable(
      power.record.curves.flatMap(({ size, control }) => control.map((x) => ({ size, control: x, value: 3 }))),
    ),
  },
};

describe("the report of a table", () => {
  test.each(Object.keys(inputs))("%s: refers to nothing outside, shows no NaN, escapes names", (name) => {
    const html = tableReport(inputs[name]);
    expect(html.replace(/xmlns="[^"]+"/g, "")).not.toMatch(/<script|<link|https?:/i);
    expect(html.match(/.{20}\b(NaN|undefined|null|Infinity)\b.{20}/)).toBeNull();
    expect(html).toContain("a &lt;b&gt;.csv");
    for (const svg of Object.values(tableFigures(inputs[name]))) expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("captions speak of replicates, panels and bars only where there are any", () => {
    const rows = (sizes: number[]) =>
      sizes.flatMap((size) =>
        Array.from({ length: 9 }, (_, i): TableRow => {
          const control = size ** -0.5 * 1.2 ** (i - 4);
          return { size, control, value: 1 + 0.3 * Math.log(control * size ** 0.5) ** 2, error: 0.001 };
        }),
      );
    const html = (sizes: number[]) => tableReport({ ...inputs.power, record: fitTable(rows(sizes)) });
    expect(html([8, 16, 32])).toContain("Points: the values given with 95% bars.");
    expect(tableReport(inputs.power)).toContain("Points: means over replicates with 95% bars.");
    expect(html([8, 16, 32])).toContain("a, b: slope between neighbouring sizes. Dashes"); // three sizes have one slope from a size on
    expect(html([8, 16, 32, 64])).toContain("c, d: slope of a straight line");
    const bare = fitTable(
      [4, 8, 16, 32].map((size) => ({ size, value: 0.5 * Math.log(size) + 0.01 * Math.sin(size) })),
    );
    const [first] = /<figcaption>.*?<\/figcaption>/.exec(tableReport({ ...inputs.power, record: bare }))!;
    expect(first).toContain("Value against size");
    expect(first).not.toContain("Bars"); // values without errors have none
  });

  test("says the verdict first", () => {
    const headline = (input: TableReportInput) => /<h1>(.*?)<\/h1>/.exec(tableReport(input))![1];
    expect(headline(inputs.power)).toBe("The location follows a power law in size.");
    expect(headline(inputs.constant)).toBe("No scaling: the location is the same at every size.");
    expect(headline(inputs.few)).toBe("Too few sizes to test a law of the location.");
    expect(headline(inputs.flat)).toBe("No law: no size has an extremum inside its grid.");
  });

  test("the collapse names 1/ν and ν beside a, in the sign of textbooks; a symbol keeps its case", () => {
    const { record } = inputs.power;
    const { a } = record.collapse!;
    const said = collapseSentence(record);
    expect(said).toContain(
      `a = ${estimateText(a!)}, 1/ν = ${estimateText({ value: -a!.value, low: -a!.high, high: -a!.low })}, ν = 1.3`,
    );
    const collapse = { ...record.collapse!, a: { value: -0.01, low: -0.03, high: 0.01 } };
    expect(collapseSentence({ ...record, collapse })).not.toContain(", ν = ");
    const undetermined = ["x_c and a are undetermined: 4 sizes."];
    expect(collapseSentence({ ...record, collapse: { ...collapse, undetermined } })).toContain(". x_c and a are");
  });

  test("a decided law stands as an equation with the planted parameters, in the report too", () => {
    // 0.5 ln L + 0.2 = 0.5 ln(L/8) + 1.23972, with an alternating 0.1 % on it and errors of 0.2 %.
    const rows = [8, 12, 16, 24, 32, 48, 64].map((size, i) => {
      const value = (0.5 * Math.log(size) + 0.2) * (1 + 0.001 * (-1) ** i);
      return { size, value, error: 0.002 * value };
    });
    const record = fitTable(rows, { laws: ["logarithm"] });
    const formula = /^0\.\d+ \[([\d.]+), ([\d.]+)\] ln\(L\/8\) \+ 1\.\d+ \[([\d.]+), ([\d.]+)\]$/;
    const [low, high, from, to] = formula.exec(lawFormula(record.value, "L")!)!.slice(1).map(Number);
    expect([low < 0.5, 0.5 < high, from < 1.23972, 1.23972 < to]).toEqual([true, true, true, true]);
    expect(tableReport({ ...power, record })).toContain("ln(L/8) + 1.");
    expect(lawFormula(fitTable(rows.slice(0, 2)).value, "L")).toBeNull();
  });

  test("draws every figure where the record has it, and none of what it lacks", () => {
    const figures = Object.keys(tableFigures(inputs.power)).filter((name) => name.endsWith(".svg"));
    expect(figures.sort()).toEqual([
      "collapse-after.svg",
      "collapse-before.svg",
      "curves.svg",
      "location-against-size.svg",
      "location-local-slopes.svg",
      "location-slope-against-smallest-size.svg",
      "value-against-size.svg",
      "value-local-slopes.svg",
      "value-slope-against-smallest-size.svg",
    ]);
    expect(Object.keys(tableFigures(inputs.flat)).sort()).toEqual(["curves.csv", "curves.svg"]);
  });

  test("gives the numbers of each figure, with all their digits", () => {
    const files = tableFigures(inputs.power);
    for (const name of Object.keys(files).filter((file) => file.endsWith(".svg")))
      expect(files[name.replace(".svg", ".csv")]).toMatch(/^[^\n]+\n([^\n]+\n)+$/);
    const [head, first] = files["value-against-size.csv"].split("\n");
    expect(head).toBe("Size,Value at the extremum,low,high,left out");
    const { size, value } = inputs.power.record.extrema[0];
    expect(first).toBe(`${size},${value?.value},${value?.low},${value?.high},0`);
  });

  test("scaled curves fall on one: the ordinates of the collapse lie where the law puts them", () => {
    const { record } = inputs.power;
    const { a, b, critical } = record.collapse!.point!;
    // At the centre of every grid x = L^(−0.75): scaled it is 1, whatever the size.
    const centres = record.curves.map(({ size, control, value }) => [
      (control[7] - critical) * size ** -a,
      value[7] * size ** -b,
    ]);
    for (const [x, y] of centres) {
      expect(Math.abs(x - 1)).toBeLessThan(0.03);
      expect(Math.abs(y / 30 - 1)).toBeLessThan(0.03);
    }
  });
});

test("a law that fits and is dropped has its reason, and none is said to be excluded that is not", () => {
  const html = tableReport(inputs.power);
  const dropped = inputs.power.record.value.models.filter(
    ({ adequate, droppedFor }) => adequate && droppedFor !== null,
  );
  expect(dropped.length).toBeGreaterThan(0);
  expect(html).toMatch(/Fit and dropped: [^<]*\(does not improve on [a-z ]+: p = /);
});

test("an exponent range says when an open law leaves its exponent undetermined", () => {
  const open = { ...inputs.power.record.value, verdict: "undecided", exponent: null } as const;
  const shown = { ...open, exponentRange: { low: -1, high: -0.5 } };
  const left = open.models.map((model) => ({ ...model, leading: model.open ? null : model.leading }));
  expect(rangeSentence({ ...shown, models: left })).toMatch(
    /^Leading exponent over those open laws that have it determined: /,
  );
  const all = open.models.map((model) => ({ ...model, open: model.open && model.leading !== null }));
  expect(rangeSentence({ ...shown, models: all })).toMatch(/^Leading exponent over the laws that are open: /);
});
