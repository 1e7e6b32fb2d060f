/**
 * The LCA of the kernel, run as coding/lca.ts runs it: the kernel takes one step at a time,
 * how long each is (time-step.ts) and what the end proves is decided here. The soft threshold
 * has a loop of its own; every other rule is a polyline in a table (kernel/transfer.ts).
 * An adaptive step follows energies: near convergence, where one step changes them by less than
 * float32 residuals resolve (about 1e-7), its lengths may differ from the float64 loops'.
 */
import type { Certificate } from "../../coding/certificate.js";
import type { Threshold } from "../../coding/engine.js";
import { divergence, safeStep } from "../../coding/lca.js";
import { measure } from "../../coding/path.js";
import type { LcaOptions } from "../../coding/solver.js";
import { costPieces, isRectified, mismatch, type Transfer, transferOf } from "../../coding/threshold.js";
import { type Controller, checkTimeStep, controllerOf } from "../../coding/time-step.js";
import { CrispError } from "../../core/errors.js";
import { floats, gapIn, type Kernel, type NormOf, type Solve, sparse } from "./kernel.js";

const checkEvery = 10;
/** Vertices that the kernel's table holds; a rule with more needs the reference engine. */
export const mostVertices = 16;

type Task = Parameters<Solve>[0];
type Rule = { readonly threshold: Threshold; readonly lambda: number; readonly transfer: Transfer };

/** Throws `usage` for options the kernel does not have, `diverged` when the step is too long. */
export function lcaSolve(kernel: Kernel, normOf: NormOf, options: LcaOptions): Solve {
  checkOptions(options);
  let controller: Controller | undefined;
  return (task) => {
    const { net, lambda, isFirst } = task;
    const transfer = rounded(transferOf(task.rule.threshold, lambda));
    setTransfer(kernel, transfer);
    if (isFirst && options.start === "threshold") kernel.fillPotential(lambda);
    if (isFirst || !controller) controller = controllerOf(options.timeStep ?? safeStep(normOf(net)));
    kernel.enter();
    const solved = settle(kernel, { ...task, transfer, controller, options, norm: () => normOf(net) });
    options.potentials?.(potentialOf(kernel, net.units));
    return solved;
  };
}

/** V of every unit, without the features that pad the kernel's rows. */
function potentialOf(kernel: Kernel, units: number): Float64Array {
  const features = kernel.trueFeatures.value;
  const padding = kernel.features.value - features;
  const all = floats(kernel, kernel.potential.value);
  return Float64Array.from({ length: units }, (_, unit) => all[unit + Math.floor(unit / features) * padding]);
}

type Run = Task & {
  readonly transfer: Transfer;
  readonly controller: Controller;
  readonly options: LcaOptions;
  readonly norm: () => number;
};

function settle(kernel: Kernel, run: Run): ReturnType<Solve> {
  const { options, controller } = run;
  const { tolerance, threshold, maxIterations } = run.rule;
  const rule = { threshold, lambda: run.lambda, transfer: run.transfer };
  const most = 1e3 * Math.max(run.power(), kernel.dataTerm());
  const limit = options.steps ?? maxIterations ?? 20_000;
  const half = Math.floor(limit / 2 / checkEvery) * checkEvery;
  let proof = options.steps === undefined ? prove(kernel, rule) : undefined;
  let halfway = Number.POSITIVE_INFINITY;
  let iterations = 0;
  while (iterations < limit && !(proof && options.steps === undefined && measure(proof) <= tolerance)) {
    iterations++;
    step(kernel, rule, run);
    if (iterations % checkEvery !== 0 && iterations < limit) continue;
    if (!(kernel.dataTerm() <= most)) throw diverged(run, iterations);
    // A run of so many steps needs its certificate at the end, and halfway to know a swing.
    if (options.steps !== undefined && iterations !== half && iterations < limit) continue;
    proof = prove(kernel, rule);
    if (iterations <= limit / 2) halfway = measure(proof);
  }
  const certificate = proof ?? prove(kernel, rule);
  const last = measure(certificate);
  if (iterations >= 4 * checkEvery && last > tolerance && last >= 0.9 * halfway) {
    if (rateOf(controller) * run.norm() >= 2) throw diverged(run, iterations);
  }
  return { iterations, certificate };
}

