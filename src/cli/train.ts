/** `crisp train`: one dictionary, its atoms as safetensors and as a picture. */

import { resolve } from "node:path";
import type { Command } from "commander";
import { imagesName } from "../app/outputs.js";
import type { TrainResult } from "../app/train.js";
import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import type { Schedule } from "../learning/schedule.js";
import { ruleNames } from "../learning/update.js";
import { estimateStudy } from "../node/app/run.js";
import { estimateTraining, trainOne } from "../node/app/training.js";
import { significant } from "../report/numbers.js";
import type { Context } from "./context.js";
import { eventPrinter } from "./events.js";
import { printEstimate, refuseUnlessFits } from "./machine.js";
import { featuresOf, needed, oneOf } from "./option-values.js";
import { printJson, printText } from "./output.js";
import { studyPlan } from "./plan.js";
import { resumable } from "./resumable.js";
import { addStudyOptions, type StudyOptions } from "./settings.js";
import { checkObjective, trainDenoiseCommand } from "./train-denoise.js";

export function addTrain(program: Command, context: Context): void {
  const command = program.command("train").summary("one dictionary, as safetensors and a PNG of its atoms");
  command.description(
    "Trains one dictionary on clean images and writes its atoms as safetensors and as a PNG tableau.",
  );
  addStudyOptions(command.argument("[study.yaml]", "settings by name"))
    .option("--features <n>", "atoms of the dictionary")
    .option("--lambda <x>", "λ while learning (default: 0.5)")
    .option("--rule <name>", `learning rule: ${ruleNames.join(", ")}`)
    .option(
      "--start-from <file>",
      "dictionary to go on from: .safetensors, .npy, .npz or .pvp; it may have fewer atoms",
    )
    .option("--mask <file>", "weights of the training images' pixels, .npy or .npz; 0 hides a pixel")
    .option("--objective <name>", `${objectives.join(", ")}: atoms for coding, or a model for crisp denoise`)
    .option("--grey", "denoise: train on grey pictures")
    .option("--steps <n>", "denoise: steps of training (default: 15000)")
    .option("--stages-from <file>", "denoise: model that comes first; a further stage is trained behind it")
    .option("--out <dir>", "folder to write into (default: crisp-IMAGES-dictionary-FEATURES)")
    .option("--dry-run", "check everything and say how long it would take; do nothing")
    .option("--json", "print the result as one line of JSON")
    .action((file: string | undefined, options: TrainOptions) => trainCommand(file, options, context));
}

type TrainOptions = StudyOptions & {
  readonly features?: string;
  readonly startFrom?: string;
  readonly mask?: string;
  readonly json?: boolean;
  readonly objective?: string;
};

const objectives = ["coding", "denoise"] as const;

async function trainCommand(file: string | undefined, options: TrainOptions, context: Context): Promise<void> {
  const objective = oneOf("--objective", options.objective ?? "coding", objectives);
  checkObjective(objective, options);
  if (objective === "denoise") return trainDenoiseCommand(options, context);
  const { objective: _, features: asked, startFrom, mask, ...others } = options;
  const plan = await studyPlan({ file, options: others, environment: context.environment, trainingOnly: true });
  for (const note of plan.notes) context.terminal.message(note);
  const features = featuresOf(needed("--features", asked, "128"));
  const from = plan.from === undefined ? undefined : resolve(plan.from);
  const out = plan.out ?? `crisp-${imagesName(plan.settings.data, from)}-dictionary-${features}`;
  const { seed, atoms } = plan.settings;
  if (atoms !== "learned")
    throw new CrispError(
      "usage",
      `atoms is ${atoms}; crisp train learns them. Leave atoms and dictionaries out, or use crisp run.`,
    );
  if (startFrom !== undefined && plan.given.has("learning.start"))
    throw new CrispError(
      "usage",
      `--start-from ${startFrom} and learning.start ${plan.settings.learning.start} are both given; both say how the atoms begin, and only one can. Leave one of them out.`,
    );
  const one = { sizeAxis: "features", features: [features], imageSizes: [], leftOut: [] } as const;
  const alone = { ...plan.settings, ...one, replicates: 1, testImages: 0 };
  refuseUnlessFits(await estimateStudy(alone, plan.workers, { from }), alone, plan.workers);
  const request = {
    settings: plan.settings,
    from,
    features,
    seed,
    startFrom,
    atomsLayout: plan.atomsLayout,
    mask,
    out: resolve(out),
    workers: plan.workers,
    onEvent: eventPrinter(context.terminal),
  };
  if (options.dryRun) {
    const estimate = await estimateTraining({ ...request, signal: new AbortController().signal });
    return printEstimate(estimate, options.json, plan.workers);
  }
  context.terminal.message(`Training ${counted(features, "atom")}, seed ${seed}.`);
  const trained = await resumable(context, `What is finished is kept in ${out}.`, (signal) =>
    trainOne({ ...request, signal }),
  );
  if (options.json) return printJson({ features, seed, ...trained });
  const { schedule } = plan.settings.learning;
  printText(
    [
      ...logLines(trained.log, { features, schedule }),
      `Dictionary: ${trained.dictionary}`,
      `Tableau:    ${trained.tableau}`,
    ].join("\n"),
  );
}

/** How the training went: images, energy at the last look, dead atoms, plateau. */
function logLines(
  { imagesSeen, looks, deadAtoms, plateau }: TrainResult["log"],
  { features, schedule }: { readonly features: number; readonly schedule: Schedule["schedule"] },
): readonly string[] {
  const dead =
    deadAtoms === 0 ? "no dead atoms" : `${deadAtoms} of ${counted(features, "atom")} active in no held-out image`;
  return [
    `Training:   ${counted(imagesSeen, "image")} seen, ${endedText(plateau, schedule)}`,
    `Energy:     ${significant(looks.at(-1)!.energy, 4)} on held-out images, ${dead}`,
  ];
}

function endedText(plateau: boolean, schedule: Schedule["schedule"]): string {
  if (schedule === "budget") return "the whole of its budget (learning.images)";
  if (plateau) return "ended on its plateau";
  return "ended short of its plateau: more training images (learning.images) may lower the energy";
}
