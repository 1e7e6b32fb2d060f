// Atoms at most one long: every coder's minimum has ‖φ‖² in it.
import { expect, test } from "vitest";
import type { Dictionary } from "../../src/coding/dictionary.js";
import type { Geometry } from "../../src/core/geometry.js";
import { tensor } from "../../src/core/tensor.js";
import { codings, dense, gaussianImage, routes, rule } from "../coding/networks.js";

test.each(routes)("$name: orthogonal atoms of any norm give max(0, φ·s − λ)/‖φ‖²", ({ prepare, finest }) => {
  const norms = [1, 0.5, 0.8, 0.3];
  const geometry: Geometry = {
    ...{ height: 4, width: 6, channels: 1, features: 4 },
    ...{ patch: [2, 2], stride: [2, 2], boundary: "crop" },
  };
  const atoms = tensor([4, 2, 2, 1]);
  norms.forEach((norm, f) => {
    atoms.data[f * 4 + f] = norm;
  });
  const dictionary: Dictionary = { geometry, atoms };
  const image = gaussianImage(geometry);
  const [coding] = codings(prepare(dictionary), image, [0.15], rule(finest, true));
  const value = (unit: number) => {
    const [position, f] = [Math.floor(unit / 4), unit % 4];
    const [row, column] = [2 * Math.floor(position / 3) + Math.floor(f / 2), 2 * (position % 3) + (f % 2)];
    return Math.max(0, norms[f] * image[row * 6 + column] - 0.15) / norms[f] ** 2;
  };
  // A gap of 5e-6 bounds ‖Φ(a − a*)‖ by √(2·gap·P), and the shortest atom is 0.3 long.
  const bound = Math.sqrt(2 * finest * coding.energy) / 0.3 + 1e-6;
  const found = dense(coding.code, 24);
  expect(Math.hypot(...found.map((a, unit) => a - value(unit)))).toBeLessThan(bound);
  expect(coding.converged).toBe(true);
});
