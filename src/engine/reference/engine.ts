/** The engine every other is checked against: the coordinate solver as plain float64 loops. Slow, and open in any runtime. */
import { coordinateCoder } from "../../coding/coordinate.js";
import type { Engine } from "../../coding/engine.js";

/** An engine without state beyond its coder. */
export function referenceEngine(): Engine {
  return { name: "reference", family: "reference-1", prepare: coordinateCoder, close() {} };
}
