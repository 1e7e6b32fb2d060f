// The gap that the float32 kernel reports, against the same code's gap in float64: what the documents promise of it.
import { expect, test } from "vitest";
import { certificate } from "../../src/coding/certificate.js";
import { analyse, networkOf, onCanvas, residualOf } from "../../src/coding/operator.js";
import type { Geometry } from "../../src/core/geometry.js";
import { openWasm } from "../../src/engine/wasm/engine.js";
import { codings, dense, gaussianDictionary, gaussianImage, kernelModule, rule } from "../coding/networks.js";

test("the kernel's gap is too small by at most 4e-6, whatever λ and tolerance", () => {
  const engine = openWasm(kernelModule());
  for (const [seed, features] of [12, 40, 64].entries()) {
    const geometry: Geometry = {
      height: 24,
      width: 20,
      channels: 3,
      patch: [8, 8],
      stride: [2, 2],
      boundary: "crop",
      features,
    };
    const dictionary = gaussianDictionary(geometry, seed);
    const image = gaussianImage(geometry, seed);
    const net = networkOf(dictionary);
    const coder = engine.prepare(dictionary);
    for (const tolerance of [1e-3, 1e-5]) {
      for (const { code, gap, lambda } of codings(coder, image, [2, 1, 0.5, 0.2, 0.1], rule(tolerance))) {
        const of = { image: onCanvas(net, image), code: dense(code, net.units) };
        const [residual, gradient] = [new Float64Array(net.canvasLength), new Float64Array(net.units)];
        residualOf(net, of, residual);
        analyse(net, residual, gradient);
        expect(certificate({ ...of, residual, gradient }, lambda, true).gap - gap).toBeLessThan(4e-6);
      }
    }
  }
});
