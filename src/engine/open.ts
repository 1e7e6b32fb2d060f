/** The list of engines, and which of them codes by a rule and solver. A new engine is a folder and a line here. */
import type { CodingRule, Engine } from "../coding/engine.js";
import type { Solver } from "../coding/solver.js";
import { CrispError } from "../core/errors.js";
import { referenceEngine } from "./reference/engine.js";
import { wasmEngine } from "./wasm/engine.js";
import type { KernelModule } from "./wasm/kernel.js";

/** What engines are opened with; a runtime has its own way to each. */
export type EngineParts = {
  /** The compiled kernel. */
  kernel(): Promise<KernelModule>;
};

/** Opens every engine, the fastest first; the last one takes every rule. Throws as `parts.kernel`. */
export async function openEngines(parts: EngineParts): Promise<readonly Engine[]> {
  return [wasmEngine(await parts.kernel()), referenceEngine()];
}

/** The first engine that takes the rule by the solver. @throws `usage` with each engine's reason when none does */
export function engineFor(engines: readonly Engine[], rule: CodingRule, solver: Solver): Engine {
  const found = engines.find((engine) => engine.takes(rule, solver) === null);
  if (found) return found;
  const reasons = engines.map((engine) => `${engine.name}: ${engine.takes(rule, solver)}`).join("; ");
  throw new CrispError(
    "usage",
    `no engine codes by the solver ${solver.kind} (${reasons}). Choose another solver or rule.`,
  );
}
