/**
 * Which law the data support. What stays in the comparison (compare.ts) with a
 * weight above 0.95 in one family is named, otherwise the verdict is undecided
 * between all above 0.05. A law whose exponent lies too far beyond the sizes is
 * never named. Nothing adequate: a crossover if the local slopes drift, else undecided.
 * Without step (b) of the comparison a true power law of 8 sizes never passes weight 0.85 (measured).
 */
import { capital } from "../core/words.js";
import { type Candidate, compareLaws, familyOf, leastP, short } from "./compare.js";
import type { LawChoice } from "./law-choice.js";
import { driftP } from "./powerlaw.js";
import type { ModelName, SizeData, VerdictName } from "./types.js";

/** A verdict with every law's standing. */
export type Decision = {
  readonly verdict: VerdictName;
  /** One sentence: the numbers that decided. */
  readonly reason: string;
  readonly candidates: readonly Candidate[];
  /** Whether what fits is not taken for the law: the open laws predict, but leave no exponent possible. */
  readonly untested?: true;
};

type Said = Omit<Decision, "candidates">;

/** "a power law with a correction": each verdict as it stands in a sentence. */
export const verdictNames: Readonly<Record<VerdictName, string>> = {
  "power-law": "a power law",
  "corrected-power-law": "a power law with a correction",
  "shifted-power-law": "a shifted power law",
  "log-power-law": "a power law with a logarithm",
  logarithm: "a logarithm",
  "inverse-log-square": "an inverse square of the logarithm",
  "shifted-inverse-log-square": "a shifted inverse square of the logarithm",
  saturation: "saturation",
  "no-scaling": "no scaling",
  crossover: "a crossover",
  undecided: "undecided",
  "no-extremum": "no interior extremum",
  "too-few-sizes": "too few sizes",
};

/** "a power law with a correction": each law as it stands in a sentence; three are called after no verdict. */
export function lawInWords(name: ModelName): string {
  if (name === "constant") return "a constant";
  if (name === "corrected-logarithm") return "a corrected logarithm";
  return name === "exponential" ? "an exponential" : verdictNames[name];
}

/** The verdict on one quantity, with every law's standing. */
export function decide(data: SizeData, choice: LawChoice = {}): Decision {
  const candidates = compareLaws(data, choice);
  const early = tooLittle(data);
  if (early !== null) return { ...early, candidates: candidates.map((one) => ({ ...one, weight: 0, open: false })) };
  const stays = candidates.filter(({ droppedFor }) => droppedFor === null);
  const powerLaw = candidates.find(({ fitted }) => fitted.model.name === "power-law");
  if (data.sizes.length === 4 && powerLaw?.adequate === false)
    return { verdict: "undecided", reason: fourSizes(powerLaw, stays), candidates, untested: true };
  return { ...(stays.length === 0 ? nothingFits(data, powerLaw) : weighed(candidates)), candidates };
}

function tooLittle(data: SizeData): Said | null {
  const { sizes } = data;
  if (sizes.length === 0) return { verdict: "no-extremum", reason: "No size has an interior extremum." };
  const factor = sizes[sizes.length - 1] / sizes[0];
  if (sizes.length < 4 || factor < 4) {
    const found = sizes.length === 1 ? "1 size" : `${sizes.length} sizes over a factor of ${short(factor)}`;
    return { verdict: "too-few-sizes", reason: `${found}; at least 4 sizes over a factor of 4 are needed.` };
  }
  if (data.errors === "none")
    return { verdict: "undecided", reason: "Bare values without replicates, items or errors cannot refuse any law." };
  return null;
}

/** The open members of a family, the heaviest first, and the family's weight. */
type Family = { readonly name: VerdictName; readonly members: readonly Candidate[]; readonly weight: number };

function openFamilies(candidates: readonly Candidate[]): Family[] {
  const stays = candidates.filter(({ droppedFor }) => droppedFor === null);
  return [...new Set(stays.map(familyOf))]
    .map((name): Family => {
      const own = stays.filter((one) => familyOf(one) === name);
      const members = own.filter(({ open }) => open).sort((a, b) => b.weight - a.weight);
      return { name, members, weight: own.reduce((sum, { weight }) => sum + weight, 0) };
    })
    .filter(({ weight }) => weight > 0.05)
    .sort((a, b) => b.weight - a.weight);
}

