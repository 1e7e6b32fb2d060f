/** `crisp run`: the whole study, from images to a report; run again, it goes on where it stopped. */

import { basename, resolve } from "node:path";
import { type Command, Option } from "commander";
import { usualChoices } from "../app/cluster.js";
import { imagesName } from "../app/outputs.js";
import type { ClusterChoices } from "../app/platform.js";
import type { StudyRequest } from "../app/session.js";
import { CrispError } from "../core/errors.js";
import { counted, grouped } from "../core/words.js";
import { awaitSlurm, submitToSlurm } from "../node/app/cluster.js";
import { measureProtocol } from "../node/app/measures.js";
import { writeReport } from "../node/app/results.js";
import { estimateMeasured, estimateStudy, runStudy } from "../node/app/run.js";
import { readRecord, slurmJobs } from "../node/app/status.js";
import { demandLaws } from "../scaling/law-choice.js";
import { growsImages } from "../study/axis.js";
import { ownLambdas } from "../study/own-lambda.js";
import type { ProtocolRecord } from "../study/protocol/record.js";
import type { StudyRecord } from "../study/record.js";
import type { StudySettings } from "../study/settings.js";
import { settingsWarnings } from "../study/warnings.js";
import { problems } from "../tasks/problems/registry.js";
import { addClusterOptions, type ClusterOptions, choicesOf, refuseClusterOptions } from "./cluster-options.js";
import { commandText } from "./command-line.js";
import type { Context } from "./context.js";
import { eventPrinter } from "./events.js";
import { lawChoiceOf, lawOptions } from "./fit-options.js";
import { refuseUnlessFits } from "./machine.js";
import { oneOf } from "./option-values.js";
import { printJson, printText } from "./output.js";
import { studyPlan } from "./plan.js";
import { protocolDefaults, protocolLines, protocolOf } from "./protocol.js";
import { resumable } from "./resumable.js";
import { addStudyOptions, type StudyOptions, type StudyPlan } from "./settings.js";
import { optimumTable, verdictLines } from "./summary.js";
import { watchedWork } from "./watch.js";
import { bytesText, durationText } from "./words.js";

export function addRun(program: Command, context: Context): void {
  const command = program.command("run").summary("the whole study: train, sweep, fit, predict, report");
  command.description(
    "Trains a dictionary for every size and seed, finds each size's least error, fits how it scales, tests the prediction on the largest size left out, and writes report.html. Run again, it goes on where it stopped.",
  );
  command.argument("[study.yaml]", "settings by name; flags, --set and CRISP_* variables replace them");
  addStudyOptions(command)
    .option("--task <name>", `what is asked of the networks: ${problems.map(({ kind }) => kind).join(" or ")}`)
    .option("--features <list>", "sizes to fit, such as 16,32,64")
    .option("--size-axis <axis>", "what grows: features (default), or image: sides at one number of features")
    .option("--image-sizes <list>", "sides to fit where images grow, such as 16,24,32,48,64")
    .option("--left-out <list>", "sizes kept out of the fits to test the prediction, or none")
    .option("--replicates <n>", "dictionaries per size, each from its own seed")
    .option("--atoms <kind>", "learned, or random: drawn, not trained (default: learned)")
    .option("--dictionaries <files>", "dictionaries of your own instead of training, such as a.npy,b.pvp,c.safetensors")
    .option("--normalise-atoms", "scale each atom of these to norm 1")
    .addOption(new Option("--lambda <x>").hideHelp()) // not an option: only the error message names the right setting
    .option("--out <dir>", "folder of the study (default: crisp-IMAGES-PRESET)")
    .option(...lawOptions.laws)
    .option(...lawOptions.exclude)
    .option("--own-lambda <study>", "train each size at the best λ that this finished study found for it")
    .option("--protocol <name>", "petavision: learn by its rule, and code by its LCA as well (crisp protocol)")
    .option(
      "--reuse <dir>",
      "folder of another study whose finished items are taken over where they are this study's too",
    )
    .option("--executor <name>", "who computes: local (default), or slurm: jobs on the nodes of a cluster")
    .option("--no-wait", "slurm: end when the jobs are submitted")
    .option("--join", "where another process works on the study already, help it in place of an error")
    .option("--watch", "show the study live in the browser while it runs (crisp watch); prints the page's address")
    .option("--dry-run", "check everything and say what would be done: items, time, memory, disk")
    .option("--json", "print the study's record as one line of JSON");
  addClusterOptions(command).action((file: string | undefined, options: RunOptions) =>
    runCommand(file, options, context),
  );
}

