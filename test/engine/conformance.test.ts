/** The same claims of every way to code: closed forms, optimality, invariances, edge cases. */

import { describe, expect, test } from "vitest";
import { eachImage, oneByOne } from "../../src/coding/batch.js";
import { largest } from "../../src/coding/certificate.js";
import type { Dictionary } from "../../src/coding/dictionary.js";
import type { Coding } from "../../src/coding/engine.js";
import { analyse, networkOf, onCanvas, residualOf } from "../../src/coding/operator.js";
import type { Boundary, Geometry } from "../../src/core/geometry.js";
import { imageLength } from "../../src/core/geometry.js";
import { slice, tensor } from "../../src/core/tensor.js";
import {
  codings,
  dense,
  gaussianDictionary,
  gaussianImage,
  imageOf,
  rolled,
  routes,
  rule,
  smallGeometry,
} from "../coding/networks.js";

/** Patches that tile the image and atoms that are unit vectors: ΦᵀΦ is the identity. */
function orthonormal(): Dictionary {
  const geometry: Geometry = {
    height: 4,
    width: 6,
    channels: 1,
    patch: [2, 2],
    stride: [2, 2],
    boundary: "crop",
    features: 4,
  };
  const atoms = new Float32Array(16);
  for (let f = 0; f < 4; f++) atoms[f * 4 + f] = 1;
  return { geometry, atoms: tensor([4, 2, 2, 1], atoms) };
}

function drive(dictionary: Dictionary, image: Float32Array): Float64Array {
  const net = networkOf(dictionary);
  const g = new Float64Array(net.units);
  analyse(net, onCanvas(net, image), g);
  return g;
}

const path = [1.2, 0.6, 0.3];

