/** `crisp status STUDY`: how far a study is, and its optima once it is finished. */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { queueText } from "../app/cluster.js";
import type { Failure } from "../app/failures.js";
import type { Jobs } from "../app/platform.js";
import type { StudyStatus } from "../app/study-files.js";
import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import { slurmJobs, studyStatus } from "../node/app/status.js";
import type { Context } from "./context.js";
import { printJson, printText } from "./output.js";
import { optimumTable } from "./summary.js";

export function addStatus(program: Command, { terminal }: Context): void {
  // Files tell how far the study is, also where its queue does not answer; and here may be no cluster at all.
  const tellSilence = (error: unknown) => {
    if (!(error instanceof CrispError)) throw error;
    if (error.code !== "usage") terminal.warning(error.message);
    return undefined;
  };
  program
    .command("status")
    .summary("how far a study is")
    .description("How far a study is, and its optima once it is finished. It reads only, also while the study runs.")
    .argument("<study>", "folder of a study")
    .option("--json", "print the status as one line of JSON")
    .action(async (study: string, options: { json?: boolean }) => {
      const folder = resolve(study);
      const status = await studyStatus(folder);
      const jobs = existsSync(join(folder, "slurm")) ? await slurmJobs(folder).catch(tellSilence) : undefined;
      for (const warning of status.warnings) terminal.warning(warning);
      if (options.json) return printJson({ ...status, ...(jobs && { jobs }) });
      printText(statusLines(status, jobs).join("\n"));
    });
}

/** How far it is, and the optima of a finished study. */
export function statusLines(status: StudyStatus, jobs?: Jobs): readonly string[] {
  if (status.training) return [trainingText(status.name, status.training)];
  if (status.stored !== undefined && !status.finished)
    return [`${status.name}: ${counted(status.stored, "result")}, no study under way; --reuse takes them over`];
  const where = status.finished ? "finished" : `not finished (stage: ${status.stage})`;
  const of =
    status.expected === undefined ? counted(status.items, "item") : `about ${counted(status.expected, "item")}`;
  const line = `${status.name}: ${status.done} of ${of} done, ${where}`;
  const table =
    status.rows.length > 0 ? ["", ...optimumTable({ minima: status.rows, prediction: status.prediction })] : [];
  const queue = jobs ? [`In the queue: ${queueText(jobs)}${reasonText(jobs)}`, ...heldLines(jobs)] : [];
  return [line, ...queue, ...(status.failed ?? []).flatMap(failureLines), ...table];
}

/** " (Dependency 12, JobHeldUser 2)": why jobs wait, as Slurm says it, the most frequent first. */
function reasonText({ reasons = {} }: Jobs): string {
  const sorted = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  return sorted.length === 0 ? "" : ` (${sorted.map(([reason, count]) => `${reason} ${count}`).join(", ")})`;
}

function heldLines({ held }: Jobs): readonly string[] {
  return held ? ["A node could not begin those that are held; the study's command, run again, lets them go."] : [];
}

function failureLines({ id, label, message, log }: Failure): readonly string[] {
  return [`failed: ${label} (${id}): ${message}`, ...(log === "" ? [] : [`  log: ${log}`])];
}

/** The folder of a single training is not a study, but how far it is can be told. */
function trainingText(name: string, { features, imagesSeen }: NonNullable<StudyStatus["training"]>): string {
  const state = imagesSeen === null ? "in training, not finished" : `trained, ${counted(imagesSeen, "image")} seen`;
  return `${name}: one dictionary of ${counted(features, "atom")} (crisp train), ${state}`;
}
