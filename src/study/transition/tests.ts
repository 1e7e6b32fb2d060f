/**
 * The tests, one function each: what a transition would have to show, the
 * number found, and where it may lie. Slopes are of logarithms against ln L;
 * below `margin` in size a slope counts as none.
 */
import type { Estimate } from "../../scaling/types.js";
import { cumulantDraws } from "../../tasks/transition/fluctuation.js";
import type { StudyRecord } from "../record.js";
import { difference, judge, meanOf, pairedSlope } from "./judge.js";
import type { FixedLambdaSlope, Region, TestName, TransitionRecord, TransitionSize, TransitionTest } from "./record.js";
import { type PerImage, perImage, type SizeMeasured } from "./sizes.js";

/** Slopes within ± this are no change: 3.5 % a doubling of L. */
export const margin = 0.05;

/** The same for k*, whose slope is known ten times better than the others. */
const unitsMargin = 0.01;

export type Known = Pick<TransitionRecord, "fixedLambda" | "minimumSlope" | "sure"> & {
  readonly record: StudyRecord;
  readonly sizes: readonly SizeMeasured[];
  readonly rows: readonly TransitionSize[];
};

const none: Region = { kind: "inside", low: -margin, high: margin };
const changes: Region = { kind: "outside", low: -margin, high: margin };
const grows: Region = { kind: "above", low: margin };

export function transitionTests(known: Known): TransitionTest[] {
  return [
    bestUnits(known),
    fixedLambda(known),
    sureMinimum(known),
    recoveryLine(known),
    growth(known, "susceptibility-size", "chi", "χ at λ* grows with the network", "slope of χ at λ* against L"),
    susceptibilityPeak(known),
    susceptibilityExponent(known),
    growth(
      known,
      "spike",
      "spike",
      "the answer to a spike grows with the network",
      "slope of the summed answer against L",
    ),
    growth(
      known,
      "fluctuation",
      "fluctuation",
      "fluctuations L·Var(p) grow with the network",
      "slope of L·Var(p) against L",
    ),
    replicaOverlap(known),
    cumulant(known),
    growth(
      known,
      "relaxation",
      "slowest",
      "the LCA slows down with the network",
      "slope of its slowest mode's time against L",
    ),
    hysteresisTest(known),
  ];
}

const noSlope = "fewer than three of the fitted sizes have a minimum";

type Draft = Omit<TransitionTest, "verdict" | "note"> & { readonly note?: string };

function tested({ note = "", ...draft }: Draft): TransitionTest {
  return { ...draft, verdict: judge(draft.estimate, draft.region), note };
}

function bestUnits({ record }: Known): TransitionTest {
  return tested({
    name: "best-units",
    claim: "the best number of active units changes with the network",
    quantity: "slope of k at the minimum against L (1 + that of percent active)",
    estimate: record.activeUnits.powerLaw?.exponent ?? null,
    region: { kind: "outside", low: -unitsMargin, high: unitsMargin },
    note:
      record.activeUnits.powerLaw === null
        ? noSlope
        : "with constant k, percent active falls as 1/L and needs no physics",
  });
}

/** The grid's λ nearest the geometric mean of the fitted sizes' best ones. */
function nearestSlope({ record, fixedLambda }: Known): FixedLambdaSlope | null {
  const best = record.minima.flatMap(({ leftOut, lambda }) => (leftOut || !lambda ? [] : [Math.log(lambda.value)]));
  const centre = best.reduce((sum, value) => sum + value, 0) / best.length;
  const distance = ({ lambda }: FixedLambdaSlope) => Math.abs(Math.log(lambda) - centre);
  return [...fixedLambda].sort((a, b) => distance(a) - distance(b))[0] ?? null;
}

function fixedLambda(known: Known): TransitionTest {
  const fixed = nearestSlope(known);
  const at = fixed ? ` (λ = ${fixed.lambda})` : "";
  return tested({
    name: "fixed-lambda",
    claim: "percent active falls with L otherwise at the minimum than at a fixed λ",
    quantity: `slope at the minimum less that at a fixed λ${at}`,
    estimate: fixed && known.minimumSlope ? difference(known.minimumSlope, fixed.slope) : null,
    region: changes,
    note: fixed ? (known.minimumSlope ? "" : noSlope) : "the fitted sizes share no λ, or are fewer than three",
  });
}

/** SURE holds for converged codes: above this gap the active count is not the degrees of freedom. */
const sureGap = 1e-3;

function sureMinimum({ record, sure, minimumSlope }: Known): TransitionTest {
  const { tolerance } = record.certificate;
  const fine = tolerance <= sureGap;
  return tested({
    name: "sure",
    claim: "the minimum of SURE, which sees no clean image, scales as the true one",
    quantity: "slope of percent active at SURE's minimum less that at the true one",
    estimate: fine && sure.slope && minimumSlope ? difference(sure.slope, minimumSlope) : null,
    region: none,
    note: fine
      ? minimumSlope
        ? sure.slope
          ? ""
          : `SURE: ${noSlope}`
        : noSlope
      : `needs sweep.tolerance of at most ${sureGap}; this study has ${tolerance}`,
  });
}

