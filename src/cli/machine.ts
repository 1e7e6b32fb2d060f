/** What this process may use of the machine. */

import { totalmem } from "node:os";
import type { WorkEstimate } from "../app/estimate-work.js";
import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import { whole } from "../report/numbers.js";
import { growsImages } from "../study/axis.js";
import type { StudySettings } from "../study/settings.js";
import { printJson, printText } from "./output.js";
import { bytesText, durationText } from "./words.js";

/** Bytes of memory: the machine's, or less where the process is held to less (containers, batch jobs). */
export function memoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(totalmem(), limit) : totalmem();
}

/** `--dry-run` of work on a study: how many items, how long on this machine when it is idle, how much memory. */
export function printEstimate(estimate: WorkEstimate, json: boolean | undefined, workers: number): void {
  const { items, done, seconds, memoryBytes, notes } = estimate;
  if (json) {
    printJson({ dryRun: true, workers, items, done, seconds, memoryBytes });
    return;
  }
  const rows = [
    ...(items > 0 ? [["items", `about ${whole(items)}, of them done ${whole(done)}`]] : []),
    ["time", `about ${durationText(seconds)} on this machine when it is idle, with ${counted(workers, "worker")}`],
    ["memory", `about ${bytesText(memoryBytes)}`],
    ...notes.map((note) => ["note", note]),
  ];
  printText(rows.map(([name, value]) => `${name.padEnd(10)}${value}`).join("\n"));
}

/** Throws `usage` when the memory a study is expected to need is not there. */
export function refuseUnlessFits(
  { memoryBytes }: { readonly memoryBytes: number },
  settings: Pick<StudySettings, "features" | "leftOut" | "sizeAxis" | "imageSizes">,
  workers: number,
): void {
  if (memoryBytes <= memoryLimit()) return;
  throw new CrispError(
    "usage",
    `${growsImages(settings) ? counted(settings.features[0], "feature") : `features up to ${Math.max(...settings.features, ...settings.leftOut)}`} with ${counted(workers, "worker")} would take about ${bytesText(memoryBytes)} of memory; there are ${bytesText(memoryLimit())}. Use fewer features, fewer images or fewer --workers.`,
  );
}
