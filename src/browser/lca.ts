/**
 * The LCA as it settles: membrane potentials and energy after chosen numbers of steps of one run, beside the
 * minimum that the coordinate solver proves. As in tasks/protocol.ts the run is a path that names one λ again and
 * again, here a step at a time: the proof after each step is what the next one begins with, so it costs nothing.
 */
import { imagePath } from "../coding/batch.js";
import type { Dictionary } from "../coding/dictionary.js";
import type { Coding, CodingRule, SparseCode } from "../coding/engine.js";
import type { LcaOptions } from "../coding/solver.js";
import { CrispError } from "../core/errors.js";
import type { Tools } from "../work/task.js";
import type { Desk } from "./desk.js";
import { usualRule } from "./path.js";

export type LcaInput = {
  readonly dictionary: Dictionary;
  /** What is coded, [height, width, channels]. */
  readonly image: Float32Array;
  readonly lambda: number;
  /** Numbers of steps at which the run is read, rising, at least 1. */
  readonly steps: readonly number[];
  readonly threshold?: CodingRule["threshold"];
  /** How far each step goes and where V starts. */
  readonly solver?: Pick<LcaOptions, "timeStep" | "start">;
};

/** The least energy, first; then the run at each number of steps. */
export type LcaPoint =
  | { readonly kind: "minimum"; readonly energy: number; readonly gap: number; readonly code: SparseCode }
  | {
      readonly kind: "step";
      readonly step: number;
      /** V of every unit, index = (row·columns + column)·features + feature. */
      readonly potential: Float32Array;
      readonly code: SparseCode;
      readonly energy: number;
      readonly reconstruction: Float32Array;
    };

/** Gap of the minimum: what the float32 kernel still proves. */
const finest = 1e-5;

/** The number of steps taken. @throws CrispError `diverged` for a time step that is too long; `usage` for steps that do not rise */
export function watchLca(desk: Desk<LcaPoint>, input: LcaInput): Promise<{ readonly steps: number }> {
  const { steps } = input;
  if (!(steps.length > 0 && steps.every((n, i) => Number.isInteger(n) && n > (steps[i - 1] ?? 0))))
    throw new CrispError(
      "usage",
      `steps are ${steps}; they must be whole numbers that rise from 1. Write 1, 2, 5, 10.`,
    );
  return desk.executor.run(
    { kind: "lca", run: (tools) => run(tools, desk, input) },
    desk.held(input.dictionary),
    input,
  );
}

async function run(tools: Tools, desk: Desk<LcaPoint>, input: LcaInput): Promise<{ steps: number }> {
  const { image, lambda, steps, threshold = usualRule.threshold } = input;
  if (threshold.kind === "soft") {
    const rule = { threshold, tolerance: finest };
    const { coder } = await tools.coder({ rule });
    for await (const { energy, gap, code } of imagePath(coder, image, { lambdas: [lambda], rule }))
      desk.send({ kind: "minimum", energy, gap, code });
  }
  let potential = new Float32Array(0);
  const potentials = (V: Float64Array) => {
    potential = Float32Array.from(V);
  };
  const rule = { threshold, tolerance: 0.5 }; // never asked: the number of steps is fixed
  const { coder } = await tools.coder({ rule, solver: { kind: "lca", ...input.solver, steps: 1, potentials } });
  let step = 0;
  for await (const coding of imagePath(coder, image, { lambdas: repeated(lambda, steps), rule })) {
    if (steps.includes(++step)) desk.send(pointAt(step, potential, coding));
    await desk.pause();
  }
  return { steps: step };
}

/** λ as often as there are steps: each less than the one before, as a path must be, by less than float32 resolves. */
function repeated(lambda: number, steps: readonly number[]): number[] {
  return Array.from({ length: steps[steps.length - 1] }, (_, i) => lambda * (1 - i * 2 ** -48));
}

function pointAt(step: number, potential: Float32Array, { code, energy, reconstruction }: Coding): LcaPoint {
  return { kind: "step", step, potential, code, energy, reconstruction };
}
