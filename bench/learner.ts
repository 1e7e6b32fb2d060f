/** Trains one dictionary for a bench, in this thread: CIFAR-10, λ = 0.5, held-out energy of the first 256 images. */
import type { Dictionary } from "../src/coding/dictionary.js";
import type { CodingRule } from "../src/coding/engine.js";
import { percentError } from "../src/coding/metrics.js";
import { networkOf } from "../src/coding/operator.js";
import { posterGeometry } from "../src/core/geometry.js";
import type { Tensor } from "../src/core/tensor.js";
import { openWasm } from "../src/engine/wasm/engine.js";
import { unitNorm } from "../src/learning/constraint.js";
import { addGradient, emptyGradient } from "../src/learning/gradient.js";
import type { Schedule } from "../src/learning/schedule.js";
import { redrawnAtom, type StartName, startAtoms } from "../src/learning/start.js";
import { epochOrders, type LookMeans, startTraining, type Trainer, train } from "../src/learning/train.js";
import { isPetaVision, leadingShare, type RuleName } from "../src/learning/update.js";
import { localMinimum } from "../src/scaling/minimum.js";
import { fitWindow, polynomialAt } from "../src/scaling/window.js";
import { images, kernelModule, noisy } from "./data.js";

export const coding: CodingRule = { threshold: { kind: "soft", rectified: true }, tolerance: 0.05 };
export const lambda = 0.5;
export const heldOut = images(0, 256);
const engine = openWasm(kernelModule());

/** One training. */
export type Run = {
  readonly rule: RuleName;
  readonly schedule: Schedule;
  readonly pool: readonly Float32Array[];
  readonly minibatch?: number;
  readonly momentumTau?: number;
  readonly features?: number;
  readonly start?: StartName | Tensor;
  readonly seed?: number;
};

/** The last state of a training, its atoms' leading share, and processor seconds without the looks. */
export async function learned(run: Run) {
  const {
    rule: name,
    schedule,
    pool,
    minibatch = 32,
    momentumTau = 5,
    features = 64,
    start = "patches",
    seed = 1,
  } = run;
  const geometry = posterGeometry(features);
  const source = { count: pool.length, imageAt: (i: number) => pool[i] };
  const rule = { ...unitNorm, rule: name, momentumTau };
  const options = { seed, constraint: rule };
  let looking = 0;
  const trainer: Trainer = {
    ...{ geometry, schedule, rule, minibatch, redraw: 0 },
    images: Uint32Array.from(pool, (_, i) => i),
    order: epochOrders(pool.length, seed),
    gradient: async (dictionary, indices, slack) =>
      gradientOf(
        dictionary,
        Array.from(indices, (i) => pool[i]),
        { name, slack },
      ),
    async look(dictionary) {
      const began = cpuSeconds();
      const found = lookAt(dictionary);
      looking += cpuSeconds() - began;
      return found;
    },
    freshAtom: (feature, batches) => redrawnAtom(geometry, source, { ...options, feature, batches }),
  };
  const first = typeof start === "string" ? startAtoms(geometry, source, { ...options, start }) : start;
  const began = cpuSeconds();
  let state = startTraining(first, name);
  for await (state of train(state, trainer));
  return { ...state, share: leadingShare(state.atoms, geometry), seconds: cpuSeconds() - began - looking };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function gradientOf(dictionary: Dictionary, of: readonly Float32Array[], by: { name: RuleName; slack: number }) {
  const gradient = emptyGradient(dictionary.geometry, isPetaVision(by.name));
  const [coder, net] = [engine.prepare(dictionary), networkOf(dictionary)];
  const rule = { ...coding, tolerance: by.slack * coding.tolerance };
  for (const image of of)
    for (const found of coder.path(image, [lambda], rule)) addGradient(gradient, net, { image, code: found.code });
  return gradient;
}

/** Mean energy of the held-out images at a gap of 1e-2, and how often each atom was active in them. */
export function lookAt(dictionary: Dictionary): LookMeans {
  const coder = engine.prepare(dictionary);
  const { features } = dictionary.geometry;
  const events = new Float64Array(features);
  let energy = 0;
  for (const image of heldOut) {
    for (const found of coder.path(image, [lambda], { ...coding, tolerance: 0.01 })) {
      energy += found.energy / heldOut.length;
      for (const unit of found.code.index) events[unit % features]++;
    }
  }
  return { energy, percentError: 0, events };
}

/** Noisy images on which minima are measured, σ 0.5, and their originals. */
const measured = images(0, 300, 3);
const spoilt = noisy(measured);

/** Best λ, active units and percent error at the minimum of the mean error of 300 noisy images, gaps of 1e-2. */
export function minimumOf(dictionary: Dictionary): string {
  const coder = engine.prepare(dictionary);
  const { features } = dictionary.geometry;
  const path = Array.from({ length: features < 64 ? 11 : 8 }, (_, i) => 1.6 / 1.25 ** i);
  const t = path.map(Math.log).reverse();
  const [y, units] = [path.map(() => 0), path.map(() => 0)]; // λ rises along both
  spoilt.forEach((image, n) => {
    let row = path.length;
    for (const { reconstruction, code } of coder.path(image, path, { ...coding, tolerance: 0.01 })) {
      row--;
      y[row] += percentError(measured[n], reconstruction)! / spoilt.length;
      units[row] += code.index.length / spoilt.length;
    }
  });
  const { status, window, location, value } = localMinimum({ t, y }, 3.5 * Math.log(1.25));
  if (!window) return `no minimum: ${status}`;
  const logs = fitWindow({ t, y: units.map(Math.log) }, window, window.degree)!;
  const active = Math.exp(polynomialAt(logs.c, location - logs.centre));
  return `λ* ${Math.exp(location).toFixed(4)}, k* ${active.toFixed(1)}, E* ${value.toFixed(3)}`;
}