type RunOptions = StudyOptions &
  ClusterOptions & {
    readonly laws?: string;
    readonly exclude?: string;
    readonly ownLambda?: string;
    readonly join?: boolean;
    readonly executor?: string;
    readonly wait?: boolean;
    readonly watch?: boolean;
    readonly dryRun?: boolean;
    readonly json?: boolean;
  };
type Estimated = Awaited<ReturnType<typeof estimateStudy>>;

async function runCommand(file: string | undefined, options: RunOptions, context: Context): Promise<void> {
  if (options.lambda !== undefined) throw noLambda(String(options.lambda));
  const asked = options.ownLambda === undefined ? options : await withOwnLambda(options, options.ownLambda);
  const plan = await studyPlan({ file, options: asked, environment: context.environment });
  for (const note of plan.notes) context.terminal.message(note);
  for (const warning of settingsWarnings(plan.settings)) context.terminal.warning(warning);
  const executor = executorOf(options, plan);
  const { settings, from, dictionaries } = plan;
  // On a cluster a task has one core unless more are asked for.
  const workers = executor === "slurm" && !plan.given.has("workers") ? 1 : plan.workers;
  const laws = lawChoiceOf(options);
  demandLaws(settings[growsImages(settings) ? "imageSizes" : "features"], laws ?? {});
  const out = plan.out ?? defaultFolder(plan, file);
  const place = from === undefined ? undefined : resolve(from);
  const estimate = await estimateStudy(settings, workers, {
    out: resolve(out),
    from: place,
    dictionaries: dictionaries?.identities,
  });
  refuseUnlessFits(estimate, settings, workers);
  const choices = executor === "slurm" ? { ...usualChoices, threads: workers, ...choicesOf(options) } : null;
  if (options.dryRun) {
    if (choices) await slurmJobs(resolve(out)); // only for its error where no cluster answers
    const given = dictionaries?.identities;
    const reuse = plan.reuse === undefined ? undefined : resolve(plan.reuse);
    const measured = await estimateMeasured({ settings, out: resolve(out), from: place, given, workers, reuse });
    for (const note of measured.notes) context.terminal.message(note);
    const { notes: _, ...found } = measured;
    if (options.json) printJson({ dryRun: true, preset: plan.preset, workers, out: resolve(out), ...found, settings });
    else printText([...estimateLines(plan, out, measured), ...(choices ? [tasksLine(choices)] : [])].join("\n"));
    return;
  }
  const kept =
    executor === "slurm" ? `Jobs that were submitted stay in the queue; "crisp cancel ${out}" ends them.` : "";
  const work = (signal: AbortSignal) => {
    context.terminal.message(startText({ ...plan, workers }, estimate));
    const request: StudyRequest = {
      settings,
      from: place,
      dictionaries,
      out: resolve(out),
      reuse: plan.reuse === undefined ? undefined : resolve(plan.reuse),
      laws,
      workers,
      join: options.join,
      signal,
      command: commandText(context.argv),
      onEvent: eventPrinter(context.terminal),
    };
    return executor === "slurm" ? runOnSlurm(request, options) : runStudy(request);
  };
  const shown = options.watch ? watchedWork(resolve(out), work) : work;
  const done = await resumable(context, kept || `What is finished is kept in ${out}.`, shown);
  if (done === null) return printSubmitted(out, options);
  const { record, report } = done;
  const protocol = plan.protocol === undefined ? null : await codedByAuthors(plan, out, context);
  if (options.json) printJson({ ...record, report, ...(protocol && { protocol }) });
  else printStudy(record, report, { context, protocol });
}

type Done = Awaited<ReturnType<typeof runStudy>>;

/** Submits what is missing and looks on until the study is finished; null with --no-wait. */
async function runOnSlurm(request: StudyRequest, options: RunOptions): Promise<Done | null> {
  const { command, reuse, laws, workers: threads } = request;
  const choices = { ...usualChoices, command, threads, reuse, laws, ...choicesOf(options) };
  await submitToSlurm({ ...request, choices });
  return options.wait === false ? null : awaitSlurm({ ...request, choices });
}

function printSubmitted(out: string, { json }: RunOptions): void {
  if (json) printJson({ submitted: true, study: resolve(out) });
  else
    printText(`Submitted. "crisp status ${out}" tells how far it is; the same command without --no-wait waits for it.`);
}

