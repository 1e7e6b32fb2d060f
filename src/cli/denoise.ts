/** `crisp denoise PICTURE|FOLDER`: noisy pictures in, clean PNG files out. */
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import type { Command } from "commander";
import { CrispError, nearestWord } from "../core/errors.js";
import type { DenoisedFile } from "../node/denoise-files.js";
import { type DenoiseResult, denoisePictures } from "../node/denoise-run.js";
import { fixed, significant } from "../report/numbers.js";
import { sizeWords } from "../study/axis.js";
import { type Quality, qualities } from "../tasks/denoise/variants.js";
import type { Context } from "./context.js";
import { eventPrinter } from "./events.js";
import { extentOf, oneOf } from "./option-values.js";
import { printJson, printText } from "./output.js";
import { resumable } from "./resumable.js";
import { tableLines } from "./table.js";
import { wholeFeatures } from "./train.js";

export function addDenoise(program: Command, context: Context): void {
  program
    .command("denoise")
    .summary("noisy pictures of any size to clean PNG files")
    .description("Removes noise from a picture (PNG, JPEG, PPM, PGM; grey or colour, any size) or a folder of them.")
    .argument("<picture>", "a picture, or a folder of pictures")
    .option("--out <path>", "PNG file, or folder for a folder (default: the input's name with -denoised)")
    .option("--sigma <s>", "standard deviation of the noise in grey levels of 255, or auto (default: auto)")
    .option(
      "--lambda <x>",
      "λ in units of the picture's deviation, sure: from the picture itself, or auto (default: auto)",
    )
    .option("--quality <name>", `${qualities.join(", ")}: 1, 4 or 32 codings`)
    .option("--dictionary <file>", "dictionary of your own: .safetensors, .npy, .npz or .pvp")
    .option("--stride <n>", "pixels between its patches, such as 2 (default: the file's own, else 2)")
    .option("--layout <axes>", "axes of a dictionary's array: nhwc (channels last) or nchw", "nhwc")
    .option("--unit-atoms", "scale each of its atoms to unit norm")
    .option("--study <dir>", "network of a finished study, at its critical point")
    .option("--features <n>", "size of the study's network (default: its largest); trained if it is missing")
    .option("--from <path>", "folder or archive of the study's images, if a size must be trained")
    .option("--reference <clean>", "clean picture or folder: print PSNR and SSIM before and after")
    .option("--workers <n>", "worker threads (default: one a core)")
    .option("--json", "print what was done as one line of JSON")
    .action((picture: string, options: DenoiseOptions) => denoiseCommand(picture, options, context));
}

type DenoiseOptions = Readonly<
  Partial<
    Record<
      | "out"
      | "sigma"
      | "lambda"
      | "quality"
      | "dictionary"
      | "study"
      | "features"
      | "from"
      | "reference"
      | "workers"
      | "stride"
      | "layout",
      string
    >
  >
> & { readonly json?: boolean; readonly unitAtoms?: boolean };

async function denoiseCommand(input: string, options: DenoiseOptions, context: Context): Promise<void> {
  const { terminal } = context;
  const request = {
    input,
    out: options.out ?? null,
    reference: options.reference ?? null,
    dictionary: dictionaryOf(options),
    study: studyOf(options),
    sigma: positive("--sigma", options.sigma, 255),
    lambda: lambdaOf(options.lambda),
    quality: qualityOf(options.quality),
    workers: workersOf(options.workers),
    onEvent: eventPrinter(terminal),
    onPicture: (file: DenoisedFile) => remark(file, terminal.warning),
    onProgress: ({ input: path, done, total }: { input: string; done: number; total: number }) =>
      terminal.progress(`${basename(path)}: ${done} of ${total} codings`),
  };
  const result = await resumable(context, "Pictures that are done are kept.", (signal) =>
    denoisePictures({ ...request, signal }),
  );
  if (options.json) return printJson(result);
  printText(resultLines(result).join("\n"));
}

function remark(file: DenoisedFile, warning: (text: string) => void): void {
  const name = basename(file.input);
  if (file.transparent) warning(`${name}: alpha was dropped.`);
  if (file.unchanged !== null) warning(`${name} is written as it was: ${file.unchanged}. Give the noise with --sigma.`);
  if (file.unchanged === null && file.share > 0.5) {
    warning(`${name} has little noise: ${Math.round(100 * file.share)} % of it is kept as it is.`);
  }
  if (file.unconverged > 0) warning(`${name}: ${file.unconverged} of ${file.codings} codings did not converge.`);
}

