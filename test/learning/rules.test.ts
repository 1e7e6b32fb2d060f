// The learning rules against their formulas, and that each goes on to the same bytes from a stored state.
import { expect, test } from "vitest";
import { networkOf } from "../../src/coding/operator.js";
import { atomLength, type Geometry, imageLength, posterGeometry } from "../../src/core/geometry.js";
import { tensor } from "../../src/core/tensor.js";
import { unitNorm } from "../../src/learning/constraint.js";
import { addGradient, emptyGradient, sumGradients } from "../../src/learning/gradient.js";
import { startTraining, type TrainingState } from "../../src/learning/train.js";
import { ruleNames, type UpdateRule, updated } from "../../src/learning/update.js";
import { decodeState, encodeState } from "../../src/study/items/files.js";
import { finish, patches, plantedWorld, randomAtoms, trainerOf } from "./planted.js";

const g: Geometry = { ...posterGeometry(2), height: 8, width: 8 };
const length = atomLength(g);

/** A gradient with the same value everywhere in each atom's row. */
function flatGradient(rows: readonly [number, number], events: number) {
  const gradient = emptyGradient(g, true);
  gradient.numerator.fill(rows[0], 0, length).fill(rows[1], length);
  gradient.events.fill(events);
  gradient.squares.fill(2 * events);
  gradient.seen.fill(events);
  return gradient;
}

/** Atoms short enough that at-most-one leaves every step as it is, so that Δ can be read off. */
const short = tensor(
  [2, 8, 8, 3],
  Float32Array.from({ length: 2 * length }, () => 0.001),
);
const free = (rule: UpdateRule["rule"], momentumTau = 2): UpdateRule => ({
  ...unitNorm,
  rule,
  momentumTau,
  constraint: "at-most-one",
});

/** How far each atom moved in a step. */
function moves(state: TrainingState, rows: readonly [number, number], rule: UpdateRule) {
  const learned = updated(state, flatGradient(rows, 4), { rule, step: 0.1, images: 8 });
  const at = [0, length].map((i) => learned.atoms.data[i] - state.atoms.data[i]);
  return { state: { ...state, ...learned }, at };
}

test.each([
  // Σ a r = 0.04 in atom 0; ⟨Σ a²⟩ = 8, 8 images, 4 events; f = e^(−1/2).
  ["newton", 0.1 * (0.04 / 8), 0.1 * (0.04 / 8)],
  ["sgd", 0.1 * (0.04 / 8), 0.1 * (0.04 / 8)],
  ["petavision-2017", 0.1 * (0.04 / 4), 0.1 * (0.04 / 4) * (1 + Math.exp(-0.5))],
  ["petavision", 0.1 * (0.04 / 4) * (1 - Math.exp(-0.5)), 0.1 * (0.04 / 4) * (1 - Math.exp(-1))],
] as const)("%s: two equal gradients move an atom by its formula", (name, first, second) => {
  const rule = free(name);
  const one = moves(startTraining(short, name), [0.04, 0], rule);
  const two = moves(one.state, [0.04, 0], rule);
  // Atoms are float32 of size 1e-3 … 2e-3: steps of 1e-4 to 1e-3 are read off to 2e-10.
  expect(one.at).toEqual([expect.closeTo(first, 9), 0]);
  expect(two.at).toEqual([expect.closeTo(second, 9), 0]);
});

test("tangent-newton: a step along the sphere, damped by the mean curvature; what is remembered lies on the sphere", () => {
  // Atom 0 points along value 0; its gradient (6, 8) along values 0 and 1 has the tangent part 8. Atom 1 has no event.
  const atoms = tensor([2, 8, 8, 3]);
  atoms.data[0] = 1;
  atoms.data[length + 5] = 1;
  const gradient = emptyGradient(g);
  gradient.numerator.set([6, 8]);
  gradient.squares[0] = 10;
  gradient.events[0] = 3;
  const rule: UpdateRule = { ...unitNorm, rule: "tangent-newton", momentumTau: 2 };
  const once = updated(startTraining(atoms, rule.rule), gradient, { rule, step: 0.1, images: 8 });
  // H = (10, 0), so the damping is 0.02 · 5 and Δ = 0.1 · 8/10.1 along value 1.
  const delta = (0.1 * 8) / 10.1;
  const norm = Math.hypot(1, delta);
  expect(once.atoms.data[0]).toBeCloseTo(1 / norm, 6);
  expect(once.atoms.data[1]).toBeCloseTo(delta / norm, 6);
  const along = once.momentum[0] * once.atoms.data[0] + once.momentum[1] * once.atoms.data[1];
  expect(along).toBeCloseTo(0, 7); // the atom is float32
  expect(Math.hypot(once.momentum[0], once.momentum[1])).toBeCloseTo(delta / norm, 7);
  expect(once.atoms.data.subarray(length)).toEqual(atoms.data.subarray(length));
  // An idle minibatch leaves the atom, its curvature and its momentum alone.
  const idle = updated(once, emptyGradient(g), { rule, step: 0.1, images: 8 });
  expect([idle.atoms, idle.mean, idle.momentum]).toEqual([once.atoms, once.mean, once.momentum]);
  // With no slope the atom goes on by f = e^(−1/2) of what is remembered.
  const still = { ...emptyGradient(g), squares: gradient.squares, events: gradient.events };
  const twice = updated(once, still, { rule, step: 0.1, images: 8 });
  const moved = Math.acos(
    Math.min(
      1,
      twice.atoms.data.slice(0, 2).reduce((sum, v, i) => sum + v * once.atoms.data[i], 0),
    ),
  );
  expect(moved).toBeCloseTo(Math.atan(Math.exp(-0.5) * (delta / norm)), 4); // an angle off a float32 cosine
});