/** Where the study is computed. @throws CrispError `usage` for options that do not go together */
function executorOf(options: RunOptions, plan: StudyPlan): "local" | "slurm" {
  const executor = oneOf("--executor", options.executor ?? "local", ["local", "slurm"]);
  if (executor === "local") refuseClusterOptions(options);
  else if (options.join || plan.protocol !== undefined) {
    throw new CrispError(
      "usage",
      `${options.join ? "--join" : "--protocol"} and --executor slurm are both given. Leave one out${options.join ? "" : "; crisp protocol codes the networks when the study is finished"}.`,
    );
  }
  return executor;
}

/** The options with `learning.lambdaBySize` from another study's record. */
async function withOwnLambda(options: RunOptions, study: string): Promise<RunOptions> {
  const pairs = ownLambdas(await readRecord(resolve(study)), study).map((pair) => pair.join(":"));
  return { ...options, set: [...(options.set ?? []), `learning.lambdaBySize=${pairs.join(",")}`] };
}

/** The same networks after fixed numbers of steps, with the defaults of `crisp protocol`. */
async function codedByAuthors({ from, workers }: StudyPlan, out: string, context: Context): Promise<ProtocolRecord> {
  const record = await resumable(context, `What is finished is kept in ${out}.`, (signal) =>
    measureProtocol({
      ...protocolOf(protocolDefaults),
      study: resolve(out),
      from: from === undefined ? undefined : resolve(from),
      workers,
      signal,
      command: commandText(context.argv),
      onEvent: eventPrinter(context.terminal),
    }),
  );
  await writeReport(resolve(out));
  return record;
}

function noLambda(value: string): CrispError {
  return new CrispError(
    "usage",
    `--lambda ${value}: there is no option --lambda here. λ while training is the setting learning.lambda; a sweep finds its λ's itself. Write --set learning.lambda=${value}.`,
  );
}

/** `crisp-leaves-quick`, after the user's own folder `crisp-scans-quick`, after the settings file `crisp-leaves-mystudy`. */
function defaultFolder({ settings, preset, from }: StudyPlan, file: string | undefined): string {
  const name = file === undefined ? preset : basename(file).replace(/\.ya?ml$/i, "");
  return `crisp-${imagesName(settings.data, from && resolve(from))}-${name}`;
}

function startText({ settings, workers, preset }: StudyPlan, estimate: Estimated): string {
  const cached = estimate.cached > 0 ? `, ${estimate.cached} of them done` : "";
  // How long is said with the first line of progress, when this machine has been measured.
  return `Preset ${preset}, seed ${settings.seed}, ${counted(workers, "worker")}: about ${counted(estimate.items, "item")}${cached}.`;
}

function estimateLines(plan: StudyPlan, out: string, estimate: Estimated): readonly string[] {
  const { settings, preset, workers } = plan;
  const rows = [
    ["study", out],
    ["settings", `preset ${preset}, data ${settings.data}, seed ${settings.seed}, ${counted(workers, "worker")}`],
    ["sizes", sizesText(settings)],
    ["items", `about ${grouped(estimate.items)}, of them done ${grouped(estimate.cached)}`],
    ["time", `about ${durationText(estimate.seconds)} on this machine when it is idle`],
    ["memory", `about ${bytesText(estimate.memoryBytes)}`],
    ["disk", `about ${bytesText(estimate.diskBytes)}`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)}${value}`);
}

/** What would be submitted; times are of this machine, for those of the nodes are not known before they work. */
function tasksLine({ bundleMinutes, maxParallel, threads }: ClusterChoices): string {
  const each = `${counted(threads, "core")} each`;
  return `${"slurm".padEnd(10)}tasks of at most ${bundleMinutes} min, ${each}, ${maxParallel} at once; nothing is submitted`;
}

function sizesText(settings: StudySettings): string {
  const { features, imageSizes, leftOut } = settings;
  const out = `fitted; ${leftOut.join(", ") || "none"} left out`;
  if (!growsImages(settings)) return `${features.join(", ")} ${out}`;
  return `${imageSizes.join(", ")} pixels a side ${out}; ${counted(features[0], "feature")}`;
}

type Shown = { readonly context: Context; readonly protocol: ProtocolRecord | null };

function printStudy(record: StudyRecord, report: string, { context, protocol }: Shown): void {
  for (const warning of record.warnings) context.terminal.warning(warning);
  const stopped = protocol ? ["", ...protocolLines(protocol)] : [];
  const lines = [...optimumTable(record), "", ...verdictLines(record), ...stopped, "", `Report: ${report}`];
  printText(lines.join("\n"));
}
