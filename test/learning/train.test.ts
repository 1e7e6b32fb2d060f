// Dictionary learning: the gradient against the energy's own slope, planted atoms, and resume.
import { expect, test } from "vitest";
import { addAtom, networkOf, onCanvas } from "../../src/coding/operator.js";
import { type Geometry, imageLength, positions, posterGeometry } from "../../src/core/geometry.js";
import { draws, purpose } from "../../src/core/random.js";
import { type Tensor, tensor } from "../../src/core/tensor.js";
import { addGradient, emptyGradient, sumGradients } from "../../src/learning/gradient.js";
import {
  endingAfter,
  expectedImages,
  isOver,
  lastImage,
  looksBetween,
  slack,
  stepSize,
} from "../../src/learning/schedule.js";
import { startAtoms } from "../../src/learning/start.js";
import { startTraining } from "../../src/learning/train.js";
import { leadingShare, runningMean, updated } from "../../src/learning/update.js";
import { finish, newton, patches, plantedWorld, randomAtoms, trainerOf } from "./planted.js";

test.each(["crop", "full", "valid", "circular"] as const)(
  "%s: the gradient is the slope of the energy along every atom's values",
  (boundary) => {
    const g: Geometry = { height: 6, width: 8, channels: 2, patch: [4, 3], stride: [2, 1], boundary, features: 3 };
    const atoms = randomAtoms(g, 1);
    const draw = draws({ seed: 2, purpose: purpose.test }, 1);
    const image = Float32Array.from({ length: imageLength(g) }, () => draw.gaussian());
    const last = positions(g) * g.features - 1;
    const index = Uint32Array.from([0, 4, 11, 29, last]);
    const value = Float32Array.from(index, () => 0.5 + draw.uniform());
    const energy = (of: Tensor) => {
      const net = networkOf({ geometry: g, atoms: of });
      const residual = onCanvas(net, image);
      index.forEach((unit, n) => {
        addAtom(net, residual, { unit, weight: -value[n] });
      });
      return residual.reduce((sum, r) => sum + r * r, 0) / 2;
    };
    const gradient = emptyGradient(g);
    addGradient(gradient, networkOf({ geometry: g, atoms }), { image, code: { index, value } });
    for (let i = 0; i < atoms.data.length; i++) {
      const h = 1e-2;
      const moved = (by: number) =>
        tensor(
          atoms.shape,
          atoms.data.map((v, j) => (j === i ? v + by : v)),
        );
      // The energy is quadratic in an atom, so central differences are exact up to float32 atoms: 1e-3.
      expect(-(energy(moved(h)) - energy(moved(-h))) / (2 * h)).toBeCloseTo(gradient.numerator[i], 2);
    }
    expect(Array.from(gradient.events).reduce((a, b) => a + b)).toBe(index.length);
  },
);

test("training on images made of hidden atoms finds each of them", async () => {
  const world = plantedWorld(6);
  const g = { ...world.g, features: 12 }; // twice as many, so that no two hidden atoms must share one
  const trainer = trainerOf(world, 2400, { features: 12 });
  const start = patches(world, g);
  const before = (await trainer.look({ geometry: g, atoms: start })).energy;
  const { atoms, looks } = await finish(startTraining(start), trainer);
  expect(looks.at(-1)!.energy).toBeLessThan(0.7 * before);
  const vectors = (of: Tensor) => Array.from({ length: of.shape[0] }, (_, m) => of.data.subarray(m * 16, (m + 1) * 16));
  const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i], 0);
  for (const hidden of vectors(world.hidden)) {
    expect(Math.max(...vectors(atoms).map((learned) => cosine(hidden, learned)))).toBeGreaterThan(0.97);
  }
});

