/** Tables in, one plain record out: planted truth and bad input. */
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/core/key.js";
import { fitTable, type TableRow } from "../../src/scaling/table.js";
import { plantedCurves } from "./planted.js";

function rowsOf(options: Parameters<typeof plantedCurves>[0]): TableRow[] {
  return plantedCurves(options).flatMap(({ size, replicate, control, quantities }) =>
    Array.from(control, (x, i) => ({ size, replicate, control: x, value: quantities.value[i], x: 3 / x })),
  );
}

const law = {
  location: (u: number) => u ** -0.75,
  value: (u: number) => 30 * u ** -0.05,
  sizes: [8, 16, 32, 64, 128],
  replicates: 5,
};
const rows = rowsOf(law);

describe("a table", () => {
  // Five sizes do not exclude a logarithm that multiplies the power.
  const record = fitTable(rows, { exclude: ["log-power-law"] });

  test("of five sizes leaves open whether a logarithm multiplies the power, with the exponent in the range", () => {
    const { location } = fitTable(rows);
    expect(location.verdict).toBe("undecided");
    expect(location.exponentRange!.low).toBeLessThan(-0.75);
    expect(location.exponentRange!.high).toBeGreaterThan(-0.75);
    expect(location.reason).toContain("a power law with a logarithm");
    // What the sentence promises is what `record` was fitted with, and names the law.
    expect(location.reason).toMatch(
      /If a power law with a logarithm is not possible here: --exclude log-power-law leaves a power law\.$/,
    );
    expect(record.location.verdict).toBe("power-law");
  });

  test("that two laws keep undecided says that neither may be possible, and what both exclusions leave", () => {
    const { value } = fitTable(
      [8, 16, 32, 64, 128, 256, 512, 1024].map((size, i) => {
        const truth = 1.2 + 0.5 * Math.log(size / 8);
        return { size, value: truth * (1 + 0.024 * Math.sin(12.9898 * i + 4)), error: 0.02 * truth };
      }),
    );
    expect(value.reason).toMatch(
      / If neither a power law with a logarithm nor a power law with a correction is possible here: --exclude log-power-law,corrected-power-law leaves a logarithm\.$/,
    );
  });

  test("whose one law allowed needs all its sizes predicts each size by the power law", () => {
    const own = fitTable(rows, { laws: ["corrected-power-law:1"] });
    expect(own.value.models.map(({ name }) => name)).toEqual(["corrected-power-law"]);
    expect(own.leaveOneOut).toHaveLength(5);
  });

  test("with planted laws gives both exponents, the other abscissa and the collapse", () => {
    expect(record.location.verdict).toBe("power-law");
    expect(Math.abs(record.location.exponent!.value + 0.75)).toBeLessThan(0.02);
    expect(Math.abs(record.value.powerLaw!.exponent.value + 0.05)).toBeLessThan(0.003);
    // x = 3/control, so its exponent is the opposite one.
    expect(record.x!.powerLaw!.exponent.value).toBeCloseTo(-record.location.powerLaw!.exponent.value, 3);
    expect(Math.abs(record.collapse!.a!.value + 0.75)).toBeLessThan(0.03);
    expect(Math.abs(record.collapse!.b!.value + 0.05)).toBeLessThan(0.01);
    expect(record.slopeFrom.map(({ smallest }) => smallest)).toEqual([8, 16, 32]);
  });

  test("predicts its largest size from the others", () => {
    const { location, value } = record.heldOut!;
    for (const one of [location!, value!]) {
      expect(one.predicted.low).toBeLessThan(one.measured.high);
      expect(one.predicted.high).toBeGreaterThan(one.measured.low);
      expect(one.difference!.p).toBeGreaterThan(0.05);
    }
  });

  test("predicts every size from the others, the largest as before", () => {
    expect(record.leaveOneOut.map(({ size }) => size)).toEqual(law.sizes);
    expect(record.leaveOneOut[4]).toEqual(record.heldOut);
    // The law is true: no size is far off.
    for (const { location, value } of fitTable(rows, { laws: ["power-law"] }).leaveOneOut) {
      expect(Math.abs(location!.difference!.relative.value)).toBeLessThan(0.03);
      expect(Math.abs(value!.difference!.relative.value)).toBeLessThan(0.01);
    }
  });

  test("gives a record that canonical JSON can carry, in any order of rows", () => {
    const text = canonicalJson(record);
    expect(canonicalJson(fitTable([...rows].reverse(), { exclude: ["log-power-law"] }))).toBe(text);
  });

  test("of distances from a critical point shows their exponent", () => {
    const shifted = rowsOf({ ...law, location: (u) => 2 + u ** -0.5 });
    const fit = fitTable(shifted, { critical: 2 });
    // The cubic's location is 2 % off at most, here of x, whose distance from 2 is 4 to 15 %.
    expect(Math.abs(fit.location.powerLaw!.exponent.value + 0.5)).toBeLessThan(0.35);
    // A relative error of x is one of x − 2 that is x/(x − 2) = 7 to 24 times as large.
    const width = ({ location }: typeof fit): number =>
      location.powerLaw!.exponent.high - location.powerLaw!.exponent.low;
    expect(fit.location.p).toBeGreaterThan(0.01);
    expect(width(fit) / width(fitTable(shifted))).toBeGreaterThan(4);
  });

  test("of maxima, asked for minima, says so first and counts the sizes left out in one line", () => {
    // −value has its maximum where the planted value has its minimum.
    const { warnings } = fitTable(rows.map((row) => ({ ...row, value: 100 - row.value })));
    expect(warnings[0]).toContain("Use --extremum max.");
    expect(warnings.filter((one) => one.includes("no interior extremum"))).toHaveLength(1);
    expect(warnings[1]).toMatch(/^5 of 5 sizes have no interior extremum \(8, 16, 32, 64, 128: /);
  });

  test("of one bare value per size is undecided without p", () => {
    const bare = [8, 16, 32, 64, 128].map((size) => ({ size, value: size ** -0.5 * (1 + 0.01 * Math.sin(size)) }));
    const fit = fitTable(bare);
    expect([fit.value.verdict, fit.value.p, fit.location.verdict]).toEqual(["undecided", null, "no-extremum"]);
    canonicalJson(fit);
  });

  test("of stated errors gives p, of neither says what it rests on", () => {
    const single = rows
      .filter(({ replicate }) => replicate === 0)
      .map(({ size, control, value }) => ({ size, control, value }));
    const stated = fitTable(single.map((row) => ({ ...row, error: 0.004 * row.value })));
    expect(stated.extrema[0].errors).toBe("stated errors");
    expect(stated.location.p).toBeGreaterThan(0);
    const scatter = fitTable(single);
    expect(scatter.warnings.join()).toContain("scatter");
    canonicalJson(scatter);
  });
});

describe("bad tables", () => {
  test("are refused in words", () => {
    expect(() => fitTable([])).toThrow(/no rows/);
    expect(() => fitTable([{ size: -1, control: 1, value: 1 }])).toThrow(/row 1: size is -1/);
    expect(() => fitTable([{ size: 1, control: 1, value: Number.NaN }])).toThrow(/value is NaN/);
    expect(() => fitTable([{ size: 1, control: 1, value: 1, error: -2 }])).toThrow(/error is -2/);
    expect(() => fitTable([...rows, { ...rows[0], value: 7 }])).toThrow(/two values/);
    expect(() => fitTable(rows, { sizesFrom: 1000 })).toThrow(/no size is at least 1000/);
  });

  test("with duplicated rows or sizes that differ by rounding are taken with a warning", () => {
    const doubled = fitTable([...rows, rows[3], rows[4]]);
    expect(doubled.warnings.join()).toContain("2 rows left out");
    const rounded = rows.map((row, i) => (i % 2 === 0 ? row : { ...row, size: row.size * (1 + 1e-13) }));
    expect(fitTable(rounded).warnings.join()).toContain("differ by rounding");
  });

  test("with several measurements of a point have their mean by 1/error², and no mean where they disagree", () => {
    const single = rows.filter(({ replicate }) => replicate === 0).map(({ replicate: _, ...row }) => row);
    const stated = single.map((row): TableRow & { error: number } => ({ ...row, error: 0.004 * row.value }));
    // Row 5 as three measurements of the same mean and error: weights 1/2, 1/4 and 1/4.
    const { value, error, ...point } = stated[5];
    const parts = [
      { ...point, value, error: error * Math.SQRT2 },
      { ...point, value: value + error, error: error * 2 },
      { ...point, value: value - error, error: error * 2 },
    ];
    const [whole, split] = [fitTable(stated), fitTable([...parts, ...stated.filter((_, i) => i !== 5)])];
    expect(split.warnings.join()).toContain("2 rows measured a point again");
    split.extrema.forEach((one, i) => {
      expect(one.value!.value).toBeCloseTo(whole.extrema[i].value!.value, 9);
      expect(one.value!.high).toBeCloseTo(whole.extrema[i].value!.high, 9);
    });
    const apart = { ...stated[5], value: value + 8 * error };
    expect(() => fitTable([...stated, apart])).toThrow(/has two values, .* differ by more than five of their errors/);
  });

  test("whose replicates lie on different grids are refused with the first difference", () => {
    const moved = rows.map((row) => (row.replicate === 2 ? { ...row, control: row.control! * 1.01 } : row));
    expect(() => fitTable(moved)).toThrow(
      /replicates 0 and 2 lie on different control grids, .* against .* at place 1/,
    );
    expect(() => fitTable(rows.filter((_, i) => i !== 20))).toThrow(/grids, 15 and 14 controls/);
  });

  test("say what is odd about sizes, grids and controls", () => {
    const apart = rows.map((row) => (row.replicate! < 2 ? row : { ...row, size: row.size * (1 + 1e-5) }));
    expect(fitTable(apart).warnings.join()).toMatch(/sizes 8 and 8.00008 differ by less than 0.1 % and count as two/);
    const short = rows.filter((_, i) => i % 15 < 4);
    expect(fitTable(short).warnings[0]).toContain("it has 4 controls; at least 5 are needed");
    expect(() => fitTable(rows.map((row) => ({ ...row, control: row.control! - 0.1 })))).toThrow(
      /on the log scale controls must be above 0. Choose the linear scale/,
    );
    expect(fitTable(rows.filter(({ size }) => size === 8)).location.reason).toMatch(/^1 size; at least 4 sizes/);
  });

  test("of one size, of identical values and of edges give a plain verdict", () => {
    expect(fitTable(rows.filter(({ size }) => size === 8)).location.verdict).toBe("too-few-sizes");
    expect(fitTable(rows.map((row) => ({ ...row, value: 3 }))).location.verdict).toBe("no-extremum");
    expect(fitTable(rows.map((row) => ({ ...row, value: row.control! }))).value.verdict).toBe("no-extremum");
  });
});
