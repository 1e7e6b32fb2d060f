// The kernel's LCA against the float64 loops: every rule, start and time step after 100 steps, and PetaVision's own hard and firm runs.
import { expect, test } from "vitest";
import type { Threshold } from "../../src/coding/engine.js";
import { lcaCoder } from "../../src/coding/lca.js";
import { networkOf } from "../../src/coding/operator.js";
import type { ImageCoder } from "../../src/coding/path.js";
import type { LcaOptions } from "../../src/coding/solver.js";
import { activity, costPieces, transferOf } from "../../src/coding/threshold.js";
import { kneeTimeStep, type TimeStep, tutorialTimeStep } from "../../src/coding/time-step.js";
import { openWasm } from "../../src/engine/wasm/engine.js";
import { codings, dense, gaussianDictionary, gaussianImage, kernelModule, smallGeometry } from "../coding/networks.js";
import { frames, weights } from "../coding/openpv.js";

const dictionary = gaussianDictionary(smallGeometry); // 6 features: the kernel pads them to 8
const image = gaussianImage(smallGeometry);
const units = networkOf(dictionary).units;
const fixed: TimeStep = { kind: "fixed", dt: 1, tau: 200 };

const thresholds: readonly Threshold[] = [
  { kind: "soft", rectified: true },
  { kind: "soft", rectified: false },
  { kind: "hard", rectified: true },
  { kind: "hard", rectified: false },
  { kind: "firm", rectified: true, width: 0.5 },
  { kind: "firm", rectified: false, width: 0.3 },
  { kind: "petavision", aMin: 0, aMax: 0.8, aShift: 0.4, vWidth: 0.2 },
  { kind: "petavision", aMin: 0.05, aShift: 0.1, vWidth: 0 },
  { kind: "vertices", verticesV: [-0.3, 0.6, 1], verticesA: [0, 0, 0.5], slopeNegInf: 0.5, slopePosInf: 1 },
];

const kernelCoder = (options: LcaOptions, of = dictionary): ImageCoder =>
  openWasm(kernelModule()).prepare(of, { kind: "lca", ...options });

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

const runs: readonly [string, LcaOptions][] = [
  ["dt/τ = 1/200", { timeStep: fixed, steps: 100 }],
  ["the safe step", { steps: 100 }],
  ["the tutorial's adaptive step", { timeStep: { ...tutorialTimeStep, tau: 10 }, steps: 100 }],
  ["the knee", { timeStep: { ...kneeTimeStep, tau: 20 }, steps: 100 }],
  ["V = VThresh", { timeStep: fixed, steps: 100, start: "threshold" }],
];

// Largest difference seen: 1.9e-6, the rounding of float32 products of some 40 terms, carried along.
test.each(runs)(
  "%s: activities, energy and certificate of 100 steps are those of the float64 loops to 1e-5",
  (_, by) => {
    for (const threshold of thresholds) {
      const rule = { threshold, tolerance: 1e-2 };
      // The second λ goes on from the V of the first.
      const slow = codings(lcaCoder(dictionary, by), image, [0.6, 0.35], rule);
      const fast = codings(kernelCoder(by), image, [0.6, 0.35], rule);
      slow.forEach((expected, i) => {
        const { code, energy, certificate, gap, stationarity, iterations } = fast[i];
        expect(farthest(dense(code, units), dense(expected.code, units))).toBeLessThan(1e-5);
        expect(Math.abs(energy / expected.energy - 1)).toBeLessThan(1e-6);
        expect([certificate, iterations]).toEqual([expected.certificate, 100]);
        expect(Math.abs(gap - expected.gap)).toBeLessThan(1e-5);
        if (expected.stationarity === undefined) expect(stationarity).toBeUndefined();
        else expect(Math.abs(stationarity! - expected.stationarity)).toBeLessThan(2e-5);
      });
    }
  },
);

test("potentials of every unit are those of the float64 loops to 1e-5, without what pads the kernel's rows", () => {
  const read = (coderOf: (options: LcaOptions) => ImageCoder) => {
    const V = new Float64Array(units);
    codings(coderOf({ steps: 40, potentials: (found) => V.set(found) }), image, [0.5], {
      threshold: { kind: "soft", rectified: true },
      tolerance: 1e-2,
    });
    return V;
  };
  expect(
    farthest(
      read(kernelCoder),
      read((options) => lcaCoder(dictionary, options)),
    ),
  ).toBeLessThan(1e-5);
});

