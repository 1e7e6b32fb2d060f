/**
 * Do the 95 % intervals of a collapse of peaks hold the truth 95 times in 100? Planted peaks
 *
 *   y = L^b·(1 + c·L^(−ω))·g((x − x_c)·L^(1/ν) − 1 − d·L^(−ω)),  g(z) = 1/(1 + z²),
 *
 * x_c = 2.25, ν = 1, b = 1.75, sizes 8 … 128 of 17 points on grids of their own, 1 % noise, errors stated. A cell is a
 * correction to scaling, of the height (c) or the place (d), and whether x_c is given. Covered: a = −1/ν, b and x_c;
 * then how often the collapse was refused.
 * Arguments: repeats (200), first seed (1), a word that the cells' names must hold (all).
 */
import { draws, purpose } from "../src/core/random.js";
import { extrema } from "../src/scaling/extrema.js";
import { collapseTable } from "../src/scaling/table-collapse.js";
import type { Curve, Estimate } from "../src/scaling/types.js";

const repeats = Number(process.argv[2] ?? 200);
const first = Number(process.argv[3] ?? 1);
const word = process.argv[4] ?? "";
const sizes = [8, 16, 32, 64, 128];
const [critical, b] = [2.25, 1.75];

type Correction = { readonly c?: number; readonly d?: number; readonly omega?: number; readonly given?: boolean };
const cells: Readonly<Record<string, Correction>> = {
  "no correction": {},
  "no correction, x_c given": { given: true },
  "height 1 + 0.3/L": { c: 0.3 },
  "height 1 + 0.1/√L": { c: 0.1, omega: 0.5 },
  "place + 0.3/L": { d: 0.3 },
  "place + 0.3/L, x_c given": { d: 0.3, given: true },
};

function peaks({ c = 0, d = 0, omega = 1 }: Correction, seed: number): Curve[] {
  return sizes.map((size, s) => {
    const draw = draws({ seed, stream: s, purpose: purpose.test }, 0);
    const part = size ** -omega;
    const z = Float64Array.from({ length: 17 }, (_, i) => -1.5 + (5 * i) / 16 + 0.03 * s);
    const value = z.map((at) => (size ** b * (1 + c * part)) / (1 + (at - 1 - d * part) ** 2));
    return {
      size,
      replicate: 0,
      control: z.map((at) => critical + at / size),
      items: 1,
      quantities: { value: value.map((y) => y * (1 + 0.01 * draw.gaussian())) },
      error: value.map((y) => 0.01 * y),
    };
  });
}

const heads = ["a", "b", "x_c"];
console.log(`| planted | ${[...heads, "refused", "±a", "±b"].join(" | ")} |\n|${"---|".repeat(heads.length + 4)}`);
Object.entries(cells).forEach(([name, planted], cell) => {
  if (!name.includes(word)) return;
  const covered = heads.map(() => ({ hits: 0, all: 0 }));
  const widths: [number, number] = [0, 0];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const seed = first + 1_000_000 * cell + repeat;
    const curves = peaks(planted, seed);
    const known = planted.given ? { critical } : {};
    const { data } = extrema(curves, { extremum: "max", controlScale: "linear", ...known });
    const found = collapseTable(curves, { location: data.location, value: data.value }, { seed, ...known });
    const checks: readonly (readonly [Estimate | null | undefined, number])[] = [
      [found?.a, -1],
      [found?.b, b],
      [planted.given ? null : found?.critical, critical],
    ];
    checks.forEach(([estimate, truth], i) => {
      if (!estimate) return;
      covered[i].all++;
      if (estimate.low <= truth && truth <= estimate.high) covered[i].hits++;
      if (i < 2) widths[i] += (estimate.high - estimate.low) / 2;
    });
  }
  const shares = covered.map(({ hits, all }) => (all === 0 ? "" : ((100 * hits) / all).toFixed(1)));
  const refused = `${(100 * (1 - covered[1].all / repeats)).toFixed(1)} %`;
  const half = widths.map((sum, i) => (sum / Math.max(1, covered[i].all)).toFixed(4));
  console.log(`| ${[name, ...shares, refused, ...half].join(" | ")} |`);
});
