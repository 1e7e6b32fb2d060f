/**
 * The locally competitive algorithm in PetaVision's explicit step and order:
 *
 *   τ u̇ = Φᵀ(s − Φa) + a − u,  a = T(u)                             (Rozell et al. 2008)
 *   d_t = (1 − e)·(Φᵀ(s − Φa_{t−1}) + a_{t−1}),  e = exp(−dt/τ)
 *   V_t = e·V_{t−1} + d_t + m·d_{t−1},  a_t = T(V_t)
 *
 * Both g = Φᵀr and a are of the step before. m = 0 is the LCA; its fixed points V = g + a are
 * the stationary points of the energy (threshold.ts). Momentum m > 0 has V = (1 + m)(g + a),
 * another problem: with the soft threshold, ½‖s − Φa‖² + Σ(λ|a| − m a²/2)/(1 + m), which is not
 * convex and, where ΦᵀΦ has eigenvalues below m/(1 + m), may have no minimum to converge to.
 *
 * Safe while 1 − e < 2/‖Φ‖² (m = 0). ‖Φ‖² grows about linearly with the number of features,
 * so a step that serves few features diverges with many.
 */
import { CrispError } from "../core/errors.js";
import { type Certificate, certificate, dataTerm, fixedPoint, totalCost } from "./certificate.js";
import type { Dictionary } from "./dictionary.js";
import type { CodingRule, Threshold } from "./engine.js";
import { analyse, largestWeight, type Network, networkOf, residualOf } from "./operator.js";
import { type ImageCoder, measure, pathCoder, type State } from "./path.js";
import type { LcaOptions, LcaRecord } from "./solver.js";
import { spectralNorm } from "./spectral.js";
import { activity, isRectified, type Transfer, transferOf } from "./threshold.js";
import { type Controller, checkTimeStep, controllerOf, type TimeStep } from "./time-step.js";

const checkEvery = 10; // steps between certificates: one costs as much as a pass over all units
const kinds: readonly Threshold["kind"][] = ["soft", "hard", "firm", "petavision", "vertices"];

/**
 * A coder by the LCA, float64, for every threshold. Stops at the rule's tolerance, or after
 * `maxIterations` (20,000 by default), or after `steps`.
 *
 * @throws `diverged` when the step is too long, with the longest safe one
 */
export function lcaCoder(dictionary: Dictionary, options: LcaOptions = {}): ImageCoder {
  checkOptions(options);
  let bound: number | undefined;
  const norm = (net: Network) => {
    bound ??= spectralNorm(networkOf(dictionary)) || 1;
    return bound * largestWeight(net);
  };
  let image: ImageRun | undefined;
  return pathCoder(
    dictionary,
    (net, state, { lambda, rule }) => {
      const timeStep = options.timeStep ?? safeStep(norm(net));
      if (image?.state !== state) {
        const number = image ? image.number + 1 : 0;
        startPotential(state, { options, lambda, last: image?.state });
        const drive = new Float64Array(net.units);
        image = { state, number, drive, controller: controllerOf(timeStep), norm: () => norm(net) };
      }
      return solve(net, image, { lambda, rule, options });
    },
    kinds,
  );
}

/** What lasts as long as an image is coded. */
type ImageRun = {
  readonly state: State;
  readonly number: number;
  /** d of the last step, for the momentum. */
  readonly drive: Float64Array;
  readonly controller: Controller;
  /** ‖√w Φ‖², costly the first time. */
  readonly norm: () => number;
};

type Task = { readonly lambda: number; readonly rule: CodingRule; readonly options: LcaOptions };

/** 1 − e = 1/‖Φ‖², at most 1: half the longest safe step. */
export function safeStep(norm: number): TimeStep {
  return { kind: "fixed", dt: -Math.log1p(-Math.min(1, 1 / norm)), tau: 1 };
}

function startPotential(state: State, from: { options: LcaOptions; lambda: number; last: State | undefined }): void {
  if (from.options.warm && from.last) state.potential.set(from.last.potential);
  else state.potential.fill(from.options.start === "threshold" ? from.lambda : 0);
}

