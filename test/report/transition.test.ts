// The section "Is it a phase transition?": it says what the record says, and nothing where there is none.
import { describe, expect, test } from "vitest";
import { studyReport } from "../../src/report/report.js";
import { studyFigures } from "../../src/report/standalone.js";
import { transitionFinding } from "../../src/report/transition.js";
import type { TransitionRecord, TransitionSize, TransitionTest } from "../../src/study/transition/record.js";
import { sample, study } from "./sample.js";

const about = (value: number) => ({ value, low: value * 0.9, high: value * 1.1 });

const sizes = study.minima.map((minimum, i): TransitionSize => {
  const lambda = minimum.lambda!.value;
  return {
    features: minimum.features,
    systemSize: minimum.systemSize,
    leftOut: minimum.leftOut,
    lambda,
    response: [1.25, 1, 0.8].map((ratio) => ({
      lambda: ratio === 1 ? lambda : lambda * ratio,
      activeUnits: 600,
      chi: about((10 - i) / ratio),
      slowest: i === 0 ? null : about(90),
      images: 4,
    })),
    spike: about(15),
    fluctuation: about(0.03 / (i + 1)),
    overlap: about(0.8),
    cumulant: null,
    recoveryPercent: 2,
  };
});

const one = (over: Partial<TransitionTest>): TransitionTest => ({
  name: "spike",
  claim: "the answer to a spike grows <b>",
  quantity: "slope of the answer against L",
  estimate: { value: 0.1, low: 0.06, high: 0.14 },
  region: { kind: "above", low: 0.05 },
  verdict: "pass",
  note: "",
  ...over,
});

const record: TransitionRecord = {
  schemaVersion: 1,
  study: study.study,
  images: 4,
  draws: 20,
  margin: 0.05,
  tests: [
    one({}),
    one({ name: "relaxation", verdict: "fail", estimate: { value: -0.2, low: -0.3, high: -0.1 } }),
    one({ name: "cumulant", verdict: "undecided", estimate: null, note: "not measured: needs 200 draws" }),
  ],
  sizes,
  fixedLambda: [2, 1, 0.5].map((lambda) => ({ lambda, sizes: 5, slope: { value: -0.8, low: -0.85, high: -0.75 } })),
  minimumSlope: { value: -0.95, low: -0.96, high: -0.94 },
  sure: { verdict: "power-law", slope: null, minima: [] },
  drives: { count: 48, percentSwitched: 2.08, largestPercent: 0.0056 },
  provenance: { version: "1.0.0", family: "wasm-1", node: "v20" },
};

const page = studyReport({ ...sample, transition: record });
const section = /<section><figure>(?:(?!<section>).)*<table class="transition">.*?<\/section>/s.exec(page)?.[0] ?? "";

describe("the section", () => {
  test("each row has its claim, verdict, number and interval; what comes from outside is escaped", () => {
    const rows = [...section.matchAll(/<tr.*?<\/tr>/gs)].slice(1, 4).map(([row]) => row.replace(/<[^>]+>/g, " "));
    expect(rows[0]).toMatch(/grows &lt;b&gt; .*Pass\s+0\.10\s+\[0\.06, 0\.14\]/);
    expect(rows[1]).toMatch(/Fail\s+−0\.20\s+\[−0\.30, −0\.10\]/);
    expect(rows[2]).toMatch(/not measured: needs 200 draws .*Undecided\s+none/);
  });

  test("the finding counts the signs by their verdicts", () => {
    expect(transitionFinding(record)).toBe(
      "One of three signs of a phase transition is there, one is not, one is undecided.",
    );
    const failed = record.tests.map((test) => ({ ...test, verdict: "fail" as const }));
    expect(transitionFinding({ ...record, tests: failed })).toBe(
      "None of three signs of a phase transition are there, three are not.",
    );
  });

  test("three figures stand in it and among the files, without NaN", () => {
    expect(section.match(/<svg class="fig" [^>]*role="img"/g)?.length).toBe(6); // three at two widths
    const names = Object.keys(studyFigures({ ...sample, transition: record }));
    for (const name of ["susceptibility-against-lambda", "slope-at-fixed-lambda", "fluctuation-against-size"])
      expect(names).toContain(`${name}.svg`);
    expect(section).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("without the record there is no section", () => {
    expect(studyReport(sample)).not.toMatch(/phase transition/);
  });
});
