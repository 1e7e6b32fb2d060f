// Numbers as tables write them: each notation has its value, and what may be two numbers is refused.
import { describe, expect, it } from "vitest";
import { openCells } from "../../src/scaling/cell.js";

/** The numbers of cells of one table, one after the other. */
function numbers(cells: readonly string[], commas = false): number[] {
  const block = new Float64Array(cells.length);
  const reader = openCells("t.csv", commas);
  cells.forEach((cell, at) => {
    if (reader.read(cell, { block, at }, `line ${at + 2}: size`) === undefined) throw new Error(`no number: ${cell}`);
  });
  reader.finish();
  return [...block];
}

describe("a cell", () => {
  it.each<[cell: string, value: number]>([
    ["12", 12],
    [".5", 0.5],
    ["-1.5e-3", -0.0015],
    ["0,46341", 0.46341],
    ["1,5e3", 1500],
    ["\u22122.5", -2.5],
    ["4.63410000D-01", 0.46341],
    ["1d3", 1000],
    ["4.63410000-01", 0.46341],
    ["4.634-100", 4.634e-100],
    ["1 024", 1024],
    ["1\u00a0024\u00a0000", 1024000],
    ["1'024", 1024],
    ["1,024,000", 1024000],
    ["1.024.000", 1024000],
    ["1,024.5", 1024.5],
    ["1.024,5", 1024.5],
    ["2.269", 2.269],
  ])("%s is %d", (cell, value) => {
    expect(numbers([cell])).toEqual([value]);
  });

  it.each(["2^3", "5%", "0x10", "1.5-12", "1,2,3", "12,34.5", "", "-", "1 24", "."])("%j is not a number", (cell) => {
    expect(() => numbers([cell])).toThrow("no number");
  });

  it("is never a thousand times smaller: the other cells tell what a comma is", () => {
    expect(numbers(["64", "1,024", "0.5"])).toEqual([64, 1024, 0.5]);
    expect(numbers(["0.5", "1,024"])).toEqual([0.5, 1024]);
    expect(numbers(["64", "1,024", "0,5"])).toEqual([64, 1.024, 0.5]);
    expect(numbers(["1.024", "2,5"])).toEqual([1024, 2.5]);
    expect(numbers(["2,5", "1.024"])).toEqual([2.5, 1024]);
    expect(numbers(["64", "1,024"], true)).toEqual([64, 1024]);
    expect(numbers(["1,024", "0,5"], true)).toEqual([1.024, 0.5]);
  });

  it("is refused where nothing tells, or where two cells contradict", () => {
    expect(() => numbers(["64", "1,024"])).toThrow(
      "t.csv, line 3: size: 1,024 may be a number above a thousand or one with three decimals",
    );
    expect(() => numbers(["0,5", "0.5"])).toThrow(
      "t.csv, line 3: size: 0.5 has a point before its decimals, line 2: size: 0,5 a comma",
    );
  });

  it.each<[cell: string, value: number, error: number]>([
    ["2.634(6)", 2.634, 0.006],
    ["2.634(12)", 2.634, 0.012],
    ["2.634(6)e-3", 0.002634, 0.000006],
    ["0,634(6)", 0.634, 0.006],
    ["12(3)", 12, 3],
    ["12.5(1.4)", 12.5, 1.4],
    ["2.633824 ± 0.01", 2.633824, 0.01],
    ["2.633824+/-0.01", 2.633824, 0.01],
    ["$-2.5 \\pm 1e-2$", -2.5, 0.01],
  ])("%s states an error", (cell, value, error) => {
    const block = new Float64Array(2);
    const slots = { value: { block, at: 0 }, error: { block, at: 1 } };
    expect(openCells("t.csv", false).readPair(cell, slots, "line 2: value")).toBe(true);
    // the error is a decimal text rounded once: one unit in the last place
    expect(block[0]).toBeCloseTo(value, 15);
    expect(block[1] / error).toBeCloseTo(1, 14);
  });

  it("with an error is refused where its comma may be two things", () => {
    const block = new Float64Array(2);
    const slots = { value: { block, at: 0 }, error: { block, at: 1 } };
    expect(() => openCells("t.csv", true).readPair("1,024(6)", slots, "line 2: value")).toThrow(
      "nothing else in the table tells",
    );
  });
});
