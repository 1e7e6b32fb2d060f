/**
 * The sentences of a report against the record behind them: every verdict has its
 * own headline and line, and none claims more than the record holds.
 */
import { describe, expect, test } from "vitest";
import { curvesFinding, predictionFinding, scalingFinding } from "../../src/report/captions.js";
import {
  headline,
  type Judgement,
  lawLine,
  predictionHolds,
  standfirst,
  testLines,
} from "../../src/report/findings.js";
import { plainText } from "../../src/report/markup.js";
import { type Size, sizesOf } from "../../src/report/sizes.js";
import { fitSentence, tableHeadline } from "../../src/report/table-findings.js";
import type { Estimate, ModelName, ScalingFit, VerdictName } from "../../src/scaling/types.js";
import type { StudyRecord } from "../../src/study/record.js";
import { about, minima, models, prediction, study } from "./sample.js";
import { tableRecord } from "./table-sample.js";
import { variants } from "./variants.js";

/** The sample's fit with another verdict; only a power law and an open choice keep an exponent. */
function fitOf(of: ScalingFit, verdict: VerdictName, weights: Partial<Record<ModelName, number>> = {}): ScalingFit {
  const exponent = verdict === "power-law" ? of.exponent : null;
  return { ...of, verdict, exponent, reason: `Reason of ${verdict}.`, models: models(weights) };
}

/** A study whose percent active and active units have these verdicts. */
function studyOf(verdict: VerdictName, weights: Partial<Record<ModelName, number>> = {}, units = verdict): StudyRecord {
  const fit = fitOf(study.location, verdict, weights);
  return { ...study, location: fit, activeUnits: fitOf(study.activeUnits, units) };
}

const headlineOf = (record: StudyRecord) => plainText(headline(record, sizesOf(record)));
const standOf = (record: StudyRecord) => plainText(standfirst(record, sizesOf(record)));

/** Images of 16 to 256 pixels a side instead of 16 to 256 features. */
const images: StudyRecord = {
  ...study,
  settings: {
    ...study.settings,
    sizeAxis: "image",
    features: [64],
    imageSizes: study.settings.features,
    leftOut: [],
  },
  minima: minima.slice(0, 5).map((m) => ({ ...m, features: 64, imageSize: m.features })),
  curves: study.curves.slice(0, 5).map((c) => ({ ...c, features: 64, imageSize: c.features })),
  prediction: null,
};

const law = (verdict: VerdictName, headlineText: string, judgement: Judgement, words: string) =>
  [verdict, headlineText, judgement, words] as const;

/** Each verdict with the weights of its law: the headline, and the line of the law. */
const verdicts = {
  "power-law": law(
    "power-law",
    "The best sparsity falls as a power of network size, and the law predicted the largest network.",
    "Supported",
    "Power law for percent active: weight 0.91 among six laws.",
  ),
  "corrected-power-law": law(
    "corrected-power-law",
    "The best sparsity follows a power law in network size with a correction.",
    "Not supported",
    "Plain power law for percent active: corrected power law.",
  ),
  "shifted-power-law": law(
    "shifted-power-law",
    "The best sparsity follows a power law in network size, shifted by a constant.",
    "Not supported",
    "Plain power law for percent active: shifted power law, weight 0.91 among six laws.",
  ),
  "log-power-law": law(
    "log-power-law",
    "The best sparsity follows a power law in network size with a logarithm.",
    "Not supported",
    "Plain power law for percent active: power law with a logarithm.",
  ),
  "inverse-log-square": law(
    "inverse-log-square",
    "No power law: the best sparsity moves with the squared logarithm of network size.",
    "Not supported",
    "Plain power law for percent active: inverse squared logarithm.",
  ),
  "shifted-inverse-log-square": law(
    "shifted-inverse-log-square",
    "No power law: the best sparsity settles with the squared logarithm of network size.",
    "Not supported",
    "Plain power law for percent active: shifted inverse squared logarithm.",
  ),
  logarithm: law(
    "logarithm",
    "No power law: the best sparsity moves with the logarithm of network size.",
    "Not supported",
    "Plain power law for percent active: logarithm, weight 0.91 among six laws.",
  ),
  saturation: law(
    "saturation",
    "No power law: the best sparsity settles as networks grow.",
    "Not supported",
    "Plain power law for percent active: saturation, weight 0.91 among six laws.",
  ),
  "no-scaling": law(
    "no-scaling",
    "No scaling: the best sparsity is the same at every network size.",
    "Not supported",
    "Power law for percent active: a constant fits (p = 0.66).",
  ),
  crossover: law(
    "crossover",
    "No single power law: the slope of the best sparsity drifts with network size.",
    "Not supported",
    "Power law for percent active: the local slopes drift.",
  ),
  undecided: law(
    "undecided",
    "None of the laws fits: how the best sparsity moves with network size stays open.",
    "Undecided",
    "Law of percent active:",
  ),
  "too-few-sizes": law(
    "too-few-sizes",
    "Too few sizes to test a law; a power law through five of them predicted the largest network.",
    "Undecided",
    "Power law for percent active:",
  ),
  "no-extremum": law(
    "no-extremum",
    "No law: too few networks have a best sparsity inside the range of λ measured.",
    "Undecided",
    "Power law for percent active:",
  ),
} satisfies Record<VerdictName, readonly unknown[]>;

