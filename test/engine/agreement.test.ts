/** Independent routes reach one minimum on random networks: any sizes, boundaries, clips, signs. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { coordinateCoder } from "../../src/coding/coordinate.js";
import type { Dictionary } from "../../src/coding/dictionary.js";
import { fistaCoder } from "../../src/coding/fista.js";
import { CrispError } from "../../src/core/errors.js";
import type { Boundary, Geometry } from "../../src/core/geometry.js";
import { systemSize } from "../../src/core/geometry.js";
import { openWasm } from "../../src/engine/wasm/engine.js";
import {
  codings,
  dense,
  gaussianDictionary,
  gaussianImage,
  kernelModule,
  routes,
  rule,
  smallGeometry,
} from "../coding/networks.js";

/** One axis: any patch that fits, odd or even, strides 1, 2, 4, 8; circular rounds the length up to whole strides. */
const axis = fc
  .record({
    length: fc.integer({ min: 6, max: 14 }),
    patch: fc.integer({ min: 1, max: 6 }),
    stride: fc.constantFrom(1, 2, 3, 4, 8),
    isPoint: fc.constantFrom(false, false, false, true),
  })
  // A signal has one axis of length, patch and stride 1.
  .map((of) => (of.isPoint ? { length: 1, patch: 1, stride: 1 } : of));

const geometries = fc
  .record({
    axes: fc.tuple(axis, axis),
    channels: fc.integer({ min: 1, max: 5 }),
    boundary: fc.constantFrom<Boundary>("crop", "crop", "full", "valid", "circular", "circular"),
    features: fc.integer({ min: 1, max: 11 }),
  })
  .map(({ axes: [vertical, horizontal], channels, boundary, features }): Geometry => {
    const [height, width] = [vertical, horizontal].map(({ length, stride }) =>
      boundary === "circular" ? Math.ceil(length / stride) * stride : length,
    );
    const patch = [vertical.patch, horizontal.patch] as const;
    return { height, width, channels, patch, stride: [vertical.stride, horizontal.stride], boundary, features };
  });

test("reference, FISTA and wasm agree to 1e-5 of the energy on random networks", () => {
  const engine = openWasm(kernelModule());
  fc.assert(
    fc.property(geometries, fc.boolean(), fc.integer({ min: 0, max: 1000 }), (geometry, rectified, seed) => {
      const dictionary = gaussianDictionary(geometry, seed);
      const image = gaussianImage(geometry, seed);
      const lambdas = [0.8, 0.3];
      const tight = codings(coordinateCoder(dictionary), image, lambdas, rule(1e-7, rectified));
      const fista = codings(fistaCoder(dictionary), image, lambdas, rule(1e-7, rectified));
      const wasm = codings(engine.prepare(dictionary), image, lambdas, rule(1e-5, rectified));
      lambdas.forEach((_, i) => {
        for (const route of [fista[i], wasm[i]]) {
          expect(route.converged).toBe(true);
          expect(Math.abs(route.energy - tight[i].energy)).toBeLessThan(1.1e-5 * tight[i].energy);
        }
      });
    }),
    { numRuns: 100, seed: 7 },
  );
});

test("the wasm engine certifies what float32 can and says so below that, without end", () => {
  const geometry: Geometry = {
    height: 16,
    width: 16,
    channels: 3,
    patch: [8, 8],
    stride: [2, 2],
    boundary: "crop",
    features: 40,
  };
  const coder = openWasm(kernelModule()).prepare(gaussianDictionary(geometry));
  const [fine] = codings(coder, gaussianImage(geometry), [0.3], rule(1e-5));
  expect(fine.converged).toBe(true);
  const [finest] = codings(coder, gaussianImage(geometry), [0.3], rule(1e-12));
  expect(finest.converged).toBe(false);
  expect(finest.gap).toBeGreaterThanOrEqual(0);
  expect(finest.gap).toBeLessThan(1e-5);
});

test.each([
  ["reference", coordinateCoder],
  ["wasm", (of: Dictionary) => openWasm(kernelModule()).prepare(of)],
] as const)("%s codes a λ close to the one before anew, though the gap would allow the old code", (_, prepare) => {
  const dictionary = gaussianDictionary(smallGeometry);
  const image = gaussianImage(smallGeometry);
  for (const rectified of [true, false]) {
    const path = Array.from({ length: 12 }, (_, i) => 0.8 * 0.95 ** i);
    const coarse = codings(prepare(dictionary), image, path, rule(2e-2, rectified));
    const fine = codings(coordinateCoder(dictionary), image, path, rule(1e-9, rectified));
    coarse.forEach(({ iterations, energy }, i) => {
      expect(iterations).toBeGreaterThan(0);
      expect(energy / fine[i].energy - 1).toBeLessThan(5e-4); // the old code's excess is up to 1.5e-2
    });
  }
});

