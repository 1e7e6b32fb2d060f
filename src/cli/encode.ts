/** `crisp encode`: sparse codes of any images with any dictionary, each with its certificate. */

import { resolve } from "node:path";
import type { Command } from "commander";
import type { EncodeResult, EncodingEstimate } from "../app/encode.js";
import type { CodingRule } from "../coding/engine.js";
import { CrispError } from "../core/errors.js";
import { type Boundary, boundaryNames } from "../core/geometry.js";
import { capital, counted } from "../core/words.js";
import { refusal } from "../engine/wasm/solve.js";
import { encodeImages, estimateEncoding } from "../node/app/coding.js";
import { packageVersion } from "../node/version.js";
import { whole } from "../report/numbers.js";
import { commandText } from "./command-line.js";
import type { Context } from "./context.js";
import { extentOf, layoutOf, needed, numberOf, oneOf, wholeOf, workersOf } from "./option-values.js";
import { printJson, printText } from "./output.js";
import { resumable } from "./resumable.js";
import { addSolverOptions, type SolverOptions, solverOf } from "./solver-options.js";
import { addThresholdOptions, type ThresholdOptions, thresholdOf } from "./threshold-options.js";
import { durationText } from "./words.js";

type EncodeOptions = SolverOptions &
  ThresholdOptions & {
    readonly dictionary?: string;
    readonly stride?: string;
    readonly boundary?: string;
    readonly lambda?: string;
    readonly tolerance: string;
    readonly layout?: string;
    readonly atomsLayout?: string;
    readonly normalise?: boolean;
    readonly noise?: string;
    readonly seed: string;
    readonly mask?: string;
    readonly normaliseAtoms?: boolean;
    readonly count?: string;
    readonly from?: string;
    readonly workers?: string;
    readonly out?: string;
    readonly dense?: boolean;
    readonly probe?: string;
    readonly probePlot?: string;
    readonly stats?: string;
    readonly statsPlot?: string;
    readonly dryRun?: boolean;
    readonly json?: boolean;
  };

export function addEncode(program: Command, context: Context): void {
  const command = program.command("encode").summary("sparse codes of images, each with its certificate");
  command.description(
    "Codes images with a dictionary at one or more λ's. Arrays are coded as they are and atoms used as stored; pictures and cifar10 get mean 0 and deviation 1.",
  );
  addThresholdOptions(addSolverOptions(command))
    .argument("<images>", ".npy, .npz, .pvp, a picture, a folder of pictures, or cifar10")
    .option("--dictionary <file>", ".safetensors, .npy, .npz or .pvp (weights)")
    .option("--lambda <list>", "λ's, such as 2,1,0.5; coded from the largest down, reported as given")
    .option("--stride <n>", "pixels between neurons, such as 2 or 2,4 (default: the dictionary's own, else 2)")
    .option("--boundary <name>", "crop, full, valid or circular (default: the dictionary's own, else crop)")
    .option("--tolerance <gap>", "relative duality gap, or stationarity, to reach", "1e-2")
    .option("--signed", "codes of both signs; without it they are at least 0")
    .option("--layout <axes>", "axes of arrays of images: nhwc (channels last) or nchw (default: what fits)")
    .option("--atoms-layout <axes>", "axes of a dictionary's array: nhwc or nchw (default: what fits)")
    .option("--normalise", "give images of arrays mean 0 and deviation 1")
    .option("--noise <sigma>", "standard deviation of noise added before coding")
    .option("--seed <n>", "seed of the noise", "1")
    .option("--mask <file>", "weights of the pixels, .npy or .npz: 0 hides a pixel; of all images or one per image")
    .option("--normalise-atoms", "scale each atom to norm 1")
    .option("--count <n>", "code only the first n images")
    .option("--from <path>", "folder or archive of cifar10")
    .option("--workers <n>", "worker threads (default: one per core)")
    .option("--out <file>", "write the codes: .npz, .parquet or .pvp")
    .option("--dense", "write .npz dense instead of sparse")
    .option("--probe <file>", "write every step of the LCA: NDJSON, one line per image and step")
    .option("--probe-plot <file>", "draw these steps: energy, residual and active units against steps, .html or .svg")
    .option("--stats <file>", "write how often each atom is active and how large activities are, JSON")
    .option("--stats-plot <file>", "draw these statistics, .html or .svg")
    .option("--dry-run", "check everything and say how long it would take; code nothing")
    .option("--json", "print one record per image as one line of JSON")
    .action((images: string, options: EncodeOptions) => encodeCommand(images, options, context));
}

