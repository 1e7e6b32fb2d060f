/** What this process may use of the machine. */

import { totalmem } from "node:os";
import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import { growsImages } from "../study/axis.js";
import type { StudySettings } from "../study/settings.js";
import { bytesText } from "./words.js";

/** Bytes of memory: the machine's, or less where the process is held to less (containers, batch jobs). */
export function memoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(totalmem(), limit) : totalmem();
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
