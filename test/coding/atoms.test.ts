// Norms of atoms: one way to norm one, the same bits wherever atoms come from.
import { expect, test } from "vitest";
import { normaliseAtom, normalisedAtoms, normsOf, randomAtoms } from "../../src/coding/atoms.js";
import { posterGeometry } from "../../src/core/geometry.js";
import { sha256Hex } from "../../src/core/key.js";
import { tensor } from "../../src/core/tensor.js";

test("an atom keeps its direction and gets norm one; one without direction stays as it was", () => {
  const atom = Float32Array.of(3, 0, -4);
  expect(normaliseAtom(atom)).toBe(true);
  expect(atom).toEqual(Float32Array.of(0.6, 0, -0.8));
  const weak = Float32Array.of(1e-7, 0);
  expect(normaliseAtom(weak)).toBe(false);
  expect(weak).toEqual(Float32Array.of(1e-7, 0));
});

test("atoms of a file are normalised however small they are, and the first that is zero is named", () => {
  const given = tensor([3, 1, 1, 2], Float32Array.of(0, 1e-9, 0, 0, 0, 0));
  const { atoms, zero } = normalisedAtoms(given);
  expect(atoms.data).toEqual(Float32Array.of(0, 1, 0, 0, 0, 0));
  expect(zero).toBe(1);
  expect(given.data[1]).toBe(Float32Array.of(1e-9)[0]);
});

test("random atoms have norm one within float32 and the bytes they always had", () => {
  const atoms = randomAtoms(posterGeometry(128), 7);
  const { smallest, largest } = normsOf(atoms);
  // A sum of 192 squares of float32 values, each rounded by 2⁻²⁴ of itself.
  expect(smallest).toBeGreaterThan(1 - 6e-8);
  expect(largest).toBeLessThan(1 + 6e-8);
  // Recorded when norms were divided by, not multiplied.
  expect(sha256Hex(new Uint8Array(atoms.data.buffer))).toBe(
    "559198320b63ba8f7502e0a963b17ac3212b27a15919203e0f0230119279aed4",
  );
});