test("wrapped units step by the norm of the whole atom: as few rounds as the reference, to its energy", () => {
  // Patches as large as the image: every unit but one wraps, up to all of it.
  const geometry: Geometry = {
    ...smallGeometry,
    height: 4,
    width: 4,
    patch: [4, 4],
    stride: [1, 1],
    boundary: "circular",
    features: 3,
  };
  const dictionary = gaussianDictionary(geometry);
  const engine = openWasm(kernelModule());
  for (const seed of [1, 2, 3, 4]) {
    const image = gaussianImage(geometry, seed);
    const [fine] = codings(coordinateCoder(dictionary), image, [0.3], rule(1e-5, false));
    const [wasm] = codings(engine.prepare(dictionary), image, [0.3], rule(1e-5, false));
    expect(wasm.iterations).toBeLessThanOrEqual(fine.iterations + 4);
    expect(Math.abs(wasm.energy / fine.energy - 1)).toBeLessThan(1e-5);
  }
});

test("one engine holds one dictionary: an older coder and a closed engine are refused", () => {
  const engine = openWasm(kernelModule());
  const geometry: Geometry = {
    height: 8,
    width: 8,
    channels: 1,
    patch: [4, 4],
    stride: [2, 2],
    boundary: "crop",
    features: 3,
  };
  const old = engine.prepare(gaussianDictionary(geometry, 1));
  const current = engine.prepare(gaussianDictionary(geometry, 2));
  const run = (coder: typeof old) => () => codings(coder, gaussianImage(geometry), [0.5], rule(1e-2));
  expect(run(old)).toThrow(CrispError);
  expect(run(current)()).toHaveLength(1);
  engine.close();
  expect(run(current)).toThrow(/closed/);
});

test("memory that cannot be had is refused, and the engine goes on", () => {
  const engine = openWasm(kernelModule());
  const small: Geometry = {
    height: 8,
    width: 8,
    channels: 1,
    patch: [2, 2],
    stride: [2, 2],
    boundary: "crop",
    features: 2,
  };
  const vast: Geometry = { ...small, height: 8192, width: 8192, stride: [1, 1], features: 16 };
  expect(() => engine.prepare(gaussianDictionary(vast))).toThrow(/does not fit the memory/);
  const dictionary = gaussianDictionary(small);
  const [coding] = codings(engine.prepare(dictionary), gaussianImage(small), [0.2], rule(1e-4));
  const [expected] = codings(coordinateCoder(dictionary), gaussianImage(small), [0.2], rule(1e-4));
  expect(coding.energy).toBeCloseTo(expected.energy, 3);
});

test("a rectified code of s and −s is the signed code split by sign when atoms come in pairs", () => {
  const geometry: Geometry = {
    height: 9,
    width: 7,
    channels: 1,
    patch: [4, 4],
    stride: [2, 2],
    boundary: "crop",
    features: 3,
  };
  const signed = gaussianDictionary(geometry);
  const paired = gaussianDictionary({ ...geometry, features: 6 });
  paired.atoms.data.set(signed.atoms.data);
  paired.atoms.data.set(
    signed.atoms.data.map((value) => -value),
    signed.atoms.data.length,
  );
  const image = gaussianImage(geometry);
  for (const { prepare, finest } of routes) {
    const [one] = codings(prepare(signed), image, [0.3], rule(finest, false));
    const [two] = codings(prepare(paired), image, [0.3], rule(finest, true));
    const units = systemSize(geometry);
    const [a, pair] = [dense(one.code, units), dense(two.code, 2 * units)];
    a.forEach((value, unit) => {
      const at = Math.floor(unit / 3) * 6 + (unit % 3);
      expect(Math.abs(value - (pair[at] - pair[at + 3]))).toBeLessThan(20 * Math.sqrt(finest));
    });
    expect(Math.abs(one.energy - two.energy)).toBeLessThan((finest + 1e-6) * one.energy);
  }
});
