/** `crisp verify STUDY`: some of a study's items computed anew, and the bits compared. */
import { resolve } from "node:path";
import type { Command } from "commander";
import type { VerifiedItem } from "../app/verify.js";
import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import { verifyStudy } from "../node/app/items.js";
import type { Context } from "./context.js";
import { wholeOf, workersOf } from "./option-values.js";
import { printJson, printText } from "./output.js";
import { resumable } from "./resumable.js";

export function addVerify(program: Command, context: Context): void {
  program
    .command("verify")
    .summary("compute some items of a study again and compare the bits")
    .description(
      "Computes a drawn sample of a study's finished items again, from its images and dictionaries, and the cheapest trainings from the images alone, and compares the results bit by bit. It reads only. Status 5 if anything differs.",
    )
    .argument("<study>", "folder of a study, finished or not, or of a single training")
    .option("--items <n>", "sweep items to compute again", "8")
    .option("--trainings <n>", "trainings to compute again, the cheapest first", "1")
    .option("--seed <n>", "seed that draws the items", "1")
    .option("--from <path>", "folder or archive of the study's images (default: where they were)")
    .option("--workers <n>", "worker threads (default: one per core)")
    .option("--json", "print what was compared as one line of JSON")
    .action((study: string, options: VerifyOptions) => verifyCommand(study, options, context));
}

type VerifyOptions = {
  readonly items: string;
  readonly trainings: string;
  readonly seed: string;
  readonly from?: string;
  readonly workers?: string;
  readonly json?: boolean;
};

async function verifyCommand(study: string, options: VerifyOptions, context: Context): Promise<void> {
  const request = {
    study,
    items: wholeOf("--items", options.items, { least: 0, most: 1e9, example: "8" }),
    trainings: wholeOf("--trainings", options.trainings, { least: 0, most: 1e9, example: "1" }),
    seed: wholeOf("--seed", options.seed, { least: 0, most: 0xffffffff, example: "1" }),
    from: options.from === undefined ? undefined : resolve(options.from),
    workers: workersOf(options.workers),
    onProgress: (done: number, total: number, label: string) =>
      context.terminal.progress(`${done} of ${counted(total, "item")}: ${label}`),
  };
  const { verified, finished } = await resumable(context, "The study is as it was.", (signal) =>
    verifyStudy({ ...request, signal }),
  );
  if (options.json) printJson({ study, finished, items: verified });
  else printText([...verified.map(itemLine), countLine(verified, finished)].join("\n"));
  demandEqual(verified, study);
}

function itemLine({ label, differences }: VerifiedItem): string {
  return `${label}: ${differences.length === 0 ? "equal" : differences.join("; ")}`;
}

/** "7 of 8 items have equal bits; 440 are finished." */
export function countLine(verified: readonly VerifiedItem[], finished: number): string {
  const equal = verified.filter(({ differences }) => differences.length === 0).length;
  const all = counted(verified.length, "item");
  return `${equal} of ${all} ${verified.length === 1 ? "has" : "have"} equal bits; ${finished} ${finished === 1 ? "is" : "are"} finished.`;
}

function demandEqual(verified: readonly VerifiedItem[], study: string): void {
  const other = verified.filter(({ differences }) => differences.length > 0);
  if (other.length === 0) return;
  const [{ id, label, differences }] = other;
  const more = other.length > 1 ? `, and ${other.length - 1} more` : "";
  throw new CrispError(
    "check",
    `item ${id} of ${study} (${label}${more}): ${differences[0]}; computed again an item must have the same bits. Remove ${study}/results/${id.slice(0, 2)}/${id}.json and what lies beside it, and run the study's command again; if it differs once more, report the machine.`,
  );
}
