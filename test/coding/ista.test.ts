/** The ISTA layer: unrolled steps in number, from zero, that never raise the energy. */
import { expect, test } from "vitest";
import { coordinateCoder } from "../../src/coding/coordinate.js";
import { istaCoder } from "../../src/coding/ista.js";
import { analyse, networkOf, onCanvas } from "../../src/coding/operator.js";
import { spectralNorm } from "../../src/coding/spectral.js";
import { softThreshold } from "../../src/coding/threshold.js";
import { codings, dense, gaussianDictionary, gaussianImage, rule, smallGeometry } from "./networks.js";

const dictionary = gaussianDictionary(smallGeometry);
const image = gaussianImage(smallGeometry);

test.each([true, false])("one step is T(ηΦᵀs, ηλ) (rectified %s)", (rectified) => {
  const net = networkOf(dictionary);
  const g = new Float64Array(net.units);
  analyse(net, onCanvas(net, image), g);
  const eta = 1 / spectralNorm(net);
  const [coding] = codings(istaCoder(dictionary, { steps: 1 }), image, [0.3], rule(1e-2, rectified));
  dense(coding.code, net.units).forEach((a, i) => {
    expect(Math.abs(a - softThreshold(eta * g[i], eta * 0.3, rectified))).toBeLessThan(1e-7); // stored in float32
  });
  expect(coding.iterations).toBe(1);
});

test("more steps never cost energy and lead to the minimum", () => {
  const [best] = codings(coordinateCoder(dictionary), image, [0.3], rule(1e-10));
  const energies = [1, 2, 5, 20, 100, 1000].map(
    (steps) => codings(istaCoder(dictionary, { steps }), image, [0.3], rule(1e-2))[0].energy,
  );
  energies.slice(1).forEach((energy, i) => {
    expect(energy).toBeLessThanOrEqual(energies[i]);
  });
  expect(energies[0]).toBeGreaterThan(1.05 * best.energy);
  expect(energies.at(-1)! / best.energy).toBeCloseTo(1, 5);
});

test("a code is a function of the image and λ alone", () => {
  const coder = istaCoder(dictionary, { steps: 5 });
  const after = codings(coder, image, [0.9, 0.3], rule(1e-2))[1];
  const [alone] = codings(coder, image, [0.3], rule(1e-2));
  expect(after).toEqual(alone);
});

test("no step at all is refused", () => {
  expect(() => istaCoder(dictionary, { steps: 0 })).toThrow(expect.objectContaining({ code: "usage" }));
});
