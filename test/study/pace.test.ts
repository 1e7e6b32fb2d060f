// The pace of a machine whose costs are planted: only work moves the clock, so what is measured has a closed form.
import { expect, test } from "vitest";
import { systemSize } from "../../src/core/geometry.js";
import type { Tensor } from "../../src/core/tensor.js";
import { referenceEngine } from "../../src/engine/reference/engine.js";
import { type Pace, paceAt, pathSeconds, trainingSeconds, usualPoints } from "../../src/study/cost.js";
import { estimatePlan, growing, secondsOf } from "../../src/study/estimate.js";
import { type TrainItem, trainAtoms } from "../../src/study/items/train.js";
import { measurePace, secondsToMeasure } from "../../src/study/pace.js";
import { firstRound, geometryOf, growth, type PlanContext, pilotItems } from "../../src/study/plan.js";
import { gradient } from "../../src/tasks/gradient.js";
import { sweep as sweepTask } from "../../src/tasks/sweep.js";
import { type Executor, type Held, inlineExecutor } from "../../src/work/executor.js";
import { barImages, settings } from "./fixtures.js";

const images = barImages(60);
// Noise as strong as the images: the least error lies high on the grid.
const own = { ...settings, noise: 1, features: [4, 6], leftOut: [16], replicates: 1 };
const context: PlanContext = { settings: own, family: "", images: { ...images, citation: null } };
const L = (features: number) => systemSize(geometryOf(context, { features }));

/** What a path from the largest λ, λ's below it and a training image cost, as multiples of the model. */
function planted(of: { path(features: number): number; below: number; training: number }) {
  let clock = 0;
  const work = inlineExecutor([referenceEngine()], () => 0);
  const run = async (task: { kind: string }, held: Held, input: never) => {
    const { geometry } = held.dictionary;
    const { batch, lambdas, rule } = input as {
      batch: { indices: number[] };
      lambdas: number[];
      rule: { tolerance: number };
    };
    const images = batch.indices.length;
    if (task.kind === gradient.kind) clock += images * of.training * trainingSeconds(geometry);
    if (task.kind === sweepTask.kind) {
      const factor = lambdas[0] < own.sweep.largest ? of.below : of.path(geometry.features);
      clock += images * factor * pathSeconds(geometry, lambdas.length, rule.tolerance);
    }
    return work.run(task as never, held, input);
  };
  return { images, executor: { ...work, run } as unknown as Executor, processor: () => clock };
}

test("paths cost at the smallest and the largest size what was planted there, learning its own", async () => {
  const tools = planted({ path: (features) => 1e5 * features, below: 3e6, training: 5e4 });
  const { paths, training } = await measurePace(context, tools);
  expect(training).toBeCloseTo(5e4, 6);
  expect(paths.map(({ systemSize }) => systemSize)).toEqual([L(4), L(16)]);
  for (const [i, features] of [4, 16].entries()) {
    expect(paths[i].path).toBeCloseTo(1e5 * features, 6);
    expect(paths[i].below).toBeCloseTo(3e6, 5);
  }
});

test("a short study is measured for a twentieth of its time, a long one for two seconds", async () => {
  expect([20, 40, 1e5].map(secondsToMeasure)).toEqual([1, 2, 2]);
  const secondsOf = async (measured: number) => {
    const tools = planted({ path: () => 40, below: 40, training: 40 });
    await measurePace(context, { ...tools, measured });
    return tools.processor();
  };
  expect(await secondsOf(0.1)).toBeLessThan(0.5 * (await secondsOf(2)));
});

test("four training images, of which two are held out, are enough to measure the pace", async () => {
  const few = barImages(4);
  const learning = { ...own.learning, heldOut: 2, minibatch: 2 };
  const fewContext = { ...context, settings: { ...own, trainingImages: 4, learning } };
  const tools = planted({ path: () => 40, below: 40, training: 40 });
  expect((await measurePace(fewContext, { ...tools, images: few, measured: 0.1 })).training).toBeCloseTo(40, 6);
});

test("no two dictionaries have one name, though the training that is measured is trained again", async () => {
  const named = new Map<string, Tensor>();
  const work = inlineExecutor([referenceEngine()], () => 0);
  const run = async (task: never, held: Held, input: never) => {
    const { atoms } = held.dictionary;
    expect(named.get(held.id) ?? atoms, held.id).toBe(atoms);
    named.set(held.id, atoms);
    return work.run(task, held, input);
  };
  const executor = { ...work, run } as unknown as Executor;
  let clock = 0;
  const processor = () => {
    clock += 0.1;
    return clock;
  };
  await measurePace(context, { images, executor, processor, measured: 0.05 });
  const item = firstRound(context).find((one): one is TrainItem => one.kind === "train")!;
  await trainAtoms(item, { images, executor }, { from: null, async onState() {} });
  expect(named.size).toBeGreaterThan(4);
});

const pace: Pace = {
  training: 3,
  paths: [
    { systemSize: L(4), points: 16, path: 2, below: 20 },
    { systemSize: L(16), points: 11, path: 8, below: 5 },
  ],
};

test("between two sizes a pace is straight in ln L, beyond them that of the nearer", () => {
  const { sweep } = own;
  expect(paceAt(pace, L(8), sweep)).toEqual({ points: 13, path: expect.closeTo(4, 12), below: expect.closeTo(10, 12) });
  for (const [features, nearest] of [
    [2, 0],
    [4, 0],
    [16, 1],
    [64, 1],
  ] as const)
    expect(paceAt(pace, L(features), sweep)).toMatchObject({
      path: pace.paths[nearest].path,
      below: pace.paths[nearest].below,
    });
  const one = { training: 1, paths: [pace.paths[0]] };
  expect(paceAt(one, L(64), sweep).path).toBe(2);
  expect(paceAt(undefined, L(4), sweep)).toMatchObject({ path: 1, points: usualPoints(sweep) });
});

test("items take the model's seconds times what was measured: of paths from the top, below it, of learning", () => {
  const paced = { ...context, pace };
  const [train, pilot] = firstRound(paced);
  expect(secondsOf(train, paced) / secondsOf(train, { ...context, pace: { training: 1, paths: [] } })).toBeCloseTo(
    3,
    12,
  );
  const g = geometryOf(context, { features: 4 });
  const images = Math.min(16, own.sweep.pilotImages);
  const along = (length: number) => images * pathSeconds(g, length, own.sweep.tolerance);
  expect(secondsOf(pilot, paced)).toBeCloseTo(2 * along(11), 12);
  const [more] = pilotItems(paced, { features: 4 }, [0.2, 0.15, 0.1]);
  expect(secondsOf(more, paced)).toBeCloseTo(20 * along(3), 12);
});

test("a study takes its dictionaries, pilots that grow to the paths measured, sweeps, and their growth as often as it comes", () => {
  const alone = { ...own, features: [4], leftOut: [] };
  const paced = { ...context, settings: alone, pace };
  const g = geometryOf(paced, { features: 4 });
  const along = (length: number, factor: number) => factor * pathSeconds(g, length, own.sweep.tolerance);
  // From 11 λ's to 16 by three at a time: two growths.
  const pilot = own.sweep.pilotImages * (along(11, 2) + 2 * along(growth, 20));
  const sweep = own.testImages * (along(16, 2) + growing * along(growth, 20));
  const [train] = firstRound(paced);
  const by = (workers: number) => estimatePlan(paced, workers).seconds;
  // Twice the difference of one and two workers leaves out what no worker shares.
  expect(2 * (by(1) - by(2))).toBeCloseTo(secondsOf(train, paced) + pilot + sweep, 10);
});
