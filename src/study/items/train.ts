/**
 * A dictionary that is trained: many small tasks, the dictionary changing in
 * between. What each needs is gathered here: images with their masks, the
 * atoms to begin with, and new ones for those that die. A stop loses seconds.
 */
import type { Dictionary } from "../../coding/dictionary.js";
import type { CodingRule } from "../../coding/engine.js";
import { CrispError } from "../../core/errors.js";
import type { Geometry } from "../../core/geometry.js";
import type { Tensor } from "../../core/tensor.js";
import { normalised } from "../../images/normalise.js";
import { grownAtoms, type PatchSource, redrawnAtom, startAtoms } from "../../learning/start.js";
import {
  epochOrders,
  type LookMeans,
  startTraining,
  type Trainer,
  type TrainingState,
  train,
} from "../../learning/train.js";
import { isPetaVision, leadingShare } from "../../learning/update.js";
import type { Batch } from "../../tasks/batch.js";
import { gradient } from "../../tasks/gradient.js";
import { type LookSums, look } from "../../tasks/look.js";
import type { Held } from "../../work/executor.js";
import type { Item, ItemKind } from "../../work/item.js";
import { stopIfAsked } from "../../work/runner.js";
import { expectedCodings, trainingSeconds } from "../cost.js";
import { maskedBatch, maskedImage } from "../masks.js";
import type { LearningSettings } from "../settings.js";
import { decodeState, dictionaryFile, encodeState } from "./files.js";
import { batchAt, divide, type Pool } from "./pictures.js";
import type { Workshop } from "./workshop.js";

/** A dictionary of one size and seed, learned. */
export type TrainItem = Item<Trained> & {
  readonly kind: "train";
  readonly geometry: Geometry;
  readonly pool: Pool;
  readonly learning: LearningSettings;
  readonly rule: CodingRule;
  readonly replicate: number;
  readonly seed: number;
};

/** How one training went; the atoms lie beside it. */
export type Trained = {
  readonly atoms: Tensor;
  readonly imagesSeen: number;
  readonly plateau: boolean;
  /** Atoms active in no held-out image at the end. */
  readonly deadAtoms: number;
  /** Share of the dictionary's energy in its leading direction. */
  readonly leadingShare: number;
  readonly looks: TrainingState["looks"];
};

/** Images of a look in one task. */
const lookImages = 16;
/** Seconds of training between checkpoints. */
const checkpointSeconds = 20;

/** Trains, with checkpoints to go on from. */
export const trainKind: ItemKind<TrainItem, Trained, Workshop> = {
  kind: "train",
  resumable: true,
  make: trained,
  seconds: ({ learning }, geometry) => expectedCodings(learning) * trainingSeconds(geometry),
  stage: () => "training",
  file: dictionaryFile,
};

/** Images and workers of a training. */
export type TrainTools = Pick<Workshop, "images" | "executor" | "masks" | "startAtoms">;

async function trained(item: TrainItem, workshop: Workshop): Promise<Trained> {
  const { store, signal, now } = workshop;
  let saved = now();
  const states = (await store.readCheckpoints(item)).map((bytes) => decodeState(bytes, `checkpoint of ${item.id}`));
  return trainAtoms(item, workshop, {
    from: states.reduce<TrainingState | null>((a, b) => (a && a.imagesSeen >= b.imagesSeen ? a : b), null),
    async onState(state) {
      workshop.onTraining(item, state);
      if (!signal.aborted && now() - saved < checkpointSeconds) return;
      saved = now();
      await store.writeCheckpoint(item, encodeState(state));
      stopIfAsked(signal);
    },
  });
}

/**
 * Trains one dictionary, going on from `from` if there is such a state.
 * `onState` sees every state; it may store one, or throw to stop.
 */
export async function trainAtoms(
  item: TrainItem,
  workshop: TrainTools,
  hooks: { readonly from: TrainingState | null; onState(state: TrainingState): Promise<void> },
): Promise<Trained> {
  const division = divide(item.pool);
  const source = patchSource(division.learning, workshop);
  const trainer = trainerOf(item, division, { ...workshop, source });
  let state = hooks.from ?? startTraining(firstAtoms(item, source, workshop), item.learning.rule);
  for await (state of train(state, trainer)) await hooks.onState(state);
  return {
    atoms: state.atoms,
    imagesSeen: state.imagesSeen,
    plateau: state.ending?.plateau ?? false,
    deadAtoms: state.looks.at(-1)!.deadAtoms,
    leadingShare: leadingShare(state.atoms, item.geometry),
    looks: state.looks,
  };
}

