/**
 * The pieces of work that cross to a worker: plain records in, plain records
 * out, each a pure function of the dictionary and the job. What a worker does
 * with them is `perform`; who runs it (a thread, a page, this process) is the
 * executor's business.
 */

import type { Dictionary } from "../coding/dictionary.js";
import type { Coder, CodingRule, SparseCode } from "../coding/engine.js";
import type { LcaRecord } from "../coding/lca.js";
import { networkOf, weighted } from "../coding/operator.js";
import type { Solver } from "../coding/solvers.js";
import { columnAxis, positions, rowAxis } from "../core/geometry.js";
import { slice, type Tensor, tensor } from "../core/tensor.js";
import { noisy } from "../images/noise.js";
import { addGradient, emptyGradient, type Gradient } from "../learning/gradient.js";
import { type Encoded, encodeBySolver, encodeImage } from "../tasks/encode.js";
import {
  type Fluctuation,
  measureFluctuation,
  measureResponse,
  type Response,
  type ResponseTask,
} from "../tasks/transition/measure.js";
import { addPoint, emptyPoints, type Points } from "./points.js";

/** Gaussian noise of one study: the same draw for every λ and dictionary. */
export type Noise = { readonly sigma: number; readonly seed: number; readonly stream: number };

/** Clean, normalised images [batch, height, width, channels] and their indices in the data set. */
export type Batch = {
  readonly images: Tensor;
  readonly indices: readonly number[];
  /** Weights of the data term, shaped as the images; 1 if left out. For `gradient`, `look` and `encode`. */
  readonly weights?: Tensor;
};

/** One piece of work for a worker. */
export type Job =
  | {
      readonly kind: "gradient";
      readonly batch: Batch;
      readonly lambda: number;
      readonly rule: CodingRule;
      /** Whether `Gradient.seen` is wanted. */
      readonly seen?: boolean;
    }
  | { readonly kind: "look"; readonly batch: Batch; readonly lambda: number; readonly rule: CodingRule }
  | {
      readonly kind: "sweep";
      readonly batch: Batch;
      readonly noise: Noise;
      readonly lambdas: readonly number[];
      readonly rule: CodingRule;
    }
  | {
      /** Codes of images as they are, or with noise; λ's falling. */
      readonly kind: "encode";
      readonly batch: Batch;
      readonly noise: Noise | null;
      readonly lambdas: readonly number[];
      readonly rule: CodingRule;
      /** The coordinate solver, finished in float64, if left out. */
      readonly solver?: Solver;
      /** Keep every step of the LCA. */
      readonly probe?: boolean;
    }
  | {
      readonly kind: "show";
      readonly batch: Batch;
      readonly noise: Noise;
      readonly lambda: number;
      readonly rule: CodingRule;
    }
  | {
      /** What the tests of a phase transition ask of noisy images. */
      readonly kind: "transition";
      readonly batch: Batch;
      readonly noise: Noise;
      readonly asked: TransitionAsked;
    }
  | {
      /** One image coded as it is, without noise. */
      readonly kind: "reconstruct";
      readonly image: Float32Array;
      readonly lambdas: readonly number[];
      readonly rule: CodingRule;
    };

/** Response of the study's own noisy image along λ's, or codes of it under draws from … to − 1 of the noise. */
export type TransitionAsked =
  | ({ readonly kind: "response" } & ResponseTask)
  | {
      readonly kind: "redraw";
      readonly from: number;
      readonly to: number;
      readonly lambda: number;
      readonly rule: CodingRule;
    };

/** One entry an image of the batch. */
export type TransitionAnswer =
  | { readonly kind: "response"; readonly images: readonly Response[] }
  | { readonly kind: "redraw"; readonly images: readonly Fluctuation[] };

/** Sums over the images of a look, in image order. */
export type LookSums = { readonly energy: number; readonly percentError: number; readonly events: Float64Array };

/** Clean and noisy images, their reconstructions, active units per position and per atom. */
export type Shown = {
  readonly clean: Tensor;
  readonly noisy: Tensor;
  readonly reconstruction: Tensor;
  /** Active units at each position, [batch, rows, columns]. */
  readonly map: Tensor;
  /** Fraction of positions at which each atom is active, [features]. */
  readonly use: Tensor;
};

