/** `crisp predict STUDY --features N`: the optimum expected at sizes never swept. */
import { resolve } from "node:path";
import type { Command } from "commander";
import type { SizePrediction } from "../app/predict-sizes.js";
import { CrispError } from "../core/errors.js";
import { estimatePrediction, predictStudy } from "../node/app/measures.js";
import { readRecord } from "../node/app/status.js";
import { commandText } from "./command-line.js";
import type { Context } from "./context.js";
import { eventPrinter } from "./events.js";
import { printEstimate, refuseUnlessFits } from "./machine.js";
import { featuresOf, wholeOf, workersOf } from "./option-values.js";
import { printJson, printText } from "./output.js";
import { predictionLines } from "./predict-summary.js";
import { resumable } from "./resumable.js";

export function addPredict(program: Command, context: Context): void {
  program
    .command("predict")
    .summary("best λ, percent active and error at another size, and what a wrong λ costs")
    .description(
      "What a finished study expects at other sizes, each number with the 95% interval of one newly trained network. Active units come first; λ is then solved on a few held-out images of that network, which is trained if it is missing. All of it is kept in the study's folder; run again, it goes on.",
    )
    .argument("<study>", "folder of a finished study")
    .option("--features <list>", "sizes to predict, such as 1024 or 1024,2048")
    .option("--image-size <list>", "sides to predict, such as 128, for a study whose images grew")
    .option("--verify", "sweep each size as the study did, and compare")
    .option("--images <n>", "held-out images on which λ is solved (default: the study's pilot)")
    .option("--no-train", "train nothing: λ by its own law only, unless the size was swept")
    .option("--from <path>", "where the study's images are, if a size must be trained (default: where they were)")
    .option("--workers <n>", "worker threads (default: one per core)")
    .option("--dry-run", "say how long it would take; do nothing")
    .option("--json", "print the predictions as one line of JSON")
    .action((study: string, options: PredictOptions) => predictCommand(study, options, context));
}

type PredictOptions = {
  readonly features?: string;
  readonly imageSize?: string;
  readonly verify?: boolean;
  readonly images?: string;
  readonly train: boolean;
  readonly from?: string;
  readonly workers?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
};

async function predictCommand(study: string, options: PredictOptions, context: Context): Promise<void> {
  const { train, verify = false, images, workers } = options;
  if (verify && !train) {
    throw new CrispError(
      "usage",
      "--verify and --no-train are both given; --verify must train what is missing, and --no-train forbids it. Remove one of them.",
    );
  }
  const request = {
    study,
    features: options.features?.split(",").map(featuresOf),
    imageSizes: options.imageSize
      ?.split(",")
      .map((side) => wholeOf("--image-size", side, { least: 1, most: 100_000, example: "128" })),
    train,
    verify,
    images: images === undefined ? null : wholeOf("--images", images, { least: 1, most: 100_000, example: "64" }),
    from: options.from === undefined ? undefined : resolve(options.from),
    workers: workersOf(workers),
    command: commandText(context.argv),
    onEvent: eventPrinter(context.terminal),
  };
  for (const warning of (await readRecord(resolve(study))).warnings) context.terminal.warning(warning);
  const estimate = await estimatePrediction(
    { ...request, signal: new AbortController().signal },
    { measure: options.dryRun === true },
  );
  const features = request.features ?? [];
  refuseUnlessFits(estimate, { features, leftOut: [], sizeAxis: "features", imageSizes: [] }, request.workers);
  if (options.dryRun) return printEstimate(estimate, options.json, request.workers);
  const predictions: SizePrediction[] = await resumable(context, `What is finished is kept in ${study}.`, (signal) =>
    predictStudy({ ...request, signal }),
  );
  if (options.json) return printJson({ predictions });
  printText(predictionLines(predictions).join("\n"));
}
