/** `crisp transition STUDY`: is the best sparsity a phase transition? Thirteen tests, each with a verdict. */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import type { Command } from "commander";
import { CrispError } from "../core/errors.js";
import { grouped } from "../core/words.js";
import { estimateTransition, testTransition } from "../node/app/measures.js";
import { intervalText, placesBeside, valueText } from "../report/numbers.js";
import { edgesOf } from "../report/transition.js";
import { transitionDefaults } from "../study/transition/plan.js";
import type { TransitionRecord, TransitionTest } from "../study/transition/record.js";
import { commandText } from "./command-line.js";
import type { Context } from "./context.js";
import { eventPrinter } from "./events.js";
import { printEstimate } from "./machine.js";
import { printJson, printText } from "./output.js";
import { resumable } from "./resumable.js";

export function addTransition(program: Command, context: Context): void {
  const { images, draws } = transitionDefaults;
  program
    .command("transition")
    .summary("is the best sparsity of a finished study a phase transition?")
    .description(
      "Measures susceptibility, response, fluctuation and relaxation of a finished study's networks around each best λ, writes transition.json and prints what each test of a phase transition found. Run again, it goes on where it stopped.",
    )
    .argument("<study>", "folder of a finished study")
    .option("--images <n>", `test images measured at each size (default: ${images})`)
    .option("--draws <n>", `draws of the noise for each image (default: ${draws}; the cumulant needs 200)`)
    .option("--from <path>", "folder or archive of the study's images (default: where they were)")
    .option("--workers <n>", "worker threads (default: one per core)")
    .option("--dry-run", "say how long it would take; do nothing")
    .option("--json", "print the record as one line of JSON")
    .action((study: string, options: TransitionOptions) => transitionCommand(study, options, context));
}

type TransitionOptions = Readonly<Partial<Record<"images" | "draws" | "from" | "workers", string>>> & {
  readonly dryRun?: boolean;
  readonly json?: boolean;
};

async function transitionCommand(study: string, options: TransitionOptions, context: Context): Promise<void> {
  const images = wholeOption("--images", options.images, { least: 2, most: 10_000 }) ?? transitionDefaults.images;
  const draws = wholeOption("--draws", options.draws, { least: 2, most: 100_000 }) ?? transitionDefaults.draws;
  const workers = wholeOption("--workers", options.workers, { least: 1, most: 1024 }) ?? availableParallelism();
  const request = {
    study: resolve(study),
    from: options.from === undefined ? undefined : resolve(options.from),
    ...{ images, draws, workers },
    command: commandText(context.argv),
    onEvent: eventPrinter(context.terminal),
  };
  if (options.dryRun) {
    const estimate = await estimateTransition({ ...request, signal: new AbortController().signal });
    return printEstimate(estimate, options.json, workers);
  }
  const record = await resumable(context, `What is finished is kept in ${study}.`, (signal) =>
    testTransition({ ...request, signal }),
  );
  if (options.json) printJson(record);
  else printText(transitionLines(record).join("\n"));
}

function wholeOption(
  name: string,
  text: string | undefined,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new CrispError(
    "usage",
    `${name} is ${text}; it must be a whole number from ${least} to ${grouped(most)}, such as ${name} ${least}.`,
  );
}

/** The verdicts, three lines per test, then how the two routes to the susceptibility agree. */
export function transitionLines(record: TransitionRecord): string[] {
  const { count, percentSwitched, largestPercent } = record.drives;
  const counts = (["pass", "fail", "undecided"] as const).map(
    (verdict) => `${record.tests.filter((test) => test.verdict === verdict).length} ${verdict}`,
  );
  const drives =
    count === 0
      ? []
      : [
          "",
          `${count} driven units agree with the susceptibility by Cholesky within ${largestPercent.toPrecision(2)}%; ${Math.round(percentSwitched)}% of the drives changed the active set and are left out.`,
        ];
  return [`Is it a phase transition? ${counts.join(", ")}.`, "", ...record.tests.flatMap(testLines), ...drives];
}

function testLines({ claim, quantity, estimate, verdict, note, region }: TransitionTest): string[] {
  const places = estimate ? placesBeside(estimate, edgesOf(region)) : 0;
  const number = estimate
    ? `${quantity}: ${valueText(estimate, places)} ${intervalText(estimate, places)}`.trimEnd()
    : quantity;
  const lines = [`${verdict.padEnd(10)} ${claim}`, `${" ".repeat(11)}${number}`];
  return note === "" ? lines : [...lines, `${" ".repeat(11)}${note}`];
}
