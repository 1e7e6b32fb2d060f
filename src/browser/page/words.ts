/** The sentences of the explorer, as functions of the state and of what was measured. HTML; λ is italic. */
import { whole } from "../../report/numbers.js";
import type { Least } from "./curve.js";
import type { Here } from "./measure.js";
import type { State } from "./state.js";

/** A percentage as it is shown everywhere: two decimals. */
export function percent(value: number): string {
  return `${value.toFixed(2)}%`;
}

/** A λ or σ: as many digits as its slider gives it. */
export function setting(value: number): string {
  return value >= 1 ? value.toFixed(2) : String(Number(value.toPrecision(3)));
}

const lambda = "<i>λ</i>";

/** Errors that differ by less than this, in percent, are the same to a reader. */
const same = 0.05;

/** What the code does at this λ, and which way to move. `done`: the curve is measured. */
export function nowSentence(state: State, here: Here, curve: { readonly least: Least | null; readonly done: boolean }) {
  const { active, percentActive, percentError } = here;
  const units = Math.round((100 * active) / percentActive || 0);
  const used = units > 0 ? ` of ${whole(units)} units (${percent(percentActive)})` : " units";
  const first = `At <span class="at">${lambda} = ${setting(here.lambda)}</span> the code uses <b>${whole(active)}${used}</b> and leaves <b>${percent(percentError ?? 0)} error</b>.`;
  return `${first} ${advice(state, here, curve)}`;
}

function advice({ sigma }: State, here: Here, { least, done }: { least: Least | null; done: boolean }): string {
  if (sigma === 0) return "Without noise every further unit helps: the less sparse, the better. Add noise.";
  if (least === null)
    return done
      ? "On this picture no sparsity in reach is best: the curve has no minimum inside."
      : "Measuring where the least error lies…";
  const error = here.percentError ?? 0;
  if (error - least.value < same) return "That is the least with this dictionary: the best sparsity.";
  const way = least.lambda > here.lambda ? "fewer units: move" : "more units: move";
  const towards = least.lambda > here.lambda ? "up" : "down";
  return `The least with this dictionary is ${percent(least.value)}, with ${way} ${lambda} ${towards} to ${least.lambda.toFixed(2)}.`;
}

/** The sentence for those who listen, once a slider rests. */
export function spoken(html: string): string {
  return html.replace(/<[^>]+>/g, "");
}

/** What to do before the command runs on a picture of the reader's own; "" for one that is in the repository. */
export function beforeCommand({ picture }: State, file: string): string {
  return picture === "own" ? `First “Save it as PNG” into the repository’s folder, as ${file}` : "";
}

/** The command that computes the numbers shown, behind a comment where something is to be done first. */
export function commandFor(state: State, file: string): string {
  const { lambda, sigma, features, seed } = state;
  const noise = sigma > 0 ? ` --noise ${sigma} --seed ${seed}` : "";
  const before = beforeCommand(state, file);
  return `${before && `# ${before}.\n`}npm run -s crisp -- encode ${file} --dictionary docs/explorer/atoms-${features}.npy --normalise-atoms --stride 2 --boundary crop --lambda ${lambda}${noise} --json`;
}

const tourSteps: readonly string[] = [
  `Slide ${lambda} to the right until the picture is flat. What goes first, noise or edges?`,
  `Watch the dot on the curve. To its right the code spends units on noise, to its left it lacks them for the picture. Stop at the bottom: the best sparsity. SURE finds it without the clean picture.`,
  `Make the dictionary larger. The best share of active units falls nearly as one over its size, and the least error hardly moves.`,
  `Press “Run it at this <i>λ</i>”: a network of neurons goes to the same least energy, far more slowly. Stopped early, it is less sparse.`,
  `This is the full-size study. Move <i>ν</i> and <i>γ</i> until the curves become one. How near they come, <i>S</i> says.`,
];

/** What a step of the tour is about, by id, where that lies outside the first screen. */
export const tourTargets: Readonly<Record<number, string>> = { 4: "settle", 5: "meet" };

/** A step of the tour, 1 to 5, and what its button says; 0 offers the tour. HTML. */
export function tourWords(step: number): { readonly words: string; readonly button: string } {
  if (step === 0) return { words: "", button: "Take the tour, five steps" };
  const words = `<b>${step} of ${tourSteps.length}</b> ${tourSteps[step - 1]}`;
  return { words, button: step === tourSteps.length ? "End the tour" : "Next" };
}
