/**
 * Which law the data support, in three steps:
 *
 *   (a) adequate: lack-of-fit p > 0.01;
 *   (b) a law that contains an adequate simpler one stays only if it improves
 *       on it, F = (Δχ²/Δk) with (Δk, dof) degrees of freedom, p < 0.01; a
 *       corrected law whose leading exponent may be 0 (Δχ² < 4) is the shifted one;
 *   (c) Akaike weights of what stays, one member a family: above 0.95 decides,
 *       otherwise it is undecided between all above 0.05.
 *
 * Nothing adequate: a crossover if the local slopes drift, else undecided.
 * Without (b) a true power law of 8 sizes never passes weight 0.85 (measured).
 */
import { correctionAlone, type FittedModel, fitModel, modelsFor } from "./models.js";
import { driftP } from "./powerlaw.js";
import { fTail } from "./special.js";
import type { ModelName, SizeData, VerdictName } from "./types.js";

/** A fitted model with its standing in the comparison. */
export type Candidate = {
  readonly fitted: FittedModel;
  readonly k: number;
  readonly p: number | null;
  readonly aicc: number | null;
  readonly adequate: boolean | null;
  droppedFor: string | null;
  weight: number;
};

export type Decision = {
  readonly verdict: VerdictName;
  readonly reason: string;
  readonly candidates: readonly Candidate[];
};

const families: Record<ModelName, VerdictName> = {
  constant: "no-scaling",
  logarithm: "logarithm",
  exponential: "saturation",
  saturation: "saturation",
  "power-law": "power-law",
  "shifted-power-law": "shifted-power-law",
  "corrected-power-law": "corrected-power-law",
};

const simpler: Record<ModelName, readonly ModelName[]> = {
  constant: [],
  logarithm: ["constant"],
  exponential: ["constant"],
  saturation: ["constant"],
  "power-law": ["constant"],
  "shifted-power-law": ["constant", "power-law", "logarithm"],
  "corrected-power-law": ["constant", "power-law"],
};

const names: Record<string, string> = {
  "power-law": "a power law",
  "corrected-power-law": "a power law with correction",
  "shifted-power-law": "a shifted power law",
  logarithm: "a logarithm",
  saturation: "saturation",
  "no-scaling": "no scaling",
};

/** The verdict on one quantity, with every model's standing. */
export function decide(data: SizeData): Decision {
  const n = data.sizes.length;
  const candidates = modelsFor(n).flatMap((model) => {
    const fitted = fitModel(data, model);
    return fitted === null ? [] : [candidateOf(data, fitted)];
  });
  const early = tooLittle(data);
  if (early !== null) return { ...early, candidates };
  dropContaining(data, candidates);
  dropCorrectionsAlone(data, candidates);
  keepOneAFamily(candidates);
  const stays = candidates.filter(({ droppedFor }) => droppedFor === null);
  weigh(stays);
  const powerLaw = candidates.find(({ fitted }) => fitted.model.name === "power-law");
  if (n === 4 && powerLaw?.adequate === false)
    return { verdict: "undecided", reason: fourSizes(powerLaw, stays), candidates };
  return { ...(stays.length === 0 ? nothingFits(data, powerLaw) : weighed(stays)), candidates };
}

function candidateOf(data: SizeData, fitted: FittedModel): Candidate {
  const n = data.sizes.length;
  const k = fitted.model.parameters.length;
  const { chi2 } = fitted.fit;
  const p = data.errors === "none" || n <= k ? null : fTail(chi2 / (n - k), n - k, data.dof);
  const aicc = data.errors !== "none" && k < n - 1 ? chi2 + 2 * k + (2 * k * (k + 1)) / (n - k - 1) : null;
  const adequate = p === null ? null : p > 0.01;
  const droppedFor =
    adequate === false ? `does not fit: p = ${short(p!)}` : aicc === null ? "too few sizes to compare it" : null;
  return { fitted, k, p, aicc, adequate, droppedFor, weight: 0 };
}

