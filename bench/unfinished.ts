/**
 * Why an LCA stopped early can denoise a little better than the converged code: its error taken apart. For a size of a
 * finished study, some test images, several draws of the noise, each number of steps at the λ of its least error:
 *
 *   E‖s − ŝ‖² = ‖s − E ŝ‖² + E‖ŝ − E ŝ‖²       bias (what the code cannot or will not follow) and variance (noise in ŝ)
 *
 * in percent of ‖s‖², E over draws (unbiased for their number), and the gain g that makes ‖s − gŝ‖ least: above 1 by
 * what the ℓ1 cost shrinks. One trajectory of PetaVision's adaptive step from V = λ is read at all numbers of steps.
 *
 *   node bench/run.mjs unfinished -- STUDY --features 128 [--from FOLDER] [--images 16] [--draws 4]
 */
import { parseArgs } from "node:util";
import type { Coding } from "../src/coding/engine.js";
import { tutorialTimeStep } from "../src/coding/time-step.js";
import { slice } from "../src/core/tensor.js";
import { openWasm } from "../src/engine/wasm/engine.js";
import { noisy } from "../src/images/noise.js";
import { readStudy } from "../src/node/app/results.js";
import { openImages } from "../src/node/data.js";
import { significant } from "../src/report/numbers.js";
import { indexOf, lambdasBetween } from "../src/study/grid.js";
import { testBatch } from "../src/study/items/pictures.js";
import { geometryOf } from "../src/study/plan.js";
import { kernelModule } from "./data.js";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: "string" },
    features: { type: "string", default: "128" },
    images: { type: "string", default: "16" },
    draws: { type: "string", default: "4" },
  },
});
const readAt = [100, 250, 400, 1000];
const leg = 25;
const threshold = { kind: "soft", rectified: true } as const;

const { sizes, plan } = await readStudy(positionals[0]);
const features = Number(values.features);
const size = sizes.find((one) => one.features === features)!;
const set = await openImages({ ...plan.settings, from: values.from });
const { images, indices } = testBatch(set, { from: 0, to: Number(values.images) });
const dictionary = { geometry: geometryOf(plan, { features }), atoms: size.atoms.get(0)! };
const solvers = openWasm(kernelModule());
const converged = solvers.prepare(dictionary);
const stopped = solvers.prepare(dictionary, {
  kind: "lca",
  steps: leg,
  timeStep: tutorialTimeStep,
  start: "threshold",
});
const { sweep, noise, seed } = plan.settings;
const centre = indexOf(sweep, 0.6);
const lambdas = lambdasBetween(sweep, centre - 2, centre + 7);

/** Sums over images of one number of steps at one λ. */
type Parts = {
  error: number;
  variance: number;
  bias: number;
  product: number;
  square: number;
  active: number;
  power: number;
};
const nothing: Parts = { error: 0, variance: 0, bias: 0, product: 0, square: 0, active: 0, power: 0 };
const all = new Map<string, Parts>();

for (const [i, index] of indices.entries()) {
  const clean = slice(images, i);
  const draws = Array.from({ length: Number(values.draws) }, (_, n) =>
    noisy(clean, noise, { seed: seed + n, stream: 0 }, index),
  );
  for (const lambda of lambdas) {
    const runs = draws.map((image) => readings(image, lambda));
    for (const steps of [...readAt, 0])
      add(
        `${steps} ${lambda}`,
        clean,
        runs.map((run) => run.get(steps)!),
      );
  }
}

console.log(`F = ${features}, ${indices.length} images, ${values.draws} draws of the noise, σ = ${noise}`);
console.log("| steps | λ | percent active | percent error | squared error, % | bias², % | variance, % | best gain |");
console.log("|---|---|---|---|---|---|---|---|");
const L = 256 * features;
for (const steps of [...readAt, 0]) {
  const curve = lambdas.map((lambda) => ({ lambda, ...all.get(`${steps} ${lambda}`)! }));
  const best = curve.reduce((a, b) => (b.error < a.error ? b : a));
  const part = (of: number) => significant((100 * of) / best.power, 3);
  const cells = [
    steps === 0 ? "converged" : String(steps),
    `${significant(best.lambda, 3)}${best.lambda === lambdas.at(-1) ? " (end of the grid)" : ""}`,
    significant((100 * best.active) / indices.length / draws() / L, 3),
    significant(100 * Math.sqrt(best.error / best.power), 4),
    part(best.error),
    part(best.bias),
    part(best.variance),
    significant(best.product / best.square, 4),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}

function draws(): number {
  return Number(values.draws);
}

/** The codings of one image at one λ: by the LCA at each number of steps, and converged under 0. */
function readings(image: Float32Array, lambda: number): Map<number, Coding> {
  const path = Array.from({ length: readAt.at(-1)! / leg }, (_, n) => lambda * (1 - n * 2 ** -48));
  const found = new Map<number, Coding>();
  let steps = 0;
  for (const coding of stopped.path(image, path, { threshold, tolerance: 0.5 })) {
    steps += leg;
    if (readAt.includes(steps)) found.set(steps, coding);
  }
  for (const coding of converged.path(image, [lambda], { threshold, tolerance: 1e-3 })) found.set(0, coding);
  return found;
}

/** Adds one image's parts, each draw weighing alike. */
function add(key: string, clean: Float32Array, codings: readonly Coding[]): void {
  const sums = { ...(all.get(key) ?? nothing) };
  const n = codings.length;
  for (let p = 0; p < clean.length; p++) {
    const s = clean[p];
    const mean = codings.reduce((sum, { reconstruction }) => sum + reconstruction[p], 0) / n;
    const spread = codings.reduce((sum, { reconstruction }) => sum + (reconstruction[p] - mean) ** 2, 0) / (n - 1);
    sums.variance += spread;
    sums.bias += (s - mean) ** 2 - spread / n;
    sums.power += s * s;
    for (const { reconstruction } of codings) {
      sums.error += (s - reconstruction[p]) ** 2 / n;
      sums.product += (s * reconstruction[p]) / n;
      sums.square += reconstruction[p] ** 2 / n;
    }
  }
  for (const { code } of codings) sums.active += code.index.length;
  all.set(key, sums);
}
