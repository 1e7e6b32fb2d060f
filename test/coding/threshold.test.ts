/** Transfer functions and costs: closed forms, and T as the minimiser of its cost. */
import { expect, test } from "vitest";
import type { Threshold } from "../../src/coding/engine.js";
import { activity, cost, mismatch, transferOf } from "../../src/coding/threshold.js";

const lambda = 0.5;
const w = 0.7;
const grid = Array.from({ length: 601 }, (_, i) => -3 + i / 100 + 1e-4); // no grid point lies on a jump

const closed: { threshold: Threshold; T: (u: number) => number; C: (a: number) => number }[] = [
  { threshold: { kind: "soft", rectified: true }, T: (u) => Math.max(0, u - lambda), C: (a) => lambda * a },
  {
    threshold: { kind: "soft", rectified: false },
    T: (u) => Math.sign(u) * Math.max(0, Math.abs(u) - lambda),
    C: (a) => lambda * Math.abs(a),
  },
  {
    threshold: { kind: "hard", rectified: true },
    T: (u) => (u > lambda ? u : 0),
    C: (a) => (a >= lambda ? lambda ** 2 / 2 : lambda * a - (a * a) / 2),
  },
  {
    threshold: { kind: "hard", rectified: false },
    T: (u) => (Math.abs(u) > lambda ? u : 0),
    C: (a) => (Math.abs(a) >= lambda ? lambda ** 2 / 2 : lambda * Math.abs(a) - (a * a) / 2),
  },
  {
    threshold: { kind: "firm", rectified: true, width: w },
    T: (u) => (u <= lambda ? 0 : u < lambda + w ? ((u - lambda) * (lambda + w)) / w : u),
    C: (a) => (a < lambda + w ? lambda * a - (lambda * a * a) / (2 * (lambda + w)) : (lambda * (lambda + w)) / 2),
  },
  {
    // PetaVision's parameters for the soft threshold with a ceiling.
    threshold: { kind: "petavision", aMin: 0, aMax: 1.2, aShift: lambda, vWidth: 0 },
    T: (u) => Math.min(1.2, Math.max(0, u - lambda)),
    C: (a) => lambda * a,
  },
  {
    // A signed soft threshold given by its vertices.
    threshold: { kind: "vertices", verticesV: [-0.5, 0.5], verticesA: [0, 0], slopeNegInf: 1, slopePosInf: 1 },
    T: (u) => Math.sign(u) * Math.max(0, Math.abs(u) - 0.5),
    C: (a) => 0.5 * Math.abs(a),
  },
];

test.each(closed)("$threshold: T and C have their closed forms", ({ threshold, T, C }) => {
  const transfer = transferOf(threshold, lambda);
  for (const u of grid) {
    expect(activity(transfer, u)).toBeCloseTo(T(u), 12);
    expect(cost(transfer, T(u))).toBeCloseTo(C(T(u)), 12);
  }
});

test.each(closed)("$threshold: T(u) minimises ½(a − u)² + C(a) over the activities there are", ({ threshold }) => {
  const transfer = transferOf(threshold, lambda);
  const lowest = activity(transfer, -3);
  const highest = activity(transfer, 3);
  const candidates = grid.filter((a) => a >= lowest && a <= highest);
  for (const u of grid.filter((_, i) => i % 10 === 0)) {
    const energy = (a: number) => 0.5 * (a - u) ** 2 + cost(transfer, a);
    const least = energy(activity(transfer, u));
    for (const a of candidates) expect(least).toBeLessThan(energy(a) + 1e-12);
  }
});

test.each(closed)("$threshold: u lies in T⁻¹(T(u)), and a step away it does not where T has slope", ({ threshold }) => {
  const transfer = transferOf(threshold, lambda);
  for (const u of grid) {
    const a = activity(transfer, u);
    expect(mismatch(transfer, a, u)).toBeLessThan(1e-12);
    const rises = activity(transfer, u + 1e-3) > a && activity(transfer, u - 1e-3) < a;
    if (rises) expect(mismatch(transfer, a, u + 0.2)).toBeCloseTo(0.2, 9);
  }
});

test("below VThresh the output is AMin, beyond it the line, then slope 1 up to AMax", () => {
  const t = transferOf({ kind: "petavision", aMin: 0.1, aMax: 2, aShift: 0.2, vWidth: 0.4 }, 1);
  expect([-5, 0.999, 1].map((u) => activity(t, u))).toEqual([0.1, 0.1, 0.1]);
  expect(activity(t, 1.2)).toBeCloseTo(0.65, 12); // halfway from 0.1 to 1.4 − 0.2
  expect([1.4, 1.9, 2.2, 9].map((u) => activity(t, u))).toEqual([1.2, 1.7, 2, 2].map((a) => expect.closeTo(a, 12)));
  expect(cost(t, 0.1)).toBe(0);
});

test("vertices follow PetaVision's lists, jumps included, and a dead zone may lie anywhere", () => {
  const t = transferOf(
    { kind: "vertices", verticesV: [-1, -1, 2, 2], verticesA: [-1, 0, 0, 3], slopeNegInf: 1, slopePosInf: 0 },
    7,
  );
  expect([-3, -1, 0, 1.9, 2, 8].map((u) => activity(t, u))).toEqual([-3, 0, 0, 0, 3, 3]);
  expect(cost(t, -1)).toBeCloseTo(0.5, 12); // a jump of 1 at |u| = 1 costs λ²/2
});

test("parameters no rule can have are refused with their name", () => {
  const refuse = (threshold: Threshold, words: RegExp) => expect(() => transferOf(threshold, 0.5)).toThrow(words);
  refuse({ kind: "firm", rectified: true, width: -1 }, /width is -1/);
  refuse({ kind: "petavision", aMin: 0, aMax: 0.1, aShift: 0, vWidth: 0 }, /aMax is 0.1/);
  refuse({ kind: "petavision", aMin: Number.NaN, aShift: 0, vWidth: 0 }, /vertex 0/);
  refuse({ kind: "vertices", verticesV: [0, 1], verticesA: [0], slopeNegInf: 0, slopePosInf: 1 }, /2 verticesV and 1/);
  refuse({ kind: "vertices", verticesV: [1, 0], verticesA: [0, 1], slopeNegInf: 0, slopePosInf: 1 }, /vertex 1/);
  refuse({ kind: "vertices", verticesV: [0], verticesA: [0], slopeNegInf: -1, slopePosInf: 1 }, /slopeNegInf/);
  refuse({ kind: "stiff" } as unknown as Threshold, /threshold stiff is unknown/);
});
