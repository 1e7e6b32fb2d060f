/**
 * What a worker can do, and the seam at which new work is added. A task is a pure function of a
 * network and an input; both, and the result, are plain records that cross to a thread, a page or
 * another host. Nothing here knows any task: tasks/registry.ts lists them.
 */
import type { Dictionary } from "../coding/dictionary.js";
import type { Coder, CodingRule, Engine } from "../coding/engine.js";
import type { PatchCoder, PatchLayout } from "../coding/patches.js";
import type { LcaRecord, Solver } from "../coding/solver.js";
import { CrispError } from "../core/errors.js";
import { canonicalJson } from "../core/key.js";
import type { Tensor } from "../core/tensor.js";
import { engineFor } from "../engine/open.js";

/** One kind of work for a worker. */
export interface Task<Input, Result> {
  /** Its name in messages to workers: one task per name. */
  readonly kind: string;
  /** Does it with the network that the worker holds. */
  run(tools: Tools, input: Input): Promise<Result>;
}

/** Any task, for lists: what it takes and gives is known where it is named. */
export type AnyTask = Task<never, unknown>;

/** What a worker has while it runs a task. */
export type Tools = {
  readonly dictionary: Dictionary;
  /** A coder of the held dictionary by the first engine that takes the rule; the coordinate solver's if none is named. */
  coder(asked: Asked): Promise<Prepared>;
  /** A coder of patches with the held atoms and this decoder; kept as long as the layout stays the same. */
  patches(layout: PatchLayout, decoder: Tensor): PatchCoder;
  /** Seconds on a clock that only rises; for times shown, never for results. */
  now(): number;
};

/** How images are to be coded; `probe` keeps every step of an LCA. */
export type Asked = { readonly rule: CodingRule; readonly solver?: Solver; readonly probe?: boolean };

/** A coder, and whose it is. */
export type Prepared = {
  readonly coder: Coder;
  readonly engine: Engine["name"];
  /** Steps that the probe saw since it was asked last. */
  seen(): readonly LcaRecord[];
};

/** The tools of one worker, and the way to hand it another dictionary. */
export type Toolbox = { hold(dictionary: Dictionary): Tools };

/**
 * Tools on a worker's engines. Of each engine and kind of solver the last coder is kept as long as
 * dictionary and options stay the same: a warm LCA goes on from the image before, and ‖Φ‖² is
 * measured once.
 */
export function toolbox(engines: readonly Engine[], now: () => number): Toolbox {
  return {
    hold(dictionary) {
      const kept = new Map<string, { readonly options: string; readonly prepared: Promise<Prepared> }>();
      let patches: { readonly layout: string; readonly coder: PatchCoder } | undefined;
      return {
        dictionary,
        now,
        patches(layout, decoder) {
          const key = canonicalJson(layout);
          if (patches?.layout === key) return patches.coder;
          const coder = patchCoder(engines, layout);
          coder.load({ atoms: dictionary.atoms, decoder });
          patches = { layout: key, coder };
          return coder;
        },
        coder({ rule, solver = { kind: "coordinate" }, probe = false }) {
          const steps: LcaRecord[] = [];
          const asked = probe && solver.kind === "lca" ? { ...solver, probe: (r: LcaRecord) => steps.push(r) } : solver;
          const engine = engineFor(engines, rule, asked);
          const key = `${engine.name} ${solver.kind}`;
          if (asked.kind === "lca" && asked.potentials) {
            kept.delete(key); // tells its own caller, so no other may have it
            return engine.prepare(dictionary, asked).then((coder) => ({ coder, engine: engine.name, seen: () => [] }));
          }
          const options = `${probe} ${canonicalJson(solver)}`;
          const known = kept.get(key);
          if (known?.options === options) return known.prepared;
          const prepared = engine
            .prepare(dictionary, asked)
            .then((coder): Prepared => ({ coder, engine: engine.name, seen: () => steps.splice(0) }));
          kept.set(key, { options, prepared });
          return prepared;
        },
      };
    },
  };
}

function patchCoder(engines: readonly Engine[], layout: PatchLayout): PatchCoder {
  for (const { patches } of engines) if (patches) return patches(layout);
  throw new CrispError("internal", "no engine codes patches; the wasm engine does. Open it.");
}
