/** The engine every other is checked against: the solvers as plain float64 loops. Slow, and open in any runtime. */
import { oneByOne } from "../../coding/batch.js";
import type { Engine } from "../../coding/engine.js";
import { coderOf } from "../../coding/solvers.js";

/** An engine without state beyond its coders, for every solver, threshold and tolerance. */
export function referenceEngine(): Engine {
  return {
    name: "reference",
    family: "reference-2",
    takes: () => null,
    prepare: async (dictionary, solver = { kind: "coordinate" }) => oneByOne(coderOf(dictionary, solver)),
    close() {},
  };
}
