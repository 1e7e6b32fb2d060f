/**
 * Which transfer function `crisp encode` codes with, its parameters under PetaVision's names
 * and with its defaults: AMin VThresh, AMax none, AShift 0, VWidth 0, slopes 1. VThresh is λ.
 */
import type { Command } from "commander";
import type { Threshold } from "../coding/engine.js";
import { CrispError } from "../core/errors.js";
import { anyNumberOf, numberOf, oneOf } from "./option-values.js";

export type ThresholdOptions = {
  readonly threshold: string;
  readonly signed?: boolean;
  readonly vwidth?: string;
  readonly amin?: string;
  readonly amax?: string;
  readonly ashift?: string;
  readonly verticesV?: string;
  readonly verticesA?: string;
  readonly slopeNegInf?: string;
  readonly slopePosInf?: string;
};

const kinds = ["soft", "hard", "firm", "petavision", "vertices"] as const;

/** The parameters of each kind. */
const owners: Readonly<Record<string, readonly Threshold["kind"][]>> = {
  "--signed": ["soft", "hard", "firm"],
  "--vwidth": ["firm", "petavision"],
  "--amin": ["petavision"],
  "--amax": ["petavision"],
  "--ashift": ["petavision"],
  "--vertices-v": ["vertices"],
  "--vertices-a": ["vertices"],
  "--slope-neg-inf": ["vertices"],
  "--slope-pos-inf": ["vertices"],
};

export function addThresholdOptions(command: Command): Command {
  return command
    .option("--threshold <name>", `${kinds.join(", ")}; λ is VThresh`, "soft")
    .option("--vwidth <w>", "firm, petavision: VWidth (petavision: 0)")
    .option("--amin <a>", "petavision: AMin, the activity below VThresh (default: VThresh)")
    .option("--amax <a>", "petavision: AMax (default: none)")
    .option("--ashift <a>", "petavision: AShift (default: 0)")
    .option("--vertices-v <list>", "vertices: verticesV, such as -0.5,0.5,1")
    .option("--vertices-a <list>", "vertices: verticesA, as many")
    .option("--slope-neg-inf <s>", "vertices: slopeNegInf (default: 1)")
    .option("--slope-pos-inf <s>", "vertices: slopePosInf (default: 1)");
}

/** The threshold asked for. Throws `usage` for a parameter that it does not have, or lacks. */
export function thresholdOf(options: ThresholdOptions): Threshold {
  const kind = oneOf("--threshold", options.threshold, kinds);
  demandOwn(kind, options);
  const rectified = !options.signed;
  switch (kind) {
    case "soft":
    case "hard":
      return { kind, rectified };
    case "firm":
      return { kind, rectified, width: widthOf(options) };
    case "petavision":
      return petaVisionOf(options);
    case "vertices":
      return verticesOf(options);
    default:
      throw kind satisfies never;
  }
}

function demandOwn(kind: Threshold["kind"], options: ThresholdOptions): void {
  const { signed, vwidth, amin, amax, ashift, verticesV, verticesA, slopeNegInf, slopePosInf } = options;
  const given = [signed, vwidth, amin, amax, ashift, verticesV, verticesA, slopeNegInf, slopePosInf];
  Object.entries(owners).forEach(([flag, of], i) => {
    if (given[i] === undefined || of.includes(kind)) return;
    const otherwise = flag === "--signed" ? "Give a rule for both signs by --threshold vertices" : "Leave it out";
    throw new CrispError(
      "usage",
      `${flag} is not for the threshold ${kind}; it is for ${of.join(", ")}. ${otherwise}, or name another --threshold.`,
    );
  });
}

/** A firm threshold without a width would be the hard one, unasked. */
function widthOf({ vwidth }: ThresholdOptions): number {
  if (vwidth !== undefined) return numberOf("--vwidth", vwidth, { above: 0, example: "0.5" });
  throw new CrispError(
    "usage",
    "--threshold firm is given without --vwidth; firm needs a width above 0. Add --vwidth 0.5, or write --threshold hard.",
  );
}

function petaVisionOf({ vwidth, amin, amax, ashift }: ThresholdOptions): Threshold {
  return {
    kind: "petavision",
    ...(amin === undefined ? {} : { aMin: anyNumberOf("--amin", amin, "0") }),
    ...(amax === undefined ? {} : { aMax: anyNumberOf("--amax", amax, "1") }),
    aShift: ashift === undefined ? 0 : anyNumberOf("--ashift", ashift, "0.5"),
    vWidth: vwidth === undefined ? 0 : numberOf("--vwidth", vwidth, { least: 0, example: "0.5" }),
  };
}

function verticesOf({ verticesV, verticesA, slopeNegInf, slopePosInf }: ThresholdOptions): Threshold {
  if (verticesV === undefined || verticesA === undefined) {
    const missing = verticesV === undefined ? "--vertices-v" : "--vertices-a";
    throw new CrispError(
      "usage",
      `--threshold vertices is given without ${missing}; it needs --vertices-v and --vertices-a. Add ${missing} 0,1.`,
    );
  }
  const list = (flag: string, text: string) => text.split(",").map((part) => anyNumberOf(flag, part, "-0.5,0.5,1"));
  const slope = (flag: string, text = "1") => numberOf(flag, text, { least: 0, example: "1" });
  return {
    kind: "vertices",
    verticesV: list("--vertices-v", verticesV),
    verticesA: list("--vertices-a", verticesA),
    slopeNegInf: slope("--slope-neg-inf", slopeNegInf),
    slopePosInf: slope("--slope-pos-inf", slopePosInf),
  };
}
