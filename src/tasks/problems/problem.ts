/**
 * What a study asks of its networks (types only): what becomes of a clean image before it is coded,
 * and by which measure a reconstruction is judged. A study sweeps λ for the least of that measure.
 * The list: registry.ts.
 */
import type { Noise } from "../batch.js";
import type { Points } from "../points.js";

/** A problem with its options, as settings and items name it. Absent in both, it is denoising. */
export type ProblemSettings = { readonly kind: string; readonly [option: string]: number | string };

/** What a study makes small. */
export type Measure = {
  /** As figures and tables name it: "percent error". */
  readonly name: string;
  readonly unit: string;
  /**
   * Its value for point n of a sweep.
   *
   * @param values  number of values of an image: height · width · channels
   */
  of(points: Points, n: number, values: number): number;
};

/** An image as the network sees it, and where its reconstruction is judged. */
export type Observation = {
  /** [height, width, channels] */
  readonly image: Float32Array;
  /** Weights of the data term; 1 if left out. */
  readonly weights?: Float32Array;
  /** Weights of ‖s − ŝ‖² and ‖s‖² in the measure; 1 if left out. */
  readonly judged?: Float32Array;
};

/** One image to be observed. */
export type Clean = {
  readonly image: Float32Array;
  /** Values per pixel: the last axis of the image. */
  readonly channels: number;
  /** Index of the image in its set: names the draws. */
  readonly index: number;
  readonly noise: Noise;
};

/** A number of a problem's own, with its default and bounds. */
export type ProblemOption = {
  readonly usual: number;
  readonly least: number;
  readonly most: number;
  readonly words: string;
};

export type Problem = {
  readonly kind: string;
  readonly measure: Measure;
  /** By name; `crisp run --set task.NAME=…`. */
  readonly options: Readonly<Record<string, ProblemOption>>;
  /** Whether Stein's estimate (tasks/sure.ts) is of what is measured: all pixels seen, under Gaussian noise. */
  readonly stein: boolean;
  /** A pure function of the image, its index, the noise's seed and stream, and the options. */
  observe(clean: Clean, options: ProblemSettings): Observation;
};
