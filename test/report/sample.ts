/**
 * A made-up study with plausible numbers, for looking at reports and testing
 * them. Nothing in it was measured.
 */

import { draws, purpose } from "../../src/core/random.js";
import { tensor } from "../../src/core/tensor.js";
import type { Picture, Provenance, ReportInput, Showcase, Tableau } from "../../src/report/input.js";
import type { Difference } from "../../src/scaling/held-out.js";
import type { Estimate, ModelFit, ModelName, ScalingFit, VerdictName } from "../../src/scaling/types.js";
import { presets } from "../../src/study/presets.js";
import type {
  CurveRecord,
  MinimumRecord,
  PredictionRecord,
  ScoresRecord,
  SizeScore,
  StudyRecord,
} from "../../src/study/record.js";

export const about = (value: number, half: number): Estimate => ({ value, low: value - half, high: value + half });

// features, λ* ± , p* ±, E* ±
const optima = [
  [16, 0.412, 0.0083, 5.24, 0.112, 30.62, 0.181],
  [32, 0.488, 0.0071, 3.09, 0.061, 29.71, 0.152],
  [64, 0.561, 0.0082, 1.873, 0.037, 28.91, 0.141],
  [128, 0.634, 0.0091, 1.1213, 0.0281, 28.11, 0.122],
  [256, 0.702, 0.0102, 0.662, 0.0152, 27.28, 0.131],
  [512, 0.768, 0.0131, 0.4032, 0.0123, 26.56, 0.162],
] as const;

export function minimum(row: (typeof optima)[number], leftOut: boolean): MinimumRecord {
  const [features, lambda, dl, p, dp, e, de] = row;
  const L = 256 * features;
  return {
    features,
    systemSize: L,
    leftOut,
    status: "interior",
    lambda: about(lambda, dl),
    percentActive: about(p, dp),
    activeUnits: about((p * L) / 100, (dp * L) / 100),
    value: about(e, de),
  };
}

/** E rises as ln² away from p*, steeper towards few active units; λ falls as p rises. */
export function curveOf(m: MinimumRecord): CurveRecord {
  const [p0, e0, l0] = [m.percentActive!.value, m.value!.value, m.lambda!.value];
  const steps = Array.from({ length: 17 }, (_, i) => 1.22 ** (8 - i));
  const percentActive = steps.map((s) => p0 * s ** -2.1);
  const value = percentActive.map((p) => {
    const t = Math.log(p / p0);
    return e0 + (t < 0 ? 3.1 * t * t - 0.4 * t ** 3 : 2.3 * t * t - 0.12 * t ** 3);
  });
  return {
    features: m.features,
    lambda: steps.map((s) => l0 * s),
    percentActive,
    activeUnits: percentActive.map((p) => (p * m.systemSize) / 100),
    value,
  };
}

const modelNames: readonly ModelName[] = [
  "constant",
  "logarithm",
  "exponential",
  "saturation",
  "power-law",
  "shifted-power-law",
];

export function models(weights: Partial<Record<ModelName, number>>): readonly ModelFit[] {
  return modelNames.map((name) => {
    const weight = weights[name] ?? 0;
    return {
      name,
      parameters: {},
      covariance: null,
      chi2: 4 / (weight + 0.01),
      dof: 3,
      p: weight > 0 ? 0.2 + weight / 2 : 0.0002,
      aicc: null,
      bic: null,
      weight,
      adequate: weight > 0,
      open: weight > 0.05,
      leading: null,
      droppedFor: null,
    };
  });
}

/** A fit drawn as y = at·(L/reference)^slope over `sizes`; the band is narrowest at the reference. */
export function fitOf(
  quantity: string,
  verdict: VerdictName,
  of: {
    readonly slope: Estimate;
    readonly at: number;
    readonly weights: Partial<Record<ModelName, number>>;
    /** 4096, 8192, … unless given; the reference is the third. */
    readonly sizes?: readonly number[];
  },
): ScalingFit {
  const { slope, at, weights, sizes = [4096, 8192, 16384, 32768, 65536] } = of;
  const reference = sizes[2];
  const amplitude = at / reference ** slope.value;
  const half = (slope.high - slope.low) / 2;
  const band = Array.from({ length: 24 }, (_, i) => sizes[0] * 2 ** ((5.4 * i) / 23 - 0.2)).map((size) => {
    const value = amplitude * size ** slope.value;
    const spread = Math.hypot(0.004, half * Math.log(size / reference));
    return { size, value, low: value * Math.exp(-spread), high: value * Math.exp(spread) };
  });
  return {
    quantity,
    verdict,
    reason: `The plain power law has slope ${slope.value}.`,
    exponent: verdict === "power-law" || verdict === "undecided" ? slope : null,
    exponentRange: null,
    ...(verdict === "undecided" && { law: null, range: band }),
    powerLaw: { exponent: slope, amplitude: about(amplitude, amplitude * 0.1), band },
    chi2: 2.9,
    dof: 3,
    p: 0.41,
    models: models(weights),
    localSlopes: sizes.slice(0, -1).map((from, i) => ({ from, to: sizes[i + 1], slope: about(slope.value, 3 * half) })),
  };
}