/** Names given to dictionaries of trainings in this process. */
let namesGiven = 0;

/**
 * Names the dictionaries of a training for the workers: each state of the atoms is another. No name is given
 * twice: a worker keeps what it holds by name, and the same item may be trained before, briefly, to tell its pace.
 */
function namer(id: string): (dictionary: Dictionary) => Held {
  let [name, atoms] = [0, undefined as Tensor | undefined];
  return (dictionary) => {
    if (dictionary.atoms !== atoms) {
      atoms = dictionary.atoms;
      name = ++namesGiven;
    }
    return { id: `${id} ${name}`, dictionary };
  };
}

/** The images to learn from, as a source of patches. */
function patchSource(learning: Uint32Array, { images, masks }: TrainTools): PatchSource {
  return {
    count: learning.length,
    imageAt: (n) =>
      masks ? maskedImage(images.training, masks, learning[n]) : normalised(images.training, learning[n]),
  };
}

function firstAtoms(
  { geometry, learning, seed }: TrainItem,
  source: PatchSource,
  { startAtoms: given }: TrainTools,
): Tensor {
  const { start } = learning;
  if (start === "patches" || start === "petavision" || start === "random")
    return startAtoms(geometry, source, { start, seed, constraint: learning });
  if (given) return grownAtoms(given, geometry, { seed, constraint: learning });
  throw new CrispError(
    "usage",
    `this training starts from a dictionary (${start}), which is not here. Run "crisp train --start-from FILE" with that dictionary.`,
  );
}

type Tools = TrainTools & { readonly source: PatchSource };

function trainerOf(item: TrainItem, division: ReturnType<typeof divide>, tools: Tools): Trainer {
  const { geometry, learning, rule, seed } = item;
  const { executor, source } = tools;
  const { lambda } = learning;
  const seen = isPetaVision(learning.rule);
  const held = namer(item.id);
  return {
    geometry,
    schedule: learning,
    rule: learning,
    minibatch: learning.minibatch,
    redraw: learning.redraw,
    images: division.learning,
    order: epochOrders(division.learning.length, seed),
    gradient: (dictionary, indices, slack) =>
      executor.run(gradient, held(dictionary), {
        ...{ batch: trainingBatch(tools, indices), lambda, seen },
        rule: slack === 1 ? rule : { ...rule, tolerance: Math.min(0.5, slack * rule.tolerance) },
      }),
    look: (dictionary) => lookAt(held(dictionary), { item, heldOut: division.heldOut }, tools),
    freshAtom: (feature, batches) => redrawnAtom(geometry, source, { seed, constraint: learning, feature, batches }),
  };
}

function trainingBatch({ images, masks }: TrainTools, indices: Uint32Array): Batch {
  return masks ? maskedBatch(images, masks, indices) : batchAt(images, images.training, indices);
}

async function lookAt(
  held: Held,
  { item, heldOut }: { readonly item: TrainItem; readonly heldOut: Uint32Array },
  workshop: TrainTools,
): Promise<LookMeans> {
  const { learning, rule } = item;
  const sums: Promise<LookSums>[] = [];
  let count = 0;
  for (let i = 0; i < heldOut.length; i += lookImages) {
    const batch = trainingBatch(workshop, heldOut.subarray(i, i + lookImages));
    count += batch.indices.length;
    sums.push(workshop.executor.run(look, held, { batch, lambda: learning.lambda, rule }));
  }
  return meanLook(await Promise.all(sums), count);
}

/** Means over the held-out images, from sums in task order. */
function meanLook(sums: readonly LookSums[], count: number): LookMeans {
  if (count === 0) {
    throw new CrispError(
      "data",
      "every held-out training image is flat (all pixels equal); learning needs images with contrast. Use other images.",
    );
  }
  const mean = (name: "energy" | "percentError") => sums.reduce((sum, part) => sum + part[name], 0) / count;
  const events = sums[0].events.map((_, m) => sums.reduce((sum, part) => sum + part.events[m], 0));
  return { energy: mean("energy"), percentError: mean("percentError"), events };
}