async function encodeCommand(images: string, options: EncodeOptions, context: Context): Promise<void> {
  const { terminal } = context;
  const tolerance = toleranceOf(options.tolerance);
  const sigma = options.noise === undefined ? 0 : numberOf("--noise", options.noise, { least: 0, example: "0.5" });
  const seed = wholeOf("--seed", options.seed, { least: 0, most: 0xffffffff, example: "1" });
  const threshold = thresholdOf(options);
  const solver = solverOf(options, threshold.kind);
  const { probe, probePlot, stats, statsPlot } = options;
  const request = {
    images,
    solver,
    files: { probe, probePlot, stats, statsPlot, command: commandText(context.argv) },
    from: options.from === undefined ? undefined : resolve(options.from),
    dictionary: needed("--dictionary", options.dictionary, "dictionary.safetensors"),
    stride: options.stride === undefined ? undefined : extentOf("--stride", options.stride),
    boundary:
      options.boundary === undefined ? undefined : oneOf<Boundary>("--boundary", options.boundary, boundaryNames),
    lambdas: lambdasOf(needed("--lambda", options.lambda, "2,1,0.5")),
    rule: { threshold, tolerance },
    layout: layoutOf("--layout", options.layout),
    atomsLayout: layoutOf("--atoms-layout", options.atomsLayout),
    normalise: options.normalise,
    mask: options.mask,
    normaliseAtoms: options.normaliseAtoms,
    noise: { sigma, seed },
    count:
      options.count === undefined
        ? undefined
        : wholeOf("--count", options.count, { least: 1, most: 1e9, example: "100" }),
    workers: workersOf(options.workers),
    out: options.out,
    dense: options.dense,
  } as const;
  if (options.dense && options.out === undefined)
    throw new CrispError(
      "usage",
      "--dense is given without --out; it chooses how the codes are written to a file. Add --out codes.npz or leave --dense out.",
    );
  if (options.solver === undefined && solver.kind === "lca")
    terminal.message(`Using the solver lca: only the LCA can code with the threshold ${threshold.kind}.`);
  const seen = (probe ?? probePlot) === undefined ? {} : { probe: () => {} };
  const slow = refusal(request.rule, solver.kind === "lca" ? { ...solver, ...seen } : solver);
  if (slow !== null) terminal.message(`In the float64 loops, some 30 times slower than the kernel: ${slow}.`);
  const said = new Set<string>();
  const onRemark = (kind: "note" | "warning", text: string) => {
    said.add(text);
    if (kind === "note") terminal.message(text);
    else terminal.warning(text);
  };
  if (options.dryRun) {
    const estimate = await estimateEncoding({ ...request, onRemark });
    if (options.json) printJson({ dryRun: true, workers: request.workers, ...estimate });
    else printText(`${capital(estimateText(estimate))} on this machine when it is idle.`);
    return;
  }
  const onEstimate = (estimate: EncodingEstimate) => {
    if (estimate.seconds >= told) terminal.message(`${capital(estimateText(estimate))}.`);
  };
  let began = Date.now();
  const onProgress = (done: number, total: number) => {
    const left = ((Date.now() - began) / 1000 / done) * (total - done);
    terminal.progress(`${counted(done, "image")} of ${whole(total)}, about ${durationText(left)} left`);
  };
  const result = await resumable(context, "Nothing was written.", (signal) => {
    began = Date.now();
    return encodeImages({ ...request, signal, onRemark, onEstimate, onProgress });
  });
  for (const warning of result.warnings) if (!said.has(warning)) terminal.warning(warning);
  if (options.json) printJson(recordOf(result, request.rule));
  else printText(tableLines(result, request.rule, options.out).join("\n"));
  if (isStationary(result)) terminal.message(noOptimum);
  if (result.unconverged === 0) return;
  if (solver.kind === "ista" || (solver.kind === "lca" && solver.steps !== undefined))
    terminal.warning(
      shortText(result, tolerance, `${counted(solver.steps ?? 0, "step")} of ${solver.kind.toUpperCase()}`),
    );
  else demandConverged(result, tolerance);
}

/** A coding shorter than this, in seconds, needs no word before it begins. */
const told = 10;

function estimateText({ images, seconds, atLeast }: EncodingEstimate): string {
  return `${atLeast ? "at least" : "about"} ${durationText(seconds)} for ${counted(images, "image")}`;
}

/** The message after codings whose threshold or momentum makes the problem not convex. */
const noOptimum =
  "No optimum is proven: the problem is not convex. The stationarity is the distance from a fixed point of the LCA, and other starts can end at others.";

