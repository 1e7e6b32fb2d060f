/**
 * How long does a warm path of 15 λ from 4 to 0.1 take on clean images, and a
 * path on noisy ones (σ = 0.5) that stops three points past the least error?
 */
import { percentError } from "../src/coding/metrics.js";
import type { ImageCoder } from "../src/coding/path.js";
import { openWasm } from "../src/engine/wasm/engine.js";
import { clean, grid, images, kernelModule, noisy, trained } from "./data.js";
import { compare, heading, show } from "./measure.js";

heading("Warm paths over 15 λ, gap 1e-2");
const originals = images(100, 12);
const spoilt = noisy(originals);
for (const features of [32, 64, 128, 256, 512]) {
  const coder = openWasm(kernelModule()).prepare(trained(features));
  const whole = () => {
    for (const image of originals) for (const coding of coder.path(image, grid, clean)) demand(coding.converged);
  };
  const times = compare(
    [
      { name: "clean", run: whole },
      { name: "noisy", run: () => stopped(coder) },
    ],
    5,
  );
  console.log(
    `F = ${features}: clean ${show(times[0], originals.length)}; noisy, stopped ${show(times[1], originals.length)}`,
  );
}

/** Each image's path until the error against the clean image has risen three times. */
function stopped(coder: ImageCoder): void {
  spoilt.forEach((image, i) => {
    let least = Number.POSITIVE_INFINITY;
    let past = 0;
    for (const { reconstruction } of coder.path(image, grid, clean)) {
      const error = percentError(originals[i], reconstruction)!;
      past = error < least ? 0 : past + 1;
      least = Math.min(least, error);
      if (past === 3) break;
    }
  });
}

function demand(converged: boolean): void {
  if (!converged) throw new Error("a coding missed its gap: the times would not compare");
}
