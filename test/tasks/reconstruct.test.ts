// A large picture in windows: nothing is lost, nothing counted twice, and no seam.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeSafetensors } from "../../src/coding/safetensors.js";
import { draws, purpose } from "../../src/core/random.js";
import { tensor } from "../../src/core/tensor.js";
import { wasmEngine } from "../../src/engine/wasm/engine.js";
import { leavesPicture } from "../../src/images/leaves.js";
import { greyAtoms } from "../../src/tasks/denoise/grey.js";
import { type ReconstructOptions, reconstruct } from "../../src/tasks/denoise/reconstruct.js";
import { reflected, tiling, windowsOver } from "../../src/tasks/denoise/tiles.js";
import { held, qualities, released, type Size, variantsOf } from "../../src/tasks/denoise/variants.js";

const root = resolve(import.meta.dirname, "../..");
const network = { patch: [8, 8], stride: [2, 2] } as const;

function randomImage({ height, width, channels }: Size): Float32Array {
  const draw = draws({ seed: 2, purpose: purpose.test }, 0);
  return Float32Array.from({ length: height * width * channels }, () => draw.gaussian());
}

/** A coder that answers after a while, in any order, with f of the window. */
function coder(f: (window: Float32Array, size: Size) => Float32Array): ReconstructOptions["code"] {
  let calls = 0;
  return async (window, size) => {
    const delay = (7 * calls++) % 3;
    for (let i = 0; i < delay; i++) await Promise.resolve();
    return [{ lambda: 1, image: f(window, size), active: 1, converged: true }];
  };
}

describe("windows", () => {
  it("their weights sum to one at every pixel, and starts lie on the grid", () => {
    for (const stride of [1, 2, 3, 4]) {
      for (let total = stride * 8; total < 700; total += stride * 7) {
        const { length, starts, weights } = windowsOver(total, stride);
        const sums = new Float64Array(total);
        starts.forEach((start, k) => {
          expect(start % stride).toBe(0);
          for (let i = 0; i < length; i++) sums[start + i] += weights[k][i];
        });
        expect(Math.max(...sums.map((sum) => Math.abs(sum - 1)))).toBeLessThan(1e-6);
      }
    }
  });

  it("a window's outermost 8 pixels count for nothing, except at the picture's edge", () => {
    const { starts, weights } = windowsOver(500, 2);
    expect(starts.length).toBeGreaterThan(3);
    expect(Array.from(weights[1].subarray(0, 8))).toEqual(Array(8).fill(0));
    expect(Array.from(weights[1].subarray(-8))).toEqual(Array(8).fill(0));
    expect(weights[0][0]).toBe(1);
  });

  it("reflection goes to and fro about the first and last line", () => {
    expect([-2, -1, 0, 1, 2, 3, 4, 5].map((i) => reflected(i, 3))).toEqual([2, 1, 0, 1, 2, 1, 0, 1]);
    expect(reflected(9, 1)).toBe(0);
  });
});

describe("variants", () => {
  it("are 1, 4 and 32 at stride 2, all different", () => {
    const counts = qualities.map((quality) => new Set(variantsOf(quality, [2, 2]).map((v) => JSON.stringify(v))).size);
    expect(counts).toEqual([1, 4, 32]);
    expect(variantsOf("default", [1, 1]).length).toBe(1);
  });

  it("a window held any way is released to what it was; a transpose is one", () => {
    const size = { height: 3, width: 4, channels: 2 };
    const window = randomImage(size);
    for (const variant of variantsOf("best", [1, 1])) {
      expect(released(held(window, size, variant), size, variant)).toEqual(window);
    }
    const transposed = { down: 0, right: 0, transposed: true, upsideDown: false, mirrored: false };
    expect(held(window, size, transposed)[2]).toBe(window[4 * 2]);
  });
});

describe("reconstruct", () => {
  it.each([
    [{ height: 150, width: 260, channels: 3 }, "fast"],
    [{ height: 33, width: 131, channels: 1 }, "best"],
    [{ height: 5, width: 3, channels: 3 }, "best"],
    [{ height: 1, width: 1, channels: 1 }, "default"],
  ] as const)("a coder that returns its window returns the picture: %o, %s", async (size, quality) => {
    const image = randomImage(size);
    const [result] = await reconstruct(image, size, {
      network,
      variants: variantsOf(quality, [2, 2]),
      lambdas: [1],
      together: 3,
      code: coder((window) => window),
    });
    // Weights of up to four windows and 32 variants in float32.
    result.image.forEach((value, i) => {
      expect(Math.abs(value - image[i])).toBeLessThan(1e-5);
    });
  });

  it("windows never exceed the tile and fit the atoms", async () => {
    const size = { height: 4, width: 1000, channels: 1 };
    const seen: Size[] = [];
    const code = coder((window, of) => {
      seen.push(of);
      return window;
    });
    await reconstruct(randomImage(size), size, {
      network,
      variants: variantsOf("best", [2, 2]),
      lambdas: [1],
      together: 2,
      code,
    });
    expect(Math.max(...seen.flatMap(({ height, width }) => [height, width]))).toBe(tiling.window);
    expect(Math.min(...seen.flatMap(({ height, width }) => [height, width]))).toBe(8);
  });

  it("a failed window fails the picture", async () => {
    const size = { height: 20, width: 400, channels: 1 };
    const code = async () => Promise.reject(new Error("no"));
    const options = { network, variants: variantsOf("default", [2, 2]), lambdas: [1], together: 4, code };
    await expect(reconstruct(randomImage(size), size, options)).rejects.toThrow("no");
  });
});

describe("the network in windows", () => {
  const engine = wasmEngine(new WebAssembly.Module(readFileSync(`${root}/dist/kernel.wasm`)));
  const { atoms } = decodeSafetensors(readFileSync(`${root}/assets/denoise.safetensors`), "denoise").tensors;
  const grey = greyAtoms(tensor(atoms.shape, atoms.data as Float32Array));
  const rule = { threshold: { kind: "soft", rectified: true }, tolerance: 1e-4 } as const;
  const size = { height: 24, width: 420, channels: 1 };
  const bytes = leavesPicture({ seed: 4, ...size, channels: 1 }, "test", 0);
  const draw = draws({ seed: 3, purpose: purpose.test }, 1);
  const image = Float32Array.from(bytes, (value) => (value - 120) / 60 + 0.4 * draw.gaussian());

  function codeWhole(window: Float32Array, of: Size): Float32Array {
    const geometry = { ...of, ...network, boundary: "crop", features: grey.shape[0] } as const;
    const [coding] = engine.prepare({ geometry, atoms: grey }).path(window, [0.6], rule);
    return coding.reconstruction;
  }

  it("gives what one window over all gives, within a hundredth of a deviation everywhere", async () => {
    const whole = codeWhole(image, size);
    const [tiled] = await reconstruct(image, size, {
      network,
      variants: variantsOf("fast", [2, 2]),
      lambdas: [0.6],
      together: 1,
      code: coder(codeWhole),
    });
    expect(tiled.codings).toBeGreaterThan(3);
    const worst = tiled.image.reduce((most, value, i) => Math.max(most, Math.abs(value - whole[i])), 0);
    expect(worst).toBeLessThan(0.01);
  });
});
