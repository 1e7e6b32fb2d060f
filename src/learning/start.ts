/**
 * The dictionary before learning, each atom constrained (constraint.ts):
 *
 *   patches      patches of training images: they have the images' statistics, so no atom starts dead
 *   petavision   uniform in ±1 with 90 % zeros
 *   random       i.i.d. standard normal
 *   given atoms  as many as wanted, or fewer: the rest are copies, moved a little
 *
 * An atom's draws belong to its number, so a larger dictionary starts with the
 * same patches as a smaller one.
 */

import { CrispError } from "../core/errors.js";
import { atomLength, type Geometry } from "../core/geometry.js";
import { type Draws, draws, purpose } from "../core/random.js";
import { type Tensor, tensor } from "../core/tensor.js";
import { type Constraint, constrain, unitNorm } from "./constraint.js";

/** Where a training's first atoms come from. */
export const startNames = ["patches", "petavision", "random"] as const;

/** One of `startNames`. */
export type StartName = (typeof startNames)[number];

/** Training images to cut patches from. */
export type PatchSource = {
  readonly count: number;
  /** Clean and normalised, [height, width, channels]. */
  imageAt(index: number): Float32Array;
};

/** Seed and constraint of first atoms. */
export type StartOptions = { readonly seed: number; readonly constraint: Constraint };

/** Fraction of PetaVision's first weights that are zero. */
const sparseFraction = 0.9;
/** How far a copy of an atom begins from it. */
const apart = 0.1;
/** Tries before a training set is called featureless. */
const attempts = 1000;

/**
 * Atoms [features, patch rows, patch columns, channels] drawn by `start`.
 * @throws CrispError `data` when the images hold no patch that the constraint leaves anything of
 */
export function startAtoms(
  g: Geometry,
  source: PatchSource,
  { start, seed, constraint }: StartOptions & { readonly start: StartName },
): Tensor {
  return atomsFrom(g, (atom, m) => {
    const draw = draws({ seed, purpose: purpose.atoms }, m);
    switch (start) {
      case "patches":
        return fillWithPatch(atom, { g, source }, { draw, constraint });
      case "petavision":
        return fill(atom, constraint, () => (draw.uniform() < sparseFraction ? 0 : 2 * draw.uniform() - 1));
      case "random":
        return fill(atom, constraint, () => draw.gaussian());
      default:
        throw new CrispError("internal", `there is no start ${start satisfies never}.`);
    }
  });
}

/** Patches of norm 1, cut at random places; as `startAtoms` throws. */
export function patchAtoms(g: Geometry, source: PatchSource, seed: number): Tensor {
  return startAtoms(g, source, { start: "patches", seed, constraint: unitNorm });
}

/** Network that given atoms are to fit; channels may not be known yet. */
export type Fitting = Pick<Geometry, "features" | "patch"> & { readonly channels?: number };

/** @throws CrispError `shape` unless there are at most `features` atoms of that patch and channels */
export function checkGiven(given: Tensor, g: Fitting): void {
  const [count, ...rest] = given.shape;
  const wanted = [...g.patch, g.channels ?? rest[2]];
  if (rest.join() !== wanted.join()) {
    const [rows, columns, channels] = rest;
    const otherPatch = rows !== wanted[0] || columns !== wanted[1];
    const changes = [
      ...(otherPatch ? [`set patch to ${rows}x${columns}`] : []),
      ...(channels !== wanted[2] ? [`give images of ${channels} ${channels === 1 ? "channel" : "channels"}`] : []),
    ].join(" and ");
    throw new CrispError(
      "shape",
      `the dictionary to start from has atoms of ${rest.join("×")}; the network needs ${wanted.join("×")}. ${changes[0].toUpperCase()}${changes.slice(1)}, or start from another dictionary.`,
    );
  }
  if (count > g.features) {
    throw new CrispError(
      "shape",
      `the dictionary to start from has ${count} atoms, the network ${g.features}; it may have at most as many. Ask for at least ${count} features.`,
    );
  }
}

/**
 * A warm start: the given atoms, constrained; then, up to `features`, copies of them
 * in turn, each moved by a tenth of its norm in a direction of its own. Grown from
 * 64 to 128 on CIFAR-10 that ends 0.17 % lower in energy than patches do, which
 * are ahead only in the first 1,000 images (node bench/run.mjs learning -- grow).
 * @throws CrispError `shape` as `checkGiven`, `data` for an atom that the constraint leaves nothing of
 */