/** The verdict's own law carries 0.91, another one the rest. */
function weightsOf(verdict: VerdictName): Partial<Record<ModelName, number>> {
  if (verdict === "undecided" || verdict === "too-few-sizes" || verdict === "no-extremum") return {};
  if (verdict === "no-scaling") return { constant: 0.91 };
  if (verdict === "crossover") return { "power-law": 0.5 };
  return { [verdict]: 0.91, exponential: 0.04 };
}

describe.each(Object.values(verdicts))("%s", (verdict, title, judgement, words) => {
  const record = studyOf(verdict, weightsOf(verdict));

  test("has its own headline", () => {
    expect(headlineOf(record)).toBe(title);
  });

  test("has its line, with the number or the reason that decided", () => {
    const line = lawLine(record.location, "percent active");
    expect([line.judgement, plainText(line.words)]).toEqual([judgement, words]);
    if (words.endsWith(":")) expect(line.reason).toBe(`reason of ${verdict}.`);
  });

  test("an exponent stands in the standfirst only if the record has one", () => {
    const text = standOf(record);
    expect(text.includes("L^−0.742, 95% interval [−0.771, −0.713]")).toBe(record.location.exponent !== null);
    expect(text.includes("No exponent is reported.")).toBe(record.location.exponent === null);
  });

  test("a table says the same of its location", () => {
    const text = tableHeadline({ ...tableRecord, location: fitOf(tableRecord.location, verdict) });
    const claimed = /^The location follows a power law in size\.$/.test(text);
    expect(claimed).toBe(verdict === "power-law");
    expect(/^No |^Undecided|^Too few/.test(text)).toBe(!/power-law/.test(verdict));
  });
});

