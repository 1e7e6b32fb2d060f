/**
 * Do the 95 % intervals of crossing curves hold the truth 95 times in 100? Planted curves
 * (test/scaling/crossing-planted.ts) with ν = 1.25, x_c = 2.25 and b = 0, or 0.4 fitted; 0.2 % noise.
 * A cell is a source of errors, a number of sizes and a correction to scaling c·L^(−ω) of the height, the
 * slope or the place of the curves. Covered: x_c by the crossings; x_c, ν and b by the collapse; ν by the
 * errors of the points alone, as if there were no correction. Then how often the crossings and the collapse
 * gave no number, the median half widths of ν with and without an allowance for corrections, in percent, and
 * the mean and the deviation of x_c by the collapse from the truth, in half widths: 0 and 0.51 where 95 % hold.
 * Arguments: repeats (200), first seed (1), a word that the cells' names must hold (all).
 */
import { type CrossingRecord, fitCrossingColumns } from "../src/scaling/crossing-table.js";
import type { Estimate } from "../src/scaling/types.js";
import { type PlantedCrossing, plantedCritical, plantedCrossing } from "../test/scaling/crossing-planted.js";

const repeats = Number(process.argv[2] ?? 200);
const first = Number(process.argv[3] ?? 1);
const word = process.argv[4] ?? "";
const four = [16, 32, 64, 128];
const three = [32, 64, 128];
const cells: Readonly<Record<string, PlantedCrossing>> = {
  "5 sizes": { stated: true },
  "4 sizes": { stated: true, sizes: four },
  "3 sizes": { stated: true, sizes: three },
  "one grid for all": { stated: true, common: 0.25, points: 33 },
  "3 replicates": { replicates: 3 },
  "8 replicates that move as a whole": { replicates: 8, shift: 0.02 },
  "no errors stated": { points: 25 },
  "b = 0.4, free": { stated: true, b: 0.4 },
  "height 1 + 0.05/L": { stated: true, c: 0.05 },
  "height 1 + 0.15/L": { stated: true, c: 0.15 },
  "height 1 + 0.03/√L": { stated: true, c: 0.03, omega: 0.5 },
  "height 1 + 0.4/L²": { stated: true, c: 0.4, omega: 2 },
  "slope 1 + 0.1/L": { stated: true, c: 0.1, correct: "slope" },
  "slope 1 + 0.3/L": { stated: true, c: 0.3, correct: "slope" },
  "slope 1 + 0.8/L": { stated: true, c: 0.8, correct: "slope" },
  "place + 0.2/L": { stated: true, c: 0.2, correct: "place" },
  "4 sizes, slope 1 + 0.3/L": { stated: true, sizes: four, c: 0.3, correct: "slope" },
  "3 sizes, slope 1 + 0.3/L": { stated: true, sizes: three, c: 0.3, correct: "slope" },
  "3 replicates, height 1 + 0.15/L": { replicates: 3, c: 0.15 },
  "b = 0.4 free, height 1 + 0.15/L": { stated: true, b: 0.4, c: 0.15 },
  "height 1 + 0.15/L, ω given": { stated: true, c: 0.15 },
  "7 sizes, height 1 + 0.03/√L": { stated: true, c: 0.03, omega: 0.5, sizes: [8, 16, 32, 64, 128, 256, 512] },
};

type Checks = readonly (readonly [Estimate | null | undefined, number])[];

function checksOf({ drift, collapse }: CrossingRecord, b: number): Checks {
  return [
    [drift.critical, plantedCritical],
    [collapse?.critical, plantedCritical],
    [collapse?.nu, 1.25],
    [b === 0 ? null : collapse?.b, b],
    [collapse?.statistical?.nu, 1.25],
  ];
}

function half(estimate: Estimate | null | undefined): number[] {
  return estimate ? [(50 * (estimate.high - estimate.low)) / 1.25] : [];
}

function median(values: number[]): string {
  const sorted = values.sort((p, q) => p - q);
  return sorted.length === 0 ? "" : sorted[sorted.length >> 1].toFixed(2);
}

function meanAndDeviation(values: readonly number[]): string {
  const mean = values.reduce((sum, z) => sum + z, 0) / values.length;
  const square = values.reduce((sum, z) => sum + (z - mean) ** 2, 0) / values.length;
  return `${mean.toFixed(2)}, ${Math.sqrt(square).toFixed(2)}`;
}

const heads = ["x_c, crossings", "x_c, collapse", "ν", "b", "ν, no correction"];
const rest = ["crossings open", "collapse open", "±ν", "±ν, no correction", "x_c off"];
console.log(`| planted | ${[...heads, ...rest].join(" | ")} |\n|${"---|".repeat(heads.length + rest.length + 1)}`);
Object.entries(cells).forEach(([name, planted], cell) => {
  if (!name.includes(word)) return;
  const b = planted.b ?? 0;
  const covered = heads.map(() => ({ hits: 0, all: 0 }));
  const widths: [number[], number[]] = [[], []];
  const off: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const seed = first + 1_000_000 * cell + repeat;
    const options = {
      seed,
      process: false,
      ...(b === 0 ? {} : ({ valueExponent: "free" } as const)),
      ...(name.includes("given") ? { correction: 1 } : {}),
    };
    const record = fitCrossingColumns(plantedCrossing({ ...planted, seed }), options);
    checksOf(record, b).forEach(([estimate, truth], i) => {
      if (!estimate) return;
      covered[i].all++;
      if (estimate.low <= truth && truth <= estimate.high) covered[i].hits++;
    });
    const x = record.collapse?.critical;
    if (x) off.push((2 * (x.value - plantedCritical)) / (x.high - x.low));
    widths[0].push(...half(record.collapse?.nu));
    widths[1].push(...half(record.collapse?.statistical?.nu));
  }
  const shares = covered.map(({ hits, all }) => (all === 0 ? "" : ((100 * hits) / all).toFixed(1)));
  const open = [covered[0], covered[2]].map(({ all }) => `${(100 * (1 - all / repeats)).toFixed(1)} %`);
  console.log(`| ${[name, ...shares, ...open, ...widths.map(median), meanAndDeviation(off)].join(" | ")} |`);
});
