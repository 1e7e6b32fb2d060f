/** The engine every other is checked against: the solvers as plain float64 loops. Slow, and open in any runtime. */
import type { Engine } from "../../coding/engine.js";
import { coderOf, type Solver } from "../../coding/solvers.js";

/** An engine without state beyond its coder; the coordinate solver unless another is named. Its options belong in the caller's key. */
export function referenceEngine(solver: Solver = { kind: "coordinate" }): Engine {
  const family = solver.kind === "coordinate" ? "reference-2" : `reference-${solver.kind}-2`;
  return { name: "reference", family, prepare: (dictionary) => coderOf(dictionary, solver), close() {} };
}
