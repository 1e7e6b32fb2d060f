// ‖Φ‖² against its closed form: on a circle ΦΦᵀ is diagonal in frequencies, with Σ_m |φ̂_m(ω)|².
import { describe, expect, it } from "vitest";
import type { Dictionary } from "../../src/coding/dictionary.js";
import { lcaCoder } from "../../src/coding/lca.js";
import { networkOf } from "../../src/coding/operator.js";
import { spectralNorm } from "../../src/coding/spectral.js";
import type { CrispError } from "../../src/core/errors.js";
import { draws, purpose } from "../../src/core/random.js";
import { tensor } from "../../src/core/tensor.js";
import { rule } from "./networks.js";

/** Atoms of `length` values on a circle of `width` pixels, stride 1: random, or smooth (many close eigenvalues). */
function circle(width: number, length: number, kind: "random" | "smooth"): Dictionary {
  const features = kind === "smooth" ? 1 : 3;
  const draw = draws({ seed: width, purpose: purpose.test }, length);
  const atoms = tensor([features, 1, length, 1]);
  for (let i = 0; i < atoms.data.length; i++) atoms.data[i] = kind === "smooth" ? length ** -0.5 : draw.gaussian();
  return {
    geometry: { height: 1, width, channels: 1, patch: [1, length], stride: [1, 1], boundary: "circular", features },
    atoms,
  };
}

function exactNorm({ geometry, atoms }: Dictionary): number {
  const [features, , length] = atoms.shape;
  let largest = 0;
  for (let f = 0; f <= geometry.width / 2; f++) {
    let power = 0;
    for (let m = 0; m < features; m++) {
      let [re, im] = [0, 0];
      for (let i = 0; i < length; i++) {
        const angle = (2 * Math.PI * f * i) / geometry.width;
        re += atoms.data[m * length + i] * Math.cos(angle);
        im += atoms.data[m * length + i] * Math.sin(angle);
      }
      power += re * re + im * im;
    }
    largest = Math.max(largest, power);
  }
  return largest;
}

const cases = [16, 64, 256, 1024].flatMap((width) =>
  [2, 5, 16].flatMap((length) => (["random", "smooth"] as const).map((kind) => ({ width, length, kind }))),
);

describe("spectralNorm", () => {
  it.each(cases)(
    "bounds ‖Φ‖² from above by at most 2 %: $kind atoms of $length on $width",
    ({ width, length, kind }) => {
      const dictionary = circle(width, length, kind);
      const ratio = spectralNorm(networkOf(dictionary)) / exactNorm(dictionary);
      expect(ratio).toBeGreaterThan(1.005);
      expect(ratio).toBeLessThanOrEqual(1.0200001);
    },
  );

  it("is 0 for a dictionary of zeros", () => {
    const { geometry, atoms } = circle(16, 4, "random");
    expect(spectralNorm(networkOf({ geometry, atoms: tensor(atoms.shape) }))).toBe(0);
  });

  it("LCA at its largest stable step, as an error names it, stays finite", () => {
    const dictionary = circle(1024, 16, "smooth");
    const image = Float32Array.from({ length: 1024 }, (_, i) => Math.sin(i / 7) + (i % 13) / 9);
    const run = (dt: number) =>
      lcaCoder(dictionary, { timeStep: { kind: "fixed", dt, tau: 1 }, steps: 1500 })
        .path(image, [0.1], rule(1e-2, false))
        .next();
    let longest = Number.NaN;
    try {
      run(2.5);
    } catch (error) {
      expect((error as CrispError).code).toBe("diverged");
      longest = Number(/dt\/τ < (\d+\.\d+)/.exec((error as CrispError).message)?.[1]);
    }
    expect(longest).toBeGreaterThan(0.1);
    expect(() => run(0.9999 * longest)).not.toThrow();
  });
});
