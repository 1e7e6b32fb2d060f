/** A made-up bench of three sizes with torch. Nothing in it was measured. */
import type { Measured, Timing } from "../../src/tasks/bench/measure.js";
import type { BenchRecord, SizeRecord, TorchForm, TorchRun } from "../../src/tasks/bench/record.js";

function timing(median: number): Timing {
  return {
    milliseconds: { median, low: 0.95 * median, high: 1.1 * median },
    imagesPerSecond: 1000 / median,
    rounds: 5,
  };
}

/** A gap costs as many milliseconds as its inverse has digits; FISTA takes three times as long. */
function toGap(solver: "coordinate" | "fista", gap: number, scale: number): Measured {
  const milliseconds = scale * (solver === "fista" ? 3 : 1) * (1 - Math.log10(gap));
  const reached = {
    energyAbove: gap / 4,
    relativeGap: 0.9 * gap,
    percentActive: 2 + 3 * gap,
    inflation: 1 + 1.5 * gap,
  };
  return { solver, gap, ...reached, ...timing(milliseconds), iterations: 20, converged: true };
}

function ofSteps(steps: number, scale: number, features: number): Measured {
  const left = Math.exp(-steps / 700);
  return {
    solver: "lca",
    steps,
    energyAbove: 0.08 * left ** 2,
    relativeGap: 0.4 * left,
    percentActive: 2 + 5 * left,
    inflation: 1 + (2.5 * left * features) / 256,
    ...timing((scale * steps) / 12),
    iterations: steps,
    converged: false,
  };
}

function torchOf(form: TorchForm, scale: number): TorchRun {
  return {
    form,
    boundary: form === "gram" ? "full" : "crop",
    steps: 400,
    images: 8,
    setupMilliseconds: 12,
    energyAbove: 0.026,
    relativeGap: 0.23,
    percentActive: 4.8,
    inflation: 2.4,
    ...timing(scale * (form === "gram" ? 90 : 260)),
  };
}

function sizeOf(features: number): SizeRecord {
  const scale = features / 128;
  return {
    features,
    units: 256 * features,
    dictionary: "trained on 2,000 leaves images",
    norm: 6.2,
    best: { relativeGap: 9e-6, percentActive: 2 },
    runs: [
      ...[0.3, 0.1, 0.01, 0.001].map((gap) => toGap("coordinate", gap, scale)),
      ...[0.3, 0.1, 0.01, 0.001].map((gap) => toGap("fista", gap, scale)),
      ...[100, 400, 2000].map((steps) => ofSteps(steps, scale, features)),
    ],
    torch:
      features === 512
        ? [torchOf("residual", scale), { form: "gram", failed: "out of memory" }]
        : [torchOf("residual", scale), torchOf("gram", scale)],
  };
}

/** The record behind the recorded figures of a bench. */
export const benchRecord: BenchRecord = {
  data: "leaves",
  images: 32,
  lambda: 0.5,
  seed: 7,
  rounds: 5,
  machine: "AMD EPYC 9654, linux x64",
  node: "v20.20.0",
  version: "1.0.0",
  family: "wasm-2",
  threads: 1,
  clock: "processor time",
  sizes: [64, 128, 512].map(sizeOf),
  torch: { here: true, python: "3.12.1", version: "2.5.1" },
};
