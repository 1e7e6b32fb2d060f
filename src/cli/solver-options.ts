/**
 * Which solver `crisp encode` uses, and the LCA's parameters under names that PetaVision's
 * users know: tau (timeConstantTau), dt, VThresh, momentum.
 */
import type { Command } from "commander";
import type { Threshold } from "../coding/engine.js";
import type { LcaOptions, Solver } from "../coding/solver.js";
import { kneeTimeStep, type TimeStep, tutorialTimeStep } from "../coding/time-step.js";
import { CrispError } from "../core/errors.js";
import { numberOf, oneOf, wholeOf } from "./option-values.js";

export type SolverOptions = {
  /** Left out: coordinate, or the LCA where only it has the threshold. */
  readonly solver?: string;
  readonly steps?: string;
  readonly tau?: string;
  readonly timeStep?: string;
  readonly adaptive?: string;
  readonly momentum?: string;
  readonly startV?: string;
  readonly warm?: boolean;
};

const solvers = ["coordinate", "fista", "ista", "lca"] as const;

export function addSolverOptions(command: Command): Command {
  return command
    .option("--solver <name>", `${solvers.join(", ")} (default: coordinate; lca where the threshold is not soft)`)
    .option("--steps <n>", "lca, ista: exactly so many steps at each λ, converged or not")
    .option("--tau <time>", "lca: time constant (default: 100 if a step is given)")
    .option("--time-step <dt>", "lca: fixed step dt (default: 1 − exp(−dt/tau) = 1/‖Φ‖²)")
    .option("--adaptive <kind>", "lca: PetaVision's step that follows the energy: plain or knee")
    .option("--momentum <m>", "lca: part of the last drive that is added again, 0 to 1")
    .option("--start-v <name>", "lca: V at the start of an image: zero or vthresh (default: zero)")
    .option("--warm", "lca: start each image from the V of the one before");
}

/** The solver asked for, or the one that has the threshold. Throws `usage` for an option or threshold that it does not have. */
export function solverOf(options: SolverOptions, threshold: Threshold["kind"]): Solver {
  const kind = oneOf("--solver", options.solver ?? (threshold === "soft" ? "coordinate" : "lca"), solvers);
  if (threshold !== "soft" && kind !== "lca") {
    throw new CrispError(
      "usage",
      `--solver is ${kind} and --threshold is ${threshold}; ${kind} has only the threshold soft, the LCA has every threshold. Write --solver lca or leave --solver out.`,
    );
  }
  const { steps, tau, timeStep, adaptive, momentum, startV, warm } = options;
  const given = {
    "--tau": tau,
    "--time-step": timeStep,
    "--adaptive": adaptive,
    "--momentum": momentum,
    "--start-v": startV,
    "--warm": warm,
  };
  const foreign = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
  if (kind !== "lca" && foreign) throw notIts(foreign, kind, "lca");
  const count = steps === undefined ? undefined : wholeOf("--steps", steps, { least: 1, most: 1e9, example: "250" });
  switch (kind) {
    case "coordinate":
    case "fista":
      if (count !== undefined) throw notIts("--steps", kind, "lca or ista");
      return { kind };
    case "ista":
      if (count !== undefined) return { kind, steps: count };
      throw new CrispError(
        "usage",
        "--solver ista is given without --steps; it does a fixed number of steps. Add --steps 20.",
      );
    case "lca":
      return { kind, ...(count === undefined ? {} : { steps: count }), ...lcaOf(options) };
    default:
      throw kind satisfies never;
  }
}

function notIts(flag: string, kind: string, owner: string): CrispError {
  return new CrispError(
    "usage",
    `${flag} is not for the solver ${kind}; it is for ${owner}. Add --solver lca or leave ${flag} out.`,
  );
}

/** Only what was given: what is absent keeps the solver's own default. */
function lcaOf(options: SolverOptions): LcaOptions {
  const { momentum, startV, warm } = options;
  const step = timeStepOf(options);
  const start = startV === undefined ? undefined : oneOf("--start-v", startV, ["zero", "vthresh"]);
  return {
    ...(step ? { timeStep: step } : {}),
    ...(start === "vthresh" ? { start: "threshold" as const } : {}),
    ...(momentum === undefined ? {} : { momentum: numberOf("--momentum", momentum, { least: 0, example: "0.2" }) }),
    ...(warm ? { warm } : {}),
  };
}

function timeStepOf({ tau, timeStep, adaptive }: SolverOptions): TimeStep | undefined {
  if (tau === undefined && timeStep === undefined && adaptive === undefined) return undefined;
  const constant = tau === undefined ? 100 : numberOf("--tau", tau, { above: 0, example: "100" });
  if (adaptive !== undefined) {
    if (timeStep !== undefined)
      throw new CrispError(
        "usage",
        `--time-step ${timeStep} and --adaptive ${adaptive} are both given; a step is fixed or adaptive. Remove one.`,
      );
    const growth = { plain: tutorialTimeStep, knee: kneeTimeStep }[oneOf("--adaptive", adaptive, ["plain", "knee"])];
    return { ...growth, tau: constant };
  }
  const dt = timeStep === undefined ? 1 : numberOf("--time-step", timeStep, { above: 0, example: "1" });
  return { kind: "fixed", dt, tau: constant };
}