function solve(net: Network, run: ImageRun, task: Task): { iterations: number; certificate: Certificate } {
  const { state } = run;
  const { rule, lambda, options } = task;
  const transfer = transferOf(rule.threshold, lambda);
  state.potential.forEach((u, i) => {
    state.code[i] = activity(transfer, u);
  });
  refresh(net, state);
  const most = 1e3 * Math.max(dataTerm({ residual: state.image, weights: state.weights }), dataTerm(state));
  const limit = options.steps ?? rule.maxIterations ?? 20_000;
  let proof = prove(state, transfer, task);
  let halfway = Number.POSITIVE_INFINITY;
  let iterations = 0;
  while (iterations < limit && (options.steps !== undefined || measure(proof) > rule.tolerance)) {
    iterations++;
    const record = lcaStep(net, run, { transfer, momentum: options.momentum ?? 0 });
    options.probe?.({ image: run.number, lambda, step: iterations, ...record });
    refresh(net, state);
    if (!(dataTerm(state) <= most)) throw diverged(run, iterations, options.momentum);
    if (iterations % checkEvery !== 0 && iterations < limit) continue;
    proof = prove(state, transfer, task);
    if (iterations <= limit / 2) halfway = measure(proof);
  }
  demandSettled(run, task, { iterations, halfway, last: measure(proof) });
  options.potentials?.(state.potential);
  return { iterations, certificate: proof };
}

/** One step from a state whose residual and gradient belong to its code; leaves them to be refreshed. */
function lcaStep(
  net: Network,
  run: ImageRun,
  by: { transfer: Transfer; momentum: number },
): Omit<LcaRecord, "image" | "lambda" | "step"> {
  const { code: a, gradient: g, potential: V } = run.state;
  const dt = run.controller.dt();
  const e = Math.exp(-dt / run.controller.tau);
  let active = 0;
  for (let i = 0; i < net.units; i++) {
    const d = (1 - e) * (g[i] + a[i]);
    V[i] = e * V[i] + d + by.momentum * run.drive[i];
    run.drive[i] = d;
    a[i] = activity(by.transfer, V[i]);
    if (a[i] !== 0) active++;
  }
  const half = dataTerm(run.state);
  const cost = totalCost(by.transfer, a);
  run.controller.read(half + cost);
  return { dt, energy: half + cost, squaredResidual: 2 * half, cost, active };
}

function refresh(net: Network, state: State): void {
  residualOf(net, state, state.residual);
  analyse(net, state.residual, state.gradient);
}

/** The duality gap where the problem is the lasso, else the distance from a fixed point. */
function prove(state: State, transfer: Transfer, { lambda, rule, options }: Task): Certificate {
  const { threshold } = rule;
  if (threshold.kind === "soft" && !options.momentum) return certificate(state, lambda, isRectified(threshold));
  return fixedPoint(state, transfer, options.momentum);
}

/**
 * Too long a step need not run away: units that switch off can hold it in an endless swing.
 * Beyond the safe step, a second half of the run that gained nothing is one.
 */
function demandSettled(run: ImageRun, task: Task, end: { iterations: number; halfway: number; last: number }): void {
  if (end.iterations < 4 * checkEvery || task.options.momentum) return;
  if (end.last <= task.rule.tolerance || end.last < 0.9 * end.halfway) return;
  const rate = 1 - Math.exp(-run.controller.dt() / run.controller.tau);
  if (rate * run.norm() >= 2) throw diverged(run, end.iterations);
}

function diverged({ controller, norm }: ImageRun, steps: number, momentum?: number): CrispError {
  return divergence({ step: controller.dt() / controller.tau, norm: norm(), steps, momentum });
}

/** What is said of a step dt/τ that was too long for ‖Φ‖², with the longest safe one. */
export function divergence(of: {
  step: number;
  norm: number;
  steps: number;
  momentum?: number | undefined;
}): CrispError {
  const rate = 2 / of.norm;
  const longest = rate < 1 ? -Math.log1p(-rate) : Number.POSITIVE_INFINITY;
  const endless = of.momentum ? "; with momentum the energy may have no lower bound at any step" : "";
  return new CrispError(
    "diverged",
    `the LCA diverged within ${of.steps} steps at dt/τ = ${of.step.toPrecision(4)}; without momentum 1 − exp(−dt/τ) < 2/‖Φ‖² = ${rate.toPrecision(4)} is safe, dt/τ < ${longest.toPrecision(4)}${endless}. Shorten the time step or leave it out.`,
  );
}

function checkOptions({ timeStep, momentum, steps }: LcaOptions): void {
  if (timeStep) checkTimeStep(timeStep);
  if (momentum !== undefined && !(momentum >= 0 && momentum < 1)) {
    throw new CrispError(
      "usage",
      `LCA momentum is ${momentum}; it must lie in 0 … 1, below 1. Leave it out or write 0.`,
    );
  }
  if (steps !== undefined && !(Number.isInteger(steps) && steps >= 1)) {
    throw new CrispError("usage", `LCA steps is ${steps}; it must be a whole number of at least 1. Write 250.`);
  }
}
