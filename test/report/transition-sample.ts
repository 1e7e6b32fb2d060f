/** The made-up tests for a phase transition of the sample study: one passes, one fails, one is open. */
import type { TransitionRecord, TransitionSize, TransitionTest } from "../../src/study/transition/record.js";
import { study } from "./sample.js";

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

/** The record behind the recorded figures of the section. */
export const transitionRecord: TransitionRecord = {
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