describe.each(routes)("$name", ({ prepare, finest }) => {
  test.each([true, false])("orthonormal atoms give the soft-thresholded drive (rectified %s)", (rectified) => {
    const dictionary = orthonormal();
    const image = gaussianImage(dictionary.geometry);
    const [coding] = codings(prepare(dictionary), image, [0.4], rule(finest, rectified));
    const g = drive(dictionary, image);
    const expected = g.map((u) => Math.max(u - 0.4, 0) - (rectified ? 0 : Math.max(-u - 0.4, 0)));
    // A gap of 5e-6 bounds the distance of an orthonormal code by √(2·gap·P).
    const bound = Math.sqrt(2 * finest * coding.energy) + 1e-6;
    expect(Math.hypot(...dense(coding.code, g.length).map((a, i) => a - expected[i]))).toBeLessThan(bound);
    expect(coding.converged).toBe(true);
  });

  test.each([true, false])(
    "lambda at or above its maximum gives the zero code, just below does not (rectified %s)",
    (rectified) => {
      const dictionary = gaussianDictionary(smallGeometry);
      const image = gaussianImage(smallGeometry);
      const max = largest(drive(dictionary, image), rectified);
      const [above, at, below] = codings(
        prepare(dictionary),
        image,
        [2 * max, 1.000001 * max, 0.95 * max],
        rule(finest, rectified),
      );
      for (const zero of [above, at]) {
        expect(zero.code.index.length).toBe(0);
        expect(zero.reconstruction.every((value) => value === 0)).toBe(true);
        expect(zero.energy).toBeCloseTo(0.5 * image.reduce((sum, s) => sum + s * s, 0), 4);
        expect(zero.converged).toBe(true);
      }
      expect(below.code.index.length).toBeGreaterThan(0);
    },
  );

  test.each<[Boundary, boolean]>([
    ["crop", true],
    ["crop", false],
    ["circular", true],
    ["circular", false],
    ["valid", true],
  ])(
    "optimality conditions hold and energy and gap are what the code gives (%s, rectified %s)",
    (boundary, rectified) => {
      const dictionary = gaussianDictionary({ ...smallGeometry, boundary });
      const image = gaussianImage(smallGeometry);
      const net = networkOf(dictionary);
      for (const coding of codings(prepare(dictionary), image, path, rule(finest, rectified))) {
        const code = dense(coding.code, net.units);
        const residual = new Float64Array(net.canvasLength);
        residualOf(net, { image: onCanvas(net, image), code }, residual);
        const g = new Float64Array(net.units);
        analyse(net, residual, g);
        const energy =
          0.5 * residual.reduce((sum, r) => sum + r * r, 0) +
          coding.lambda * code.reduce((sum, a) => sum + Math.abs(a), 0);
        expect(Math.abs(coding.energy - energy)).toBeLessThan(1e-6 * energy); // codes are stored in float32
        expect(coding.gap).toBeGreaterThanOrEqual(0);
        expect(coding.gap).toBeLessThanOrEqual(finest);
        // E is 1-smooth in each unit: a slack of d in a condition costs d²/2 of energy, at most gap·P.
        const slack = Math.sqrt(2 * finest * energy) + 1e-5;
        g.forEach((value, unit) => {
          const a = code[unit];
          if (a !== 0) expect(Math.abs(value - coding.lambda * Math.sign(a))).toBeLessThan(slack);
          expect(rectified ? value : Math.abs(value)).toBeLessThan(coding.lambda + slack);
          if (rectified) expect(a).toBeGreaterThanOrEqual(0);
        });
        const whole = onCanvas(net, image).map((s, i) => s - residual[i]);
        const reconstruction = onCanvas(net, coding.reconstruction);
        expect(Math.max(...whole.map((value, i) => Math.abs(value - reconstruction[i])))).toBeLessThan(2e-6);
      }
    },
  );

  test("shifting the image by the stride shifts the code away from the border", () => {
    const geometry: Geometry = { ...smallGeometry, height: 24, width: 26, stride: [2, 2] };
    const dictionary = gaussianDictionary(geometry);
    const blob = (top: number, left: number) => {
      const image = new Float32Array(imageLength(geometry));
      const patch = gaussianImage({ ...geometry, height: 4, width: 4 });
      for (let y = 0; y < 4; y++) image.set(patch.subarray(y * 8, y * 8 + 8), ((top + y) * 26 + left) * 2);
      return image;
    };
    const coder = prepare(dictionary);
    const [here] = codings(coder, blob(8, 8), [0.5], rule(finest));
    const [there] = codings(coder, blob(10, 12), [0.5], rule(finest));
    const units = networkOf(dictionary).units;
    const [a, b] = [dense(here.code, units), dense(there.code, units)];
    const shift = (1 * 13 + 2) * geometry.features;
    expect(here.code.index.length).toBeGreaterThan(5);
    expect(here.energy).toBeCloseTo(there.energy, 4);
    const tolerance = 10 * Math.sqrt(finest); // distance of two codes of gap `finest`, well conditioned
    for (let i = 0; i + shift < units; i++) expect(Math.abs(a[i] - b[i + shift])).toBeLessThan(tolerance);
  });

  test("with a circular boundary any shift by the stride shifts the code, borders and all", () => {
    const geometry: Geometry = { ...smallGeometry, boundary: "circular" };
    const dictionary = gaussianDictionary(geometry);
    const net = networkOf(dictionary);
    const image = gaussianImage(geometry);
    const coder = prepare(dictionary);
    const [here] = codings(coder, image, [0.5], rule(finest));
    const [there] = codings(coder, rolled(image, { rows: 12, columns: 10, values: 2 }, [4, 6]), [0.5], rule(finest));
    expect(there.energy / here.energy).toBeCloseTo(1, finest < 1e-6 ? 8 : 5);
    const shifted = rolled(dense(here.code, net.units), { rows: 6, columns: 5, values: 6 }, [2, 3]);
    const tolerance = 10 * Math.sqrt(finest); // distance of two codes of gap `finest`, well conditioned
    dense(there.code, net.units).forEach((a, i) => {
      expect(Math.abs(a - shifted[i])).toBeLessThan(tolerance);
    });
  });

  test("an atom wrapped round a corner is one unit of activity 2 − λ", () => {
    const geometry: Geometry = {
      ...smallGeometry,
      height: 8,
      width: 8,
      patch: [6, 6],
      boundary: "circular",
      features: 1,
    };
    const dictionary = gaussianDictionary(geometry);
    const code = new Float64Array(16);
    code[0] = 2; // its first pixel lies at (−2, −2)
    const [coding] = codings(prepare(dictionary), imageOf(dictionary, code), [0.9], rule(finest, true, 2000));
    expect(Array.from(coding.code.index)).toEqual([0]);
    expect(Math.abs(coding.code.value[0] - 1.1)).toBeLessThan(2 * Math.sqrt(finest));
    expect(coding.converged).toBe(true);
  });

  test("a zero image gives the zero code at energy 0 and gap 0", () => {
    const zero = new Float32Array(imageLength(smallGeometry));
    const [coding] = codings(prepare(gaussianDictionary(smallGeometry)), zero, [0.1], rule(1e-3));
    expect(coding).toMatchObject({ energy: 0, gap: 0, converged: true });
    expect(coding.code.index.length).toBe(0);
  });

  test("a flat image, duplicate atoms and a zero atom converge", () => {
    const { geometry, atoms } = gaussianDictionary(smallGeometry);
    const data = atoms.data.slice();
    const length = data.length / geometry.features;
    data.copyWithin(length, 0, length);
    data.fill(0, 5 * length);
    const flat = new Float32Array(imageLength(geometry)).fill(0.7);
    const coder = prepare({ geometry, atoms: tensor(atoms.shape, data) });
    for (const coding of codings(coder, flat, path, rule(1e-4))) expect(coding.converged).toBe(true);
  });

  test("a limit too low is met with converged: false and an honest gap", () => {
    const coder = prepare(gaussianDictionary(smallGeometry));
    const [coding] = codings(coder, gaussianImage(smallGeometry), [0.05], rule(1e-6, true, 1));
    expect(coding.iterations).toBe(1);
    expect(coding.converged).toBe(false);
    expect(coding.gap).toBeGreaterThan(1e-6);
    const [best] = codings(coder, gaussianImage(smallGeometry), [0.05], rule(1e-5));
    expect(coding.energy * (1 - coding.gap)).toBeLessThanOrEqual(best.energy);
  });

  test("a code does not depend on what was coded before, and arrays are the caller's own", () => {
    const dictionary = gaussianDictionary(smallGeometry);
    const [image, other] = [gaussianImage(smallGeometry, 1), gaussianImage(smallGeometry, 2)];
    const fresh = codings(prepare(dictionary), image, path, rule(1e-3));
    const coder = prepare(dictionary);
    coder.path(other, [0.9, 0.2], rule(1e-4, false)).next();
    const abandoned = coder.path(other, [0.5, 0.1], rule(1e-3));
    abandoned.next();
    const again = codings(coder, image, path, rule(1e-3));
    codings(coder, other, path, rule(1e-3));
    expect(again).toEqual(fresh);
    expect(abandoned.next().done).toBe(true);
  });

  test("the batch of a coder holds what each image alone gives, and each may have its own weights", async () => {
    const images = [1, 2, 3].map((seed) => gaussianImage(smallGeometry, seed));
    const { height, width, channels } = smallGeometry;
    const batch = tensor([3, height, width, channels], Float32Array.from(images.flatMap((image) => [...image])));
    const weights = batch.data.map((value) => (value > 1 ? 0 : 1));
    const alone = prepare(gaussianDictionary(smallGeometry));
    const coder = oneByOne(prepare(gaussianDictionary(smallGeometry)));
    for (const by of [rule(1e-3), { ...rule(1e-3), weights }]) {
      const expected = images.map((image, i) => {
        const own = "weights" in by ? { ...by, weights: slice({ ...batch, data: weights }, i) } : by;
        return codings(alone, image, path, own);
      });
      const found: (readonly Coding[])[] = [];
      for await (const atLambda of coder.path(batch, path, by)) found.push(atLambda);
      expect(found).toEqual(path.map((_, l) => expected.map((of) => of[l])));
      const byImage: (readonly Coding[])[] = [];
      for await (const of of eachImage(coder, batch, { lambdas: path, rule: by })) byImage.push(of);
      expect(byImage).toEqual(expected);
    }
    expect(() => coder.path({ ...batch, shape: [3, height, width] }, path, rule(1e-3))).toThrow(/a batch is/);
  });

  test("a path that starts lower reaches the same minimum", () => {
    const coder = prepare(gaussianDictionary(smallGeometry));
    const image = gaussianImage(smallGeometry);
    const warm = codings(coder, image, [1.2, 0.6, 0.3], rule(finest)).at(-1)!;
    const [cold] = codings(coder, image, [0.3], rule(finest));
    expect(Math.abs(warm.energy - cold.energy)).toBeLessThan((finest + 1e-6) * cold.energy);
  });

  test("wrong input is refused with what to do", () => {
    const coder = prepare(gaussianDictionary(smallGeometry));
    const image = gaussianImage(smallGeometry);
    const broken = image.slice();
    broken[7] = Number.NaN;
    const code =
      (of: Float32Array, lambdas: number[], by = rule(1e-2)) =>
      () =>
        codings(coder, of, lambdas, by);
    expect(code(image, [0.5, 0.5])).toThrow(expect.objectContaining({ code: "usage" }));
    expect(code(image, [0.5, 0.6])).toThrow(/lambdas\[1\] is 0.6 after 0.5/);
    expect(code(image, [-0.1])).toThrow(expect.objectContaining({ code: "usage" }));
    expect(code(image, [Number.NaN])).toThrow(expect.objectContaining({ code: "usage" }));
    expect(code(broken, [0.5])).toThrow(expect.objectContaining({ code: "data" }));
    expect(code(image.subarray(1), [0.5])).toThrow(expect.objectContaining({ code: "shape" }));
    expect(code(image, [0.5], rule(0))).toThrow(expect.objectContaining({ code: "usage" }));
    expect(code(image, [0.5], rule(0.1, true, 0))).toThrow(expect.objectContaining({ code: "usage" }));
    const circular = { ...smallGeometry, height: 13, boundary: "circular" as const };
    expect(() => prepare(gaussianDictionary(circular))).toThrow(/must divide the image 13×10/);
  });
});
