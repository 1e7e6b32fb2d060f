/**
 * Are planted laws named, their exponents found, and no exponent printed that is
 * false? Curves: 8 sizes by factors of 2, 8 replicates, 0.4 % noise a point, 0.3 %
 * a replicate (test/scaling/planted.ts). Tables: one value per size with a stated
 * error (test/scaling/planted-tables.ts). Prints one line a truth: verdicts,
 * median and spread of a parameter, and for tables how often a reported exponent
 * misses the true one by its own interval and the open laws' range misses it.
 * Arguments: number of repeats (200), first seed (0), then truths to run (all).
 */
import { extrema } from "../src/scaling/extrema.js";
import { fitScaling, scalingOf } from "../src/scaling/scaling.js";
import type { ScalingFit } from "../src/scaling/types.js";
import { plantedCurves } from "../test/scaling/planted.js";
import { plantedTable, tableTruths } from "../test/scaling/planted-tables.js";

type Truth = { readonly f: (u: number) => number; readonly of: "location" | "value"; readonly parameter?: string };

const truths: Record<string, Truth> = {
  "location −0.75": { of: "location", f: (u) => u ** -0.75, parameter: "exponent" },
  "value −0.05": { of: "value", f: (u) => 30 * u ** -0.05, parameter: "exponent" },
  "u^−0.75 (1 + 0.6/u)": { of: "location", f: (u) => u ** -0.75 * (1 + 0.6 / u), parameter: "exponent" },
  "value u^−0.75 (1 + 0.6/u)": { of: "value", f: (u) => u ** -0.75 * (1 + 0.6 / u), parameter: "exponent" },
  "1 + 7/u": { of: "location", f: (u) => 1 + 7 / u, parameter: "offset" },
  "2 + 6 exp(−(u − 1)/6)": { of: "location", f: (u) => 2 + 6 * Math.exp(-(u - 1) / 6) },
  constant: { of: "location", f: () => 2 },
  "logarithm 8 − ln u": { of: "location", f: (u) => 8 - Math.log(u) },
  crossover: { of: "location", f: (u) => u ** -0.3 * (1 + (u / 8) ** 3) ** -0.3 },
  "value −0.0075": { of: "value", f: (u) => 30 * u ** -0.0075 },
};

const repeats = Number(process.argv[2] ?? 200);
const first = Number(process.argv[3] ?? 0);
const chosen = process.argv.slice(4);
const asked = (name: string): boolean => chosen.length === 0 || chosen.some((word) => name.includes(word));
for (const [name, truth] of Object.entries(truths))
  if (asked(name)) console.log(`${name.padEnd(28)} ${curveLine(truth)}`);
for (const [name, truth] of Object.entries(tableTruths)) {
  if (!asked(`table ${name}`)) continue;
  const fits = Array.from({ length: repeats }, (_, repeat) => fitScaling(plantedTable(truth, first + repeat)));
  console.log(`table ${name.padEnd(40)} ${verdicts(fits)} | ${misses(fits, truth.exponent)}`);
}

function curveLine(truth: Truth): string {
  const other = { location: (u: number) => u ** -0.75, value: (u: number) => 30 * u ** -0.05 };
  const fits = Array.from({ length: repeats }, (_, repeat) =>
    scalingOf(extrema(plantedCurves({ ...other, [truth.of]: truth.f, repeat: first + repeat })), truth.of),
  );
  const found = fits.flatMap((fit) => {
    const best = fit.models.reduce((a, b) => (b.weight > a.weight ? b : a));
    return (truth.parameter && best.parameters[truth.parameter]) || [];
  });
  return found.length === 0 ? verdicts(fits) : `${verdicts(fits)} | ${summary(found)}`;
}

function verdicts(fits: readonly ScalingFit[]): string {
  const names = [...new Set(fits.map(({ verdict }) => verdict))];
  return names
    .map((name) => ({ name, share: (100 * fits.filter(({ verdict }) => verdict === name).length) / repeats }))
    .sort((a, b) => b.share - a.share)
    .map(({ name, share }) => `${name} ${share.toFixed(1)} %`)
    .join(", ");
}

/** Shares of repeats whose exponent, and whose range, lie beside the true one. */
function misses(fits: readonly ScalingFit[], exponent: number): string {
  const beside = (of: { readonly low: number; readonly high: number } | null): boolean =>
    of !== null && (of.low > exponent || of.high < exponent);
  const share = (count: number): string => `${((100 * count) / repeats).toFixed(1)} %`;
  // A shifted law's exponent is that of the approach to its offset.
  const exponents = fits.filter(({ verdict, exponent: one }) => verdict !== "shifted-power-law" && beside(one)).length;
  const widths = fits.flatMap(({ exponentRange: range }) => (range ? [range.high - range.low] : []));
  const width = widths.sort((a, b) => a - b)[widths.length >> 1];
  return `false exponents ${share(exponents)}, ranges beside it ${share(fits.filter(({ exponentRange }) => beside(exponentRange)).length)}, median range ${width?.toFixed(3) ?? "–"}`;
}

function summary(found: readonly { readonly value: number; readonly low: number; readonly high: number }[]): string {
  const at = (of: readonly number[], p: number): string =>
    [...of].sort((a, b) => a - b)[Math.round(p * (of.length - 1))].toFixed(4);
  const values = found.map(({ value }) => value);
  const half = found.map(({ low, high }) => (high - low) / 2);
  return `median ${at(values, 0.5)}, 95 % of repeats in ${at(values, 0.025)} … ${at(values, 0.975)}, half width ${at(half, 0.5)} (95 % below ${at(half, 0.95)})`;
}
