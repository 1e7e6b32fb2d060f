/**
 * Do the 95 % intervals of a collapse of peaks hold the truth 95 times in 100? Planted peaks
 * (test/scaling/planted-peaks.ts): a cell is a correction to scaling, of the height (c) or the place (d), a grid, a source
 * of errors, and whether x_c is given. Covered: a = −1/ν, b and x_c; then how often the collapse was refused, and the
 * half widths that half of the intervals and 95 % of them stay below.
 * Arguments: repeats (200), first seed (1), a word that the cells' names must hold (all).
 */
import { extrema } from "../src/scaling/extrema.js";
import { collapseTable } from "../src/scaling/table-collapse.js";
import type { Estimate } from "../src/scaling/types.js";
import { type PlantedPeaks, plantedPeak, plantedPeaks } from "../test/scaling/planted-peaks.js";

const repeats = Number(process.argv[2] ?? 200);
const first = Number(process.argv[3] ?? 1);
const word = process.argv[4] ?? "";

const cells: Readonly<Record<string, PlantedPeaks & { readonly given?: boolean }>> = {
  "no correction": {},
  "no correction, x_c given": { given: true },
  "height 1 + 0.3/L": { c: 0.3 },
  "height 1 + 0.1/√L": { c: 0.1, omega: 0.5 },
  "place + 0.3/L": { d: 0.3 },
  "place + 0.3/L, x_c given": { d: 0.3, given: true },
  "random grid": { grid: "random" },
  "random grid, x_c given": { grid: "random", given: true },
  "random grid, 3 replicates": { grid: "random", errors: "replicates" },
  "random grid, no errors stated": { grid: "random", errors: "none" },
  "two runs merged": { grid: "merged" },
  "near neighbours": { grid: "pairs" },
  "3 replicates, no correction": { errors: "replicates" },
  "no errors stated, no correction": { errors: "none" },
};

function quantile(values: readonly number[], share: number): string {
  const sorted = [...values].sort((p, q) => p - q);
  return sorted.length === 0 ? "" : sorted[Math.floor(share * (sorted.length - 1))].toPrecision(3);
}

const heads = ["a", "b", "x_c"];
const rest = ["refused", "±a", "±b", "±a, 95 %", "±b, 95 %"];
console.log(`| planted | ${[...heads, ...rest].join(" | ")} |\n|${"---|".repeat(heads.length + rest.length + 1)}`);
Object.entries(cells).forEach(([name, planted], cell) => {
  if (!name.includes(word)) return;
  const covered = heads.map(() => ({ hits: 0, all: 0 }));
  const widths: [number[], number[]] = [[], []];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const seed = first + 1_000_000 * cell + repeat;
    const curves = plantedPeaks({ ...planted, seed });
    const known = planted.given ? { critical: plantedPeak.critical } : {};
    const { data } = extrema(curves, { extremum: "max", controlScale: "linear", ...known });
    const found = collapseTable(
      curves,
      { location: data.location, value: data.value },
      { seed, process: false, ...known },
    );
    const checks: readonly (readonly [Estimate | null | undefined, number])[] = [
      [found?.a, plantedPeak.a],
      [found?.b, plantedPeak.b],
      [planted.given ? null : found?.critical, plantedPeak.critical],
    ];
    checks.forEach(([estimate, truth], i) => {
      if (!estimate) return;
      covered[i].all++;
      if (estimate.low <= truth && truth <= estimate.high) covered[i].hits++;
      widths[i]?.push((estimate.high - estimate.low) / 2);
    });
  }
  const shares = covered.map(({ hits, all }) => (all === 0 ? "" : ((100 * hits) / all).toFixed(1)));
  const refused = `${(100 * (1 - covered[1].all / repeats)).toFixed(1)} %`;
  const half = [0.5, 0.95].flatMap((share) => widths.map((own) => quantile(own, share)));
  console.log(`| ${[name, ...shares, refused, ...half].join(" | ")} |`);
});