/** Whether what is certified is a fixed point, not a gap. */
function isStationary({ images }: EncodeResult): boolean {
  return images[0].lambdas[0].certificate === "stationarity";
}

/** So many steps were asked for and done: no error, but said. */
export function shortText(result: EncodeResult, tolerance: number, steps: string): string {
  const all = result.images.flatMap(({ lambdas }) => lambdas);
  const most = largestMeasure(all).toPrecision(2);
  const [end, measure] = isStationary(result) ? ["a fixed point", "stationarity"] : ["the minimum", "gap"];
  return `${steps} end short of ${end} in ${result.unconverged} of ${all.length} codings: the largest ${measure} is ${most}, the tolerance ${tolerance}. Percent active is then of unfinished codes.`;
}

function demandConverged(result: EncodeResult, tolerance: number): void {
  const { images, unconverged } = result;
  const total = images.length * images[0].lambdas.length;
  const measure = isStationary(result) ? "stationarity" : "gap";
  throw new CrispError(
    "check",
    `${unconverged} of ${total} codings did not reach the tolerance ${tolerance}; their records say converged: false and the ${measure} they reached. Use a larger --tolerance or larger λ's.`,
  );
}

/** What was coded and how: all that the numbers depend on besides the images. */
function recordOf({ images, geometry, dictionary, mask }: EncodeResult, rule: CodingRule) {
  return { images, geometry, rule, mask, dictionary, version: packageVersion() };
}

type Certified = { readonly relativeGap: number; readonly stationarity?: number };

/** However many codings there are: more than 126,000 arguments of Math.max overflow the stack. */
function largestMeasure(codings: readonly Certified[]): number {
  return codings.reduce((most, { stationarity, relativeGap }) => Math.max(most, stationarity ?? relativeGap), 0);
}

/** One row per λ, means over the images. */
export function tableLines(result: EncodeResult, rule: CodingRule, out: string | undefined): readonly string[] {
  const { images, geometry, dictionary } = result;
  const { height, width, channels, features, stride, boundary } = geometry;
  const signs = "rectified" in rule.threshold && rule.threshold.rectified ? "a ≥ 0" : "codes of both signs";
  const lines = [
    `${counted(images.length, "image")}, the first ${height}×${width}×${channels}; ${counted(features, "atom")}; solver ${images[0].lambdas[0].solver}`,
    `stride ${stride.join("×")}, boundary ${boundary}, ${signs}, tolerance ${rule.tolerance}; atoms ${dictionary.slice(0, 16)}…, crisp ${packageVersion()}`,
    "",
    `     λ   mean energy   mean active   mean error %   largest ${isStationary(result) ? "stationarity" : "gap"}`,
  ];
  for (let l = 0; l < images[0].lambdas.length; l++) {
    const of = images.map(({ lambdas }) => lambdas[l]);
    const mean = (value: (i: number) => number) => of.reduce((sum, _, i) => sum + value(i), 0) / of.length;
    const error = of.some(({ percentError }) => percentError === null)
      ? "–"
      : mean((i) => of[i].percentError!).toFixed(2);
    const gap = largestMeasure(of).toExponential(1);
    const cells = [mean((i) => of[i].energy).toFixed(3), mean((i) => of[i].active).toFixed(1), error];
    lines.push(
      `${String(of[0].lambda).padStart(6)}${cells[0].padStart(14)}${cells[1].padStart(14)}${cells[2].padStart(15)}${gap.padStart(14)}`,
    );
  }
  return out === undefined ? lines : [...lines, "", `Codes: ${resolve(out)}`];
}

function lambdasOf(text: string): readonly number[] {
  const lambdas = text.split(",").map((part) => numberOf("--lambda", part, { above: 0, example: "2,1,0.5" }));
  const twice = lambdas.find((lambda, i) => lambdas.indexOf(lambda) !== i);
  if (twice === undefined) return lambdas;
  throw new CrispError(
    "usage",
    `--lambda is ${text}, which holds ${twice} twice; each λ may occur once. Remove one of them.`,
  );
}

function toleranceOf(text: string): number {
  const tolerance = numberOf("--tolerance", text, { above: 0, example: "1e-2" });
  if (tolerance >= 1e-12 && tolerance < 1) return tolerance;
  throw new CrispError(
    "usage",
    `--tolerance is ${text}; it must be at least 1e-12 (float64 cannot prove less) and below 1. Write 1e-2.`,
  );
}
