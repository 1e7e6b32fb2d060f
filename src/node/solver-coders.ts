/**
 * The coders of one thread: the kernel's coordinate solver for almost every job, a coder of
 * another solver for the jobs that name one. A coder is kept as long as dictionary and solver
 * stay the same: a warm LCA goes on from the image before, and ‖Φ‖² is measured once.
 */
import type { Dictionary } from "../coding/dictionary.js";
import type { Coder, Engine } from "../coding/engine.js";
import type { LcaRecord } from "../coding/lca.js";
import { coderOf, type Solver } from "../coding/solvers.js";
import { CrispError } from "../core/errors.js";
import { canonicalJson } from "../core/key.js";
import { wasmEngine } from "../engine/wasm/engine.js";
import type { WasmSolver } from "../engine/wasm/solve.js";
import type { Job } from "../study/job.js";
import { engineFor } from "../tasks/encode.js";

export type Coders = {
  /** Numeric family of the coordinate solver, whose results are stored. */
  readonly family: string;
  /** Later jobs are for this dictionary. */
  hold(dictionary: Dictionary): void;
  coderFor(job: Job): Coder;
  /** Steps that a probe saw since it was asked last. */
  seen(): readonly LcaRecord[];
};

/** Coders on a compiled kernel. `coderFor` throws `internal` before any dictionary. */
export function openCoders(module: WebAssembly.Module): Coders {
  const engine: Engine = wasmEngine(module);
  let dictionary: Dictionary | undefined;
  let usual: Coder | undefined;
  let special: { readonly name: string; readonly coder: Coder } | undefined;
  let steps: LcaRecord[] = [];

  function specialCoder(of: Dictionary, solver: Solver, task: { engine: "wasm" | "reference"; probe: boolean }): Coder {
    const name = `${task.engine} ${task.probe} ${canonicalJson(solver)}`;
    if (special?.name !== name) {
      const probe = task.probe ? (record: LcaRecord) => steps.push(record) : undefined;
      const coder =
        task.engine === "wasm"
          ? wasmEngine(module, solver as WasmSolver).prepare(of)
          : coderOf(of, solver.kind === "lca" ? { ...solver, probe } : solver);
      special = { name, coder };
    }
    return special.coder;
  }
  return {
    family: engine.family,
    hold(next) {
      dictionary = next;
      usual = undefined;
      special = undefined;
    },
    coderFor(job) {
      if (!dictionary) throw new CrispError("internal", "a job came before any dictionary.");
      if (job.kind === "encode" && job.solver && job.solver.kind !== "coordinate") {
        const { solver, rule, probe = false } = job;
        return specialCoder(dictionary, solver, { engine: engineFor({ solver, rule, probe }), probe });
      }
      usual ??= engine.prepare(dictionary);
      return usual;
    },
    seen() {
      const taken = steps;
      steps = [];
      return taken;
    },
  };
}
