// What a study may ask of its networks: what is hidden reaches no code, and each measure is what its name says.
import { expect, test } from "vitest";
import { slice, tensor } from "../../src/core/tensor.js";
import { noisy } from "../../src/images/noise.js";
import { firstRound } from "../../src/study/plan.js";
import { checkSettings } from "../../src/study/schema.js";
import { decodePoints, encodePoints } from "../../src/tasks/points-file.js";
import { denoise } from "../../src/tasks/problems/denoise.js";
import { inpaint } from "../../src/tasks/problems/inpaint.js";
import { problemOf, problems } from "../../src/tasks/problems/registry.js";
import { sweep } from "../../src/tasks/sweep.js";
import { gaussianDictionary, gaussianImage, rule, smallGeometry, toolsOf } from "../coding/networks.js";
import { plan, settings } from "../study/fixtures.js";

const noise = { sigma: 0.5, seed: 4, stream: 0 };
const task = { kind: "inpaint", hidden: 0.3 };
const { height, width, channels } = smallGeometry;
const image = gaussianImage(smallGeometry);
const clean = { image, channels, index: 7, noise };
const batch = { images: tensor([1, height, width, channels], image), indices: [7] };
const tools = toolsOf(gaussianDictionary(smallGeometry));

test("denoising sees s + σn whole", () => {
  expect(denoise.observe(clean, { kind: "denoise" })).toEqual({ image: noisy(image, 0.5, noise, 7) });
});

test("inpainting hides whole pixels, the fraction asked for, by seed, stream and index of the image", () => {
  const many = { ...clean, image: new Float32Array(30_000), channels: 3 };
  const { weights, judged } = inpaint.observe(many, task);
  const pixels = Array.from({ length: 10_000 }, (_, p) => Array.from(weights!.subarray(3 * p, 3 * p + 3)));
  expect(pixels.every((of) => of.every((w) => w === of[0]))).toBe(true);
  const hidden = pixels.filter(([w]) => w === 0).length / 10_000;
  expect(Math.abs(hidden - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 10_000)); // five binomial deviations
  expect(judged).toEqual(weights!.map((w) => 1 - w));
  expect(inpaint.observe(many, task)).toEqual(inpaint.observe(many, task));
  expect(inpaint.observe({ ...many, index: 8 }, task).weights).not.toEqual(weights);
});

test("a hidden value changes neither code nor residual, only the error it is judged by", async () => {
  const { weights } = inpaint.observe(clean, task);
  const other = image.map((value, i) => (weights![i] === 0 ? value + 1 : value));
  const run = (of: Float32Array) =>
    sweep.run(tools, {
      batch: { ...batch, images: tensor([1, height, width, channels], of) },
      ...{ noise, task, lambdas: [0.8, 0.4], rule: rule(1e-3) },
    });
  const [a, b] = [await run(image), await run(other)];
  for (const name of ["l1", "active", "squaredResidual", "gap"] as const) expect(b[name]).toEqual(a[name]);
  expect(b.squaredError).not.toEqual(a.squaredError);
});

test("a code of zeros has 100 % error by every measure, and the hidden pixels alone count in inpainting", async () => {
  for (const kind of problems.map((problem) => problem.kind)) {
    const asked = kind === "denoise" ? undefined : { kind, hidden: 0.3 };
    const points = await sweep.run(tools, { batch, noise, task: asked, lambdas: [1e6], rule: rule(1e-3) });
    // The norm of an image as the measure takes it: √N, or that of what is judged.
    const norm = points.power ? 1 : Math.sqrt(image.reduce((sum, s) => sum + s * s, 0) / image.length);
    expect(problemOf(asked).measure.of(points, 0, image.length)).toBeCloseTo(100 * norm, 4);
  }
  const { judged } = inpaint.observe(clean, task);
  const points = await sweep.run(tools, { batch, noise, task, lambdas: [1e6], rule: rule(1e-3) });
  const power = slice(batch.images, 0).reduce((sum, s, i) => sum + judged![i] * s * s, 0);
  expect(points.squaredError[0]).toBeCloseTo(power, 4);
});

test("points with a norm of their own come back from their file bit for bit", async () => {
  const { length: _, ...points } = (await sweep.run(tools, {
    ...{ batch, noise, task, lambdas: [0.5, 0.2], rule: rule(1e-3) },
  })) as Awaited<ReturnType<typeof sweep.run>> & { length: number };
  expect(await decodePoints(encodePoints(points), "points")).toEqual(points);
});

test("images with norms of their own are judged by these, and their items say so", async () => {
  const points = await sweep.run(tools, { batch, noise, norms: true, lambdas: [1e6], rule: rule(1e-3) });
  expect(problemOf(undefined).measure.of(points, 0, image.length)).toBeCloseTo(100, 4);
  const raw = firstRound({ ...plan, settings: { ...settings, normalise: false } });
  const sweeps = (items: typeof raw) => items.flatMap((item) => (item.kind === "sweep" ? [item] : []));
  expect(sweeps(raw).every(({ norms }) => norms)).toBe(true);
  expect(sweeps(firstRound(plan)).some((item) => "norms" in item)).toBe(false);
});

test("the task is in the items that it changes, and denoising leaves their IDs as they were", () => {
  const asked = { ...plan, settings: { ...settings, task } };
  const ids = (of: typeof plan, kind: string) => firstRound(of).flatMap((item) => (item.kind === kind ? item.id : []));
  expect(ids(asked, "train")).toEqual(ids(plan, "train"));
  expect(ids(asked, "sweep").filter((id) => ids(plan, "sweep").includes(id))).toEqual([]);
  expect(firstRound(plan).some((item) => "task" in item)).toBe(false);
});

test("settings name a task with its own options only", () => {
  const check = (of: unknown) =>
    checkSettings({ ...settings, size: 32, features: [4, 6, 8], leftOut: [], task: of }, String);
  expect(check(undefined).task).toBeUndefined();
  expect(check({ kind: "denoise" }).task).toBeUndefined();
  expect(check({ kind: "inpaint" }).task).toEqual({ kind: "inpaint", hidden: 0.5 });
  expect(check({ kind: "inpaint", hidden: 0.25 }).task).toEqual({ kind: "inpaint", hidden: 0.25 });
  expect(() => check({ kind: "denoise", hidden: 0.25 })).toThrow(/the task denoise has no options/);
  expect(() => check({ kind: "inpaint", hidden: 1 })).toThrow(/hidden is 1; it must be/);
  expect(() => check({ kind: "enlarge" })).toThrow(/denoise or inpaint/);
});
