/**
 * Which learning rule lowers the held-out energy most for an equal number of
 * images, and is a grown dictionary worth more than a new one? F = 64 (and 128),
 * CIFAR-10, λ = 0.5, no plateau; each rule at its best of the steps tried.
 * Arguments: `scan` tries steps for each rule, or for a rule (and step) named after
 * it; `grow` compares ways of growing; nothing: the rules at the steps below.
 */
import { atomLength, posterGeometry } from "../src/core/geometry.js";
import type { Tensor } from "../src/core/tensor.js";
import { unitNorm } from "../src/learning/constraint.js";
import { grownAtoms, type StartName, startAtoms } from "../src/learning/start.js";
import type { RuleName } from "../src/learning/update.js";
import { images } from "./data.js";
import { heldOut, lambda, learned } from "./learner.js";

const seen = 2880; // and a third more while the step falls, as in the preset quick
const pool = images(256, 4000);

type Run = {
  readonly rule: RuleName;
  readonly step: number;
  readonly momentumTau?: number;
  readonly features?: number;
  readonly start?: StartName | Tensor;
  readonly images?: number;
  readonly seed?: number;
};

async function report(name: string, run: Run): Promise<Tensor> {
  // A plateau this small is never met, but makes the looks that show the course.
  const schedule = {
    schedule: "decayed",
    step: run.step,
    decay: 1e4,
    images: run.images ?? seen,
    plateau: 1e-12,
  } as const;
  const { looks, share, atoms, imagesSeen } = await learned({ ...run, schedule, pool });
  const course = looks.map(({ imagesSeen: n, energy }) => `${n}: ${energy.toFixed(2)}`).join("  ");
  const last = looks[looks.length - 1];
  console.log(
    `${name.padEnd(44)} ${last.energy.toFixed(2)} after ${imagesSeen} images, ${last.deadAtoms} dead, leading share ${share.toFixed(3)}\n    ${course}`,
  );
  return atoms;
}

/** The old atoms, and as many patches. */
function withPatches(old: Tensor, seed: number): Tensor {
  const source = { count: pool.length, imageAt: (i: number) => pool[i] };
  const atoms = startAtoms(posterGeometry(2 * old.shape[0]), source, { start: "patches", seed, constraint: unitNorm });
  atoms.data.set(old.data);
  return atoms;
}

/** Best of the steps tried by `scan`. */
const best: readonly [string, Run][] = [
  ["newton", { rule: "newton", step: 0.2 }],
  ["newton, the default step", { rule: "newton", step: 0.1 }],
  ["sgd", { rule: "sgd", step: 0.03 }],
  ["petavision-2017, tau 5", { rule: "petavision-2017", step: 0.3 }],
  ["petavision, tau 5", { rule: "petavision", step: 3 }],
  ["petavision, tau 5, its tutorial's step", { rule: "petavision", step: 1 }],
  ["newton, from PetaVision's start", { rule: "newton", step: 0.1, start: "petavision" }],
  ["petavision, tau 5, from its own start", { rule: "petavision", step: 0.3, start: "petavision" }],
];

const steps: readonly [RuleName, readonly number[], number][] = [
  ["newton", [0.03, 0.1, 0.2, 0.3], 5],
  ["sgd", [0.003, 0.01, 0.03, 0.1], 5],
  ["petavision-2017", [0.01, 0.03, 0.1, 0.3, 1], 5],
  ["petavision-2017", [0.001, 0.003, 0.01, 0.05], 500],
  ["petavision", [0.03, 0.1, 0.3, 1, 3], 5],
];

const [what, only, at] = process.argv.slice(2);
console.log(
  `λ ${lambda}, ${atomLength(posterGeometry(64))} values an atom, held-out energy of ${heldOut.length} images`,
);
if (what === "scan") {
  for (const [rule, tried, momentumTau] of steps.filter(([rule]) => !only || rule === only))
    for (const step of tried.filter((step) => !at || step === Number(at)))
      await report(`${rule}, step ${step}, tau ${momentumTau}`, { rule, step, momentumTau });
} else if (what === "grow") {
  for (const seed of [1, 2]) {
    const newton: Run = { rule: "newton", step: 0.1, seed };
    const old = await report("64 features", newton);
    await report("128 features, new", { ...newton, features: 128 });
    await report("128 features, new, twice the images", { ...newton, features: 128, images: 2 * seen });
    await report("128 features, grown by patches", { ...newton, features: 128, start: withPatches(old, seed) });
    const copies = grownAtoms(old, posterGeometry(128), { seed, constraint: unitNorm });
    await report("128 features, grown by moved copies", { ...newton, features: 128, start: copies });
  }
} else for (const [name, run] of best.filter(([name]) => !what || name.includes(what))) await report(name, run);