function recoveryLine({ rows, record }: Known): TransitionTest {
  const ratios = rows.flatMap(({ features, recoveryPercent }) => {
    const active = record.minima.find((minimum) => minimum.features === features)?.percentActive;
    return active && recoveryPercent ? [Math.log(active.value / recoveryPercent)] : [];
  });
  return tested({
    name: "recovery-line",
    claim: "the minimum lies on the line of Donoho and Tanner",
    quantity: "mean over sizes of ln(percent active/line)",
    estimate: meanOf(ratios),
    region: { kind: "inside", low: -0.1, high: 0.1 },
    note:
      ratios.length < 2
        ? "fewer than two sizes have more units than pixels"
        : "the line is that of noise-free recovery",
  });
}

/** Slope of ln y against ln L over the images that every size has. */
function sizeSlope(sizes: readonly SizeMeasured[], name: PerImage): Estimate | null {
  const values = sizes.map((size) => new Map(perImage(size, name)));
  const shared = [...(values[0]?.keys() ?? [])].filter((image) => values.every((map) => map.has(image)));
  return pairedSlope(
    sizes.map(({ minimum }) => Math.log(minimum.systemSize)),
    shared.map((image) => values.map((map) => Math.log(map.get(image)!))),
  );
}

function growth({ sizes }: Known, name: TestName, of: PerImage, claim: string, quantity: string): TransitionTest {
  const estimate = sizeSlope(sizes, of);
  return tested({ name, claim, quantity, estimate, region: grows, note: estimate ? "" : tooFew });
}

const tooFew = "needs two sizes or more and images whose active atoms are independent at each";

/** d ln χ/d ln λ of each image, over the λ's around λ*, as its mean over sizes. */
function chiSlopes(sizes: readonly SizeMeasured[]): Estimate | null {
  const perSize = sizes.map(({ responses }) =>
    [...responses.values()].flatMap(({ points }) => {
      const all = points.map(({ lambda, chi }) => (chi === null ? null : ([Math.log(lambda), Math.log(chi)] as const)));
      if (all.some((point) => point === null) || all.length < 2) return [];
      const x = all.map((point) => point![0]);
      return [pairedSlope(x, [all.map((point) => point![1])])?.value ?? []].flat();
    }),
  );
  if (perSize.some((slopes) => slopes.length === 0)) return null;
  // Sizes differ more than images do: one number per size.
  return meanOf(perSize.map((slopes) => slopes.reduce((sum, value) => sum + value, 0) / slopes.length));
}

function susceptibilityPeak({ sizes }: Known): TransitionTest {
  const estimate = chiSlopes(sizes);
  return tested({
    name: "susceptibility-peak",
    claim: "χ has its peak at λ*",
    quantity: "slope of χ against λ at λ*",
    estimate,
    region: none,
    note: estimate ? "" : tooFew,
  });
}

function susceptibilityExponent({ sizes, record }: Known): TransitionTest {
  const slope = chiSlopes(sizes);
  const { gamma } = record.exponents;
  return tested({
    name: "susceptibility-exponent",
    claim: "χ ~ λ^γ with the γ of the error's own law",
    quantity: gamma ? `slope of χ against λ less γ = ${gamma.value.toPrecision(3)}` : "slope of χ against λ less γ",
    estimate: slope && gamma ? difference(slope, gamma) : null,
    region: none,
    note: gamma ? (slope ? "" : tooFew) : "the error's law leaves γ undetermined",
  });
}

function replicaOverlap({ sizes }: Known): TransitionTest {
  const estimate = sizeSlope(sizes, "overlap");
  return tested({
    name: "overlap",
    claim: "the overlap q of two replicas changes with the network",
    quantity: "slope of q against L",
    estimate,
    region: changes,
    note: estimate ? "" : tooFew,
  });
}

function cumulant({ rows }: Known): TransitionTest {
  const estimate = rows.at(-1)?.cumulant ?? null;
  return tested({
    name: "cumulant",
    claim: "Binder’s cumulant of the largest network differs from 0, that of a normal law",
    quantity: "1 − ⟨m⁴⟩/(3⟨m²⟩²)",
    estimate,
    region: changes,
    note: estimate ? "" : `not measured: needs ${cumulantDraws} draws`,
  });
}

function hysteresisTest({ sizes }: Known): TransitionTest {
  const all = sizes.flatMap(({ responses }) =>
    [...responses.values()].flatMap((response) => response.hysteresis ?? []),
  );
  const largest = all.reduce((most, { energy, allowed }) => Math.max(most, energy / allowed), 0);
  return tested({
    name: "hysteresis",
    claim: "the path up in λ ends in other codes than the path down",
    quantity: "largest difference in energy, in units of what the certificates allow",
    estimate: all.length === 0 ? null : { value: largest, low: 0, high: largest },
    region: { kind: "above", low: 1 },
    note: "none is possible: the soft threshold’s energy is convex. It checks the coding and excludes a first-order transition",
  });
}
