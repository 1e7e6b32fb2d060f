/** `crisp train --objective denoise`: a model for crisp denoise from clean pictures. */

import { resolve } from "node:path";
import { imagesName } from "../app/outputs.js";
import { CrispError } from "../core/errors.js";
import { denoiseDefaults } from "../learning/denoise.js";
import type { DenoiseTraining } from "../learning/denoise-start.js";
import { trainDenoiserOn } from "../node/app/training.js";
import { significant, whole } from "../report/numbers.js";
import type { Context } from "./context.js";
import { featuresOf, needed, numberOf, wholeOf } from "./option-values.js";
import { printJson, printText } from "./output.js";
import { resumable } from "./resumable.js";

/** Options of crisp train by their names in commander: read by both objectives, and by this one alone. */
const shared = ["objective", "features", "from", "patch", "noise", "seed", "out", "json"];
const own = ["grey", "steps", "stagesFrom"];

type DenoiseTrainOptions = Readonly<
  Partial<Record<"features" | "from" | "noise" | "seed" | "out" | "patch" | "steps" | "stagesFrom", string>>
> & { readonly grey?: boolean; readonly json?: boolean };

/** @throws CrispError `usage` for an option that the objective does not read */
export function checkObjective(objective: "coding" | "denoise", options: Readonly<Record<string, unknown>>): void {
  const isKnown = (name: string) =>
    objective === "denoise" ? [...shared, ...own].includes(name) : !own.includes(name);
  const isGiven = (name: string) => options[name] !== undefined && !(name === "normalise" && options[name] === true);
  const other = Object.keys(options).find((name) => isGiven(name) && !isKnown(name));
  if (other === undefined) return;
  const flag = `--${other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new CrispError(
    "usage",
    `${flag} is given with --objective ${objective}, which does not read it. Leave it out, or choose the other objective.`,
  );
}

/** Trains one stage and says where the model lies. */
export async function trainDenoiseCommand(options: DenoiseTrainOptions, context: Context): Promise<void> {
  const { terminal } = context;
  if (options.from === undefined) {
    throw new CrispError("usage", "--objective denoise needs clean pictures. Name their folder with --from.");
  }
  const training = trainingOf(options);
  const out = options.out ?? `crisp-${imagesName("folder", resolve(options.from))}-denoiser-${training.features}`;
  terminal.message(`Training ${training.features} atoms for denoising, seed ${training.seed}.`);
  const trained = await resumable(context, `What is done is kept in ${out}.`, (signal) =>
    trainDenoiserOn({
      ...{ training, from: resolve(options.from!), grey: options.grey ?? false, signal, out: resolve(out) },
      stagesFrom: options.stagesFrom === undefined ? null : resolve(options.stagesFrom),
      onStep: (step, loss) =>
        terminal.progress(`${whole(step)} of ${whole(training.steps)} steps, loss ${significant(loss, 4)}`),
    }),
  );
  if (options.json) return printJson({ ...training, ...trained });
  printText(
    [
      `Training:   ${whole(training.steps)} steps of ${training.batch} crops from ${trained.pictures} pictures, loss ${significant(trained.loss, 4)}`,
      `Model:      ${trained.model}`,
    ].join("\n"),
  );
}

/** What is trained, by the options and the defaults of docs/commands.md. @throws CrispError `usage` for a value out of range */
export function trainingOf(options: DenoiseTrainOptions): DenoiseTraining {
  const { features: asked, steps, patch, seed, noise } = options;
  const features = featuresOf(needed("--features", asked, "256"));
  if (features % 64 !== 0) {
    throw new CrispError("usage", `--features is ${features}; for --objective denoise a multiple of 64. Write 256.`);
  }
  const side =
    patch === undefined ? denoiseDefaults.side : wholeOf("--patch", patch, { least: 4, most: 20, example: "10" });
  if (side % 2 !== 0) {
    throw new CrispError("usage", `--patch is ${side}; for --objective denoise an even number. Write ${side + 1}.`);
  }
  return {
    ...{ ...denoiseDefaults, features, side, noise: rangeOf(noise) },
    steps:
      steps === undefined
        ? denoiseDefaults.steps
        : wholeOf("--steps", steps, { least: 1, most: 1e7, example: "15000" }),
    seed: seed === undefined ? 1 : wholeOf("--seed", seed, { least: 0, most: 2 ** 31, example: "1" }),
  };
}

/** σ or a range of it, in grey levels: 25, or 8,60. */
function rangeOf(text = "8,60"): readonly [number, number] {
  const [low, high = low] = text
    .split(",")
    .map((part) => numberOf("--noise", part, { above: 0, most: 255, example: "8,60" }));
  return [Math.min(low, high), Math.max(low, high)];
}
