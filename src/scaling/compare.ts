/**
 * The laws side by side on one quantity:
 *
 *   (a) adequate: lack-of-fit p > 0.01;
 *   (b) a law that contains an adequate simpler one stays only if it improves
 *       on it, F = (Δχ²/Δk) with (Δk, dof) degrees of freedom, p < 0.01; one
 *       whose additional term does all the work alone (Δχ² < 4) is that term's law;
 *       a law whose exponent is a guess is refused beside one that prints none;
 *   (c) Akaike weights of the families that stay, each with its best member's,
 *       shared among its members; open is what keeps a weight above 0.05.
 *
 * The small-sample term of AICc counts the N values that the variance comes
 * from (n sizes and the degrees of freedom of C), so it vanishes for stated
 * errors: with n alone it takes 5.6 of the 8-size laws of three parameters and
 * 10 of the 6-size ones, and laws of two parameters that are false win by it.
 */
import { chosenLaws, type LawChoice } from "./law-choice.js";
import { correctionAlone, type Model } from "./laws.js";
import { type FittedModel, fitModel, slopeAt } from "./models.js";
import { fTail } from "./special.js";
import type { ModelName, SizeData, VerdictName } from "./types.js";

/** A law with a lack-of-fit p below this is refused. */
export const leastP = 0.01;

/** A fitted law with its standing in the comparison. */
export type Candidate = {
  readonly fitted: FittedModel;
  /** Parameters that count. */
  readonly k: number;
  /** Lack-of-fit p, null where the data give none. */
  readonly p: number | null;
  readonly aicc: number | null;
  readonly adequate: boolean | null;
  /** Its exponent lies farther beyond the sizes than the sizes show it to come. */
  readonly extrapolated: boolean;
  droppedFor: string | null;
  weight: number;
  /** Neither refused nor outweighed: a verdict names it or is undecided with it. */
  open: boolean;
};

/** The verdict that each law speaks for; laws of one verdict are a family. */
export const families: Record<ModelName, VerdictName> = {
  constant: "no-scaling",
  logarithm: "logarithm",
  "corrected-logarithm": "logarithm",
  exponential: "saturation",
  saturation: "saturation",
  "power-law": "power-law",
  "shifted-power-law": "shifted-power-law",
  "corrected-power-law": "corrected-power-law",
  "log-power-law": "log-power-law",
  "inverse-log-square": "inverse-log-square",
  "shifted-inverse-log-square": "shifted-inverse-log-square",
};

/** Laws that a law contains, exactly or as a limit, when they have fewer parameters. */
const simpler: Record<ModelName, readonly ModelName[]> = {
  constant: [],
  logarithm: ["constant"],
  "corrected-logarithm": ["constant", "logarithm", "power-law"],
  exponential: ["constant"],
  saturation: ["constant"],
  "power-law": ["constant"],
  "shifted-power-law": ["constant", "power-law", "logarithm"],
  "corrected-power-law": ["constant", "power-law", "corrected-power-law", "shifted-power-law"],
  "log-power-law": ["constant", "power-law", "logarithm", "log-power-law"],
  "inverse-log-square": ["constant"],
  "shifted-inverse-log-square": ["constant", "logarithm", "inverse-log-square", "shifted-inverse-log-square"],
};

/** Every law of a choice with its standing; weights are 0 where errors are unknown. */
export function compareLaws(data: SizeData, choice: LawChoice = {}): Candidate[] {
  const candidates = chosenLaws(data.sizes, choice).flatMap((model) => {
    const fitted = fitModel(data, model);
    return fitted === null ? [] : [candidateOf(data, fitted)];
  });
  if (data.errors === "none") return candidates;
  dropContaining(data, candidates);
  dropTermsAlone(data, candidates);
  dropGuesses(candidates);
  weigh(candidates.filter(({ droppedFor }) => droppedFor === null));
  return candidates;
}

function candidateOf(data: SizeData, fitted: FittedModel): Candidate {
  const n = data.sizes.length;
  const k = fitted.model.counts ?? fitted.model.parameters.length;
  const { chi2 } = fitted.fit;
  const p = data.errors === "none" || n <= k ? null : fTail(chi2 / (n - k), n - k, data.dof);
  const N = n + data.dof;
  const small = N === Infinity ? 0 : (2 * k * (k + 1)) / (N - k - 1);
  const aicc = data.errors !== "none" && k < n - 1 ? chi2 + 2 * k + small : null;
  const adequate = p === null ? null : p > leastP;
  const droppedFor =
    adequate === false ? `does not fit: p = ${short(p!)}` : aicc === null ? "too few sizes to compare it" : null;
  return { fitted, k, p, aicc, adequate, extrapolated: extrapolated(data, fitted), droppedFor, weight: 0, open: false };
}