describe("the law's line", () => {
  test("only a power law is called supported", () => {
    const supported = Object.values(verdicts).filter(([, , judgement]) => judgement === "Supported");
    expect(supported.map(([verdict]) => verdict)).toEqual(["power-law"]);
  });

  test("its weight is that of the law it names, not the greatest", () => {
    const fit = fitOf(study.location, "logarithm", { logarithm: 0.42, "power-law": 0.58 });
    expect(lawLine(fit, "x").words).toContain("weight 0.42");
  });

  test("without weights it claims none", () => {
    expect(lawLine({ ...fitOf(study.location, "power-law"), models: [] }, "x").words).toBe("Power law for x.");
  });

  test("laws that cannot be told apart are named with their weights, heaviest first", () => {
    const fit = fitOf(study.location, "undecided", { logarithm: 0.61, "power-law": 0.35, exponential: 0.04 });
    expect(lawLine(fit, "percent error").words).toBe("Logarithm or power law for percent error: weights 0.61, 0.35.");
    expect(headlineOf({ ...study, location: fit })).toBe(
      "Undecided: these sizes do not tell a logarithm and a power law apart.",
    );
  });

  test("what is open for the active units is open for percent active too", () => {
    const record = studyOf("power-law", {}, "undecided");
    expect(headlineOf(record)).toBe(
      "The best sparsity falls with network size, and the law predicted the largest network.",
    );
    expect(testLines(record).map(({ words }) => words)).toContain("Law of active units:");
    const slope = { ...study.location.powerLaw!, exponent: about(-0.97, 0.02) };
    expect(headlineOf({ ...record, location: { ...record.location, powerLaw: slope, exponent: null } })).toMatch(
      /^The best sparsity falls nearly as one over network size/,
    );
  });

  test("a rising slope rises", () => {
    const exponent = about(0.2, 0.02);
    const location = { ...study.location, exponent, powerLaw: { ...study.location.powerLaw!, exponent } };
    expect(headlineOf({ ...study, location })).toMatch(/^The best sparsity rises as a power of network size/);
  });

  test("the sentence of a table gives verdict, exponent and reason once", () => {
    const fit = { ...tableRecord.location, reason: "Power law: χ² = 2.9, p = 0.41." };
    expect(fitSentence("Location", fit)).toBe(
      "Location: a power law, exponent −0.752 [−0.766, −0.738] (χ² = 2.9, p = 0.41).",
    );
    expect(fitSentence("Value", fitOf(fit, "crossover"))).toBe("Value: a crossover. Reason of crossover.");
  });
});

/** A study whose prediction of percent active is off by so much, with this p. */
function off(relative: Estimate, p: number): StudyRecord {
  const percentActive = { ...prediction.percentActive, difference: { relative, p } };
  return { ...study, prediction: { ...prediction, percentActive } };
}

describe("the prediction", () => {
  test.each([
    ["agrees and is known to 20 %", off(about(0.02, 0.1), 0.7), true, "Supported"],
    ["differs", off(about(0.3, 0.1), 0.0004), false, "Not supported"],
    ["agrees only because nothing is known", off(about(0.02, 0.5), 0.9), null, "Undecided"],
  ] as const)("%s", (_, record, holds, judgement) => {
    expect(predictionHolds(record)).toBe(holds);
    const line = testLines(record).find(({ words }) => words.startsWith("Active units predicted at 512"));
    expect(line?.judgement).toBe(judgement);
    const clause =
      holds === null ? /size\.$/ : holds ? /the law predicted/ : /the law missed the largest network by 30%\.$/;
    expect(headlineOf(record)).toMatch(clause);
    expect(predictionFinding(record)).toMatch(
      holds === null
        ? /; active units are known too poorly to test it \(off by 2% \[−48, 52\]\)\.$/
        : holds
          ? /; active units come out as predicted \(off by 2% \[−8, 12\]\)\.$/
          : /; active units are off by 30% \[20, 40\] \(_p_ < 0\.001\)\.$/,
    );
    expect(predictionFinding(record)).toMatch(/^At 512 features running at the predicted _λ_ costs [\d.]+% more error/);
  });

  test("a p-value below 0.001 is written as a bound", () => {
    const line = testLines(off(about(0.3, 0.1), 0.0004)).find(({ words }) =>
      words.startsWith("Active units predicted"),
    );
    expect(plainText(line!.words)).toBe(
      "Active units predicted at 512: off by 30% [20, 40], p < 0.001; its λ costs 0.10% more error than the best.",
    );
  });

  test("its cost is the record's, in one text everywhere", () => {
    const cost = (predicted: number) => ({
      ...study,
      prediction: { ...prediction, cost: { ...prediction.cost, predicted } },
    });
    for (const [value, text] of [
      [0.004, "less than 0.01%"],
      [0.42, "0.42%"],
      [3.4, "3.40%"],
      [15.3, "15%"],
    ] as const) {
      expect(standOf(cost(value))).toContain(`costs ${text} more error than the best.`);
      expect(predictionFinding(cost(value))).toContain(`costs ${text} more error than the best;`);
    }
  });

  test("nothing is said where nothing was predicted or measured", () => {
    expect(headlineOf({ ...study, prediction: null })).toBe("The best sparsity falls as a power of network size.");
    expect(predictionFinding({ ...study, prediction: null })).toBe("");
    const none = { predicted: null, measured: null, difference: null };
    expect(standOf({ ...study, prediction: { ...prediction, percentActive: none } })).toContain(
      "At 512 features, left out of the fit, nothing could be predicted.",
    );
    expect(standOf(variants.edge.study)).toContain("no minimum was measured there");
  });
});

