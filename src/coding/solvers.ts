/** The reference solvers by name; docs/solvers.md has their equations and what each certifies. */
import { coordinateCoder } from "./coordinate.js";
import type { Dictionary } from "./dictionary.js";
import type { Coder } from "./engine.js";
import { fistaCoder } from "./fista.js";
import { type IstaOptions, istaCoder } from "./ista.js";
import { type LcaOptions, lcaCoder } from "./lca.js";

/** A reference solver and its options. */
export type Solver =
  | { readonly kind: "coordinate" }
  | { readonly kind: "fista" }
  | ({ readonly kind: "lca" } & LcaOptions)
  | ({ readonly kind: "ista" } & IstaOptions);

/** A coder by the solver named, in float64 loops. */
export function coderOf(dictionary: Dictionary, solver: Solver): Coder {
  switch (solver.kind) {
    case "coordinate":
      return coordinateCoder(dictionary);
    case "fista":
      return fistaCoder(dictionary);
    case "lca":
      return lcaCoder(dictionary, solver);
    case "ista":
      return istaCoder(dictionary, solver);
  }
}