test("the limits of momentum: none at tau 0, and a constant gradient ends at 1/(1 − f) times it or once", () => {
  const bare = free("petavision", 0);
  expect(moves(startTraining(short, "petavision"), [0.04, 0], bare).at[0]).toBeCloseTo(0.001, 9);
  for (const [name, factor] of [["petavision-2017", 1 / (1 - Math.exp(-0.5))] as const, ["petavision", 1] as const]) {
    let state = startTraining(short, name);
    for (let i = 0; i < 60; i++) state = moves({ ...state, atoms: short }, [0.04, 0], free(name)).state;
    expect(state.momentum[0]).toBeCloseTo(0.001 * factor, 12);
  }
});

test("PetaVision's mean is over the events that saw a value inside the image", () => {
  const one = { ...g, features: 1, height: 10, width: 10 };
  const atoms = randomAtoms(one, 3);
  const columns = 5;
  // The first position hangs over the upper left corner by 3 pixels, the middle one lies inside.
  const index = Uint32Array.of(0, 2 * columns + 2);
  const code = { index, value: Float32Array.of(0.5, 2) };
  const image = Float32Array.from({ length: imageLength(one) }, (_, i) => Math.sin(i));
  const gradient = emptyGradient(one, true);
  addGradient(gradient, networkOf({ geometry: one, atoms }), { image, code });
  const seenAt = (y: number, x: number) => gradient.seen[(y * 8 + x) * 3];
  expect([seenAt(0, 0), seenAt(2, 7), seenAt(3, 2), seenAt(3, 3), seenAt(7, 7)]).toEqual([1, 1, 1, 2, 2]);
  expect(sumGradients([gradient, gradient], one).seen[0]).toBe(2);
});

test.each(ruleNames)(
  "%s: stored after any minibatch and loaded again, training ends in the same bytes",
  async (name) => {
    const world = plantedWorld(4);
    const rule: UpdateRule = { ...unitNorm, rule: name, momentumTau: 3 };
    const options = { rule, redraw: 1, step: 0.05 };
    const straight = await finish(startTraining(patches(world, world.g), name), trainerOf(world, 240, options));
    const broken = await finish(startTraining(patches(world, world.g), name), trainerOf(world, 240, options), 7);
    const loaded = decodeState(encodeState(broken), "checkpoint");
    expect(loaded).toEqual(broken);
    const resumed = await finish(loaded, trainerOf(world, 240, options));
    expect(encodeState(resumed)).toEqual(encodeState(straight));
    expect(resumed.looks.length).toBe(3);
  },
);

test("a budget stopped after any minibatch, coded loosely or closely, goes on to the same bytes", async () => {
  const world = plantedWorld(4);
  const rule: UpdateRule = { ...unitNorm, rule: "tangent-newton", momentumTau: 5 };
  const trainer = () => trainerOf(world, 96, { rule, schedule: "budget", minibatch: 8 });
  const start = () => startTraining(patches(world, world.g), rule.rule);
  const straight = encodeState(await finish(start(), trainer()));
  for (const batches of [1, 8, 9, 11]) {
    const loaded = decodeState(encodeState(await finish(start(), trainer(), batches)), "checkpoint");
    expect(encodeState(await finish(loaded, trainer()))).toEqual(straight);
  }
});

test.each([
  ["tangent-newton", 0.05],
  ["sgd", 0.05],
  ["petavision-2017", 0.02],
  ["petavision", 0.1],
] as const)("%s learns: the held-out energy falls by a fifth on planted images", async (name, step) => {
  const world = plantedWorld(6);
  const geometry = { ...world.g, features: 12 };
  const rule: UpdateRule = { ...unitNorm, rule: name, momentumTau: 5 };
  const trainer = trainerOf(world, 1200, { features: 12, rule, step });
  const start = patches(world, geometry);
  const before = (await trainer.look({ geometry, atoms: start })).energy;
  const { looks } = await finish(startTraining(start, name), trainer);
  expect(looks.at(-1)!.energy).toBeLessThan(0.8 * before);
});
