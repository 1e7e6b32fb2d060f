/**
 * Ready-made studies: the shortest takes seconds, the longest is for a paper. A preset is a
 * complete record: what a file, a variable or a flag names replaces its value.
 * All code 32×32 images with 8×8 atoms at stride 2 and noise σ = 0.5, as the
 * poster does; they differ in sizes, images, seeds and how long they train.
 */
import type { LearningSettings, StudySettings, SweepSettings } from "./settings.js";

/** Names of the ready-made studies, shortest first. */
export const presetNames = ["tiny", "first", "quick", "standard", "paper", "paper-fine"] as const;
/** One of `presetNames`. */
export type PresetName = (typeof presetNames)[number];

/** The preset of a command that names none. */
export const defaultPreset: PresetName = "quick";

const network = {
  seed: 1,
  data: "leaves",
  size: 32,
  layout: "nhwc",
  normalise: true,
  noise: 0.5,
  sizeAxis: "features",
  imageSizes: [],
  atoms: "learned",
  patch: [8, 8],
  stride: [2, 2],
  boundary: "crop",
  rectified: true,
} as const;

const learning: LearningSettings = {
  lambda: 0.5,
  tolerance: 0.05,
  minibatch: 32,
  rule: "newton",
  step: 0.1,
  schedule: "decayed",
  decay: 10_000,
  momentumTau: 5,
  start: "patches",
  constraint: "unit",
  zeroMean: false,
  nonnegative: false,
  redraw: 0,
  images: 40_000,
  plateau: 0.001,
  heldOut: 256,
};

/** Learning on a fixed budget of images: one budget and one step for all sizes of a study (docs/decisions.md). */
const budget: LearningSettings = {
  ...learning,
  minibatch: 8,
  rule: "tangent-newton",
  schedule: "budget",
  plateau: 0,
};

/** The budget that reaches the energy of the tested plateau at every size tried (bench/README.md). */
const enough: LearningSettings = { ...budget, step: 0.125, momentumTau: 0, images: 16_000 };

const sweep: SweepSettings = {
  tolerance: 0.01,
  largest: 4,
  factor: 1.25,
  smallest: 0.02,
  pilotImages: 64,
  below: 3,
};

/** A coarser grid and tolerance for the presets that must be quick. */
const coarse: SweepSettings = { ...sweep, tolerance: 0.03, factor: 1.3 };

/** All settings of each ready-made study. */
export const presets: Readonly<Record<PresetName, StudySettings>> = {
  /** About 20 seconds, for tests: one seed, so intervals come from images alone. */
  tiny: {
    ...network,
    trainingImages: 512,
    testImages: 200,
    features: [16, 24, 32, 64],
    leftOut: [96],
    replicates: 1,
    learning: { ...learning, images: 480, plateau: 0, heldOut: 48 },
    sweep: { ...coarse, pilotImages: 32 },
  },
  /** About a minute on two cores, for `npm start`: few sizes, few images, larger steps. */
  first: {
    ...network,
    trainingImages: 1_328,
    testImages: 200,
    features: [16, 32, 64, 128],
    leftOut: [256],
    replicates: 2,
    learning: { ...budget, step: 0.07, images: 1_600, heldOut: 128 },
    sweep: { ...coarse, pilotImages: 48 },
  },
  /** At most seven minutes on two cores: the training schedule ends short of the plateau. */
  quick: {
    ...network,
    trainingImages: 4_000,
    testImages: 500,
    features: [16, 32, 64, 128, 256],
    leftOut: [512],
    replicates: 2,
    learning: { ...learning, images: 2_880, plateau: 0, heldOut: 128 },
    sweep: coarse,
  },
  /** About 40 minutes on two cores; dictionaries as good as at the plateau. */
  standard: {
    ...network,
    trainingImages: 25_000,
    testImages: 2_000,
    features: [32, 64, 128, 256, 512],
    leftOut: [1024],
    replicates: 3,
    learning: enough,
    sweep,
  },
  /** All of CIFAR-10 in about two hours on two cores; every dictionary learns from as many images as it takes to reach the plateau's energy. */
  paper: {
    ...network,
    data: "cifar10",
    trainingImages: 50_000,
    testImages: 10_000,
    features: [16, 32, 64, 96, 128, 192, 256, 512],
    leftOut: [1024],
    replicates: 3,
    learning: enough,
    sweep,
  },
  /** As `paper`, but to the tested plateau, with more seeds, and certified ten times closer. */
  "paper-fine": {
    ...network,
    data: "cifar10",
    trainingImages: 50_000,
    testImages: 10_000,
    features: [16, 32, 64, 128, 256, 512, 1024],
    leftOut: [2048],
    replicates: 5,
    learning: { ...learning, images: 100_000 },
    sweep: { ...sweep, tolerance: 0.001 },
  },
};