test("training interrupted after any minibatch and taken up again ends in the same bytes", async () => {
  const world = plantedWorld(4);
  const trainer = trainerOf(world, 96);
  const start = startTraining(patches(world, world.g));
  const straight = await finish(start, trainer);
  const broken = await finish(start, trainer, 3);
  expect(broken.imagesSeen).toBe(48);
  const resumed = await finish(structuredClone(broken), trainerOf(world, 96));
  expect(resumed.atoms.data).toEqual(straight.atoms.data);
  expect(resumed).toEqual(straight);
});

test("a gradient is the same sum whichever chunks were worked on first", () => {
  const g = posterGeometry(2);
  const parts = [1e16, 1, -1e16].map((v) => ({ ...emptyGradient(g), squares: Float64Array.of(v, v) }));
  expect(sumGradients(parts, g).squares[0]).toBe(1e16 + 1 - 1e16);
});

test("the step decays, then falls to zero over a third more images", () => {
  const schedule = { schedule: "decayed" as const, step: 0.1, decay: 1e4, images: 3000, plateau: 0 };
  expect(stepSize(schedule, 0, null)).toBe(0.1);
  expect(stepSize(schedule, 30_000, null)).toBeCloseTo(0.05, 12);
  const ending = endingAfter(schedule, 3000, [])!;
  expect(ending).toEqual({ from: 3000, plateau: false });
  expect(lastImage(ending)).toBe(4000);
  expect(stepSize(schedule, 4000, ending)).toBe(0);
  expect(stepSize(schedule, 3500, ending)).toBeCloseTo(0.05 / Math.sqrt(1.35), 12);
});

test("a constant step stays until the ending; a linear one is a single line to zero", () => {
  const base = { step: 0.1, decay: 1e4, images: 3000, plateau: 0 };
  const ending = { from: 3000, plateau: false };
  const constant = { ...base, schedule: "constant" as const };
  expect([0, 2999].map((n) => stepSize(constant, n, null))).toEqual([0.1, 0.1]);
  expect(stepSize(constant, 3500, ending)).toBeCloseTo(0.05, 12);
  const linear = { ...base, schedule: "linear" as const };
  for (const n of [0, 1000, 3000]) expect(stepSize(linear, n, null)).toBeCloseTo(0.1 * (1 - n / 4000), 12);
  for (const n of [3000, 3500, 4000]) expect(stepSize(linear, n, ending)).toBeCloseTo(0.1 * (1 - n / 4000), 12);
  // A plateau at 1500 images: held at what it was there, then to zero over 500 more.
  const early = { from: 1500, plateau: true };
  expect(stepSize(linear, 1500, early)).toBeCloseTo(0.0625, 12);
  expect(stepSize(linear, 1750, early)).toBeCloseTo(0.03125, 12);
});

test("a budget is one line to zero at its last image, coded loosely for the first 70 % of them", () => {
  const schedule = { schedule: "budget" as const, step: 0.1, decay: 1e4, images: 4000, plateau: 0.1 };
  for (const n of [0, 1000, 3992, 4000]) expect(stepSize(schedule, n, null)).toBeCloseTo(0.1 * (1 - n / 4000), 12);
  expect(stepSize(schedule, 4008, null)).toBe(0);
  expect([0, 2799, 2800, 3999].map((n) => slack(schedule, n))).toEqual([4, 4, 1, 1]);
  expect(slack({ ...schedule, schedule: "linear" }, 0)).toBe(1);
  expect([3999, 4000].map((n) => isOver(schedule, n, null))).toEqual([false, true]);
  expect(expectedImages(schedule, null)).toBe(4000);
  expect(expectedImages({ ...schedule, schedule: "decayed" }, null)).toBe(5334);
  expect(endingAfter(schedule, 4000, [])).toBeNull();
});