function tooLittle(data: SizeData): { verdict: VerdictName; reason: string } | null {
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

/** Step (b): drops a model that does not improve on an adequate simpler one. */
function dropContaining(data: SizeData, candidates: readonly Candidate[]): void {
  for (const rich of candidates) {
    for (const name of simpler[rich.fitted.model.name]) {
      const plain = candidates.find(({ fitted }) => fitted.model.name === name);
      if (rich.droppedFor !== null || !plain?.adequate) continue;
      const more = rich.k - plain.k;
      const p = fTail((plain.fitted.fit.chi2 - rich.fitted.fit.chi2) / more, more, data.dof);
      if (p >= 0.01) rich.droppedFor = `does not improve on ${name}: p = ${short(p)}`;
    }
  }
}

/** A corrected law that does as well without its leading power is a shifted one in disguise. */
function dropCorrectionsAlone(data: SizeData, candidates: readonly Candidate[]): void {
  for (const candidate of candidates) {
    const { model, fit } = candidate.fitted;
    if (candidate.droppedFor !== null || model.name !== "corrected-power-law") continue;
    const alone = fitModel(data, correctionAlone(model.omega ?? fit.parameters[3]));
    if (alone !== null && alone.fit.chi2 - fit.chi2 < 4)
      candidate.droppedFor = "its leading exponent may be 0: it is the shifted power law";
  }
}

/** Of ω = 0.5, 1 and free, and of exponential and saturation, the least AICc competes. */
function keepOneAFamily(candidates: readonly Candidate[]): void {
  for (const candidate of candidates) {
    const family = families[candidate.fitted.model.name];
    const better = candidates.some(
      (other) =>
        families[other.fitted.model.name] === family && other.droppedFor === null && other.aicc! < candidate.aicc!,
    );
    if (candidate.droppedFor === null && better) candidate.droppedFor = "another member of its family fits better";
  }
}

function weigh(stays: readonly Candidate[]): void {
  const least = Math.min(...stays.map(({ aicc }) => aicc!));
  const total = stays.reduce((sum, { aicc }) => sum + Math.exp((least - aicc!) / 2), 0);
  for (const candidate of stays) candidate.weight = Math.exp((least - candidate.aicc!) / 2) / total;
}

function weighed(stays: readonly Candidate[]): { verdict: VerdictName; reason: string } {
  const ranked = [...stays].sort((a, b) => b.weight - a.weight);
  const best = ranked[0];
  const verdict = families[best.fitted.model.name];
  if (best.weight > 0.95) {
    const rest =
      ranked.length === 1 ? "the only law that stays" : `weight ${best.weight.toFixed(3)} of those that stay`;
    return { verdict, reason: `${capital(names[verdict])}: ${test(best)}, ${rest}.` };
  }
  const open = ranked
    .filter(({ weight }) => weight > 0.05)
    .map((one) => `${names[families[one.fitted.model.name]]} (weight ${one.weight.toFixed(2)}, ${test(one)})`);
  return {
    verdict: "undecided",
    reason: `Undecided between ${open.slice(0, -1).join(", ")} and ${open[open.length - 1]}.`,
  };
}

/** Four sizes refuse the power law but bear no law of three parameters to set against those of two that stay. */
function fourSizes(powerLaw: Candidate, stays: readonly Candidate[]): string {
  const refused = `A power law does not fit (${test(powerLaw)})`;
  const untested = "4 sizes bear no law of three parameters";
  if (stays.length === 0) return `${refused}, and ${untested}.`;
  const named = stays.map((one) => `${names[families[one.fitted.model.name]]} (${test(one)})`);
  return `${refused}. What fits, ${named.join(" or ")}, is not taken for the law: ${untested} to compare it with, and weights are among those of two.`;
}

function nothingFits(data: SizeData, powerLaw: Candidate | undefined): { verdict: VerdictName; reason: string } {
  const drift = driftP(data);
  const refused = powerLaw ? `A power law is refused (${test(powerLaw)})` : "No power law could be fitted";
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

function test(candidate: Candidate): string {
  const dof = candidate.fitted.fit.chi2;
  return `χ² = ${short(dof)}, p = ${candidate.p === null ? "unknown" : short(candidate.p)}`;
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}

/** Two significant digits, plain where it can be. */
export function short(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(0);
  return String(Number(value.toPrecision(Math.abs(value) >= 10 ? 3 : 2)));
}
