// The float64 finish of an encoded image: under weights it ends at the minimum of the weighted problem.
import { expect, test } from "vitest";
import { coordinateCoder } from "../../src/coding/coordinate.js";
import { type Boundary, imageLength } from "../../src/core/geometry.js";
import { draws, purpose } from "../../src/core/random.js";
import { encodeImage } from "../../src/tasks/encode.js";
import { gaussianDictionary, gaussianImage, rule, smallGeometry, toolsOf } from "../coding/networks.js";

test.each([
  ["crop", true],
  ["full", false],
  ["circular", true],
] as [Boundary, boolean][])(
  "energies under weights are the reference's to 1e-8 (%s, rectified %s)",
  async (boundary, rectified) => {
    const geometry = { ...smallGeometry, boundary };
    const dictionary = gaussianDictionary(geometry);
    const image = gaussianImage(geometry);
    const draw = draws({ seed: 4, purpose: purpose.test }, 0);
    // 0 hides a pixel; the upper rows are hidden whole, and with them every unit that sees nothing else.
    const weights = Float32Array.from({ length: imageLength(geometry) }, (_, i) =>
      i < 120 || draw.uniform() < 0.3 ? 0 : 2 * draw.uniform(),
    );
    const lambdas = [0.8, 0.2];
    const best = [...coordinateCoder(dictionary).path(image, lambdas, { ...rule(1e-11, rectified), weights })];
    const task = { lambdas, rule: { ...rule(1e-9, rectified), weights } };
    const found = await encodeImage(toolsOf(dictionary), { image, clean: image }, task);
    found.forEach(({ energy, relativeGap, converged, engine, reconstructionError, l1, lambda }, i) => {
      expect([converged, engine]).toEqual([true, "reference"]);
      expect(relativeGap).toBeLessThanOrEqual(1e-9);
      expect(Math.abs(energy / best[i].energy - 1)).toBeLessThan(1e-8);
      expect(energy).toBeCloseTo(reconstructionError + lambda * l1, 9);
    });
  },
);
