// Response of a code to small fields: closed forms, and two routes to the same number.
import { describe, expect, test } from "vitest";
import { oneByOne } from "../../../src/coding/batch.js";
import { coordinateCoder } from "../../../src/coding/coordinate.js";
import type { Dictionary } from "../../../src/coding/dictionary.js";
import { networkOf, onCanvas } from "../../../src/coding/operator.js";
import type { Geometry } from "../../../src/core/geometry.js";
import { tensor } from "../../../src/core/tensor.js";
import { exactCode, kktTolerance, type Problem } from "../../../src/tasks/transition/exact.js";
import { measureResponse } from "../../../src/tasks/transition/measure.js";
import { driven, spike, susceptibility } from "../../../src/tasks/transition/susceptibility.js";
import { codings, gaussianDictionary, gaussianImage, rule, smallGeometry } from "../../coding/networks.js";
import { relaxation } from "./relaxation.js";

const onePatch: Geometry = {
  height: 2,
  width: 2,
  channels: 1,
  patch: [2, 2],
  stride: [2, 2],
  boundary: "valid",
  features: 2,
};

function network(atoms: readonly (readonly number[])[]) {
  const geometry = { ...onePatch, features: atoms.length };
  const dictionary: Dictionary = {
    geometry,
    atoms: tensor([atoms.length, 2, 2, 1], Float32Array.from(atoms.flat())),
  };
  return { net: networkOf(dictionary), dictionary };
}

const nothing = { support: [], value: [] };
/** Two atoms at an angle: φ₁·φ₂ = c, in numbers that float32 holds exactly. */
const pair = network([
  [1, 0, 0, 0],
  [0.5, 0.75, 0, 0],
]);
const gram = { c: 0.5, n: 0.8125 };
const problem: Problem = { image: Float64Array.of(2, 1, 0, 0), lambda: 0.25, rectified: true };

describe("closed forms", () => {
  test("orthogonal atoms: χ = 1, the slowest mode takes τ, a spike moves nobody", () => {
    const { net } = network([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
    ]);
    const at = { ...problem, image: Float64Array.of(2, 1, 3, 0) };
    const base = exactCode(net, at, nothing)!;
    const found = susceptibility(net, base.support)!;
    expect(found.chi).toBeCloseTo(1, 12);
    expect(found.slowest).toBeCloseTo(1, 6);
    expect(spike(net, at, base, 1)).toMatchObject({ summed: 0, net: 0, switched: 0 });
  });

  test("one unit: χ = 1/‖φ‖²", () => {
    const { net } = network([[0.5, 0.5, 0, 0]]);
    expect(susceptibility(net, [0])!.chi).toBeCloseTo(2, 12);
  });

  test("two overlapping atoms: code, χ, slowest mode and spike as by hand", () => {
    const { net } = pair;
    const base = exactCode(net, problem, nothing)!;
    const determinant = gram.n - gram.c ** 2;
    const b = [2 - 0.25, 1.75 - 0.25];
    expect(base.support).toEqual([0, 1]);
    expect(base.value[0]).toBeCloseTo((gram.n * b[0] - gram.c * b[1]) / determinant, 10);
    expect(base.value[1]).toBeCloseTo((b[1] - gram.c * b[0]) / determinant, 10);
    const found = susceptibility(net, base.support)!;
    expect(found.diagonal[0]).toBeCloseTo(gram.n / determinant, 12);
    expect(found.diagonal[1]).toBeCloseTo(1 / determinant, 12);
    expect(found.chi).toBeCloseTo((gram.n + 1) / (2 * determinant), 12);
    const trace = 1 + gram.n;
    expect(1 / found.slowest).toBeCloseTo((trace - Math.sqrt(trace ** 2 - 4 * determinant)) / 2, 6);
    // Unit 1 held at 2a₁: unit 0 gives way by c·a₁/‖φ₀‖².
    expect(spike(net, problem, base, 1)!.net).toBeCloseTo(-gram.c, 7);
  });

  test("a driven unit answers with its own element of the inverse", () => {
    const { net } = pair;
    const base = exactCode(net, problem, nothing)!;
    const found = driven(net, problem, base, 1)!;
    expect(found.stayed).toBe(true);
    expect(found.response).toBeCloseTo(1 / (gram.n - gram.c ** 2), 3);
  });

  test("dependent active atoms have no χ, nor has an empty code", () => {
    const { net } = network([
      [1, 0, 0, 0],
      [1, 0, 0, 0],
    ]);
    expect(susceptibility(net, [0, 1])).toBeNull();
    expect(susceptibility(net, [])).toBeNull();
  });
});

describe.each([true, false])("a network of Gaussian atoms, rectified %s", (rectified) => {
  const dictionary = gaussianDictionary(smallGeometry);
  const image = gaussianImage(smallGeometry);
  const net = networkOf(dictionary);
  const at: Problem = { image: onCanvas(net, image), lambda: 0.4, rectified };

  test("the exact code, begun from nothing, meets its conditions and is the coder's", () => {
    const exact = exactCode(net, at, nothing)!;
    const [coding] = codings(coordinateCoder(dictionary), image, [0.4], rule(1e-11, rectified));
    expect(exact.kkt).toBeLessThanOrEqual(kktTolerance);
    expect(exact.support).toEqual(Array.from(coding.code.index));
    exact.value.forEach((value, i) => {
      expect(value).toBeCloseTo(coding.code.value[i], 5);
    });
  });

  test("every drive that leaves the support alone agrees with Cholesky within 1 %", async () => {
    const { points, drives, spikes, hysteresis } = await measureResponse(oneByOne(coordinateCoder(dictionary)), image, {
      lambdas: [0.5, 0.4, 0.3],
      focus: 1,
      rectified,
      probes: 12,
    });
    const kept = drives.filter(({ stayed }) => stayed);
    expect(kept.length).toBeGreaterThan(8);
    for (const drive of kept) expect(Math.abs(drive.driven / drive.cholesky - 1)).toBeLessThan(0.01);
    expect(spikes.length).toBe(12);
    expect(points.every(({ chi }) => chi !== null && chi >= 1)).toBe(true);
    // A convex energy has one branch: the way up may differ by the certificates alone.
    expect(hysteresis!.energy).toBeLessThanOrEqual(hysteresis!.allowed);
    expect(hysteresis!.code).toBeLessThan(1e-2);
  });
});

test("the LCA from rest ends at the rate of the smallest eigenvalue", () => {
  const { dictionary, net } = pair;
  const base = exactCode(net, problem, nothing)!;
  const residual = [2 - base.value[0] - 0.5 * base.value[1], 1 - 0.75 * base.value[1]];
  const least =
    0.5 * (residual[0] ** 2 + residual[1] ** 2) + problem.lambda * base.value.reduce((sum, value) => sum + value, 0);
  const { slowest } = susceptibility(net, base.support)!;
  const task = { image: Float32Array.of(2, 1, 0, 0), lambda: 0.25, rectified: true, least, tolerance: 1e-3 };
  const found = relaxation(dictionary, { ...task, steps: 400 });
  expect(Math.abs(found.slowest! / slowest - 1)).toBeLessThan(0.01);
  expect(found.settled!).toBeGreaterThan(slowest);
});
