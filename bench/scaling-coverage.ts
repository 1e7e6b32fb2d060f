/**
 * Do 95 % intervals hold the truth 95 times in 100? Curves of a shape in
 * test/scaling/planted.ts with 0.1 % noise a point, 0.3 % a replicate in value
 * and 1 % in location; power laws −0.75 and −0.05. A cell is a number of
 * replicates and of sizes. Covered: both exponents, the extremum of every size,
 * and one new replicate at twice the largest size. Width: the mean half width
 * of the location exponent over that of the plain t interval, never scaled.
 * Arguments: number of repeats (2000), shape (skewed), first seed (1); every
 * cell has draws of its own, a million seeds from the next cell's.
 */
import { extrema } from "../src/scaling/extrema.js";
import { localMinimum } from "../src/scaling/minimum.js";
import { exponentOf, fitPowerLaw } from "../src/scaling/powerlaw.js";
import { predictAt } from "../src/scaling/predict.js";
import { tQuantile } from "../src/scaling/special.js";
import type { Estimate } from "../src/scaling/types.js";
import { eightSizes, plantedCurves, shapes } from "../test/scaling/planted.js";

const repeats = Number(process.argv[2] ?? 2000);
const shape = shapes[(process.argv[3] ?? "skewed") as keyof typeof shapes];
const first = Number(process.argv[4] ?? 1);
const power = { location: (u: number) => u ** -0.75, value: (u: number) => 30 * u ** -0.05 };
const law = { ...power, point: 0.001, shift: 0.01, shape };
const names = ["location exponent", "value exponent", "location", "value", "new location", "new value", "width"];
console.log(`| replicates | sizes | ${names.join(" | ")} |\n|${"---|".repeat(names.length + 2)}`);
let cell = 0;
for (const replicates of [3, 5, 8]) {
  for (const count of [5, 8]) {
    const seed = first + 1_000_000 * cell++;
    const sums = names.map(() => 0);
    for (let repeat = 0; repeat < repeats; repeat++)
      one(replicates, count, seed + repeat).forEach((value, i) => {
        sums[i] += value;
      });
    const cells = sums.map((sum, i) => (i === 6 ? (sum / repeats).toFixed(2) : ((100 * sum) / repeats).toFixed(1)));
    console.log(`| ${replicates} | ${count} | ${cells.join(" | ")} |`);
  }
}

function one(replicates: number, count: number, repeat: number): number[] {
  const sizes = eightSizes.slice(0, count);
  const next = 2 * sizes[count - 1];
  const curves = plantedCurves({ ...law, sizes: [...sizes, next], replicates, repeat });
  const set = extrema(curves.filter(({ size }) => size !== next));
  const fits = { location: fitPowerLaw(set.data.location)!, value: fitPowerLaw(set.data.value)! };
  const inside = set.extrema.map(({ size, location, value }) => [
    holds(location!, law.location(size)),
    holds(value!, law.value(size)),
  ]);
  const fresh = curves.find(({ size }) => size === next)!;
  const own = localMinimum(
    { t: Array.from(fresh.control, Math.log), y: Array.from(fresh.quantities.value) },
    set.halfWidth,
  );
  const predicted = (quantity: string): Estimate => predictAt(set, quantity, next, { law: "power-law" })!.replicate;
  const { covariance, inference } = fits.location;
  const plain = tQuantile(0.975, set.data.location.dof) * Math.sqrt(covariance[1][1] / inference.scale);
  const exponent = exponentOf(fits.location);
  return [
    holds(exponent, -0.75),
    holds(exponentOf(fits.value), -0.05),
    inside.reduce((sum, [location]) => sum + location, 0) / count,
    inside.reduce((sum, [, value]) => sum + value, 0) / count,
    holds(predicted("location"), Math.exp(own.location)),
    holds(predicted("value"), own.value),
    (exponent.high - exponent.low) / 2 / plain,
  ];
}

function holds({ low, high }: Estimate, truth: number): number {
  return low <= truth && truth <= high ? 1 : 0;
}
