// Planted dead atoms are reported, drawn anew on request, and come alive.
import { expect, test } from "vitest";
import { type Tensor, tensor } from "../../src/core/tensor.js";
import { unitNorm } from "../../src/learning/constraint.js";
import { startTraining } from "../../src/learning/train.js";
import type { UpdateRule } from "../../src/learning/update.js";
import { encodeState } from "../../src/study/items/files.js";
import { finish, patches, plantedWorld, trainerOf } from "./planted.js";

const rule: UpdateRule = { ...unitNorm, rule: "petavision", momentumTau: 3 };

/** Patches, of which atoms 1 and 4 can never be active: their inner product with everything is zero. */
function withDead(atoms: Tensor): Tensor {
  const data = Float32Array.from(atoms.data);
  data.fill(0, 16, 32);
  data.fill(0, 4 * 16, 5 * 16);
  return tensor(atoms.shape, data);
}

test("dead atoms stay dead without redraw; with it they are drawn anew at the look and used afterwards", async () => {
  const world = plantedWorld(6);
  const start = () => startTraining(withDead(patches(world, world.g)), "petavision");
  const left = await finish(start(), trainerOf(world, 240, { rule, step: 0.05, plateau: 1e-9 }));
  expect(left.looks.map(({ deadAtoms, redrawn }) => [deadAtoms, redrawn])).toEqual([
    [2, 0],
    [2, 0],
  ]);
  const drawn = await finish(start(), trainerOf(world, 240, { rule, step: 0.05, redraw: 1 }));
  expect(drawn.looks[0]).toMatchObject({ imagesSeen: 192, deadAtoms: 2, redrawn: 2 });
  expect(drawn.looks.at(-1)).toMatchObject({ deadAtoms: 0, redrawn: 0 });
  expect(drawn.looks.at(-1)!.energy).toBeLessThan(left.looks.at(-1)!.energy);
});

test("an atom is drawn anew only after so many looks in a row, and nothing is remembered of the old one", async () => {
  const world = plantedWorld(6);
  const trainer = trainerOf(world, 800, { rule, step: 0.05, redraw: 2 });
  const start = startTraining(withDead(patches(world, world.g)), "petavision");
  const once = await finish(start, trainer, 12);
  expect([once.looks.length, once.idle[1], once.looks[0].redrawn]).toEqual([1, 1, 0]);
  const twice = await finish(once, trainer, 6);
  expect([twice.imagesSeen, twice.looks[1].redrawn, twice.idle[1], twice.mean[1]]).toEqual([288, 2, 0, 0]);
  expect(twice.momentum.subarray(16, 32)).toEqual(new Float64Array(16));
  expect(twice.momentum.subarray(0, 16)).not.toEqual(new Float64Array(16));
  expect(twice.atoms.data.subarray(16, 32)).toEqual(trainer.freshAtom(1, twice.batches));
  expect(trainer.freshAtom(1, 18)).not.toEqual(trainer.freshAtom(1, 19));
  expect(trainer.freshAtom(1, 18)).not.toEqual(trainer.freshAtom(4, 18));
});

test.each(["newton", "petavision"] as const)(
  "%s: an atom that learned, then went unused, keeps neither its mean nor its momentum",
  async (name) => {
    const world = plantedWorld(6);
    const honest = trainerOf(world, 800, { rule: { ...rule, rule: name }, step: 0.05, redraw: 1 });
    // Looks see no event of atom 1, which minibatches do use.
    const look = async () => ({ energy: 1, percentError: 0, events: Float64Array.of(3, 0, 3, 3, 3, 3) });
    const start = startTraining(patches(world, world.g), name);
    const before = await finish(start, { ...honest, look }, 11);
    expect(name === "newton" ? before.mean[1] : before.momentum[20]).not.toBe(0);
    const after = await finish(before, { ...honest, look }, 1);
    expect(after.looks[0]).toMatchObject({ deadAtoms: 1, redrawn: 1 });
    expect([after.mean[1], ...after.momentum.subarray(16, 32)].every((v) => v === 0)).toBe(true);
    expect(after.atoms.data.subarray(16, 32)).toEqual(honest.freshAtom(1, 12));
  },
);

test("interrupted on either side of a redraw, training ends in the same bytes", async () => {
  const world = plantedWorld(6);
  const options = { rule, step: 0.05, redraw: 1 };
  const start = () => startTraining(withDead(patches(world, world.g)), "petavision");
  const straight = encodeState(await finish(start(), trainerOf(world, 240, options)));
  for (const batches of [11, 12, 13]) {
    const broken = await finish(start(), trainerOf(world, 240, options), batches);
    const resumed = await finish(structuredClone(broken), trainerOf(world, 240, options));
    expect(encodeState(resumed)).toEqual(straight);
  }
});
