/**
 * Do 95 % intervals hold the truth 95 times in 100? Two kinds of curves of test/scaling/planted.ts, five or eight
 * sizes, exponents −0.75 and −0.05, or −1 and 1.75.
 *
 * skewed, steep: minima of one width in ln x, 0.1 % noise a point, 0.3 % a replicate in value and 1 % in location;
 * a cell is a number of replicates and of sizes; beside exponents and extrema, one new replicate at twice the
 * largest size, and the width of the location exponent over that of the plain t interval, never scaled.
 *
 * lorentzian, gumbel, arms: peaks whose width goes as 1/L, on the linear scale, 1 % noise a point; a cell is a kind
 * of grid and what is known of errors: 3 replicates, stated errors, or neither.
 *
 * Arguments: number of repeats (2000), first seed (1), rows (all, or a part of "SHAPE, CELL"); every row has draws of
 * its own, a million seeds from the next one's.
 */
import { minimumBy } from "../src/scaling/bandwidth.js";
import { extrema } from "../src/scaling/extrema.js";
import { linksFor } from "../src/scaling/link.js";
import { exponentOf, fitPowerLaw } from "../src/scaling/powerlaw.js";
import { predictAt } from "../src/scaling/predict.js";
import { tQuantile } from "../src/scaling/special.js";
import type { Estimate, ExtremaSet } from "../src/scaling/types.js";
import {
  eightSizes,
  peakGrids,
  peakLaw,
  peakShapes,
  plantedCurves,
  plantedPeaks,
  shapes,
} from "../test/scaling/planted.js";

const repeats = Number(process.argv[2] ?? 2000);
const first = Number(process.argv[3] ?? 1);
const part = process.argv[4] ?? "";

/** What is covered in one repeat: 1 or 0, or a share. */
type Cell = { readonly name: string; readonly names: readonly string[]; readonly one: (seed: number) => number[] };

const covered = ["location exponent", "value exponent", "location", "value"];
const minima = Object.keys(shapes).flatMap((name) => minimumCells(name as keyof typeof shapes));
const peaks = Object.keys(peakShapes).flatMap((name) => peakCells(name as keyof typeof peakShapes));
report(minima, first);
report(peaks, first + 1_000_000 * minima.length);

function report(cells: readonly Cell[], from: number): void {
  const asked = cells.filter(({ name }) => name.includes(part));
  if (asked.length > 0)
    console.log(`\n| row | ${asked[0].names.join(" | ")} |\n|${"---|".repeat(asked[0].names.length + 1)}`);
  for (const { name, names, one } of asked) {
    const seed = from + 1_000_000 * cells.findIndex((cell) => cell.name === name);
    const sums = names.map(() => 0);
    for (let repeat = 0; repeat < repeats; repeat++)
      one(seed + repeat).forEach((value, i) => {
        sums[i] += value;
      });
    const texts = sums.map((sum, i) =>
      names[i] === "width" ? (sum / repeats).toFixed(2) : ((100 * sum) / repeats).toFixed(1),
    );
    console.log(`| ${name} | ${texts.join(" | ")} |`);
  }
}

function minimumCells(name: keyof typeof shapes): Cell[] {
  const names = [...covered, "new location", "new value", "width"];
  return [3, 5, 8].flatMap((replicates) =>
    [5, 8].map((count) => ({
      name: `${name}, ${replicates} replicates, ${count} sizes`,
      names,
      one: (seed: number) => minimaCovered({ name, replicates, count, seed }),
    })),
  );
}

function minimaCovered(cell: { name: keyof typeof shapes; replicates: number; count: number; seed: number }): number[] {
  const { name, replicates, count, seed: repeat } = cell;
  const truth = { location: (u: number) => u ** -0.75, value: (u: number) => 30 * u ** -0.05 };
  const sizes = eightSizes.slice(0, count);
  const next = 2 * sizes[count - 1];
  const noise = { point: 0.001, shift: 0.01, shape: shapes[name] };
  const curves = plantedCurves({ ...truth, ...noise, sizes: [...sizes, next], replicates, repeat });
  const set = extrema(curves.filter(({ size }) => size !== next));
  const fresh = curves.find(({ size }) => size === next)!;
  const { kappa, degree, scale } = set.window!;
  const link = linksFor([1]).find((one) => one.scale === scale)!;
  const own = minimumBy(
    { kappa, degree, link },
    { t: Array.from(fresh.control, Math.log), y: Array.from(fresh.quantities.value) },
  );
  const predicted = (quantity: string): Estimate => predictAt(set, quantity, next, { law: "power-law" })!.replicate;
  const { covariance, inference } = fitPowerLaw(set.data.location)!;
  const plain = tQuantile(0.975, set.data.location.dof) * Math.sqrt(covariance[1][1] / inference.scale);
  const exponent = exponentOf(fitPowerLaw(set.data.location)!);
  return [
    ...coveredIn(set, { ...truth, exponents: [-0.75, -0.05] }),
    holds(predicted("location"), Math.exp(own.minimum.location)),
    holds(predicted("value"), own.value),
    (exponent.high - exponent.low) / 2 / plain,
  ];
}

function peakCells(name: keyof typeof peakShapes): Cell[] {
  const errors = { "3 replicates": { replicates: 3 }, "stated errors": {}, neither: { stated: false } };
  const grids = Object.keys(peakGrids) as (keyof typeof peakGrids)[];
  return grids.flatMap((grid) =>
    Object.entries(errors).map(([known, options]) => ({
      name: `${name}, ${grid} grid, ${known}`,
      names: covered,
      one: (repeat: number) => {
        const curves = plantedPeaks({ shape: peakShapes[name], grid, repeat, ...options });
        const { critical, offset, amplitude, exponent } = peakLaw;
        const set = extrema(curves, { extremum: "max", controlScale: "linear", critical });
        const location = (size: number): number => critical + offset / size;
        const value = (size: number): number => amplitude * size ** exponent;
        return coveredIn(set, { location, value, exponents: [-1, exponent] });
      },
    })),
  );
}

type Truth = {
  readonly location: (size: number) => number;
  readonly value: (size: number) => number;
  readonly exponents: readonly [number, number];
};

/** Both exponents, and the shares of locations and of values; a refused extremum is not covered. */
function coveredIn({ data, extrema: found }: ExtremaSet, { location, value, exponents }: Truth): number[] {
  const share = (of: (one: (typeof found)[number]) => number): number =>
    found.reduce((sum, one) => sum + of(one), 0) / found.length;
  return [
    holds(exponentOf(fitPowerLaw(data.location)!), exponents[0]),
    holds(exponentOf(fitPowerLaw(data.value)!), exponents[1]),
    share((one) => (one.location === null ? 0 : holds(one.location, location(one.size)))),
    share((one) => (one.value === null ? 0 : holds(one.value, value(one.size)))),
  ];
}

function holds({ low, high }: Estimate, truth: number): number {
  return low <= truth && truth <= high ? 1 : 0;
}