export const minima = optima.map((row, i) => minimum(row, i === 5));

/** Measured over predicted, less 1, and a p to go with it. */
function off(value: number, half: number): Difference {
  return { relative: about(value, half), p: Math.exp(-2 * (value / half) ** 2) };
}

export const prediction: PredictionRecord = {
  features: 512,
  systemSize: 131072,
  activeUnits: {
    predicted: { value: 540, low: 498, high: 585 },
    measured: about(528, 16),
    difference: off(-0.022, 0.05),
  },
  percentActive: {
    predicted: { value: 0.412, low: 0.38, high: 0.446 },
    measured: minima[5].percentActive,
    difference: off(-0.022, 0.05),
  },
  value: { predicted: about(26.5, 0.2), measured: minima[5].value, difference: off(0.004, 0.008) },
  lambda: { predicted: about(0.752, 0.051), measured: minima[5].lambda, difference: off(0.021, 0.07) },
  lambdaDirect: { predicted: about(0.801, 0.062), measured: minima[5].lambda, difference: off(-0.041, 0.08) },
  cost: {
    predicted: 0.1,
    direct: 0.3,
    borrowed: optima
      .slice(0, 5)
      .map(([features, lambda]) => ({ features, lambda, cost: 17 * Math.log(lambda / 0.768) ** 2 })),
    curve: Array.from({ length: 21 }, (_, i) => 0.4 * 1.1 ** i).map((ratio) => ({
      ratio,
      cost: 17 * Math.log(ratio) ** 2,
    })),
  },
};

/** As if every size had been held out; the largest as above. */
function score(features: number, i: number): SizeScore {
  const { activeUnits, value, lambda, lambdaDirect, systemSize } = prediction;
  const cost = (factor: number) => ({ lambda: optima[i][1] * factor, cost: 17 * Math.log(factor) ** 2 });
  return {
    features,
    systemSize: (systemSize * features) / 512,
    activeUnits,
    value,
    lambda,
    lambdaDirect,
    strategies: {
      predicted: cost(1.02),
      direct: cost(1.12),
      largest: cost(i === 0 ? 1.7 : 1.3),
      constantUnits: cost(0.8),
      sure: i === 0 ? { lambda: null, cost: null } : cost(0.94),
    },
  };
}

const leaveOneOut = optima.map(([features], i) => score(features, i));

export const scores: ScoresRecord = {
  leaveLargestOut: leaveOneOut[5],
  leaveOneOut,
  summary: {
    quantities: {
      activeUnits: { meanError: 2.2, agreeing: 6, tested: 6 },
      value: { meanError: 0.4, agreeing: 5, tested: 6 },
      lambda: { meanError: 2.1, agreeing: 6, tested: 6 },
      lambdaDirect: { meanError: 4.1, agreeing: 6, tested: 6 },
    },
    costs: {
      predicted: { mean: 0.007, most: 0.007, sizes: 6 },
      direct: { mean: 0.22, most: 0.22, sizes: 6 },
      largest: { mean: 1.8, most: 4.8, sizes: 6 },
      constantUnits: { mean: 0.85, most: 0.85, sizes: 6 },
      sure: { mean: 0.07, most: 0.07, sizes: 5 },
    },
  },
};

export const study: StudyRecord = {
  schemaVersion: 2,
  measure: { name: "percent error", unit: "%" },
  study: "3f9ac1d277e03f9ac1d277e03f9ac1d277e0",
  name: "cifar10-quick",
  settings: {
    seed: 7,
    data: "cifar10",
    size: 32,
    layout: "nhwc",
    normalise: true,
    trainingImages: 2000,
    testImages: 1000,
    noise: 0.5,
    sizeAxis: "features",
    features: [16, 32, 64, 128, 256],
    imageSizes: [],
    leftOut: [512],
    replicates: 2,
    atoms: "learned",
    patch: [8, 8],
    stride: [2, 2],
    boundary: "crop",
    rectified: true,
    learning: { ...presets["paper-fine"].learning, images: 20000, heldOut: 64 },
    sweep: { tolerance: 0.01, largest: 4, factor: 1.22, smallest: 0.05, pilotImages: 64, below: 3 },
  },
  images: { source: "CIFAR-10", citation: "Krizhevsky 2009", training: 2000, test: 1000, hash: "c4a38c50a1bc5f3a1c55" },
  minima,
  curves: minima.map(curveOf),
  location: fitOf("percentActive", "power-law", {
    slope: about(-0.742, 0.029),
    at: 1.84,
    weights: { "power-law": 0.98, "shifted-power-law": 0.02 },
  }),
  value: fitOf("value", "undecided", {
    slope: about(-0.0413, 0.004),
    at: 28.93,
    weights: { "power-law": 0.57, logarithm: 0.41 },
  }),
  lambda: fitOf("lambda", "power-law", {
    slope: about(0.181, 0.012),
    at: 0.558,
    weights: { "power-law": 0.97 },
  }),
  activeUnits: fitOf("activeUnits", "power-law", {
    slope: about(0.258, 0.029),
    at: 301,
    weights: { "power-law": 0.98 },
  }),
  exponents: {
    nu: about(-1.348, 0.053),
    gamma: about(0.0557, 0.0058),
    textbook: { nu: about(1.348, 0.053), gamma: about(-0.0557, 0.0058) },
    poster: { nu: -1.32, gamma: 0.00985, locationSlope: -0.758, valueSlope: -0.00746 },
  },
  prediction,
  scores,
  certificate: { codings: 180000, tolerance: 0.01, largestGap: 0.00998, unconverged: 0 },
  training: minima.flatMap((m) =>
    [1, 2].map((seed) => ({
      features: m.features,
      seed,
      imagesSeen: 12000 + 40 * m.features,
      plateau: m.features < 512,
      heldOutEnergy: 300,
      deadAtoms: m.features === 512 ? 3 : 0,
      leadingShare: 0.27,
    })),
  ),
  dictionaries: [],
  warnings: [],
};

