/**
 * Are planted laws named and their exponents found? 8 sizes by factors of 2,
 * 8 replicates, 0.4 % noise a point, 0.3 % a replicate (test/scaling/planted.ts).
 * Prints one line a truth: verdicts, median and spread of the parameter of the law with most weight, half width.
 * Arguments: number of repeats (200), then truths to run (all).
 */
import { extrema } from "../src/scaling/extrema.js";
import { scalingOf } from "../src/scaling/scaling.js";
import { plantedCurves } from "../test/scaling/planted.js";

type Truth = { readonly f: (u: number) => number; readonly of: "location" | "value"; readonly parameter?: string };

const truths: Record<string, Truth> = {
  "location −0.75": { of: "location", f: (u) => u ** -0.75, parameter: "exponent" },
  "value −0.05": { of: "value", f: (u) => 30 * u ** -0.05, parameter: "exponent" },
  "u^−0.75 (1 + 0.6/u)": { of: "location", f: (u) => u ** -0.75 * (1 + 0.6 / u), parameter: "exponent" },
  "1 + 7/u": { of: "location", f: (u) => 1 + 7 / u, parameter: "offset" },
  "2 + 6 exp(−(u − 1)/6)": { of: "location", f: (u) => 2 + 6 * Math.exp(-(u - 1) / 6) },
  constant: { of: "location", f: () => 2 },
  "logarithm 8 − ln u": { of: "location", f: (u) => 8 - Math.log(u) },
  crossover: { of: "location", f: (u) => u ** -0.3 * (1 + (u / 8) ** 3) ** -0.3 },
  "value −0.0075": { of: "value", f: (u) => 30 * u ** -0.0075 },
};

const repeats = Number(process.argv[2] ?? 200);
const chosen = process.argv.slice(3);
for (const [name, truth] of Object.entries(truths)) {
  if (chosen.length > 0 && !chosen.some((word) => name.includes(word))) continue;
  console.log(`${name.padEnd(24)} ${line(truth)}`);
}

function line(truth: Truth): string {
  const verdicts: Record<string, number> = {};
  const values: number[] = [];
  const widths: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const other = { location: (u: number) => u ** -0.75, value: (u: number) => 30 * u ** -0.05 };
    const fit = scalingOf(extrema(plantedCurves({ ...other, [truth.of]: truth.f, repeat })), truth.of);
    verdicts[fit.verdict] = (verdicts[fit.verdict] ?? 0) + 1;
    const best = fit.models.reduce((a, b) => (b.weight > a.weight ? b : a));
    const found = truth.parameter ? best.parameters[truth.parameter] : null;
    if (!found) continue;
    values.push(found.value);
    widths.push((found.high - found.low) / 2);
  }
  const shares = Object.entries(verdicts).sort((a, b) => b[1] - a[1]);
  const words = shares.map(([verdict, count]) => `${verdict} ${((100 * count) / repeats).toFixed(1)} %`).join(", ");
  return values.length === 0 ? words : `${words} | ${summary(values, widths)}`;
}

function summary(values: readonly number[], widths: readonly number[]): string {
  const at = (p: number, of = values): string =>
    [...of].sort((a, b) => a - b)[Math.round(p * (of.length - 1))].toFixed(4);
  return `median ${at(0.5)}, 95 % of repeats in ${at(0.025)} … ${at(0.975)}, half width ${at(0.5, widths)} (95 % below ${at(0.95, widths)})`;
}