function resultLines({ pictures, point }: DenoiseResult): readonly string[] {
  const compared = pictures.some(({ before }) => before !== null);
  const db = (value: number | null | undefined) => (value == null ? "–" : fixed(value, 2));
  const ssim = (value: number | null | undefined) => (value == null ? "–" : fixed(value, 3));
  const rows = pictures.map((file) => [
    `${file.height}×${file.width}`,
    `${fixed(file.sigma, 1)}${file.estimated ? " estimated" : ""}`,
    file.unchanged === null ? significant(file.lambda, 3) : "–",
    ...(compared ? [] : [db(file.expectedPsnr)]),
    ...(compared ? [db(file.before?.psnr), db(file.after?.psnr), ssim(file.before?.ssim), ssim(file.after?.ssim)] : []),
    `${fixed(file.seconds, 1)} s`,
    file.output,
  ]);
  const comparison = compared ? ["PSNR before", "after", "SSIM before", "after"] : ["PSNR expected"];
  const table = tableLines(["size", "noise", "λ", ...comparison, "time", ""], rows);
  if (point === null) return table;
  return [
    ...table,
    `${point.features} features${point.imageSize === undefined ? "" : `, best of ${sizeWords(point)},`} at λ = ${significant(point.lambda, 3)} for noise ${point.sigma}, ${point.source}.`,
  ];
}

function dictionaryOf({ dictionary, stride, layout, unitAtoms }: DenoiseOptions) {
  if (dictionary !== undefined) {
    return {
      path: dictionary,
      stride: stride === undefined ? null : extentOf("--stride", stride),
      layout: oneOf("--layout", layout ?? "nhwc", ["nhwc", "nchw"]),
      unitAtoms,
    };
  }
  const alone = stride !== undefined ? `--stride ${stride}` : unitAtoms ? "--unit-atoms" : undefined;
  if (alone === undefined) return null;
  throw new CrispError("usage", `${alone} is for a dictionary of your own; none is named. Add --dictionary FILE.`);
}

function studyOf({ study, features, from, dictionary }: DenoiseOptions) {
  if (study !== undefined && dictionary !== undefined) {
    throw new CrispError(
      "usage",
      `--study ${study} and --dictionary ${dictionary} both name a network; one of them is enough. Remove one.`,
    );
  }
  if (study !== undefined)
    return { folder: study, features: features === undefined ? null : wholeFeatures(features), from };
  const alone = features !== undefined ? `--features ${features}` : from !== undefined ? `--from ${from}` : undefined;
  if (alone === undefined) return null;
  throw new CrispError("usage", `${alone} says which network of a study; no study is named. Add --study DIR.`);
}

/** A number above 0 and at most `most`; null for auto. */
function positive(flag: string, text: string | undefined, most: number, words = "auto"): number | null {
  if (text === undefined || text === "auto") return null;
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value <= most) return value;
  throw new CrispError(
    "usage",
    `${flag} is ${text}; it must be a number above 0 and at most ${most.toLocaleString("en")}, or ${words}. Leave it out for auto.`,
  );
}

/** auto: the study's λ, or sure where there is no study. */
function lambdaOf(text: string | undefined): number | "auto" | "sure" {
  return text === "sure" ? "sure" : (positive("--lambda", text, 1e6, "auto or sure") ?? "auto");
}

function qualityOf(text = "default"): Quality {
  const found = qualities.find((name) => name === text);
  if (found) return found;
  const near = nearestWord(text, qualities);
  throw new CrispError(
    "usage",
    `--quality is ${text}; it may be ${qualities.join(", ")}.${near ? ` Did you mean ${near}?` : ""}`,
  );
}

function workersOf(text: string | undefined): number {
  if (text === undefined) return availableParallelism();
  const workers = Number(text);
  if (Number.isInteger(workers) && workers >= 1 && workers <= 1024) return workers;
  throw new CrispError(
    "usage",
    `--workers is ${text}; it must be a whole number from 1 to 1,024. Leave it out for one a core.`,
  );
}
