/** The reference solvers by name; docs/solvers.md has their equations and what each certifies. */
import { coordinateCoder } from "./coordinate.js";
import type { Dictionary } from "./dictionary.js";
import { fistaCoder } from "./fista.js";
import { istaCoder } from "./ista.js";
import { lcaCoder } from "./lca.js";
import type { ImageCoder } from "./path.js";
import type { Solver } from "./solver.js";

/** A coder by the solver named, in float64 loops. */
export function coderOf(dictionary: Dictionary, solver: Solver): ImageCoder {
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
