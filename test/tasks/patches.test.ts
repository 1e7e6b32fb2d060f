// A picture's way through strips and stages of patches: what a coder gives back unchanged comes back unchanged.
import { expect, test } from "vitest";
import type { PatchModel } from "../../src/coding/patches.js";
import { tensor } from "../../src/core/tensor.js";
import { type CodeStrip, denoisedByPatches } from "../../src/tasks/denoise/patches.js";
import { type Quality, variantsOf } from "../../src/tasks/denoise/variants.js";

function stages(channels: number): PatchModel[] {
  return [channels, 2 * channels].map((inputs) => ({
    ...{ atoms: tensor([16, 6, 6, inputs]), decoder: tensor([16, 6, 6, channels]) },
    ...{ thresholds: new Float32Array(16), exponents: new Float32Array(16) },
  }));
}

/** Half of a first input of the pixel, half of its last: the noisy picture and the estimate, which are the same here. */
function halves(channels: number): CodeStrip {
  return async (stage, { image }) => {
    const inputs = stage === 0 ? channels : 2 * channels;
    const pixels = image.length / inputs;
    const sum = Float32Array.from({ length: pixels * channels }, (_, i) => {
      const [pixel, channel] = [Math.floor(i / channels), i % channels];
      return (image[pixel * inputs + channel] + image[(pixel + 1) * inputs - channels + channel]) / 2;
    });
    return { sum, count: new Float32Array(pixels).fill(1), active: 0 };
  };
}

test.each([
  [150, 40, 1, "fast", 2],
  [131, 33, 3, "fast", 1],
  [90, 47, 3, "best", 3],
  [3, 20, 1, "fast", 2],
  [6, 6, 3, "best", 1],
  [1, 1, 1, "fast", 1],
] as const)(
  "%i×%i pixels, %i channels, %s, step %i come back",
  async (height, width, channels, quality: Quality, step) => {
    const image = Float32Array.from({ length: height * width * channels }, (_, i) => Math.sin(i * i));
    let told = 0;
    const { image: back, patches } = await denoisedByPatches(
      image,
      { height, width, channels },
      {
        ...{ stages: stages(channels), step, variants: variantsOf(quality, [1, 1]), together: 3 },
        code: halves(channels),
        onStrip: (done, total) => {
          told = done / total;
        },
      },
    );
    expect(told).toBe(1);
    expect(patches).toBeGreaterThan(0);
    // Float32 sums of at most eight equal values.
    back.forEach((value, i) => void expect(value).toBeCloseTo(image[i], 6));
  },
);