test("a training on a budget ends at its first minibatch that fills it, and looks once, then", async () => {
  const world = plantedWorld(4);
  const slacks: number[] = [];
  const trainer = trainerOf(world, 90, { schedule: "budget", plateau: 1e-3 });
  const watched: typeof trainer = {
    ...trainer,
    gradient(dictionary, images, slack) {
      slacks.push(slack);
      return trainer.gradient(dictionary, images, slack);
    },
  };
  const { imagesSeen, looks, ending } = await finish(startTraining(patches(world, world.g)), watched);
  expect([imagesSeen, ending, looks.map((look) => look.imagesSeen)]).toEqual([96, null, [96]]);
  // Four chunks a minibatch of 16; the 70 % end at image 63, within the fourth of six minibatches.
  expect(slacks).toEqual([...Array(16).fill(4), ...Array(8).fill(1)]);
});

test("a plateau is a change below its fraction, not a rise, and not among the first looks", () => {
  const schedule = { schedule: "decayed" as const, step: 0.1, decay: 1e4, images: 1e6, plateau: 1e-3 };
  const looks = (...energies: number[]) =>
    energies.map((energy, i) => ({ imagesSeen: 192 * 1.5 ** i, energy, percentError: 0, deadAtoms: 0, redrawn: 0 }));
  expect(endingAfter(schedule, 648, looks(100, 99, 98, 97))).toBeNull();
  expect(endingAfter(schedule, 648, looks(100, 99, 98, 97.95))).toEqual({ from: 648, plateau: true });
  expect(endingAfter(schedule, 648, looks(100, 99, 98, 180))).toBeNull();
  expect(endingAfter(schedule, 288, looks(100, 99.99))).toBeNull();
  expect([looksBetween(160, 192), looksBetween(192, 256), looksBetween(256, 288)]).toEqual([true, false, true]);
});

test("the running mean of an atom waits while the atom is idle, and starts at its first event", () => {
  const minibatch = (squares: number[], events: number[]) => ({
    numerator: new Float64Array(0),
    squares: Float64Array.from(squares),
    events: Float64Array.from(events),
    seen: new Float64Array(0),
  });
  let mean = runningMean(new Float64Array(2), minibatch([4, 0], [1, 0]), 0);
  for (let batch = 1; batch < 60; batch++) mean = runningMean(mean, minibatch([0, 0], [0, 0]), batch);
  expect(Array.from(mean)).toEqual([4, 0]);
  expect(Array.from(runningMean(mean, minibatch([8, 3], [2, 1]), 60))).toEqual([expect.closeTo(4.2, 12), 3]);
});

test("atoms without an event are left alone; others keep unit norm", () => {
  const g = posterGeometry(2);
  const atoms = randomAtoms(g, 9);
  const gradient = emptyGradient(g);
  gradient.numerator.fill(0.3);
  gradient.events[0] = 5;
  gradient.squares[0] = 1;
  const { atoms: next } = updated(startTraining(atoms), gradient, { rule: newton, step: 0.1, images: 32 });
  const norm = (m: number) => Math.hypot(...next.data.subarray(m * 192, (m + 1) * 192));
  expect(next.data.subarray(192)).toEqual(atoms.data.subarray(192));
  expect(next.data.subarray(0, 192)).not.toEqual(atoms.data.subarray(0, 192));
  expect(norm(0)).toBeCloseTo(1, 6);
});

test("the leading share is 1 for copies of one atom and 1/n for n orthogonal ones", () => {
  const g = posterGeometry(4);
  const copies = tensor([4, 8, 8, 3]);
  const orthogonal = tensor([4, 8, 8, 3]);
  for (let m = 0; m < 4; m++) {
    copies.data[m * 192] = 1;
    orthogonal.data[m * 192 + 7 * m] = 1;
  }
  expect(leadingShare(copies, g)).toBeCloseTo(1, 12);
  expect(leadingShare(orthogonal, g)).toBeCloseTo(1 / 4, 12);
});

test("flat training images are refused in words", () => {
  const g = posterGeometry(2);
  const flat = { count: 3, imageAt: () => new Float32Array(imageLength(g)) };
  expect(() => startAtoms(g, flat, { start: "patches", seed: 1, constraint: newton })).toThrow(
    /no patch with contrast/,
  );
});
