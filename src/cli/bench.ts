/** `crisp bench`: how long the coordinate solver, FISTA, the LCA and torch take to what accuracy. */

import { join, resolve } from "node:path";
import type { Command } from "commander";
import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import { type BenchRequest, runBench } from "../node/bench.js";
import { writeBench } from "../node/bench-files.js";
import { significant } from "../report/numbers.js";
import { type BenchRecord, runOf, type SizeRecord, type TorchRun, timesLonger } from "../tasks/bench/record.js";
import { commandText } from "./command-line.js";
import type { Context } from "./context.js";
import { numberOf, oneOf, wholeOf, workersOf } from "./option-values.js";
import { printJson, printText } from "./output.js";
import { resumable } from "./resumable.js";
import { tableLines } from "./table.js";

type BenchOptions = {
  readonly features: string;
  readonly images: string;
  readonly lambda: string;
  readonly data: string;
  readonly from?: string;
  readonly seed: string;
  readonly dictionary?: string;
  readonly trainingImages: string;
  readonly rounds: string;
  readonly steps: string;
  readonly torch: boolean;
  readonly python?: string;
  readonly torchSeconds: string;
  readonly workers?: string;
  readonly out?: string;
  readonly json?: boolean;
};

export function addBench(program: Command, context: Context): void {
  const command = program.command("bench").summary("speed and accuracy against plain LCA");
  command.description(
    "Codes the same images by the coordinate solver, FISTA and the LCA, one thread each, and by an LCA in torch if python3 has it: time, energy and active units of each.",
  );
  command
    .option("--features <list>", "sizes of dictionary", "64,128,256,512,1024")
    .option("--images <n>", "test images to code", "8")
    .option("--lambda <x>", "λ", "1")
    .option("--data <name>", "leaves or cifar10", "leaves")
    .option("--from <path>", "folder or archive of cifar10")
    .option("--seed <n>", "seed of leaves and of training", "1")
    .option("--dictionary <file>", "atoms of your own in place of trained ones: .safetensors, .npy, .npz or .pvp")
    .option("--training-images <n>", "images that a dictionary is trained on, once", "2880")
    .option("--rounds <n>", "times each method is timed, at most", "3")
    .option("--steps <list>", "steps of the LCA", "25,100,250,400,2000")
    .option("--no-torch", "leave torch out")
    .option("--python <program>", "the python to ask for torch (default: python3)")
    .option("--torch-seconds <s>", "time for each of torch's two forms, a size; fewer images if it is short", "60")
    .option("--workers <n>", "threads to train with (default: one per core)")
    .option("--out <dir>", "write bench.json, bench.html and the figures as SVG")
    .option("--json", "print the record as one line of JSON")
    .action((options: BenchOptions) => benchCommand(options, context));
}

async function benchCommand(options: BenchOptions, context: Context): Promise<void> {
  const { terminal, argv } = context;
  const request = requestOf(options);
  const onProgress = (words: string) => terminal.progress(words);
  const record = await resumable(context, "Dictionaries trained so far are kept.", (signal) =>
    runBench({ ...request, signal, onProgress }),
  );
  const page = options.out === undefined ? null : await writeBench(resolve(options.out), record, commandText(argv));
  if (options.json) return printJson(record);
  printText([...record.sizes.flatMap((size) => [...sizeLines(size), ""]), ...closingLines(record)].join("\n"));
  if (page !== null) printText(`\nReport: ${page}\nRecord: ${join(resolve(options.out!), "bench.json")}`);
}

