/**
 * What to do where there are fewer training images than a study divides:
 * learning.heldOut of them are kept aside and learning.minibatch are learned
 * from at once. The advice is one that works, flags and all.
 */
import type { StudySettings } from "./settings.js";

type Divided = {
  readonly learning: Pick<StudySettings["learning"], "heldOut" | "minibatch">;
  readonly sweep: Pick<StudySettings["sweep"], "pilotImages">;
};

/** Training images that the settings need. */
export function fewestTrainingImages({ learning }: Divided): number {
  return learning.heldOut + learning.minibatch;
}

/** Counts of a study that no source can be asked to exceed. */
type Counted = Divided & Pick<StudySettings, "trainingImages" | "testImages">;

/**
 * Counts brought down to what a source holds, by the path of the setting; only those that change, and none
 * that the user named (`given`), whose own check then speaks. What depends on trainingImages goes with it.
 */
export function fewer(
  { trainingImages, testImages, learning, sweep }: Counted,
  there: { readonly training: number; readonly test: number },
  given: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const changed = new Map<string, number>();
  const atMost = (path: string, value: number, most: number) => {
    if (given.has(path) || value <= most || most < 1) return value;
    changed.set(path, most);
    return most;
  };
  atMost("testImages", testImages, there.test);
  if (given.has("trainingImages")) return changed;
  const training = atMost("trainingImages", trainingImages, there.training);
  const { minibatch } = learning;
  const enough = learning.heldOut + minibatch <= training;
  const heldOut = enough ? learning.heldOut : atMost("learning.heldOut", learning.heldOut, Math.floor(training / 2));
  atMost("learning.minibatch", minibatch, training - heldOut);
  atMost("sweep.pilotImages", sweep.pilotImages, heldOut);
  return changed;
}

/** "--training-images 64 --set learning.heldOut=32 …": what makes do with `there` images; null with fewer than 2. */
function lowered(settings: Divided, there: number): string | null {
  if (there < 2) return null;
  const counts = { ...settings, trainingImages: there, testImages: 0 };
  const sets = [...fewer(counts, { training: there, test: 0 }, new Set())];
  return `--training-images ${there}${sets.map(([path, value]) => ` --set ${path}=${value}`).join("")}`;
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
