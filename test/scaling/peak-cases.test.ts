/** Tables of peaks whose width goes as 1/L, from outside of this repository: planted laws, skipped without them. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { fitTable, type TableOptions, type TableRow } from "../../src/scaling/table.js";

const folder = resolve(import.meta.dirname, "../../../shared/cases");
const folders = [folder, resolve(import.meta.dirname, "../../../../shared/cases")];
const cases = folders.find((path) => existsSync(path));

function rowsOf(name: string): TableRow[] {
  const [head, ...lines] = readFileSync(resolve(cases!, name), "utf8").trim().split("\n");
  const names = head.trim().split(",");
  return lines.map(
    (line) => Object.fromEntries(line.split(",").map((x, i) => [names[i], Number(x)])) as unknown as TableRow,
  );
}

type Case = TableOptions & {
  readonly name: string;
  readonly location: (L: number) => number;
  readonly exponents: [number, number];
};

const peak = { extremum: "max", controlScale: "linear" } as const;
const planted: Case[] = [
  ...["own-grid-1pct", "common-grid-1pct", "common-grid-noise-free"].map((name) => ({
    ...peak,
    name: `fss/peaks-${name}.csv`,
    critical: 2.2692,
    location: (L: number) => 2.2692 + 1.2 / L,
    exponents: [-1, 1.75] as [number, number],
  })),
  ...["planted", "messy4"].map((name) => ({
    ...peak,
    name: `newcomer/${name}.csv`,
    critical: 2.269,
    location: (L: number) => 2.269 + 0.6 / L,
    exponents: [-1, 1.75] as [number, number],
  })),
  {
    name: "fss/negative-control.csv",
    controlScale: "linear",
    critical: -3,
    location: (L) => -3 + 4 * L ** -0.75,
    exponents: [-0.75, 0.3],
  },
];

describe.skipIf(cases === undefined)("tables of the field", () => {
  test.each(planted)(
    "$name: every extremum is found, both exponents are right",
    ({ name, location, exponents, ...options }) => {
      const record = fitTable(rowsOf(name), options);
      for (const one of record.extrema) {
        expect(one.status).toBe("interior");
        const margin = (one.location!.high - one.location!.low) / 2;
        // 1 of 20 lies outside of its interval: none by half of it more.
        expect(Math.abs(one.location!.value - location(one.size))).toBeLessThan(1.5 * margin);
      }
      [record.location, record.value].forEach(({ powerLaw, p }, i) => {
        expect(p).toBeGreaterThan(0.01);
        expect(Math.abs(powerLaw!.exponent.value - exponents[i])).toBeLessThan(0.025);
      });
    },
  );

  test("peaks of three points over half their height are found at every size", () => {
    const { extrema } = fitTable(rowsOf("fss/peaks-coarse-grid.csv"), peak);
    expect(extrema.map(({ status }) => status)).toEqual(Array(6).fill("interior"));
    for (const { size, location } of extrema) expect(Math.abs(location!.value - 1 - 0.9 / size)).toBeLessThan(0.01);
  });

  test("the same numbers on a control of the peaks' own width have the same values", () => {
    const rows = rowsOf("fss/peaks-own-grid-1pct.csv");
    const stretched = rows.map((row) => ({ ...row, control: 10 + (row.control! - 2.2692) * row.size }));
    const [there, here] = [rows, stretched].map((table) => fitTable(table, peak).extrema);
    here.forEach(({ size, location, value }, i) => {
      expect(value!.value / there[i].value!.value).toBeCloseTo(1, 6);
      expect((location!.value - 10) / size).toBeCloseTo(there[i].location!.value - 2.2692, 6);
    });
  });
});