function weighed(candidates: readonly Candidate[]): Said {
  const families = openFamilies(candidates);
  const [best] = families;
  if (best.weight > 0.95) {
    if (best.members.some(({ extrapolated }) => extrapolated)) return { verdict: "undecided", reason: guess(best) };
    const rest =
      best.weight > 0.9999 ? "the only law that stays" : `weight ${best.weight.toFixed(3)} of those that stay`;
    return { verdict: best.name, reason: `${capital(verdictNames[best.name])}: ${numbersOf(best)}, ${rest}.` };
  }
  if (families.length === 1) {
    const likely = `${verdictNames[best.name]} is likely (weight ${best.weight.toFixed(2)}, ${numbersOf(best)})`;
    return { verdict: "undecided", reason: `Undecided, though ${likely}: the other laws together are not excluded.` };
  }
  const named = families.map((one) => `${verdictNames[one.name]} (weight ${one.weight.toFixed(2)}, ${numbersOf(one)})`);
  return { verdict: "undecided", reason: `Undecided between ${listed(named, "and")}.` };
}

function guess(family: Family): string {
  return `${capital(verdictNames[family.name])} fits (${numbersOf(family)}), but its exponent lies farther beyond the sizes than the local slopes move over them: undetermined.`;
}

/** What sets the members of a family apart, as the law is written with it. */
const memberWords = {
  omega: "factor 1 + c·L^(−ω), ω = ",
  logExponent: "factor (ln L)^c, c = ",
  logShift: null,
} as const;

/** "factor (ln L)^c, c = 1/2, 1, χ² = 3.1, p = 0.8": which members are open, and the test of the heaviest. */
function numbersOf({ members }: Family): string {
  const kept = members.flatMap(({ fitted }) => (fitted.model.fixed ? [fitted.model.fixed] : []));
  const words = kept[0] && memberWords[kept[0].name];
  const values = kept.map(({ value }) => value).sort((a, b) => a - b);
  const guess = members.every(({ extrapolated }) => extrapolated) ? ", exponent undetermined" : "";
  return `${words ? `${words}${values.map(ratio).join(", ")}, ` : ""}${test(members[0])}${guess}`;
}

/** "1/3" for the powers that logarithms have, "0.83" for the rest. */
function ratio(value: number): string {
  const below = [1, 2, 3, 4, 8].find((one) => Math.abs(value * one - Math.round(value * one)) < 1e-9);
  const text = below === undefined || below === 1 ? short(value) : `${Math.round(value * below)}/${below}`;
  return text.replace("-", "−");
}

/** What a p is read by where a law is refused. */
const limit = `a law fits where p > ${leastP}`;

/** Four sizes refuse the power law but bear no law of three parameters to set against those of two that stay. */
function fourSizes(powerLaw: Candidate, stays: readonly Candidate[]): string {
  const refused = `A power law does not fit (${test(powerLaw)}; ${limit})`;
  const untested = "4 sizes bear no law of three parameters";
  if (stays.length === 0) return `${refused}, and ${untested}.`;
  const named = openFamilies(stays).map((one) => `${verdictNames[one.name]} (${numbersOf(one)})`);
  return `${refused}. What fits, ${listed(named, "or")}, is not taken for the law: ${untested} to compare it with, and weights are among those of two.`;
}

function nothingFits(data: SizeData, powerLaw: Candidate | undefined): Said {
  const drift = driftP(data);
  const refused = powerLaw ? `A power law is refused (${test(powerLaw)}; ${limit})` : "No power law could be fitted";
  if (drift !== null && drift < 0.01) {
    return {
      verdict: "crossover",
      reason: `${refused}, as is every other law, and the local slopes drift with size (p = ${short(drift)}).`,
    };
  }
  return {
    verdict: "undecided",
    reason: `${refused}, as is every other law, and the local slopes show no drift${drift === null ? "" : ` (p = ${short(drift)})`}.`,
  };
}

function test({ fitted, p }: Candidate): string {
  return `χ² = ${short(fitted.fit.chi2)}, p = ${p === null ? "unknown" : short(p)}`;
}

/** "a, b and c", with the word before the last. */
export function listed(parts: readonly string[], word: string): string {
  return parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} ${word} ${parts[parts.length - 1]}`;
}
