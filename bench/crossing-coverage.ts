/**
 * Do the 95 % intervals of crossing curves hold the truth 95 times in 100? Planted curves
 * (test/scaling/crossing-planted.ts) with ν = 1.25, x_c = 2.25 and b = 0, or 0.4 fitted; 0.2 % noise.
 * A cell is a source of errors and a number of sizes. Covered: x_c by the crossings, x_c and ν (and b)
 * by S, x_c and ν by the Gaussian process; then how often each was refused or left open; and
 * the root mean square of (ν − 1.25) over the half width, 0.51 for intervals that are as wide as they
 * must be. Arguments: repeats (500), first seed (1), a word that the cells' names must hold (all).
 */
import { fitCrossingColumns } from "../src/scaling/crossing-table.js";
import type { Estimate } from "../src/scaling/types.js";
import { type PlantedCrossing, plantedCritical, plantedCrossing } from "../test/scaling/crossing-planted.js";

const repeats = Number(process.argv[2] ?? 500);
const first = Number(process.argv[3] ?? 1);
const word = process.argv[4] ?? "";
const cells: Readonly<Record<string, PlantedCrossing>> = {
  "stated, 5 sizes": { stated: true },
  "stated, 3 sizes": { stated: true, sizes: [8, 16, 32] },
  "stated, one grid": { stated: true, common: 0.25, points: 33 },
  "3 replicates": { replicates: 3 },
  "8 replicates that move": { replicates: 8, shift: 0.02 },
  neither: { points: 25 },
  "b free": { stated: true, b: 0.4 },
  "drift c = 0.15, ω = 1": { stated: true, c: 0.15 },
  "drift, ω given": { stated: true, c: 0.15, omega: 1 },
  "drift c = 0.05, ω = 1": { stated: true, c: 0.05 },
};

const heads = ["x_c, crossings", "x_c, S", "ν, S", "b, S", "x_c, process", "ν, process"];
console.log(
  `| planted | ${heads.join(" | ")} | crossings open | S open | width |\n|${"---|".repeat(heads.length + 4)}`,
);
Object.entries(cells).forEach(([name, planted], cell) => {
  if (!name.includes(word)) return;
  const covered = heads.map(() => [0, 0]);
  let [openCrossings, openS, square, widths] = [0, 0, 0, 0];
  const truth = planted.b ?? 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const seed = first + 1_000_000 * cell + repeat;
    const record = fitCrossingColumns(plantedCrossing({ ...planted, seed }), {
      seed,
      ...(truth === 0 ? {} : { valueExponent: "free" }),
      ...(name === "drift, ω given" ? { correction: 1 } : {}),
    });
    const { collapse, drift } = record;
    const process = collapse?.gaussianProcess;
    const checks: readonly (readonly [Estimate | null | undefined, number])[] = [
      [drift.critical, plantedCritical],
      [collapse?.critical, plantedCritical],
      [collapse?.nu, 1.25],
      [truth === 0 ? null : collapse?.b, truth],
      [process?.critical, plantedCritical],
      [process?.nu, 1.25],
    ];
    checks.forEach(([estimate, value], i) => {
      if (!estimate) return;
      covered[i][1]++;
      if (estimate.low <= value && value <= estimate.high) covered[i][0]++;
    });
    if (drift.critical === null) openCrossings++;
    if (!collapse?.nu) openS++;
    else {
      square += ((collapse.nu.value - 1.25) / ((collapse.nu.high - collapse.nu.low) / 2)) ** 2;
      widths++;
    }
  }
  const shares = covered.map(([hits, all]) => (all === 0 ? "" : ((100 * hits) / all).toFixed(1)));
  const part = (count: number): string => `${((100 * count) / repeats).toFixed(1)} %`;
  console.log(
    `| ${name} | ${shares.join(" | ")} | ${part(openCrossings)} | ${part(openS)} | ${Math.sqrt(square / widths).toFixed(2)} |`,
  );
});
