/**
 * Dictionary learning on clean images: code a minibatch, step the atoms, until
 * the held-out energy stops falling (schedule.ts). The state is a plain record:
 * stored and loaded again, training goes on to the same bytes.
 */
import type { Dictionary } from "../coding/dictionary.js";
import type { Geometry } from "../core/geometry.js";
import { permutation, purpose } from "../core/random.js";
import type { Tensor } from "../core/tensor.js";
import { type Gradient, sumGradients } from "./gradient.js";
import { type Ending, endingAfter, type Look, lastImage, looksBetween, type Schedule, stepSize } from "./schedule.js";
import { runningMean, updatedAtoms } from "./update.js";

export type TrainingState = {
  readonly atoms: Tensor;
  /** ⟨Σ a_m²⟩, [features]. */
  readonly mean: Float64Array;
  readonly batches: number;
  readonly imagesSeen: number;
  readonly looks: readonly Look[];
  readonly ending: Ending | null;
};

/** Where the work is done: chunks of images, by index, with one dictionary. */
export type Trainer = {
  readonly geometry: Geometry;
  readonly schedule: Schedule;
  readonly minibatch: number;
  /** Indices of the images to learn from; held-out ones are not among them. */
  readonly images: Uint32Array;
  /** Order of `images` in each epoch. */
  order(epoch: number): Uint32Array;
  gradient(dictionary: Dictionary, images: Uint32Array): Promise<Gradient>;
  look(dictionary: Dictionary): Promise<Omit<Look, "imagesSeen">>;
};

/** Images per chunk: gradients are summed chunk by chunk in image order, whatever the number of workers. */
export const chunkLength = 4;

/** The state before the first minibatch. */
export function startTraining(atoms: Tensor): TrainingState {
  return { atoms, mean: new Float64Array(atoms.shape[0]), batches: 0, imagesSeen: 0, looks: [], ending: null };
}

/** True once the final fall of the step has run its length. */
export function trainingDone(state: TrainingState): boolean {
  return state.ending !== null && state.imagesSeen >= lastImage(state.ending);
}

/** Yields the state after every minibatch; the last one is done and has had its last look. */
export async function* train(state: TrainingState, trainer: Trainer): AsyncGenerator<TrainingState, TrainingState> {
  while (!trainingDone(state)) {
    state = await nextState(state, trainer);
    yield state;
  }
  return state;
}

async function nextState(state: TrainingState, trainer: Trainer): Promise<TrainingState> {
  const { geometry, schedule } = trainer;
  const dictionary = { geometry, atoms: state.atoms };
  const batch = minibatchAt(trainer, state.imagesSeen);
  const chunks: Promise<Gradient>[] = [];
  for (let i = 0; i < batch.length; i += chunkLength) {
    chunks.push(trainer.gradient(dictionary, batch.subarray(i, i + chunkLength)));
  }
  const gradient = sumGradients(await Promise.all(chunks), geometry);
  const mean = runningMean(state.mean, gradient, state.batches);
  const atoms = updatedAtoms(state.atoms, gradient, mean, stepSize(schedule, state.imagesSeen, state.ending));
  const imagesSeen = state.imagesSeen + batch.length;
  const next = { ...state, atoms, mean, batches: state.batches + 1, imagesSeen };
  return lookIfDue(next, state.imagesSeen, trainer);
}

/** Looks at the held-out images when the schedule asks, before the final fall and at the very end. */
async function lookIfDue(state: TrainingState, before: number, trainer: Trainer): Promise<TrainingState> {
  const { schedule } = trainer;
  const open = state.ending === null;
  const due =
    open && (schedule.plateau > 0 ? looksBetween(before, state.imagesSeen) : state.imagesSeen >= schedule.images);
  if (!due && !trainingDone(state))
    return open ? { ...state, ending: endingAfter(schedule, state.imagesSeen, []) } : state;
  const found = await trainer.look({ geometry: trainer.geometry, atoms: state.atoms });
  const looks = [...state.looks, { imagesSeen: state.imagesSeen, ...found }];
  return { ...state, looks, ending: state.ending ?? endingAfter(schedule, state.imagesSeen, looks) };
}

/** The images of the minibatch that starts at `imagesSeen`: a fresh permutation each epoch. */
function minibatchAt(trainer: Trainer, imagesSeen: number): Uint32Array {
  const { images, minibatch, order } = trainer;
  return Uint32Array.from({ length: minibatch }, (_, i) => {
    const draw = imagesSeen + i;
    return images[order(Math.floor(draw / images.length))[draw % images.length]];
  });
}

/** Each epoch's permutation of 0 … count − 1; remembers the latest, which a minibatch asks for 32 times. */
export function epochOrders(count: number, seed: number): (epoch: number) => Uint32Array {
  let latest: { epoch: number; order: Uint32Array } = { epoch: -1, order: new Uint32Array() };
  return (epoch) => {
    if (latest.epoch !== epoch) {
      latest = { epoch, order: permutation(count, { seed, purpose: purpose.shuffle, epoch }) };
    }
    return latest.order;
  };
}
