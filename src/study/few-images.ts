/**
 * What to say where there are fewer training images than a study divides:
 * learning.heldOut of them are kept aside and learning.minibatch are learned
 * from at once. The advice is one that works, flags and all.
 */
import type { StudySettings } from "./settings.js";

type Divided = Pick<StudySettings, "learning" | "sweep">;

/** Training images that the settings need. */
export function fewestTrainingImages({ learning }: Divided): number {
  return learning.heldOut + learning.minibatch;
}

/** "--training-images 64 --set learning.heldOut=32 …": what makes do with `there` images; null with fewer than 2. */
export function lowered({ learning, sweep }: Divided, there: number): string | null {
  if (there < 2) return null;
  const heldOut = Math.min(learning.heldOut, Math.floor(there / 2));
  const minibatch = Math.min(learning.minibatch, there - heldOut);
  const pilotImages = Math.min(sweep.pilotImages, heldOut);
  const changes: readonly (readonly [string, number, number])[] = [
    ["learning.heldOut", heldOut, learning.heldOut],
    ["learning.minibatch", minibatch, learning.minibatch],
    ["sweep.pilotImages", pilotImages, sweep.pilotImages],
  ];
  const sets = changes.filter(([, now, before]) => now !== before).map(([path, now]) => ` --set ${path}=${now}`);
  return `--training-images ${there}${sets.join("")}`;
}

/** Advice for a source that has only `there` training images; null where those are enough. */
export function adviceForFew(settings: Divided, there: number): string | null {
  const needed = fewestTrainingImages(settings);
  if (there >= needed) return null;
  const flags = lowered(settings, there);
  const { heldOut, minibatch } = settings.learning;
  const lower = flags === null ? "Add images." : `Add images, or lower these: ${flags}.`;
  return `Training needs ${needed} (learning.heldOut ${heldOut} + learning.minibatch ${minibatch}). ${lower}`;
}