/** Oriented gratings in grey and colour, as learned atoms look. */
function tableau(features: number, channels: number): Tableau {
  const atoms = tensor([features, 8, 8, channels]);
  for (let m = 0; m < features; m++) {
    const draw = draws({ seed: 1, purpose: purpose.test }, m);
    const [angle, phase, wave] = [Math.PI * draw.uniform(), 6.3 * draw.uniform(), 0.5 + draw.uniform()];
    const [cx, cy, width] = [1 + 5 * draw.uniform(), 1 + 5 * draw.uniform(), 1.5 + 2 * draw.uniform()];
    const tint = draw.uniform() < 0.6 ? [1, 1, 1] : [draw.gaussian(), draw.gaussian(), draw.gaussian()];
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 8; x++) {
        const along = (x - cx) * Math.cos(angle) + (y - cy) * Math.sin(angle);
        const envelope = Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * width * width));
        for (let c = 0; c < channels; c++) {
          atoms.data[((m * 8 + y) * 8 + x) * channels + c] = envelope * Math.cos(wave * 2 * along + phase) * tint[c];
        }
      }
    }
  }
  const use = Array.from({ length: features }, (_, i) =>
    i >= features - 2 ? 0 : 0.033 * Math.exp((-4 * ((i * 37) % features)) / features),
  );
  return { features, atoms, use, lambda: 0.634 };
}

/** Discs on a ramp, noise, and a smoothed version standing for the denoised picture. */
function picture(index: number, channels: number): Picture {
  const draw = draws({ seed: 2, purpose: purpose.test }, index);
  const side = 32;
  const clean = new Float32Array(side * side * channels);
  const discs = Array.from({ length: 14 }, () => [
    32 * draw.uniform(),
    32 * draw.uniform(),
    2 + 8 * draw.uniform(),
    draw.gaussian(),
    draw.gaussian(),
    draw.gaussian(),
  ]);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const hit = discs.find(([cx, cy, r]) => (x - cx) ** 2 + (y - cy) ** 2 < r * r);
      for (let c = 0; c < channels; c++) clean[(y * side + x) * channels + c] = hit ? hit[3 + c] : (x + y) / 32 - 1;
    }
  }
  const noisy = clean.map((v) => v + 0.5 * draw.gaussian());
  const denoised = clean.map((v, i) => 0.93 * v + 0.1 * (noisy[i] - v));
  const activityMap = Float32Array.from({ length: 256 }, () => Math.floor(6 * draw.uniform() ** 2));
  return {
    index,
    features: 128,
    lambda: 0.634,
    percentErrorNoisy: 50,
    percentErrorDenoised: 27.3 + index / 10,
    height: side,
    width: side,
    channels,
    clean,
    noisy,
    denoised,
    residual: noisy.map((v, i) => v - denoised[i]),
    activityMap,
    rows: 16,
    columns: 16,
  };
}

export function showcase(features = 128, channels = 3): Showcase {
  return {
    tableau: tableau(features, channels),
    pictures: [picture(11, channels), picture(42, channels), picture(77, channels)],
  };
}

export const provenance: Provenance = {
  version: "1.0.0",
  engine: "wasm-1",
  machine: "AMD EPYC 9654, 2 cores, 8 GiB",
  node: "20.20.0",
  seconds: 252,
  workers: 2,
  command: "crisp run --preset quick --data cifar10 --seed 7",
  date: "21 November 2026",
  packages: { "crisp-sparse": "1.0.0", fflate: "0.8.3" },
};

export const sample: ReportInput = { study, showcase: showcase(), provenance, fonts: [] };