/** ŝ = Φa at each λ of an image. */
export type Reconstruction = {
  readonly lambda: number;
  readonly image: Float32Array;
  readonly active: number;
  readonly converged: boolean;
};

/** `encode`: for each image its codings, in the order of the λ's. */
export type Answer = {
  gradient: Gradient;
  look: LookSums;
  sweep: Points;
  encode: readonly (readonly Encoded[])[];
  show: Shown;
  transition: TransitionAnswer;
  reconstruct: readonly Reconstruction[];
};

/** Runs jobs, several at a time. Answers do not depend on who runs them. */
export interface Executor {
  readonly workers: number;
  /** Numeric-kernel family of its engines, part of every key. */
  readonly family: string;
  /** Does a job with a dictionary; jobs of one dictionary may run at the same time. */
  run<J extends Job>(dictionary: Dictionary, job: J): Promise<Answer[J["kind"]]>;
  /** Ends the workers; jobs under way are lost. */
  close(): Promise<void>;
}

/**
 * Does one job with a prepared coder: of the job's solver where it names one.
 *
 * @param seen  the steps that the coder's probe saw since it was asked last
 */
export function perform(coder: Coder, job: Job, seen: () => readonly LcaRecord[] = () => []): Answer[Job["kind"]] {
  switch (job.kind) {
    case "gradient":
      return gradientOf(coder, job);
    case "look":
      return lookAt(coder, job);
    case "sweep":
      return sweepOver(coder, job);
    case "encode":
      return encodeBatch(coder, job, seen);
    case "show":
      return show(coder, job);
    case "transition":
      return transition(coder, job);
    case "reconstruct":
      return reconstruct(coder, job);
    default:
      throw job satisfies never;
  }
}

type JobOf<K extends Job["kind"]> = Extract<Job, { kind: K }>;

function gradientOf(coder: Coder, { batch, lambda, rule, seen }: JobOf<"gradient">): Gradient {
  const gradient = emptyGradient(coder.dictionary.geometry, seen);
  const net = networkOf(coder.dictionary);
  for (let i = 0; i < batch.indices.length; i++) {
    const image = slice(batch.images, i);
    const weights = weightsAt(batch, i);
    for (const coding of coder.path(image, [lambda], weightedRule(rule, weights))) {
      addGradient(gradient, weighted(net, weights), image, coding);
    }
  }
  return gradient;
}

function weightsAt({ weights }: Batch, i: number): Float32Array | undefined {
  return weights && slice(weights, i);
}

function weightedRule(rule: CodingRule, weights: Float32Array | undefined): CodingRule {
  return weights ? { ...rule, weights } : rule;
}

function lookAt(coder: Coder, { batch, lambda, rule }: JobOf<"look">): LookSums {
  let energy = 0;
  let percentError = 0;
  const { features } = coder.dictionary.geometry;
  const events = new Float64Array(features);
  for (let i = 0; i < batch.indices.length; i++) {
    const image = slice(batch.images, i);
    const weights = weightsAt(batch, i);
    for (const coding of coder.path(image, [lambda], weightedRule(rule, weights))) {
      energy += coding.energy;
      for (const unit of coding.code.index) events[unit % features]++;
      percentError += percentErrorOf(image, coding.reconstruction, weights);
    }
  }
  return { energy, percentError, events };
}

function sweepOver(coder: Coder, { batch, noise, lambdas, rule }: JobOf<"sweep">): Points {
  const points = emptyPoints(batch.indices.length * lambdas.length);
  for (let i = 0; i < batch.indices.length; i++) {
    const clean = slice(batch.images, i);
    const input = noisy(clean, noise.sigma, noise, batch.indices[i]);
    for (const coding of coder.path(input, lambdas, rule)) {
      addPoint(points, {
        image: batch.indices[i],
        lambda: coding.lambda,
        squaredError: squaredDistance(clean, coding.reconstruction),
        squaredResidual: squaredDistance(input, coding.reconstruction),
        l1: coding.code.value.reduce((sum, a) => sum + Math.abs(a), 0),
        active: coding.code.index.length,
        gap: coding.gap,
        iterations: coding.iterations,
        converged: coding.converged,
      });
    }
  }
  return points;
}