function requestOf(options: BenchOptions): Omit<BenchRequest, "signal" | "onProgress"> {
  const whole = (flag: string, text: string, least = 1, most = 1e6) =>
    wholeOf(flag, text, { least, most, example: String(least) });
  const list = (flag: string, text: string) => {
    const values = text.split(",").map((part) => whole(flag, part));
    if (new Set(values).size === values.length) return values.sort((a, b) => a - b);
    throw new CrispError("usage", `${flag} ${text} names one value twice; each is measured once. Remove one.`);
  };
  if (!options.torch && options.python !== undefined)
    throw new CrispError("usage", `--python ${options.python} and --no-torch are both given. Remove one.`);
  return {
    features: list("--features", options.features),
    images: whole("--images", options.images, 1, 10_000),
    lambda: numberOf("--lambda", options.lambda, { above: 0, example: "1" }),
    data: oneOf("--data", options.data, ["leaves", "cifar10"]),
    from: options.from === undefined ? undefined : resolve(options.from),
    seed: whole("--seed", options.seed, 0, 0xffffffff),
    rounds: whole("--rounds", options.rounds, 1, 100),
    steps: list("--steps", options.steps),
    dictionary: options.dictionary,
    trainingImages: whole("--training-images", options.trainingImages, 32),
    python: options.torch ? options.python : null,
    torchSeconds: numberOf("--torch-seconds", options.torchSeconds, { above: 0, example: "60" }),
    workers: workersOf(options.workers),
  };
}

const head = [
  "ms per image",
  "low … high",
  "images/s",
  "times longer",
  "gap %",
  "energy above %",
  "active %",
  "× converged",
];

function sizeLines(size: SizeRecord): readonly string[] {
  const rows = size.runs.map((run) => {
    const name =
      run.steps === undefined ? `${run.solver} to ${100 * run.gap} %` : `${run.solver}, ${counted(run.steps, "step")}`;
    return rowOf(run.gap !== undefined && !run.converged ? `${name} (not reached)` : name, size, run);
  });
  const torch = size.torch.flatMap((run) => ("failed" in run ? [] : [rowOf(torchName(run), size, run)]));
  const { percentActive } = size.best;
  const title = `F = ${size.features}, L = ${size.units}; ${size.dictionary}; ${significant(percentActive, 3)} % active when converged`;
  const failed = size.torch.flatMap((run) => ("failed" in run ? [`torch, ${run.form} form: ${run.failed}`] : []));
  const all = [...rows, ...torch];
  const width = Math.max(...all.map(({ name }) => name.length));
  const [first, ...lines] = tableLines(
    head,
    all.map(({ cells }) => cells),
  );
  const named = lines.map((line, i) => `${all[i].name.padEnd(width)}   ${line}`);
  return [title, `${" ".repeat(width)}   ${first}`, ...named, ...failed];
}

function torchName(run: Exclude<TorchRun, { failed: string }>): string {
  return `torch, ${counted(run.steps, "step")}, ${run.form} (${counted(run.images, "image")})`;
}

type Row = Parameters<typeof timesLonger>[1] & {
  readonly relativeGap: number;
  readonly energyAbove: number;
  readonly percentActive: number;
  readonly inflation: number;
};

function rowOf(name: string, size: SizeRecord, run: Row): { readonly name: string; readonly cells: readonly string[] } {
  const { median, low, high } = run.milliseconds;
  const longer = timesLonger(size, run);
  const cells = [
    significant(median, 3),
    `${significant(low, 3)} … ${significant(high, 3)}`,
    significant(run.imagesPerSecond, 3),
    longer === null ? "" : significant(longer, 3),
    significant(100 * run.relativeGap, 2),
    run.energyAbove < 1e-5 ? "<0.001" : significant(100 * run.energyAbove, 2),
    significant(run.percentActive, 3),
    significant(run.inflation, 3),
  ];
  return { name, cells };
}

function closingLines({ torch, sizes, images, rounds, lambda, data }: BenchRecord): readonly string[] {
  const what = `${images} ${data} images at λ ${lambda}, each from nothing, one thread, processor time, medians of up to ${counted(rounds, "round")}. Times of the LCA and FISTA include a certificate every ten steps.`;
  const reached = sizes.filter((size) => runOf(size, "coordinate", { gap: 1e-2 })?.converged);
  const base = `Times longer: than the coordinate solver to a gap of 1 %${reached.length < sizes.length ? ", where it reached it" : ""}.`;
  return [what, base, torch.here ? `torch ${torch.version} of ${torch.python}.` : `No torch: ${torch.reason}.`];
}
