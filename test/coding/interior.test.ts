/** The interior point method: its linear system, its bound, and its codes at tiny λ against the homotopy and FISTA. */
import { describe, expect, test } from "vitest";
import { certificate, energy } from "../../src/coding/certificate.js";
import { blocked, emptyEnvelope, factorise, solve } from "../../src/coding/envelope.js";
import { fistaCoder } from "../../src/coding/fista.js";
import { interiorPoint } from "../../src/coding/interior.js";
import {
  addAtom,
  analyse,
  atomDot,
  type Network,
  networkOf,
  onCanvas,
  residualOf,
  weighted,
} from "../../src/coding/operator.js";
import { pixelSystem, pixelsOf } from "../../src/coding/pixels.js";
import { refine } from "../../src/coding/refine.js";
import { type Geometry, imageLength } from "../../src/core/geometry.js";
import { exactLasso } from "./lasso.js";
import { codings, dense, gaussianDictionary, gaussianImage, rule } from "./networks.js";

/** 64 pixels, 16 positions but for valid, 192 units. */
const geometry: Geometry = {
  height: 8,
  width: 8,
  channels: 1,
  patch: [4, 4],
  stride: [2, 2],
  boundary: "crop",
  features: 12,
};
const boundaries = ["crop", "full", "valid", "circular"] as const;
const image = gaussianImage(geometry);
const none = { index: new Uint32Array(0), value: new Float32Array(0) };
/** From 0 (hidden) to 2. */
const weights = Float32Array.from({ length: imageLength(geometry) }, (_, i) => ((i * 7) % 5) / 2);

const weighings = [
  { name: "no weights", w: undefined },
  { name: "weights", w: weights },
];

/** Energy and residual's own certificate of a code, without the method's dual point. */
function proofOf(net: Network, code: Float64Array, lambda: number, rectified: boolean) {
  const canvas = onCanvas(net, image);
  const [residual, gradient] = [new Float64Array(net.canvasLength), new Float64Array(net.units)];
  residualOf(net, { image: canvas, code }, residual);
  analyse(net, residual, gradient);
  return certificate({ image: canvas, residual, gradient, code, weights: net.weights }, lambda, rectified);
}

test("the factor of a banded matrix of 37 rows solves it", () => {
  const entry = (i: number, k: number) => (i === k ? 9 : Math.sin(3 * i + 5 * k + i * k));
  const first = Int32Array.from({ length: 37 }, (_, i) => Math.max(0, i - 6 + (i % 3)));
  const matrix = emptyEnvelope(37, blocked(first));
  first.forEach((from, i) => {
    for (let k = from; k <= i; k++) matrix.data[matrix.at[i] + k] = entry(i, k);
  });
  factorise(matrix);
  const b = Float64Array.from({ length: 37 }, (_, i) => Math.cos(i));
  const x = solve(matrix, b);
  const back = b.map((_, i) =>
    x.reduce((sum, value, k) => {
      const [high, low] = [Math.max(i, k), Math.min(i, k)];
      return low < first[high] ? sum : sum + entry(high, low) * value;
    }, 0),
  );
  back.forEach((value, i) => {
    expect(Math.abs(value - b[i])).toBeLessThan(1e-13);
  });
});

describe.each(boundaries)("boundary %s", (boundary) => {
  const dictionary = gaussianDictionary({ ...geometry, boundary });
  const whole = networkOf(dictionary);

  test.each(weighings)("the system is I + √w Φ D Φᵀ √w ($name)", ({ w }) => {
    const net = weighted(whole, w);
    const pixels = pixelsOf(net);
    const d = new Float64Array(net.units).map((_, unit) => (unit % 7) / 3);
    const matrix = pixelSystem(net, pixels, d);
    factorise(matrix);
    const b = Float64Array.from(pixels.values, (_, i) => Math.sin(i));
    const x = solve(matrix, b);
    const [from, onto] = [new Float64Array(net.canvasLength), new Float64Array(net.canvasLength)];
    pixels.values.forEach((value, i) => {
      from[value] = pixels.roots[i] * x[i];
    });
    for (let unit = 0; unit < net.units; unit++)
      addAtom(net, onto, { unit, weight: d[unit] * atomDot(whole, from, unit) });
    pixels.values.forEach((value, i) => {
      expect(Math.abs(x[i] + pixels.roots[i] * onto[value] - b[i])).toBeLessThan(1e-11);
    });
  });

  test("signed codes at λ 0.001 have the energy of the homotopy's", () => {
    const atoms = Array.from({ length: whole.units }, (_, unit) => {
      const atom = new Float64Array(whole.canvasLength);
      addAtom(whole, atom, { unit, weight: 1 });
      return atom;
    });
    const canvas = onCanvas(whole, image);
    const least = proofOf(whole, exactLasso(atoms, canvas, 1e-3), 1e-3, false);
    expect(least.gap).toBeLessThan(1e-7); // the homotopy's steps add their rounding
    const start = { image: canvas, code: new Float64Array(whole.units) };
    const found = interiorPoint(whole, pixelsOf(whole), start, { lambda: 1e-3, rectified: false, tolerance: 1e-9 });
    expect(found.dual / least.energy - 1).toBeLessThan(1e-12);
    expect(found.dual / least.energy - 1).toBeGreaterThan(-2e-9);
    expect(proofOf(whole, found.code, 1e-3, false).energy / least.energy - 1).toBeLessThan(1e-8);
  });

  test.each(weighings)("rectified codes have the energy of FISTA's ($name)", ({ w }) => {
    const net = weighted(whole, w);
    const [judge] = codings(fistaCoder(dictionary), image, [0.01], { ...rule(1e-7, true, 200_000), weights: w });
    expect(judge.converged).toBe(true);
    const start = { image: onCanvas(net, image), code: dense(judge.code, net.units).map((a) => a / 2) };
    const found = interiorPoint(net, pixelsOf(net), start, { lambda: 0.01, rectified: true, tolerance: 1e-9 });
    expect(found.code.every((a) => a >= 0)).toBe(true);
    expect(Math.abs(found.dual / judge.energy - 1)).toBeLessThan(2e-7);
    expect(Math.abs(proofOf(net, found.code, 0.01, true).energy / judge.energy - 1)).toBeLessThan(2e-7);
  });

  test.each(weighings.flatMap((of) => [true, false].map((rectified) => ({ ...of, rectified }))))(
    "the finish proves 1e-9 at λ 0.001 from the zero code ($name, rectified $rectified)",
    ({ w, rectified }) => {
      const task = { lambda: 1e-3, rule: { ...rule(1e-9, rectified), weights: w } };
      const fine = refine(whole, { image, code: none }, task);
      expect(fine.gap).toBeLessThanOrEqual(1e-9);
      const net = weighted(whole, w);
      const code = dense(fine.code, net.units);
      const residual = new Float64Array(net.canvasLength);
      residualOf(net, { image: onCanvas(net, image), code }, residual);
      // float32 codes: the energy moves by the square of their rounding, 1e-14, against 0.05.
      expect(Math.abs(energy(residual, code, 1e-3, net.weights) / fine.energy - 1)).toBeLessThan(1e-10);
      expect(fine.code.index.length).toBeLessThanOrEqual(net.canvasLength);
    },
  );
});
