/**
 * Dictionary learning on clean images: code a minibatch, step the atoms, until
 * the held-out energy stops falling (schedule.ts). The state is a plain record:
 * stored and loaded again, training goes on to the same bytes.
 */
import type { Dictionary } from "../coding/dictionary.js";
import { atomLength, type Geometry } from "../core/geometry.js";
import { permutation, purpose } from "../core/random.js";
import { type Tensor, tensor } from "../core/tensor.js";
import { type Gradient, sumGradients } from "./gradient.js";
import {
  type Ending,
  endingAfter,
  isOver,
  type Look,
  looksBetween,
  type Schedule,
  slack,
  stepSize,
} from "./schedule.js";
import { hasMomentum, type Learned, type RuleName, type UpdateRule, updated } from "./update.js";

/** Everything a training goes on from: stored and read again, it ends in the same bytes. */
export type TrainingState = Learned & {
  /** Looks in a row in which no held-out image used each atom, [features]. */
  readonly idle: Float64Array;
  readonly imagesSeen: number;
  readonly looks: readonly Look[];
  readonly ending: Ending | null;
};

/** Where the work is done: chunks of images, by index, with one dictionary. */
export type Trainer = {
  readonly geometry: Geometry;
  readonly schedule: Schedule;
  readonly rule: UpdateRule;
  readonly minibatch: number;
  /** Looks in a row without an event after which an atom is drawn anew; 0: never. */
  readonly redraw: number;
  /** Indices of the images to learn from; held-out ones are not among them. */
  readonly images: Uint32Array;
  /** Order of `images` in each epoch. */
  order(epoch: number): Uint32Array;
  /** Sums over the images at these indices, coded to `slack` times the tolerance of coding. */
  gradient(dictionary: Dictionary, images: Uint32Array, slack: number): Promise<Gradient>;
  /** Means over the held-out images. */
  look(dictionary: Dictionary): Promise<LookMeans>;
  /** What an atom begins again with, constrained; a pure function of its number and the minibatches so far. */
  freshAtom(feature: number, batches: number): Float32Array;
};

/** Means over the held-out images, and how often each atom was active in them. */
export type LookMeans = Pick<Look, "energy" | "percentError"> & { readonly events: Float64Array };

/** Images per chunk: gradients are summed chunk by chunk in image order, whatever the number of workers. */
export const chunkLength = 4;

/** The state before the first minibatch. */
export function startTraining(atoms: Tensor, rule: RuleName = "newton"): TrainingState {
  const [features] = atoms.shape;
  return {
    atoms,
    mean: new Float64Array(features),
    momentum: new Float64Array(hasMomentum(rule) ? atoms.data.length : 0),
    idle: new Float64Array(features),
    batches: 0,
    imagesSeen: 0,
    looks: [],
    ending: null,
  };
}

/** True once the step has fallen to zero. */
export function trainingDone({ imagesSeen, ending }: TrainingState, schedule: Schedule): boolean {
  return isOver(schedule, imagesSeen, ending);
}

/** Yields the state after every minibatch; the last one is done and has had its last look. */
export async function* train(state: TrainingState, trainer: Trainer): AsyncGenerator<TrainingState, TrainingState> {
  while (!trainingDone(state, trainer.schedule)) {
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
    chunks.push(trainer.gradient(dictionary, batch.subarray(i, i + chunkLength), slack(schedule, state.imagesSeen)));
  }
  const gradient = sumGradients(await Promise.all(chunks), geometry);
  const step = stepSize(schedule, state.imagesSeen, state.ending);
  const learned = updated(state, gradient, { rule: trainer.rule, step, images: batch.length });
  const next = { ...state, ...learned, imagesSeen: state.imagesSeen + batch.length };
  return lookIfDue(next, state.imagesSeen, trainer);
}

/** Looks at the held-out images when the schedule asks, before the final fall and at the very end. */
async function lookIfDue(state: TrainingState, before: number, trainer: Trainer): Promise<TrainingState> {
  if (isLookDue(state, before, trainer)) return look(state, trainer);
  return { ...state, ending: state.ending ?? endingAfter(trainer.schedule, state.imagesSeen, []) };
}

function isLookDue(state: TrainingState, before: number, { schedule, redraw }: Trainer): boolean {
  if (trainingDone(state, schedule)) return true;
  if (state.ending !== null) return false;
  if (schedule.plateau === 0 && state.imagesSeen >= schedule.images) return true;
  const judged = schedule.plateau > 0 && schedule.schedule !== "budget";
  return (judged || redraw > 0) && looksBetween(before, state.imagesSeen);
}

/** The state after a look: logged, judged, and atoms idle for `redraw` looks drawn anew, unless it was the last. */
async function look(state: TrainingState, trainer: Trainer): Promise<TrainingState> {
  const { geometry, redraw, schedule } = trainer;
  const { events, ...means } = await trainer.look({ geometry, atoms: state.atoms });
  const idle = state.idle.map((looks, m) => (events[m] === 0 ? looks + 1 : 0));
  const dead = Array.from(idle.keys()).filter((m) => idle[m] > 0);
  const drawn = redraw === 0 || trainingDone(state, schedule) ? [] : dead.filter((m) => idle[m] >= redraw);
  const found = { imagesSeen: state.imagesSeen, ...means, deadAtoms: dead.length, redrawn: drawn.length };
  const looks = [...state.looks, found];
  const ending = state.ending ?? endingAfter(schedule, state.imagesSeen, looks);
  return redrawn({ ...state, idle, looks, ending }, drawn, trainer);
}

/** The state with these atoms drawn anew: nothing remembered of the old ones. */
function redrawn(state: TrainingState, features: readonly number[], trainer: Trainer): TrainingState {
  if (features.length === 0) return state;
  const length = atomLength(trainer.geometry);
  const data = Float32Array.from(state.atoms.data);
  const [mean, momentum, idle] = [state.mean.slice(), state.momentum.slice(), state.idle.slice()];
  for (const m of features) {
    data.set(trainer.freshAtom(m, state.batches), m * length);
    momentum.fill(0, m * length, (m + 1) * length);
    mean[m] = 0;
    idle[m] = 0;
  }
  return { ...state, atoms: tensor(state.atoms.shape, data), mean, momentum, idle };
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
