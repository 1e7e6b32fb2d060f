/** `crisp denoise PICTURE|FOLDER`: noisy pictures in, clean PNG files out. */

import { basename } from "node:path";
import type { Command } from "commander";
import { flatReason } from "../app/denoise.js";
import type { DenoisedFile } from "../app/denoise-files.js";
import type { DenoisingEstimate } from "../app/denoise-pace.js";
import type { DenoiseResult } from "../app/denoise-run.js";
import type { StudyEvent } from "../app/session.js";
import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import { lossesOf } from "../formats/picture.js";
import { pictureKinds } from "../formats/picture-header.js";
import { denoisePictures, estimateDenoising } from "../node/app/denoising.js";
import { packageVersion } from "../node/version.js";
import { fixed, significant } from "../report/numbers.js";
import { sizeWords } from "../study/axis.js";
import { qualities } from "../tasks/denoise/variants.js";
import type { Context } from "./context.js";
import { eventPrinter } from "./events.js";
import { extentOf, featuresOf, layoutOf, numberOf, oneOf, workersOf } from "./option-values.js";
import { printJson, printText } from "./output.js";
import { resumable } from "./resumable.js";
import { tableLines } from "./table.js";
import type { Terminal } from "./terminal.js";
import { durationText } from "./words.js";

export function addDenoise(program: Command, context: Context): void {
  program
    .command("denoise")
    .summary("noisy pictures of any size to clean PNG files")
    .description(`Removes noise from pictures (${pictureKinds}; grey or colour, any size) or folders of them.`)
    .argument("<pictures...>", "pictures, or folders of pictures")
    .option("--out <path>", "PNG file for one picture, else a folder (default: the input's name with -denoised)")
    .option("--sigma <s>", "standard deviation of the noise in grey levels of 255, or auto (default: auto)")
    .option(
      "--lambda <x>",
      "λ in units of the picture's deviation, sure: from the picture itself, or auto (default: auto)",
    )
    .option("--quality <name>", `${qualities.join(", ")} (default: default)`)
    .option("--dictionary <file>", "dictionary of your own: .safetensors, .npy, .npz or .pvp")
    .option("--stride <n>", "pixels between its patches, such as 2 (default: the file's own, else 2)")
    .option("--atoms-layout <axes>", "axes of its array: nhwc (channels last) or nchw (default: what fits)")
    .option("--normalise-atoms", "scale each of its atoms to norm 1")
    .option("--study <dir>", "network of a finished study, at its critical point")
    .option("--features <n>", "size of the study's network (default: its largest); trained if it is missing")
    .option("--from <path>", "where the study's images are, if a size must be trained (default: where they were)")
    .option("--reference <clean>", "clean picture or folder: print PSNR and SSIM before and after")
    .option("--workers <n>", "worker threads (default: one per core)")
    .option("--dry-run", "check everything and say how long it would take; write nothing")
    .option("--json", "print what was done as one line of JSON")
    .action((pictures: string[], options: DenoiseOptions) => denoiseCommand(pictures, options, context));
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
      | "atomsLayout",
      string
    >
  >
> & { readonly json?: boolean; readonly dryRun?: boolean; readonly normaliseAtoms?: boolean };

async function denoiseCommand(input: readonly string[], options: DenoiseOptions, context: Context): Promise<void> {
  const { terminal } = context;
  const request = {
    input,
    out: options.out ?? null,
    reference: options.reference ?? null,
    dictionary: dictionaryOf(options),
    study: studyOf(options),
    sigma: sigmaOf(options.sigma),
    lambda: lambdaOf(options.lambda),
    quality: oneOf("--quality", options.quality ?? "default", qualities),
    workers: workersOf(options.workers),
    onEvent: eventListener(options, terminal),
    onSearch: ({ input: path, codings }: { input: string; codings: number }) =>
      terminal.progress(`${basename(path)}: finding λ, ${counted(codings, "part")} begun`),
    onPicture: (file: DenoisedFile) => remark(file, terminal.warning),
    onProgress: windowsLeft(terminal),
    onEstimate: (estimate: DenoisingEstimate) => {
      if (estimate.seconds >= told) terminal.message(`${takes(estimate)}.`);
    },
  };
  if (options.dryRun) return printEstimate(await estimateDenoising(request), request, options.json);
  const result = await resumable(context, "Pictures that are done are kept.", (signal) =>
    denoisePictures({ ...request, signal }),
  );
  if (options.json) printJson({ ...result, version: packageVersion() });
  else if (result.pictures.length > 0) printText(resultLines(result).join("\n"));
  remarkUncompared(result.pictures, options.reference, terminal);
  if (result.failed.length > 0) throw failedError(result);
}

/** Names the pictures that a folder of references has no clean picture for. */
function remarkUncompared(
  pictures: readonly DenoisedFile[],
  reference: string | undefined,
  { warning }: Terminal,
): void {
  const without = pictures.filter((file) => file.reference === null);
  if (reference === undefined || without.length === 0) return;
  const names = without.map(({ input }) => `\n  ${input}`).join("");
  warning(
    `${without.length} of ${counted(pictures.length, "picture")} could not be compared: ${reference} has no picture, or several, of the same name but for the ending.${names}`,
  );
}

/** Work shorter than this, in seconds, needs no word before it begins. */
const told = 10;

/** "About 3 min for 24 pictures, 12 megapixels" */
function takes({ pictures, megapixels, seconds }: DenoisingEstimate): string {
  return `About ${durationText(seconds)} for ${counted(pictures, "picture")}, ${significant(megapixels, 2)} megapixels`;
}

function printEstimate(
  estimate: DenoisingEstimate & { readonly network: string },
  { quality, workers }: { readonly quality: string; readonly workers: number },
  json: boolean | undefined,
): void {
  if (json) printJson({ dryRun: true, workers, quality, ...estimate });
  else
    printText(
      `${takes(estimate)}, by ${estimate.network} (--quality ${quality}) on this machine when it is idle, with ${counted(workers, "worker")}.`,
    );
}

/** Names every picture that was not denoised. */
function failedError({ pictures, failed }: DenoiseResult): CrispError {
  const all = pictures.length + failed.length;
  const lines = failed.map(({ message }) => `\n  ${message}`);
  return new CrispError(
    "data",
    `${failed.length} of ${all} pictures could not be denoised; the others are written:${lines.join("")}`,
  );
}

/** How many parts of a picture are done, and how long the others take as those took. */
function windowsLeft(terminal: Terminal) {
  let [picture, began] = ["", 0];
  return ({ input, done, total }: { readonly input: string; readonly done: number; readonly total: number }): void => {
    if (input !== picture) [picture, began] = [input, Date.now()];
    const left = ((Date.now() - began) / 1000 / Math.max(1, done - 1)) * (total - done);
    const time = done > 1 && done < total ? `, about ${durationText(left)} left` : "";
    terminal.progress(`${basename(input)}: ${done} of ${counted(total, "part")}${time}`);
  };
}

/** A size that was not swept is not a study that goes on: only its network is trained, or found. */
function eventListener({ features }: DenoiseOptions, terminal: Terminal): (event: StudyEvent) => void {
  const print = eventPrinter(terminal);
  return (event) => {
    if (event.kind !== "start") return print(event);
    const size = features === undefined ? "the largest size" : `${features} features`;
    terminal.message(`No measured λ for ${size}: the network is trained if it is missing, and kept in ${event.out}`);
  };
}

function remark(file: DenoisedFile, warning: (text: string) => void): void {
  const name = basename(file.input);
  const { transparent, besides } = file;
  for (const loss of lossesOf({ transparent, ...(besides !== null && { besides }) })) warning(`${name}: ${loss}.`);
  if (file.unchanged !== null) warning(`${name} is written as it was: ${file.unchanged}.${unchangedAdvice(file)}`);
  if (file.unchanged === null && file.share > 0.5) {
    warning(
      `${name}: ${Math.round(100 * file.share)} % of the noisy picture is kept as it is; with less the estimated error would be larger. Either its noise is weak or the dictionary describes it badly.`,
    );
  }
  if (file.unconverged > 0)
    warning(`${name}: ${file.unconverged} of ${counted(file.codings, "part")} did not converge.`);
}

/** What to do about a picture that was not denoised; noise given so low was often meant as a part of the range. */
function unchangedAdvice({ estimated, sigma, unchanged }: DenoisedFile): string {
  if (estimated) return " Give the noise with --sigma.";
  if (unchanged === flatReason) return "";
  return ` --sigma counts grey levels of 255: if ${sigma} is meant of a range from 0 to 1, write --sigma ${Number((255 * sigma).toPrecision(3))}.`;
}

function resultLines({ pictures, point }: DenoiseResult): readonly string[] {
  const table = pictureTable(pictures);
  if (point === null) return table;
  return [
    ...table,
    `The study's network of ${counted(point.features, "feature")}${point.imageSize === undefined ? "" : `, at ${sizeWords(point)},`} has its least error at λ = ${significant(point.lambda, 3)} for noise ${point.sigma} (${point.source}); ${used(pictures)}.`,
  ];
}

/** A row per picture, without the columns that say nothing of any. */
function pictureTable(pictures: readonly DenoisedFile[]): readonly string[] {
  const compared = pictures.some(({ before }) => before !== null);
  const shown = columns.filter(
    ({ cell, scores }) => (scores ?? compared) === compared && pictures.some((file) => cell(file) !== nothing),
  );
  return tableLines(
    shown.map(({ title }) => title),
    pictures.map((file) => shown.map(({ cell }) => cell(file))),
  );
}

const nothing = "–";
const db = (value: number | null | undefined) => (value == null ? nothing : fixed(value, 2));
const ssim = (value: number | null | undefined) => (value == null ? nothing : fixed(value, 3));

/** Columns of the table; `scores` true only where pictures are compared, false only where not. */
const columns: readonly {
  readonly title: string;
  readonly scores?: boolean;
  cell(file: DenoisedFile): string;
}[] = [
  { title: "height×width", cell: ({ height, width }) => `${height}×${width}` },
  {
    title: "noise",
    cell: ({ sigma, estimated }) => `${fixed(sigma, sigma < 1 ? 2 : 1)}${estimated ? " estimated" : ""}`,
  },
  {
    title: "λ",
    cell: ({ unchanged, lambda }) => (unchanged === null && lambda !== null ? significant(lambda, 3) : nothing),
  },
  { title: "PSNR expected", scores: false, cell: ({ expectedPsnr }) => db(expectedPsnr) },
  {
    title: "PSNR before",
    scores: true,
    cell: ({ reference, before }) => (reference === null ? "no reference" : db(before?.psnr)),
  },
  { title: "after", scores: true, cell: ({ after }) => db(after?.psnr) },
  { title: "SSIM before", scores: true, cell: ({ before }) => ssim(before?.ssim) },
  { title: "after", scores: true, cell: ({ after }) => ssim(after?.ssim) },
  { title: "time", cell: ({ seconds }) => `${fixed(seconds, 1)} s` },
  { title: "", cell: ({ output }) => output },
];

function used(pictures: DenoiseResult["pictures"]): string {
  const all = pictures.every(({ lambdaFrom }) => lambdaFrom === "study" || lambdaFrom === null);
  return all ? "λ above is this at the picture's own noise" : "λ above was chosen otherwise (--lambda)";
}

function dictionaryOf({ dictionary, stride, atomsLayout, normaliseAtoms }: DenoiseOptions) {
  if (dictionary !== undefined) {
    return {
      path: dictionary,
      stride: stride === undefined ? null : extentOf("--stride", stride),
      layout: layoutOf("--atoms-layout", atomsLayout),
      fits: ([, , , channels]: readonly number[]) => channels === 1 || channels === 3,
      normaliseAtoms,
    };
  }
  const alone = stride !== undefined ? `--stride ${stride}` : normaliseAtoms ? "--normalise-atoms" : undefined;
  if (alone === undefined) return null;
  throw new CrispError(
    "usage",
    `${alone} is given without --dictionary; it says how your own dictionary is read. Add --dictionary FILE or leave it out.`,
  );
}

function studyOf({ study, features, from, dictionary }: DenoiseOptions) {
  if (study !== undefined && dictionary !== undefined) {
    throw new CrispError(
      "usage",
      `--study ${study} and --dictionary ${dictionary} both name a network; one of them is enough. Remove one.`,
    );
  }
  if (study !== undefined)
    return { folder: study, features: features === undefined ? null : featuresOf(features), from };
  const alone = features !== undefined ? `--features ${features}` : from !== undefined ? `--from ${from}` : undefined;
  if (alone === undefined) return null;
  throw new CrispError(
    "usage",
    `${alone} is given without --study; it chooses the network of a study. Add --study DIR or leave it out.`,
  );
}

function sigmaOf(text = "auto"): number | null {
  return text === "auto" ? null : numberOf("--sigma", text, { above: 0, most: 255, or: "auto", example: "25" });
}

/** auto: the study's λ, or sure where there is no study. */
function lambdaOf(text = "auto"): number | "auto" | "sure" {
  if (text === "auto" || text === "sure") return text;
  return numberOf("--lambda", text, { above: 0, most: 1e6, or: "auto or sure", example: "0.5" });
}