/** Step (b): drops a law that does not improve on an adequate simpler one. */
function dropContaining(data: SizeData, candidates: readonly Candidate[]): void {
  for (const rich of candidates) {
    for (const plain of candidates) {
      if (rich.droppedFor !== null || !plain.adequate || plain.k >= rich.k) continue;
      if (!contains(rich.fitted, plain.fitted)) continue;
      const more = rich.k - plain.k;
      const p = fTail((plain.fitted.fit.chi2 - rich.fitted.fit.chi2) / more, more, data.dof);
      if (p >= 0.01) rich.droppedFor = `does not improve on ${plain.fitted.model.name}: p = ${short(p)}`;
    }
  }
}

/**
 * With ω = |b| a correction is the constant that a shifted law falls to. One that rises may have any ω: the percolation
 * of docs/examples has 1.792, which A·uᵇ + C misses by five of its intervals.
 */
function contains(rich: FittedModel, plain: FittedModel): boolean {
  const rises = plain.model.name === "shifted-power-law" && plain.fit.parameters[2] > 0;
  return simpler[rich.model.name].includes(plain.model.name) && !rises;
}

/** A corrected law that does as well without its leading term is a shifted one in disguise. */
function dropTermsAlone(data: SizeData, candidates: readonly Candidate[]): void {
  for (const candidate of candidates) {
    const { model, fit } = candidate.fitted;
    const omega = omegaOf(model, fit.parameters);
    if (candidate.droppedFor !== null || omega === null) continue;
    const alone = fitModel(data, correctionAlone(omega));
    if (alone !== null && alone.fit.chi2 - fit.chi2 < 4)
      candidate.droppedFor = "its leading term may be constant: it is the shifted power law";
  }
}

/**
 * A law whose exponent is a guess is refused where the best of the others prints
 * none (a logarithm, a constant). Beside a law that prints one it stays and keeps
 * that undecided: not to know an exponent does not exclude it.
 */
function dropGuesses(candidates: readonly Candidate[]): void {
  const stays = candidates.filter(({ droppedFor }) => droppedFor === null);
  const [best] = stays.filter(({ extrapolated }) => !extrapolated).sort((a, b) => a.aicc! - b.aicc!);
  if (best === undefined || best.fitted.model.parameters.includes("exponent")) return;
  for (const one of stays)
    if (one.extrapolated) one.droppedFor = "its exponent lies too far beyond the local slopes: undetermined";
}

/** ω of a correction to a power or to a logarithm. */
function omegaOf(model: Model, parameters: readonly number[]): number | null {
  if (model.name === "corrected-logarithm") return 1;
  return model.name === "corrected-power-law" ? (model.fixed?.value ?? parameters[3]) : null;
}

/** Step (c). */
function weigh(stays: readonly Candidate[]): void {
  const least = Math.min(...stays.map(({ aicc }) => aicc!));
  const likelihood = ({ aicc }: Candidate): number => Math.exp((least - aicc!) / 2);
  const groups = [...new Set(stays.map(familyOf))].map((family) => stays.filter((one) => familyOf(one) === family));
  const best = groups.map((members) => Math.max(...members.map(likelihood)));
  const total = best.reduce((sum, value) => sum + value, 0);
  groups.forEach((members, i) => {
    const sum = members.reduce((all, one) => all + likelihood(one), 0);
    for (const one of members) {
      one.weight = ((best[i] / total) * likelihood(one)) / sum;
      one.open = best[i] / total > 0.05 && likelihood(one) / best[i] > 0.05;
    }
  });
}

export function familyOf({ fitted }: Candidate): VerdictName {
  return families[fitted.model.name];
}

/**
 * Whether a leading exponent is a guess: the law's own local slope has at the
 * largest size more left to go to it than it has come over all sizes.
 */
function extrapolated(data: SizeData, fitted: FittedModel): boolean {
  const { name, parameters } = fitted.model;
  const b = fitted.fit.parameters[parameters.indexOf("exponent")];
  if (name !== "corrected-power-law" && !(name === "shifted-power-law" && b > 0)) return false;
  const [first, last] = [data.sizes[0], data.sizes[data.sizes.length - 1]].map((size) => slopeAt(fitted, size));
  return Math.abs(b - last) > Math.abs(last - first);
}

/** Two significant digits, plain where it can be. */
export function short(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(0);
  return String(Number(value.toPrecision(Math.abs(value) >= 10 ? 3 : 2)));
}