test.each(thresholds.slice(2))("$kind: converges to a = T(g + a) and says it is only stationary", (threshold) => {
  const rule = { threshold, tolerance: 1e-4 };
  const [fast] = codings(kernelCoder({}), image, [0.6], rule);
  const [slow] = codings(lcaCoder(dictionary), image, [0.6], rule);
  expect(fast).toMatchObject({ converged: true, certificate: "stationarity", gap: 1, iterations: slow.iterations });
  expect(fast.stationarity).toBeLessThanOrEqual(1e-4);
  expect(farthest(dense(fast.code, units), dense(slow.code, units))).toBeLessThan(1e-5);
});

test.each([
  ["hard", { kind: "hard", rectified: true }],
  ["firm", { kind: "firm", rectified: true, width: 0.5 }],
] as const)(
  "%s: all four images of PetaVision's own run, 100 steps, to 2e-5 with its active units",
  (name, threshold) => {
    const pv = weights();
    const coder = kernelCoder({ timeStep: fixed, steps: 100 }, pv);
    const A = frames(`${name}-A.pvp`);
    frames("images.pvp").forEach((one, i) => {
      const [{ code }] = codings(coder, one, [0.5], { threshold, tolerance: 1e-2 });
      expect(farthest(dense(code, A[i].length), A[i])).toBeLessThan(2e-5);
      expect(code.index.length).toBe(A[i].filter((a) => a !== 0).length);
    });
  },
);

test("weights and a circular boundary: the same 100 steps as the float64 loops", () => {
  const around = gaussianDictionary({ ...smallGeometry, boundary: "circular" });
  const weights = image.map((_, i) => [0, 1, 0.5][i % 3]);
  const rule = { threshold: { kind: "hard", rectified: false }, tolerance: 1e-2, weights } as const;
  const by = { timeStep: { ...tutorialTimeStep, tau: 10 }, steps: 100 };
  const [slow] = codings(lcaCoder(around, by), image, [0.1], rule);
  const [fast] = codings(kernelCoder(by, around), image, [0.1], rule);
  const count = networkOf(around).units;
  expect(farthest(dense(fast.code, count), dense(slow.code, count))).toBeLessThan(1e-5);
  expect(Math.abs(fast.energy / slow.energy - 1)).toBeLessThan(1e-6);
  expect(slow.code.index.length).toBeGreaterThan(5);
});

test("an image starts afresh: V, controller and code of the one before are gone", () => {
  const coder = kernelCoder({ timeStep: kneeTimeStep, start: "threshold", steps: 30 });
  const rule = { threshold: thresholds[4], tolerance: 1e-2 };
  const first = codings(coder, image, [0.6, 0.4], rule);
  codings(coder, gaussianImage(smallGeometry, 2), [0.3], rule);
  expect(codings(coder, image, [0.6, 0.4], rule)).toEqual(first);
});

test("more vertices than the kernel's table holds are refused", () => {
  const many = Array.from({ length: 17 }, (_, i) => i / 10);
  const threshold = { kind: "vertices", verticesV: many, verticesA: many, slopeNegInf: 0, slopePosInf: 1 } as const;
  expect(() => codings(kernelCoder({}), image, [1], { threshold, tolerance: 1e-2 })).toThrow(/17 vertices.*takes 16/);
});

test.each(thresholds)("$kind: the cost in pieces is the integral ∫ (T⁻¹(a) − a) da", (threshold) => {
  const transfer = transferOf(threshold, 0.6);
  const pieces = costPieces(transfer);
  const costAt = (a: number) => {
    const { origin, value, slope, curvature } = pieces.findLast(({ from }) => from <= a) ?? pieces[0];
    return value + (slope + curvature * (a - origin)) * (a - origin);
  };
  // Along the polyline dC = (u − a) da: a sum of midpoints over small steps of u, jumps taken whole.
  const [from, to, parts] = [-2, 2, 40_000];
  const reached = { sum: 0, offset: Number.NaN };
  let a = activity(transfer, from);
  for (let i = 1; i <= parts; i++) {
    const u = from + ((to - from) * i) / parts;
    const next = activity(transfer, u);
    reached.sum += (u - (to - from) / parts / 2 - (a + next) / 2) * (next - a);
    a = next;
    if (i % 4000 !== 0 || a === 0) continue;
    const offset = costAt(a) - reached.sum;
    if (Number.isNaN(reached.offset)) reached.offset = offset;
    expect(Math.abs(offset - reached.offset)).toBeLessThan(1e-4);
  }
  expect(reached.offset).not.toBeNaN();
});