function encodeBatch(coder: Coder, job: JobOf<"encode">, seen: () => readonly LcaRecord[]): Answer["encode"] {
  const { batch, noise, lambdas, rule, solver, probe = false } = job;
  return batch.indices.map((index, i) => {
    const clean = slice(batch.images, i);
    const weights = weightsAt(batch, i);
    const input = noise === null ? clean : noisy(clean, noise.sigma, noise, index);
    // What is hidden is zero, so that its value reaches nothing but percentError.
    const image = weights ? input.map((value, pixel) => (weights[pixel] > 0 ? value : 0)) : input;
    const task = { lambdas, rule: weightedRule(rule, weights) };
    if (!solver || solver.kind === "coordinate") return encodeImage(coder, { image, clean }, task);
    return encodeBySolver(coder, { image, clean }, { ...task, solver, probe }, seen);
  });
}

function show(coder: Coder, { batch, noise, lambda, rule }: JobOf<"show">): Shown {
  const g = coder.dictionary.geometry;
  const shape = batch.images.shape;
  const shown: Shown = {
    clean: batch.images,
    noisy: tensor(shape),
    reconstruction: tensor(shape),
    map: tensor([shape[0], rowAxis(g).count, columnAxis(g).count]),
    use: tensor([g.features]),
  };
  for (let i = 0; i < batch.indices.length; i++) {
    const input = noisy(slice(batch.images, i), noise.sigma, noise, batch.indices[i]);
    slice(shown.noisy, i).set(input);
    for (const coding of coder.path(input, [lambda], rule)) {
      slice(shown.reconstruction, i).set(coding.reconstruction);
      countUse(shown, g.features, i, coding.code);
    }
  }
  const places = positions(g) * batch.indices.length;
  for (let m = 0; m < g.features; m++) shown.use.data[m] /= places;
  return shown;
}

/** Streams of noise below are the study's own draws. */
const firstRedraw = 1000;

function transition(coder: Coder, { batch, noise, asked }: JobOf<"transition">): TransitionAnswer {
  const noisyImage = (i: number, stream: number) =>
    noisy(slice(batch.images, i), noise.sigma, { seed: noise.seed, stream }, batch.indices[i]);
  if (asked.kind === "response") {
    const images = batch.indices.map((_, i) => measureResponse(coder, noisyImage(i, noise.stream), asked));
    return { kind: "response", images };
  }
  const count = asked.to - asked.from;
  const images = batch.indices.map((_, i) => {
    const drawn = Array.from({ length: count }, (_, n) => noisyImage(i, firstRedraw + asked.from + n));
    return measureFluctuation(coder, drawn, asked);
  });
  return { kind: "redraw", images };
}

function reconstruct(coder: Coder, { image, lambdas, rule }: JobOf<"reconstruct">): Reconstruction[] {
  return Array.from(coder.path(image, lambdas, rule), ({ lambda, code, reconstruction, converged }) => ({
    lambda,
    image: reconstruction,
    active: code.index.length,
    converged,
  }));
}

function countUse(shown: Shown, features: number, image: number, code: SparseCode): void {
  const map = slice(shown.map, image);
  for (const unit of code.index) {
    shown.use.data[unit % features] += 1;
    map[Math.floor(unit / features)] += 1;
  }
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum;
}

/** 100·‖s − ŝ‖/‖s‖, both norms weighted. */
function percentErrorOf(image: Float32Array, reconstruction: Float32Array, weights?: Float32Array): number {
  let squares = 0;
  let power = 0;
  for (let i = 0; i < image.length; i++) {
    const w = weights ? weights[i] : 1;
    squares += w * (image[i] - reconstruction[i]) ** 2;
    power += w * image[i] * image[i];
  }
  return 100 * Math.sqrt(squares / power);
}
