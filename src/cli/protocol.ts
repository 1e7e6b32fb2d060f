/** `crisp protocol STUDY`: a study's networks coded as the authors code, beside its converged codes. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { kneeTimeStep, tutorialTimeStep } from "../coding/time-step.js";
import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import { estimateProtocol, measureProtocol } from "../node/app/measures.js";
import { writeReport } from "../node/app/results.js";
import { lineVerdict } from "../report/laws.js";
import { pText, quoted, significant } from "../report/numbers.js";
import { leastP } from "../scaling/compare.js";
import type { ScalingFit } from "../scaling/types.js";
import { posterSource } from "../study/poster.js";
import type { ProtocolOptions as Asked } from "../study/protocol/plan.js";
import type { ProtocolMinimum, ProtocolReading, ProtocolRecord } from "../study/protocol/record.js";
import { leg } from "../tasks/protocol.js";
import { commandText } from "./command-line.js";
import type { Context } from "./context.js";
import { eventPrinter } from "./events.js";
import { printEstimate } from "./machine.js";
import { oneOf, wholeOf, workersOf } from "./option-values.js";
import { printJson, printText } from "./output.js";
import { resumable } from "./resumable.js";
import { tableLines } from "./table.js";
import { estimateText } from "./words.js";

/** Steps read: the display periods of 2017 and 2023 are 250 and 400. */
export const protocolDefaults = {
  images: "24",
  largest: "256",
  reach: "4",
  steps: "100,250,400,1000,4000",
  adaptive: "plain",
} as const;

export function addProtocol(program: Command, context: Context): void {
  program
    .command("protocol")
    .summary("a study's networks coded as the authors code, for a fixed number of steps")
    .description(
      "Codes test images with a finished study's dictionaries by PetaVision's LCA, reads one run at several numbers of steps, and shows how the minima and their slopes depend on it, beside the converged codes of the same images. Writes protocol.json and the report anew. Run again, it goes on where it stopped.",
    )
    .argument("<study>", "folder of a finished study")
    .option("--images <n>", "test images coded at each size", protocolDefaults.images)
    .option("--largest <n>", "largest number of features", protocolDefaults.largest)
    .option("--reach <n>", "grid points of λ above each best one; twice as many below", protocolDefaults.reach)
    .option("--steps <list>", `numbers of steps, multiples of ${leg}`, protocolDefaults.steps)
    .option(
      "--adaptive <kind>",
      "PetaVision's step that follows the energy: plain (2017 tutorial) or knee",
      protocolDefaults.adaptive,
    )
    .option("--from <path>", "folder or archive of the study's images")
    .option("--workers <n>", "worker threads (default: one per core)")
    .option("--dry-run", "say how long it would take; do nothing")
    .option("--json", "print the record as one line of JSON")
    .action((study: string, options: ProtocolOptions) => protocolCommand(study, options, context));
}

type Words = Readonly<Record<keyof typeof protocolDefaults, string>>;
type ProtocolOptions = Words & {
  readonly from?: string;
  readonly workers?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
};

async function protocolCommand(study: string, options: ProtocolOptions, context: Context): Promise<void> {
  const { from } = options;
  const request = {
    ...protocolOf(options),
    study: resolve(study),
    from: from === undefined ? undefined : resolve(from),
    workers: workersOf(options.workers),
    command: commandText(context.argv),
    onEvent: eventPrinter(context.terminal),
  };
  if (options.dryRun) {
    const estimate = await estimateProtocol({ ...request, signal: new AbortController().signal });
    return printEstimate(estimate, options.json, request.workers);
  }
  const record = await resumable(context, `What is finished is kept in ${study}.`, (signal) =>
    measureProtocol({ ...request, signal }),
  );
  const report = await writeReport(request.study);
  if (options.json) printJson({ ...record, report });
  else printText([...protocolLines(record), "", `Report: ${report}`].join("\n"));
}

