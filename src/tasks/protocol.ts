/**
 * Images coded as PetaVision's networks code them: a fixed number of steps of the LCA at each λ, each from the same
 * start, whatever the gap. One run is read at several numbers of steps, so that all of them stop one trajectory:
 * its path names one λ again and again, in pieces of `leg` steps (the potentials and the step's controller go on).
 */
import { imagePath } from "../coding/batch.js";
import type { CodingRule } from "../coding/engine.js";
import type { LcaOptions } from "../coding/solver.js";
import { CrispError } from "../core/errors.js";
import { slice } from "../core/tensor.js";
import type { Task } from "../work/task.js";
import { addPoint, emptyPoints, type PointColumns, type Points } from "./points.js";
import { observed, pointOf, type Trial } from "./sweep.js";

/** How far each step goes and where V starts. */
export type ProtocolSolver = Pick<LcaOptions, "timeStep" | "start">;

export type ProtocolInput = Trial & {
  readonly lambdas: readonly number[];
  readonly threshold: CodingRule["threshold"];
  readonly solver: ProtocolSolver;
  /** Numbers of steps at which the run is read, rising, multiples of `leg`. */
  readonly steps: readonly number[];
};

/** Steps between two looks. Below 40, so that the LCA does not take a swing of the adaptive step for divergence. */
export const leg = 25;
/** ‖y − ŝ‖²/‖y‖² of a run that is given up as diverged; a code of zeros has 1. */
const lost = 1e3;

/**
 * One point for each image, λ and number of steps, which is its `iterations`. From where a run diverges it has no
 * point: a number of such a state would mean nothing.
 */
export const protocol: Task<ProtocolInput, Points> = {
  kind: "protocol",
  async run({ coder }, { lambdas, threshold, solver, steps, ...trial }) {
    const rule = { threshold, tolerance: 0.5 }; // never asked: the number of steps is fixed
    const { coder: prepared } = await coder({ rule, solver: { kind: "lca", steps: leg, ...solver } });
    const { images, observations } = observed(trial);
    const points = emptyPoints(observations.length * lambdas.length * steps.length, true);
    for (const [i, observation] of observations.entries()) {
      for (const lambda of lambdas) {
        const run = imagePath(prepared, slice(images, i), { lambdas: repeated(lambda, steps), rule });
        await unlessDiverged(read(run, points, { trial, lambda, steps, observation: { ...observation, i } }));
      }
    }
    return trimmed(points);
  },
};

/** λ as often as there are legs: each less than the one before, as a path must be, by less than float32 resolves. */
function repeated(lambda: number, steps: readonly number[]): number[] {
  return Array.from({ length: steps[steps.length - 1] / leg }, (_, i) => lambda * (1 - i * 2 ** -48));
}

type Reading = {
  readonly trial: Trial;
  readonly lambda: number;
  readonly steps: readonly number[];
  readonly observation: ReturnType<typeof observed>["observations"][number] & { readonly i: number };
};

async function read(run: ReturnType<typeof imagePath>, points: PointColumns, of: Reading): Promise<void> {
  const { trial, lambda, steps, observation } = of;
  const power = observation.image.reduce((sum, y) => sum + y * y, 0);
  let done = 0;
  for await (const coding of run) {
    done += leg;
    const point = pointOf(coding, trial, observation);
    if (!(point.squaredResidual < lost * power)) return;
    if (steps.includes(done)) addPoint(points, { ...point, lambda, iterations: done, converged: false });
  }
}

async function unlessDiverged(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof CrispError) || error.code !== "diverged") throw error;
  }
}

/** Without the room that diverged runs left. */
function trimmed({ length, ...columns }: PointColumns): Points {
  const cut = Object.entries(columns).map(([name, column]) => [name, column.slice(0, length)]);
  return Object.fromEntries(cut) as Points;
}
