/** What was planted comes back, and a lasso has the solution that an exact solver of another kind finds. */
import { describe, expect, test } from "vitest";
import { coordinateCoder } from "../../src/coding/coordinate.js";
import { fistaCoder } from "../../src/coding/fista.js";
import { type Geometry, systemSize } from "../../src/core/geometry.js";
import { draws, purpose } from "../../src/core/random.js";
import { openWasm } from "../../src/engine/wasm/engine.js";
import { dot, exactLasso } from "./lasso.js";
import { codings, dense, gaussianDictionary, gaussianImage, imageOf, kernelModule, rule } from "./networks.js";

const wasmCoder = (dictionary: ReturnType<typeof gaussianDictionary>) => openWasm(kernelModule()).prepare(dictionary);

describe.each([
  ["reference", coordinateCoder, 1e-3],
  // At λ = 1e-4 the rounding of a float32 residual, 3e-7, is 1 % of what a certificate weighs.
  ["wasm", wasmCoder, 3e-2],
] as const)("%s", (_, prepare, tolerance) => {
  test.each(["circular", "crop"] as const)(
    "planted codes, 64×64 grey, four 8×8 atoms, where |N(0, 1)| > 3, λ 1e-4: relative squared error < 5e-5 (%s)",
    (boundary) => {
      const geometry: Geometry = {
        height: 64,
        width: 64,
        channels: 1,
        patch: [8, 8],
        stride: [1, 1],
        boundary,
        features: 4,
      };
      const dictionary = gaussianDictionary(geometry);
      const draw = draws({ seed: 12, purpose: purpose.test }, 0);
      const planted = Float64Array.from({ length: systemSize(geometry) }, () => {
        const value = draw.gaussian();
        return Math.abs(value) > 3 ? value : 0;
      });
      const path = [1, 0.1, 1e-2, 1e-3, 1e-4];
      const coding = codings(prepare(dictionary), imageOf(dictionary, planted), path, rule(tolerance, false)).at(-1)!;
      const code = dense(coding.code, planted.length);
      const error = code.reduce((sum, a, i) => sum + (a - planted[i]) ** 2, 0);
      const power = planted.reduce((sum, a) => sum + a * a, 0);
      expect(power).toBeGreaterThan(300); // some 44 units of square 10.6
      expect(error / power).toBeLessThan(5e-5);
      expect(coding.converged).toBe(true);
    },
  );
});

describe("the lasso of 500 unit atoms in 100 dimensions at λ 0.5", () => {
  const geometry: Geometry = {
    height: 10,
    width: 10,
    channels: 1,
    patch: [10, 10],
    stride: [10, 10],
    boundary: "valid",
    features: 500,
  };
  const dictionary = gaussianDictionary(geometry);
  const image = gaussianImage(geometry);
  const atoms = Array.from({ length: 500 }, (_, f) =>
    Float64Array.from(dictionary.atoms.data.subarray(f * 100, (f + 1) * 100)),
  );
  const exact = exactLasso(atoms, Float64Array.from(image), 0.5);
  const residual = Float64Array.from(image, (s, k) => s - exact.reduce((sum, a, f) => sum + a * atoms[f][k], 0));

  test("the homotopy's solution meets the optimality conditions to 1e-9", () => {
    expect(exact.filter((a) => a !== 0).length).toBeGreaterThan(30);
    exact.forEach((a, f) => {
      const g = dot(atoms[f], residual);
      if (a !== 0) expect(Math.abs(g - 0.5 * Math.sign(a))).toBeLessThan(1e-9);
      expect(Math.abs(g)).toBeLessThan(0.5 + 1e-9);
    });
  });

  test.each([
    ["coordinate", coordinateCoder, 1e-12, 1e-5],
    ["fista", fistaCoder, 1e-12, 1e-5],
    ["wasm", wasmCoder, 1e-6, 1e-3], // codes of gap 1e-6 differ by its root where atoms are alike
  ] as const)(
    "%s finds it: energy to 1e-5 relative, codes as fine as its certificate",
    (_, prepare, tolerance, fine) => {
      const [coding] = codings(prepare(dictionary), image, [0.5], rule(tolerance, false));
      const energy = 0.5 * dot(residual, residual) + 0.5 * exact.reduce((sum, a) => sum + Math.abs(a), 0);
      expect(Math.abs(coding.energy / energy - 1)).toBeLessThan(tolerance === 1e-6 ? 2e-6 : 1e-7); // codes are stored in float32
      dense(coding.code, 500).forEach((a, f) => {
        expect(Math.abs(a - exact[f])).toBeLessThan(fine);
      });
    },
  );
});
