/**
 * What decides an undecided verdict: the laws to exclude, by someone who knows that they
 * cannot be there, so that one law is named. Each is found by fitting again without it.
 */
import { chosenLaws, type LawChoice } from "./law-choice.js";
import { fitScaling } from "./scaling.js";
import type { ModelName, ScalingFit, SizeData } from "./types.js";
import { lawInWords, listed, verdictNames } from "./verdict.js";

/**
 * "If a power law with a logarithm is not possible here: --exclude log-power-law leaves a power law.",
 * the lightest exclusion that names a law: one law's name, else all names but the heaviest.
 *
 * @returns "" for a verdict that is not undecided between laws, or where no exclusion decides
 */
export function exclusionThatDecides(data: SizeData, fit: ScalingFit, choice: LawChoice): string {
  if (fit.verdict !== "undecided") return "";
  const names = namesByWeight(fit);
  const lighter = names.slice(1).reverse();
  const tries = [...lighter.map((name) => [name]), ...(lighter.length > 1 ? [lighter] : [])];
  for (const left of tries) {
    const exclude = [...(choice.exclude ?? []), ...left];
    if (chosenLaws(data.sizes, { ...choice, exclude }).length === 0) continue;
    const { verdict } = fitScaling(data, { ...choice, exclude });
    if (undecided.has(verdict)) continue;
    const laws = left.map(lawInWords);
    const condition =
      laws.length === 1 ? `${laws[0]} is not possible here` : `neither ${listed(laws, "nor")} is possible here`;
    return ` If ${condition}: --exclude ${exclude.join(",")} leaves ${verdictNames[verdict]}.`;
  }
  return "";
}

const undecided: ReadonlySet<string> = new Set(["undecided", "crossover", "no-extremum", "too-few-sizes"]);

/** Names of the laws that are open, the heaviest first. */
function namesByWeight({ models }: ScalingFit): readonly ModelName[] {
  const weight = (name: ModelName): number =>
    models.reduce((sum, one) => sum + (one.name === name ? one.weight : 0), 0);
  const open = new Set(models.flatMap((one) => (one.open ? [one.name] : [])));
  return [...open].sort((a, b) => weight(b) - weight(a));
}
