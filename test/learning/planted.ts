// A small planted world to learn in: images are sparse sums of hidden atoms, coded by the float64 loops.
import { normaliseAtom } from "../../src/coding/atoms.js";
import { coordinateCoder } from "../../src/coding/coordinate.js";
import { networkOf } from "../../src/coding/operator.js";
import { atomLength, type Geometry, imageLength, positions } from "../../src/core/geometry.js";
import { draws, purpose } from "../../src/core/random.js";
import { type Tensor, tensor } from "../../src/core/tensor.js";
import { unitNorm } from "../../src/learning/constraint.js";
import { addGradient, emptyGradient } from "../../src/learning/gradient.js";
import type { Schedule } from "../../src/learning/schedule.js";
import { type PatchSource, redrawnAtom, startAtoms } from "../../src/learning/start.js";
import { epochOrders, type Trainer, type TrainingState, train } from "../../src/learning/train.js";
import { isPetaVision, type UpdateRule } from "../../src/learning/update.js";

export const codingRule = { threshold: { kind: "soft", rectified: true }, tolerance: 1e-3 } as const;

/** Φa by its definition, one unit at a time. */
export function synthesise(
  g: Geometry,
  atoms: Tensor,
  index: ArrayLike<number>,
  value: ArrayLike<number>,
): Float32Array {
  const image = new Float32Array(imageLength(g));
  const columns = Math.ceil(g.width / g.stride[1]);
  const margin = [Math.floor((g.patch[0] - g.stride[0]) / 2), Math.floor((g.patch[1] - g.stride[1]) / 2)];
  for (let n = 0; n < index.length; n++) {
    const feature = index[n] % g.features;
    const position = Math.floor(index[n] / g.features);
    for (let y = 0; y < g.patch[0]; y++) {
      for (let x = 0; x < g.patch[1]; x++) {
        const row = Math.floor(position / columns) * g.stride[0] - margin[0] + y;
        const column = (position % columns) * g.stride[1] - margin[1] + x;
        if (row < 0 || row >= g.height || column < 0 || column >= g.width) continue;
        for (let c = 0; c < g.channels; c++) {
          const atom = ((feature * g.patch[0] + y) * g.patch[1] + x) * g.channels + c;
          image[(row * g.width + column) * g.channels + c] += value[n] * atoms.data[atom];
        }
      }
    }
  }
  return image;
}

export function randomAtoms(g: Geometry, seed: number): Tensor {
  const atoms = tensor([g.features, g.patch[0], g.patch[1], g.channels]);
  const draw = draws({ seed, purpose: purpose.test }, 0);
  for (let i = 0; i < atoms.data.length; i++) atoms.data[i] = draw.gaussian();
  for (let m = 0; m < g.features; m++) normaliseAtom(atoms.data.subarray(m * atomLength(g), (m + 1) * atomLength(g)));
  return atoms;
}

/** A small planted world: images are sparse sums of hidden atoms. */
export function plantedWorld(features: number) {
  const g: Geometry = { height: 16, width: 16, channels: 1, patch: [4, 4], stride: [4, 4], boundary: "crop", features };
  const hidden = randomAtoms(g, 5);
  const images = Array.from({ length: 400 }, (_, i) => {
    const draw = draws({ seed: 6, purpose: purpose.test }, i);
    const index = Array.from({ length: 8 }, () => draw.whole(positions(g) * features));
    return synthesise(
      g,
      hidden,
      index,
      index.map(() => 1 + 2 * draw.uniform()),
    );
  });
  return { g, hidden, images };
}

export const newton: UpdateRule = { rule: "newton", momentumTau: 5, ...unitNorm };

export type World = ReturnType<typeof plantedWorld>;

export function sourceOf(world: World): PatchSource {
  return { count: world.images.length, imageAt: (i) => world.images[i] };
}

/** Patches of the world's images for any geometry of its patch. */
export function patches(world: World, g: Geometry, seed = 8): Tensor {
  return startAtoms(g, sourceOf(world), { start: "patches", seed, constraint: unitNorm });
}

export type TrainerOptions = {
  readonly features?: number;
  readonly rule?: UpdateRule;
  readonly step?: number;
  readonly redraw?: number;
  readonly plateau?: number;
  readonly schedule?: Schedule["schedule"];
  readonly minibatch?: number;
};

/** Learns from all images but the first 20, which are held out; λ 0.1. */
export function trainerOf(world: World, images: number, options: TrainerOptions = {}): Trainer {
  const { features = world.g.features, rule = newton, step = 0.1, redraw = 0, plateau = 0, minibatch = 16 } = options;
  const { schedule = "decayed" } = options;
  const g = { ...world.g, features };
  return {
    geometry: g,
    schedule: { schedule, step, decay: 1e4, images, plateau },
    rule,
    minibatch,
    redraw,
    images: Uint32Array.from(world.images, (_, i) => i).slice(20),
    order: epochOrders(world.images.length - 20, 3),
    async gradient(dictionary, indices, slack) {
      const coder = coordinateCoder(dictionary);
      const gradient = emptyGradient(g, isPetaVision(rule.rule));
      for (const i of indices) {
        for (const coding of coder.path(world.images[i], [0.1], {
          ...codingRule,
          tolerance: slack * codingRule.tolerance,
        }))
          addGradient(gradient, networkOf(dictionary), { image: world.images[i], code: coding.code });
      }
      return gradient;
    },
    async look(dictionary) {
      const coder = coordinateCoder(dictionary);
      let energy = 0;
      const events = new Float64Array(features);
      for (const image of world.images.slice(0, 20)) {
        for (const coding of coder.path(image, [0.1], codingRule)) {
          energy += coding.energy / 20;
          for (const unit of coding.code.index) events[unit % features]++;
        }
      }
      return { energy, percentError: 0, events };
    },
    freshAtom: (feature, batches) => redrawnAtom(g, sourceOf(world), { seed: 9, constraint: rule, feature, batches }),
  };
}

export async function finish(
  state: TrainingState,
  trainer: Trainer,
  batches = Number.POSITIVE_INFINITY,
): Promise<TrainingState> {
  let last = state;
  for await (last of train(state, trainer)) if (--batches <= 0) break;
  return last;
}
