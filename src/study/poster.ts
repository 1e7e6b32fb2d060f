/**
 * The poster whose claim a study can check, and which studies stand beside it: its slopes are those of
 * denoised CIFAR-10, and say nothing of other images, another task or another network.
 */
import type { StudyRecord } from "./record.js";
import type { StudySettings } from "./settings.js";

/** Who made the poster, and where it is read: said before any number of it is. */
export const posterSource = "Carroll, Carlson and Kenyon, arXiv 1710.09875";

/** The poster's exponents where a study has its images, noise and geometry; else null. */
export function posterOf(
  record: Pick<StudyRecord, "settings" | "exponents">,
): StudyRecord["exponents"]["poster"] | null {
  return isPosters(record.settings) ? record.exponents.poster : null;
}

function isPosters({ data, noise, sizeAxis, patch, stride, boundary, atoms, task }: StudySettings): boolean {
  const network = [...patch, ...stride, boundary].join() === "8,8,2,2,crop" && atoms !== "random";
  return (
    data === "cifar10" && noise === 0.5 && sizeAxis === "features" && network && (task?.kind ?? "denoise") === "denoise"
  );
}