export function grownAtoms(given: Tensor, g: Geometry, { seed, constraint }: StartOptions): Tensor {
  checkGiven(given, g);
  const [count] = given.shape;
  const length = atomLength(g);
  return atomsFrom(g, (atom, m) => {
    const old = given.data.subarray((m % count) * length, ((m % count) + 1) * length);
    if (m >= count) return fillWithCopy(atom, old, { draw: draws({ seed, purpose: purpose.atoms }, m), constraint });
    atom.set(old);
    if (!constrain(atom, constraint)) {
      throw new CrispError(
        "data",
        `atom ${m} of the dictionary to start from is zero under learning.constraint; every atom needs a direction. Remove it, or change learning.zeroMean or learning.nonnegative.`,
      );
    }
  });
}

/** A patch for an atom to begin again with; a pure function of the seed, the atom and the minibatches so far. */
export function redrawnAtom(
  g: Geometry,
  source: PatchSource,
  options: StartOptions & { readonly feature: number; readonly batches: number },
): Float32Array {
  const { seed, constraint, feature, batches } = options;
  const atom = new Float32Array(atomLength(g));
  const draw = draws({ seed, purpose: purpose.redraw, epoch: batches }, feature);
  fillWithPatch(atom, { g, source }, { draw, constraint });
  return atom;
}

function atomsFrom(g: Geometry, write: (atom: Float32Array, m: number) => void): Tensor {
  const length = atomLength(g);
  const atoms = tensor([g.features, g.patch[0], g.patch[1], g.channels]);
  for (let m = 0; m < g.features; m++) write(atoms.data.subarray(m * length, (m + 1) * length), m);
  return atoms;
}

/** Independent values, again until the constraint leaves something. */
function fill(atom: Float32Array, constraint: Constraint, value: () => number): void {
  for (let tries = 0; tries < attempts; tries++) {
    for (let i = 0; i < atom.length; i++) atom[i] = value();
    if (scaled(atom, constraint)) return;
  }
  throw new CrispError(
    "usage",
    `atoms of ${atom.length} values leave nothing under learning.constraint after ${attempts} draws. Use larger patches, or change learning.zeroMean or learning.nonnegative.`,
  );
}

/** unit( φ/‖φ‖ + apart · d ), d of norm 1. */
function fillWithCopy(atom: Float32Array, old: Float32Array, { draw, constraint }: Cut): void {
  const original = old.slice();
  const direction = new Float32Array(atom.length);
  scaled(original, constraint);
  fill(direction, unitNorm, () => draw.gaussian());
  for (let i = 0; i < atom.length; i++) atom[i] = original[i] + apart * direction[i];
  scaled(atom, constraint);
}

type Cut = { readonly draw: Draws; readonly constraint: Constraint };
type Place = { readonly g: Geometry; readonly source: PatchSource };

function fillWithPatch(atom: Float32Array, { g, source }: Place, { draw, constraint }: Cut): void {
  for (let tries = 0; tries < attempts; tries++) {
    cutPatch(atom, g, { image: source.imageAt(draw.whole(source.count)), draw });
    if (scaled(atom, constraint)) return;
  }
  throw new CrispError(
    "data",
    `no patch with contrast found in ${source.count} training images after ${attempts} tries. Use images that are not flat.`,
  );
}

/** A start has norm 1 under any constraint: at-most-one by itself would keep the scale of the draw. */
function scaled(atom: Float32Array, constraint: Constraint): boolean {
  return constrain(atom, { ...constraint, constraint: "unit" });
}

/** Copies a patch that lies wholly inside the image. */
function cutPatch(
  atom: Float32Array,
  g: Geometry,
  { image, draw }: { readonly image: Float32Array; readonly draw: Draws },
): void {
  const top = draw.whole(g.height - g.patch[0] + 1);
  const left = draw.whole(g.width - g.patch[1] + 1);
  const rowLength = g.patch[1] * g.channels;
  for (let y = 0; y < g.patch[0]; y++) {
    const from = ((top + y) * g.width + left) * g.channels;
    atom.set(image.subarray(from, from + rowLength), y * rowLength);
  }
}
