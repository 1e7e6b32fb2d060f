import fc from "fast-check";
import { expect, test } from "vitest";
import { lcaCoder } from "../../src/coding/lca.js";
import { analyse, atomNorm, networkOf, onCanvas, residualOf } from "../../src/coding/operator.js";
import { spectralNorm } from "../../src/coding/spectral.js";
import type { Boundary, Geometry } from "../../src/core/geometry.js";
import { draws, purpose } from "../../src/core/random.js";
import { codings, gaussianDictionary, gaussianImage, rolled, rule, smallGeometry } from "./networks.js";

test("⟨Φa, r⟩ = ⟨a, Φᵀr⟩ for every boundary and size", () => {
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 5, max: 11 }),
  );
  const boundary = fc.constantFrom<Boundary>("crop", "full", "valid", "circular");
  fc.assert(
    fc.property(sizes, boundary, ([patch, stride, height], boundary) => {
      const geometry: Geometry = {
        ...smallGeometry,
        height: Math.ceil(height / stride) * stride, // whole strides, for circular
        width: 12,
        patch: [patch, 3],
        stride: [stride, 2],
        boundary,
      };
      const net = networkOf(gaussianDictionary(geometry));
      const draw = draws({ seed: 3, purpose: purpose.test }, 0);
      const code = Float64Array.from({ length: net.units }, () => draw.gaussian());
      // r is any canvas for full, any image otherwise.
      const r =
        boundary === "full"
          ? Float64Array.from({ length: net.canvasLength }, () => draw.gaussian())
          : onCanvas(net, gaussianImage(geometry));
      const synthesis = new Float64Array(net.canvasLength);
      residualOf(net, { image: synthesis.slice(), code: code.map((a) => -a) }, synthesis);
      const analysis = new Float64Array(net.units);
      analyse(net, r, analysis);
      const left = synthesis.reduce((sum, value, i) => sum + value * r[i], 0);
      const right = analysis.reduce((sum, value, i) => sum + value * code[i], 0);
      expect(Math.abs(left - right)).toBeLessThan(1e-10 * (1 + Math.abs(left))); // float64 sums of some 1000 terms
    }),
    { seed: 5, numRuns: 60 },
  );
});

test("circular: rolling the image by the stride rolls Φᵀs, and every unit sees its whole atom", () => {
  for (const patch of [
    [5, 4],
    [12, 10],
    [1, 2],
  ] as const) {
    const geometry: Geometry = { ...smallGeometry, patch, stride: [4, 2], boundary: "circular" };
    const net = networkOf(gaussianDictionary(geometry));
    const image = gaussianImage(geometry);
    const drive = (of: Float32Array) => {
      const g = new Float64Array(net.units);
      analyse(net, onCanvas(net, of), g);
      return g;
    };
    const [g, moved] = [drive(image), drive(rolled(image, { rows: 12, columns: 10, values: 2 }, [8, 2]))];
    rolled(g, { rows: 3, columns: 5, values: 6 }, [2, 1]).forEach((value, i) => {
      expect(Math.abs(value - moved[i])).toBeLessThan(1e-12); // sums of other order
    });
    for (let unit = 0; unit < net.units; unit++) expect(atomNorm(net, unit)).toBeCloseTo(1, 6);
  }
});

test("crop drops what lies outside the image, full keeps it on the canvas", () => {
  for (const [boundary, outside] of [
    ["crop", 0],
    ["full", 1],
  ] as const) {
    const net = networkOf(gaussianDictionary({ ...smallGeometry, boundary }));
    const canvas = new Float64Array(net.canvasLength);
    const code = new Float64Array(net.units).fill(1);
    residualOf(net, { image: canvas.slice(), code }, canvas);
    const image = onCanvas(net, new Float32Array(12 * 10 * 2).fill(1));
    expect(canvas.some((value, i) => image[i] === 0 && value !== 0)).toBe(outside === 1);
  }
});

test("the spectral norm bounds ‖Φa‖²/‖a‖² closely: single pixels at stride 1 give the Gram matrix of the atoms", () => {
  const geometry: Geometry = { ...smallGeometry, channels: 3, patch: [1, 1], stride: [1, 1], features: 1 };
  // One atom a pixel, no overlap: ‖Φ‖² = 1.
  const norm = spectralNorm(networkOf(gaussianDictionary(geometry)));
  expect(norm).toBeGreaterThan(1);
  expect(norm).toBeLessThan(1.03);
});

test("LCA reports a step too long as divergence", () => {
  const dictionary = gaussianDictionary({ ...smallGeometry, features: 16 });
  const run = () =>
    codings(
      lcaCoder(dictionary, { timeStep: { kind: "fixed", dt: 2.3, tau: 1 } }),
      gaussianImage(smallGeometry),
      [0.1],
      rule(1e-4),
    );
  expect(run).toThrow(expect.objectContaining({ code: "diverged" }));
});
