// The examples run as they stand, from the built package, and what they print is true of the method.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const folder = join(root, "examples");

function lines(name: string): string[][] {
  const text = execFileSync(process.execPath, [join(folder, name)], { encoding: "utf8" });
  return text.split("\n").map((line) => line.split(/\s+/));
}

describe("examples", () => {
  it("certified codes: smaller λ, more active units, less energy, each within its gap", () => {
    const rows = lines("certified-codes.mjs").slice(1, 5);
    const column = (i: number) => rows.map((row) => Number(row[i]));
    expect(column(0)).toEqual([2, 1, 0.5, 0.25]);
    expect(column(1)).toEqual(column(1).toSorted((a, b) => a - b));
    expect(column(2)).toEqual(column(2).toSorted((a, b) => b - a));
    for (const gap of column(3)) expect(gap).toBeLessThanOrEqual(1e-3);
  });

  it("LCA: energy falls with the steps towards the certified least and never below it", () => {
    const rows = lines("lca-steps.mjs").slice(1, 7);
    const energies = rows.map(([, energy]) => Number(energy));
    expect(energies).toEqual(energies.toSorted((a, b) => b - a));
    expect(energies.at(-1)).toBe(1);
    expect(energies[0]).toBeGreaterThan(1.01);
    const [at400, least] = [rows[3], rows[5]].map((row) => Number(row[2]));
    expect(at400).toBeGreaterThan(least); // unfinished codes are less sparse
  });

  it("inpainting: hidden pixels come back better than their mean", () => {
    const [mean, filled] = lines("inpaint.mjs").map((row) => Number(row.at(-1)));
    expect(mean).toBeCloseTo(100, 5);
    expect(filled).toBeLessThan(60);
  });

  it("own table: the planted exponent −0.75 lies in the range of the open laws and in the interval of the line", () => {
    const text = lines("own-table.mjs")
      .map((row) => row.join(" "))
      .join("\n");
    const [, low, high] = /^location: \S+ exponent (\S+) to (\S+)/m.exec(text)!;
    const [, from, to] = /^straight line: \S+ \((\S+) to (\S+)\)/m.exec(text)!;
    for (const bound of [low, from]) expect(Number(bound)).toBeLessThan(-0.75);
    for (const bound of [high, to]) expect(Number(bound)).toBeGreaterThan(-0.75);
  });

  it("examples/README.md names each of them", () => {
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".mjs"))) expect(readme).toContain(name);
  });
});
