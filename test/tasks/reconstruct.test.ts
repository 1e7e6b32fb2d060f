// A large picture in windows: nothing is lost, nothing counted twice, and no seam.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { type Tensor, tensor } from "../../src/core/tensor.js";
import { openWasm } from "../../src/engine/wasm/engine.js";
import { decodeSafetensors } from "../../src/formats/safetensors.js";
import { leavesPicture } from "../../src/images/leaves.js";
import { greyAtoms } from "../../src/tasks/denoise/grey.js";
import { type ReconstructOptions, reconstruct } from "../../src/tasks/denoise/reconstruct.js";
import { marginFor, reflected, windowsOver } from "../../src/tasks/denoise/tiles.js";
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
  it.each([1, 8, 33, 64])(
    "at atoms of %d, strides to 64 and many sizes weights sum to one, starts on the grid",
    (patch) => {
      for (let stride = 1; stride <= 64; stride++) {
        for (let strides = 1; strides * stride < 1500; strides += strides < 24 ? 1 : 1 + strides) {
          const { length, starts, weights } = windowsOver(strides * stride, stride, patch);
          const sums = new Float64Array(strides * stride);
          starts.forEach((start, k) => {
            if (start % stride !== 0) throw new Error(`stride ${stride}: a window starts at ${start}`);
            for (let i = 0; i < length; i++) sums[start + i] += weights[k][i];
          });
          const worst = sums.reduce((most, sum) => Math.max(most, Math.abs(sum - 1)), 0);
          expect({ stride, strides, sumsToOne: worst < 1e-6 }).toEqual({ stride, strides, sumsToOne: true });
        }
      }
    },
  );

  it.each([
    [8, 2],
    [16, 4],
    [32, 3],
    [64, 64],
  ])(
    "of atoms of %d at stride %d a window's outermost pixels, an atom or more, count for nothing, except at the picture's edge",
    (patch, stride) => {
      const margin = marginFor(patch);
      expect(margin).toBeGreaterThanOrEqual(patch);
      const { starts, weights } = windowsOver(960, stride, patch);
      expect(starts.length).toBeGreaterThan(3);
      expect(Array.from(weights[1].subarray(0, margin))).toEqual(Array(margin).fill(0));
      expect(Array.from(weights[1].subarray(-margin))).toEqual(Array(margin).fill(0));
      expect(weights[0][0]).toBe(1);
    },
  );

  it("are 128 pixels long for atoms of 8, and longer by what larger atoms overlap", () => {
    expect([4, 8, 16, 32].map((patch) => windowsOver(4000, 2, patch).length)).toEqual([120, 128, 160, 224]);
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
    expect(Math.max(...seen.flatMap(({ height, width }) => [height, width]))).toBe(128);
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
  const engine = openWasm(new WebAssembly.Module(readFileSync(`${root}/dist/kernel.wasm`)));
  const { atoms } = decodeSafetensors(readFileSync(`${root}/assets/denoise.safetensors`), "denoise").tensors;
  const shipped = greyAtoms(tensor(atoms.shape, atoms.data as Float32Array));
  const rule = { threshold: { kind: "soft", rectified: true }, tolerance: 1e-4 } as const;
  const draw = draws({ seed: 3, purpose: purpose.test }, 1);

  /** Patches of leaves pictures, mean 0 and norm 1, and their negatives: what large atoms look like. */
  function leavesAtoms(side: number, features: number): Tensor {
    const found = tensor([features, side, side, 1]);
    for (let m = 0; m < features; m += 2) {
      const bytes = leavesPicture({ seed: 6, height: side, width: side, channels: 1 }, "training", m);
      const mean = bytes.reduce((sum, v) => sum + v, 0) / bytes.length;
      const norm = Math.sqrt(bytes.reduce((sum, v) => sum + (v - mean) ** 2, 0));
      for (const sign of [0, 1])
        found.data.set(
          Array.from(bytes, (v) => ((1 - 2 * sign) * (v - mean)) / norm),
          (m + sign) * side ** 2,
        );
    }
    return found;
  }

  it.each([
    ["the shipped atoms, 8×8", shipped, 2, 24, 420, 0.01],
    ["leaves patches of 16×16", leavesAtoms(16, 24), 4, 32, 420, 0.05],
    ["leaves patches of 32×32", leavesAtoms(32, 24), 8, 64, 640, 0.05],
  ] as const)("give what one window over all gives, nearly: %s", async (_, dictionary, step, height, width, bound) => {
    const size = { height, width, channels: 1 } as const;
    const patch = [dictionary.shape[1], dictionary.shape[2]] as const;
    const bytes = leavesPicture({ seed: 4, ...size }, "test", 0);
    const image = Float32Array.from(bytes, (value) => (value - 120) / 60 + 0.4 * draw.gaussian());
    const codeWhole = (window: Float32Array, of: Size) => {
      const geometry = {
        ...of,
        patch,
        stride: [step, step],
        boundary: "crop",
        features: dictionary.shape[0],
      } as const;
      const [coding] = engine.prepare({ geometry, atoms: dictionary }).path(window, [0.6], rule);
      return coding.reconstruction;
    };
    const whole = codeWhole(image, size);
    const [tiled] = await reconstruct(image, size, {
      network: { patch, stride: [step, step] },
      variants: variantsOf("fast", [step, step]),
      lambdas: [0.6],
      together: 1,
      code: coder(codeWhole),
    });
    expect(tiled.codings).toBeGreaterThan(3);
    const worst = tiled.image.reduce((most, value, i) => Math.max(most, Math.abs(value - whole[i])), 0);
    expect(worst).toBeLessThan(bound); // in units of the deviation
  });
});