describe("a constant number of active units", () => {
  const withSlope = (exponent: Estimate, verdict: VerdictName): StudyRecord => ({
    ...study,
    activeUnits: { ...study.activeUnits, verdict, powerLaw: { ...study.activeUnits.powerLaw!, exponent } },
  });

  test.each([
    ["the interval holds 0", withSlope(about(0.01, 0.05), "undecided"), "Undecided", "[−0.04, 0.06]"],
    ["the interval leaves 0 out", withSlope(about(0.258, 0.029), "power-law"), "Not supported", "[0.229, 0.287]"],
    ["the interval lies below 0", withSlope(about(-0.2, 0.05), "power-law"), "Not supported", "[−0.25, −0.15]"],
    ["a constant fits", withSlope(about(0.01, 0.05), "no-scaling"), "Supported", "0.01"],
  ] as const)("%s", (_, record, judgement, number) => {
    const line = testLines(record).find(({ words }) => words.startsWith("A constant number"));
    expect(line?.judgement).toBe(judgement);
    expect(line?.words).toContain(number);
  });

  test("is named in the headline as what it is: no scaling beyond size itself", () => {
    expect(headlineOf(studyOf("power-law", {}, "no-scaling"))).toBe(
      "No scaling beyond size itself: the best number of active units is the same in every network.",
    );
    expect(standOf(studyOf("power-law", {}, "no-scaling"))).toContain(
      "A slope of −1 is what a constant number of active units gives.",
    );
  });
});

describe("the poster's slope", () => {
  test.each([
    [about(-0.742, 0.029), "Supported", "lies in [−0.771, −0.713]"],
    [about(-0.6, 0.02), "Not supported", "lies outside [−0.620, −0.580]"],
  ] as const)("%o: %s", (exponent, judgement, words) => {
    const line = testLines({ ...study, location: { ...study.location, exponent } }).find((l) =>
      l.words.includes("poster"),
    );
    expect(line?.judgement).toBe(judgement);
    expect(line?.words).toContain(words);
  });
});

describe("growing images", () => {
  test.each(["logarithm", "saturation", "no-scaling", "crossover", "no-extremum"] as const)(
    "%s speaks of images, not of networks",
    (verdict) => {
      expect(headlineOf({ ...images, location: fitOf(study.location, verdict) })).not.toMatch(/network/);
    },
  );

  test("an optimum that only the boundary moves is intensive", () => {
    const boundary = { limit: about(1.2, 0.1), pixels: -0.8, chi2: 2, dof: 3, p: 0.6 };
    const record = { ...images, boundary } as unknown as StudyRecord;
    expect(headlineOf(record)).toBe(
      "The best sparsity is intensive up to the boundary: it tends to 1.20% [1.10, 1.30] active as images grow.",
    );
    const line = testLines(record).find(({ words }) => words.startsWith("Intensive"));
    expect([line?.judgement, plainText(line?.words ?? "")]).toEqual([
      "Supported",
      "Intensive up to the boundary: percent active is 1.20 (1 − 0.80/n), p = 0.60.",
    ]);
    const moved = { ...record, boundary: { ...boundary, p: 0.01 } } as unknown as StudyRecord;
    expect(testLines(moved).find(({ words }) => words.startsWith("Intensive"))?.judgement).toBe("Not supported");
    expect(headlineOf(moved)).not.toContain("intensive");
  });

  test("too few sizes are counted as sizes of images", () => {
    const record = { ...images, location: fitOf(study.location, "too-few-sizes") };
    expect(headlineOf(record)).toBe("Too few sizes for a law: five image sizes have a best sparsity.");
  });
});