function rateOf(controller: Controller): number {
  return 1 - Math.exp(-controller.dt() / controller.tau);
}

function step(kernel: Kernel, { threshold, lambda }: Rule, { controller, options }: Run): void {
  const rate = rateOf(controller);
  const reads = options.timeStep?.kind === "adaptive";
  if (threshold.kind === "soft") kernel.stepSoft(rate, lambda, Number(threshold.rectified), Number(reads));
  else kernel.stepTransfer(rate, Number(reads));
  if (reads) controller.read(kernel.stepData.value + kernel.stepCost.value);
}

function diverged({ controller, norm }: Run, steps: number): CrispError {
  return divergence({ step: controller.dt() / controller.tau, norm: norm(), steps });
}

/** As `prove` of coding/lca.ts, from the kernel's float32 code and gradient. */
function prove(kernel: Kernel, { threshold, lambda, transfer }: Rule): Certificate {
  if (threshold.kind === "soft") {
    kernel.proveGap(lambda, Number(isRectified(threshold)));
    return gapIn(kernel);
  }
  kernel.rank();
  const idle = [kernel.leastIdle.value, kernel.mostIdle.value].filter(Number.isFinite);
  let worst = Math.max(0, ...idle.map((g) => mismatch(transfer, 0, g)));
  const { index, value } = sparse(kernel);
  const gradient = floats(kernel, kernel.gradient.value);
  const features = kernel.trueFeatures.value;
  const padding = kernel.features.value - features;
  index.forEach((unit, i) => {
    const g = gradient[unit + Math.floor(unit / features) * padding];
    worst = Math.max(worst, mismatch(transfer, value[i], g + value[i]));
  });
  const energy = kernel.dataTerm() + kernel.totalCost();
  return { energy, certificate: "stationarity", gap: 1, stationarity: worst / transfer.level };
}

/** The polyline as float32 has it, so that an activity on a flat piece is exactly that piece's. */
function rounded(t: Transfer): Transfer {
  return { ...t, u: t.u.map(Math.fround), a: t.a.map(Math.fround) };
}

/** Writes the polyline, line by line with the slope that follows, and its cost. */
function setTransfer(kernel: Kernel, t: Transfer): void {
  const last = t.u.length - 1;
  const slopeAfter = (i: number) => {
    if (i === last) return t.after;
    return t.u[i + 1] > t.u[i] ? (t.a[i + 1] - t.a[i]) / (t.u[i + 1] - t.u[i]) : 0;
  };
  const lines = t.u.flatMap((u, i) => [u, t.a[i], slopeAfter(i)]);
  floats(kernel, kernel.polyline.value).set([t.u[0], t.a[0], t.before, ...lines]);
  const pieces = costPieces(t);
  const table = pieces.flatMap(({ from, origin, value, slope, curvature }) => [from, origin, value, slope, curvature]);
  new Float64Array(kernel.memory.buffer, kernel.pieces.value).set(table);
  kernel.setTransfer(t.u.length, pieces.length);
}

/** Throws `usage` for the options of an LCA that the kernel does not have. */
function checkOptions({ timeStep, steps: _, start: __, potentials: ___, ...others }: LcaOptions): void {
  if (timeStep) checkTimeStep(timeStep);
  const unknown = Object.entries(others).find(([name, value]) => name !== "kind" && value)?.[0];
  if (!unknown) return;
  throw new CrispError(
    "usage",
    `the wasm engine's LCA has no ${unknown}; it has steps, timeStep, start and potentials. Leave it out or use the reference engine.`,
  );
}
