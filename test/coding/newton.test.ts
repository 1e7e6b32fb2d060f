/** Newton's step on the active units: exact where no sign changes, never uphill, and what it buys at small λ. */
import { describe, expect, test } from "vitest";
import { energy } from "../../src/coding/certificate.js";
import { newtonStep } from "../../src/coding/newton.js";
import { analyse, type Network, networkOf, onCanvas, residualOf } from "../../src/coding/operator.js";
import { refine } from "../../src/coding/refine.js";
import { gaussianDictionary, gaussianImage, imageOf, rule, smallGeometry } from "./networks.js";

/** A code and the residual that belongs to it. */
function stateOf(net: Network, image: Float32Array, code: Float64Array) {
  const residual = new Float64Array(net.canvasLength);
  residualOf(net, { image: onCanvas(net, image), code }, residual);
  return { code, residual };
}

const boundaries = ["crop", "full", "valid", "circular"] as const;

describe.each(boundaries)("boundary %s", (boundary) => {
  const dictionary = gaussianDictionary({ ...smallGeometry, boundary });
  const net = networkOf(dictionary);

  test("from a code near the best of its support, every active unit's drive becomes λ in one step", () => {
    const planted = new Float64Array(net.units).map((_, unit) => (unit % 5 === 0 ? (unit % 2 ? -2 : 2) : 0));
    const state = stateOf(
      net,
      imageOf(dictionary, planted),
      planted.map((a) => 1.1 * a),
    );
    expect(newtonStep(net, state, 1e-3)).toBe(true);
    const g = new Float64Array(net.units);
    analyse(net, state.residual, g);
    planted.forEach((a, unit) => {
      expect(Math.sign(state.code[unit])).toBe(Math.sign(a));
      if (a !== 0) expect(Math.abs(g[unit] - 1e-3 * Math.sign(a))).toBeLessThan(1e-7); // the image is float32
    });
    const rebuilt = stateOf(net, imageOf(dictionary, planted), state.code).residual;
    expect(Math.max(...rebuilt.map((r, i) => Math.abs(r - state.residual[i])))).toBeLessThan(1e-12);
  });

  test("a step that would turn signs stops units at zero and lowers the energy", () => {
    const image = gaussianImage(smallGeometry);
    const code = new Float64Array(net.units).map((_, unit) => (unit % 4 === 0 ? 0.05 : 0));
    const state = stateOf(net, image, code);
    const before = energy(state.residual, state.code, 0.2);
    expect(newtonStep(net, state, 0.2)).toBe(true);
    expect(energy(state.residual, state.code, 0.2)).toBeLessThan(before);
    expect(state.code.every((a, unit) => a >= 0 && (a === 0 || unit % 4 === 0))).toBe(true);
    expect(state.code.filter((a) => a > 0).length).toBeLessThan(Math.ceil(net.units / 4));
  });
});

test("a unit twice in the dictionary leaves the step finite", () => {
  const { geometry, atoms } = gaussianDictionary(smallGeometry);
  atoms.data.copyWithin(atoms.data.length / geometry.features, 0, atoms.data.length / geometry.features);
  const net = networkOf({ geometry, atoms });
  const state = stateOf(net, gaussianImage(geometry), new Float64Array(net.units).fill(0.3));
  const before = energy(state.residual, state.code, 0.1);
  newtonStep(net, state, 0.1);
  expect(energy(state.residual, state.code, 0.1)).toBeLessThanOrEqual(before);
  expect(state.code.every(Number.isFinite)).toBe(true);
});

test.each([true, false])("at λ 0.05 a gap of 1e-10 is reached from the zero code (rectified %s)", (rectified) => {
  const dictionary = gaussianDictionary(smallGeometry);
  const none = { index: new Uint32Array(0), value: new Float32Array(0) };
  const image = gaussianImage(smallGeometry);
  const fine = refine(networkOf(dictionary), { image, code: none }, { lambda: 0.05, rule: rule(1e-10, rectified, 60) });
  expect(fine.gap).toBeLessThanOrEqual(1e-10);
});