/** The sample's sizes with another percent active or status each. */
function sizesWith(change: (size: Size, i: number) => Partial<Size["minimum"] & object>): readonly Size[] {
  return sizesOf(study).map((size, i) => ({ ...size, minimum: { ...size.minimum!, ...change(size, i) } }));
}

describe("captions", () => {
  test("say how percent active moves only where it moves one way", () => {
    expect(curvesFinding(sizesOf(study))).toBe(
      "Every size has one best sparsity; larger networks work best with a smaller share of active units.",
    );
    expect(curvesFinding(sizesWith((_, i) => ({ percentActive: about(1 + i, 0.1) })))).toContain("a larger share");
    const wavy = sizesWith((_, i) => ({ percentActive: about(1 + (i % 2), 0.1) }));
    expect(curvesFinding(wavy)).toBe("Every size has one best sparsity.");
  });

  test("count the sizes without a minimum", () => {
    const edge = sizesWith((_, i) => (i < 2 ? { status: "edge", percentActive: null } : {}));
    expect(curvesFinding(edge)).toBe("Four of six sizes have a best sparsity inside the grid.");
    expect(curvesFinding(sizesWith(() => ({ status: "none" })))).toBe(
      "No size has a best sparsity inside its grid yet.",
    );
  });

  test("of a study that is followed count only the curves that are measured to the end", () => {
    const until = (n: number, status: "interior" | "edge") =>
      sizesWith(() => ({ status })).map((size, i) => (i < n ? size : { ...size, minimum: null }));
    expect(curvesFinding(until(0, "interior"))).toBe("No curve is measured to its end yet.");
    expect(curvesFinding(until(1, "edge"))).toBe("The one size measured so far has no best sparsity inside the grid.");
    expect(curvesFinding(until(3, "interior"))).toBe(
      "Each of the three sizes measured so far has a best sparsity inside the grid.",
    );
  });

  test("'every curve falls at the edge' is said only where every one does", () => {
    const record = (statuses: readonly ("edge" | "none")[]): readonly Size[] =>
      sizesWith((_, i) => ({ status: statuses[i % statuses.length] }));
    expect(headline(study, record(["edge"]))).toContain("every curve still falls at the edge");
    expect(headline(study, record(["edge", "none"]))).toBe(
      "No best sparsity found: no curve has a minimum inside the range of _λ_ measured.",
    );
  });

  test("claim the law for percent active only with an exponent, and the error's way by its slope", () => {
    const finding = (record: StudyRecord) => scalingFinding(record, sizesOf(record));
    expect(finding(study)).toBe(
      "Percent active follows a power law over a factor of 32 in size; the error falls with size.",
    );
    expect(finding(studyOf("logarithm"))).toMatch(/^Percent active is not shown to follow a power law;/);
    const flat = { ...study.value, powerLaw: { ...study.value.powerLaw!, exponent: about(0.01, 0.02) } };
    expect(finding({ ...study, value: flat })).toContain("the error barely moves");
  });

  test.each([
    ["excludes 0", about(-0.04, 0.03), /; the error falls with size\.$/],
    ["excludes 0 from above", about(0.04, 0.03), /; the error rises with size\.$/],
    ["holds 0", about(-0.04, 0.05), /; whether the error moves with size stays open\.$/],
    ["is wide about a small slope", about(-0.01, 0.2), /; whether the error moves with size stays open\.$/],
    ["is not known", about(-0.04, 0), /over a factor of 32 in size\.$/],
  ])("the error has a direction only where its slope's interval tells: it %s", (_, exponent, said) => {
    const value = { ...study.value, powerLaw: { ...study.value.powerLaw!, exponent } };
    expect(scalingFinding({ ...study, value }, sizesOf(study))).toMatch(said);
  });

  test("shares of active units whose intervals meet have no direction", () => {
    const rising = sizesWith((_, i) => ({ percentActive: about(1 + i / 10, 0.3) }));
    expect(curvesFinding(rising)).toBe("Every size has one best sparsity.");
  });

  test("missing sizes are named with the reason", () => {
    expect(standOf(variants.edge.study)).toContain(
      "At 16 features the least error lies at the edge of the grid and is not used. At 512 features the curve has no minimum.",
    );
  });
});