/** What is asked of each size, from the options' words. @throws CrispError `usage` */
export function protocolOf({ images, largest, reach, steps, adaptive }: Words): Asked {
  const { plain, knee } = { plain: tutorialTimeStep, knee: kneeTimeStep };
  return {
    images: wholeOf("--images", images, { least: 2, most: 10_000, example: protocolDefaults.images }),
    largest: wholeOf("--largest", largest, { least: 1, most: 1_000_000, example: protocolDefaults.largest }),
    reach: wholeOf("--reach", reach, { least: 2, most: 50, example: protocolDefaults.reach }),
    steps: stepsOf(steps),
    timeStep: oneOf("--adaptive", adaptive, ["plain", "knee"]) === "knee" ? knee : plain,
  };
}

/** Rising, each a multiple of the steps between two looks. */
function stepsOf(text: string): readonly number[] {
  const steps = text.split(",").map((part) => wholeOf("--steps", part, { least: leg, most: 1e6, example: "250,400" }));
  const odd = steps.find((step) => step % leg !== 0);
  if (odd === undefined) return [...new Set(steps)].sort((a, b) => a - b);
  throw new CrispError(
    "usage",
    `--steps has ${odd}; the run is read every ${leg} steps, so each must be a multiple of ${leg}. Write ${leg * Math.ceil(odd / leg)}.`,
  );
}

/** Slopes by number of steps, then percent active, error and units beside the converged code, size by size. */
export function protocolLines(record: ProtocolRecord): readonly string[] {
  const { readings, images, poster } = record;
  const slopes = readings.map((reading) => [
    stepsText(reading),
    ...[reading.location, reading.value].flatMap(slopeCells),
  ]);
  const sizes = readings[0].minima.map(({ features }) => `F = ${features}`);
  const bySize = (title: string, cell: (minimum: ProtocolMinimum) => string) => [
    "",
    title,
    ...tableLines(
      ["steps", ...sizes],
      readings.map((reading) => [stepsText(reading), ...reading.minima.map(cell)]),
    ),
  ];
  const theirs =
    poster === null
      ? ""
      : `; the slopes of the poster (${posterSource}) are ${quoted(poster.locationSlope)} and ${quoted(poster.valueSlope)}`;
  return [
    `${counted(images, "image")} per size${theirs}.`,
    "",
    ...tableLines(["steps", "slope of % active", ...test, "slope of % error", ...test], slopes),
    `p: lack of fit of a straight line on log axes; it fits where p > ${leastP}.`,
    ...bySize("Percent active at the minimum", (minimum) => numberOf(minimum, "percentActive")),
    ...bySize("Percent error at the minimum", (minimum) => numberOf(minimum, "value")),
    ...bySize("Best λ", (minimum) => numberOf(minimum, "lambda")),
    ...bySize("Active units ÷ those of the converged code at this λ", ({ beside }) =>
      beside ? significant(beside.activeRatio, 3) : "–",
    ),
    ...divergedLines(readings),
  ];
}

const test = ["p", "line"] as const;

/** A slope, and whether a straight line is there that could have one. */
function slopeCells(fit: ScalingFit): readonly string[] {
  const verdict = lineVerdict(fit);
  return [estimateText(fit.powerLaw?.exponent ?? null), verdict === "" ? "–" : pText(fit.p!), verdict || "–"];
}

function stepsText({ steps }: ProtocolReading): string {
  return steps === null ? "converged" : String(steps);
}

function numberOf(minimum: ProtocolMinimum, name: "percentActive" | "value" | "lambda"): string {
  const words = { edge: "at edge", none: "none", interior: "–" } as const;
  const estimate = minimum[name];
  return estimate === null ? words[minimum.status] : significant(estimate.value, 4);
}

function divergedLines(readings: readonly ProtocolReading[]): readonly string[] {
  return readings.flatMap((reading) =>
    reading.minima.flatMap(({ features, diverged }) =>
      diverged.length === 0
        ? []
        : [`${stepsText(reading)} steps, F = ${features}: diverged at λ = ${diverged.join(", ")}; left out.`],
    ),
  );
}
