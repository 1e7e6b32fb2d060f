/**
 * How far one LCA step goes: dt/τ fixed, or set for each image by PetaVision's controllers from
 * the energies E₀ and E before and after the last step:
 *
 *   E > E₀   q = baseMin, q_max = baseMax        E = E₀   q stays
 *   E < E₀   q = tauFactor · q · E₀/(E₀ − E);  above q_max: q = q_max, then q_max grows by (1 + growthFactor)
 *
 * dt = q. With a knee, growthFactor is multiplied by `slope` while q_max > `threshold`.
 * Source: OpenPV's AdaptiveTimeScaleController and KneeTimeScaleController.
 */
import { CrispError } from "../core/errors.js";

/** dt/τ of each step: fixed, or adapted to the energy as PetaVision does. */
export type TimeStep =
  | { readonly kind: "fixed"; readonly dt: number; readonly tau: number }
  | ({ readonly kind: "adaptive"; readonly tau: number; readonly knee?: Knee } & Growth);

/** Parameters of the adaptive step, named as PetaVision's. */
export type Growth = {
  readonly baseMin: number;
  readonly baseMax: number;
  readonly tauFactor: number;
  readonly growthFactor: number;
};

/** Where and how much more slowly q_max grows from then on. */
export type Knee = { readonly threshold: number; readonly slope: number };

/** The 2017 tutorial's step: 250 of them integrate about 11 τ. */
export const tutorialTimeStep: TimeStep = {
  kind: "adaptive",
  tau: 100,
  baseMin: 0.05,
  baseMax: 0.06,
  tauFactor: 0.03,
  growthFactor: 0.025,
};

/** The same with the knee of later networks. */
export const kneeTimeStep: TimeStep = { ...tutorialTimeStep, knee: { threshold: 3.4, slope: 0.01 } };

/** Gives the step of one image: `dt` before a step, `read` the energy after it. */
export type Controller = { readonly tau: number; dt(): number; read(energy: number): void };

/** A controller at the start of an image. */
export function controllerOf(step: TimeStep): Controller {
  if (step.kind === "fixed") return { tau: step.tau, dt: () => step.dt, read() {} };
  const { tau, baseMin, baseMax, tauFactor, growthFactor, knee } = step;
  let q = baseMin;
  let most = baseMax;
  let before: number | undefined;
  function fall(energy: number, last: number): void {
    q = (tauFactor * q * last) / (last - energy);
    if (q < most) return;
    q = most;
    most *= 1 + growthFactor * (knee && most > knee.threshold ? knee.slope : 1);
  }
  return {
    tau,
    dt: () => q,
    read(energy) {
      const last = before;
      before = energy;
      if (last === undefined || energy === last) return;
      if (energy > last || energy <= 0) [q, most] = [baseMin, baseMax];
      else fall(energy, last);
    },
  };
}

/** Throws `usage` unless every number is finite and > 0 and the bounds are in order. */
export function checkTimeStep(step: TimeStep): void {
  const { kind, knee, ...numbers } = { knee: undefined, ...step };
  for (const [name, value] of Object.entries({ ...numbers, ...knee })) {
    if (typeof value === "number" && value > 0) continue;
    throw new CrispError("usage", `${kind} time step: ${name} is ${value}; it must be a number > 0. Change it.`);
  }
  if (step.kind === "adaptive" && step.baseMin > step.baseMax) {
    throw new CrispError(
      "usage",
      `adaptive time step: baseMin is ${step.baseMin} above baseMax ${step.baseMax}; it may be at most that. Lower it.`,
    );
  }
}
