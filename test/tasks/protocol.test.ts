// A fixed number of steps of the LCA, read on the way: the trajectory is one, and what diverges has no point.
import { expect, test } from "vitest";
import { lcaCoder } from "../../src/coding/lca.js";
import { tutorialTimeStep } from "../../src/coding/time-step.js";
import { tensor } from "../../src/core/tensor.js";
import { referenceEngine } from "../../src/engine/reference/engine.js";
import { protocol } from "../../src/tasks/protocol.js";
import { observed, sweep } from "../../src/tasks/sweep.js";
import { toolbox } from "../../src/work/task.js";
import { codings, gaussianDictionary, gaussianImage, rule, smallGeometry, toolsOf } from "../coding/networks.js";

const dictionary = gaussianDictionary(smallGeometry);
const { height, width, channels } = smallGeometry;
const images = tensor([2, height, width, channels]);
for (const i of [0, 1]) images.data.set(gaussianImage(smallGeometry, 5 + i), i * height * width * channels);
const trial = { batch: { images, indices: [3, 8] }, noise: { sigma: 0.5, seed: 1, stream: 0 } };
const threshold = { kind: "soft", rectified: true } as const;
const fixed = { timeStep: { kind: "fixed", dt: 1, tau: 20 }, start: "threshold" } as const;

test.each([
  ["fixed", fixed],
  ["adaptive", { timeStep: tutorialTimeStep, start: "threshold" } as const],
])("a run read at 50 and 100 steps gives what runs of 50 and 100 steps give, by a %s step", async (_, solver) => {
  const tools = toolbox([referenceEngine()], () => 0).hold(dictionary);
  const lambdas = [0.8, 0.4];
  const points = await protocol.run(tools, { ...trial, lambdas, threshold, solver, steps: [50, 100] });
  expect(Array.from(points.image)).toEqual([3, 3, 3, 3, 8, 8, 8, 8]);
  expect(Array.from(points.iterations)).toEqual([50, 100, 50, 100, 50, 100, 50, 100]);
  const { observations } = observed(trial);
  for (let n = 0; n < 8; n++) {
    const coder = lcaCoder(dictionary, { ...solver, steps: points.iterations[n] });
    const [alone] = codings(coder, observations[n >> 2].image, [points.lambda[n]], rule(0.5));
    expect(points.active[n]).toBe(alone.code.index.length);
    // λ falls by 2⁻⁴⁸ of itself between two looks.
    expect(points.gap[n]).toBeCloseTo(alone.gap, 10);
  }
});

test("after enough steps the code is the converged one, in float32", async () => {
  const tools = toolsOf(dictionary);
  const points = await protocol.run(tools, { ...trial, lambdas: [0.8], threshold, solver: fixed, steps: [3000] });
  const converged = await sweep.run(tools, { ...trial, lambdas: [0.8], rule: rule(1e-4) });
  for (const i of [0, 1]) {
    expect(points.squaredError[i] / converged.squaredError[i]).toBeCloseTo(1, 3);
    expect(points.gap[i]).toBeLessThan(1e-3);
  }
});

test("a step that is too long leaves no point where the code has run away, and the points before it", async () => {
  const tools = toolsOf(dictionary);
  const solver = { timeStep: { kind: "fixed", dt: 1, tau: 0.5 }, start: "threshold" } as const; // 1 − e = 0.86, ‖Φ‖² > 4
  const signed = { threshold: { kind: "soft", rectified: false } } as const;
  const points = await protocol.run(tools, { ...trial, ...signed, lambdas: [0.1], solver, steps: [25, 5000] });
  expect(points.lambda.length).toBeLessThan(4);
  expect(points.iterations.every((steps) => steps === 25)).toBe(true);
  for (const column of Object.values(points)) expect(Array.from(column).every(Number.isFinite)).toBe(true);
});
