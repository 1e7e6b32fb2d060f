// Torch's LCA against ours where this machine has torch; else the test says loudly that it has not.
import { expect, test } from "vitest";
import { lcaCoder } from "../../src/coding/lca.js";
import { networkOf } from "../../src/coding/operator.js";
import { spectralNorm } from "../../src/coding/spectral.js";
import { posterGeometry, systemSize } from "../../src/core/geometry.js";
import { openWasm } from "../../src/engine/wasm/engine.js";
import { findTorch, runTorch } from "../../src/node/torch.js";
import { bestCodes } from "../../src/tasks/bench/measure.js";
import { gaussianDictionary, gaussianImage, kernelModule, rule } from "../coding/networks.js";

const never = new AbortController().signal;
const torch = await findTorch(undefined, never);
if (!torch.here) console.warn(`SKIPPED: ${torch.reason}`);

test.skipIf(!torch.here)(
  "both forms of the LCA in torch end where ours does after the same steps, crop and full",
  async () => {
    const dictionary = gaussianDictionary(posterGeometry(6));
    const images = [1, 2].map((seed) => gaussianImage(dictionary.geometry, seed));
    const best = (of: typeof dictionary) => {
      const coder = openWasm(kernelModule()).prepare(of);
      const codings = images.map((image) => [...coder.path(image, [0.5], rule(1e-5, true))][0]);
      const results = codings.map(({ energy, gap, code }) => ({ energy, gap, active: code.index.length }));
      return bestCodes(results, systemSize(of.geometry));
    };
    const python = torch.here ? torch.python : "";
    const task = { python, dictionary, images, lambda: 0.5, steps: 60, rounds: 1, seconds: 5, signal: never, best };
    const runs = await runTorch(task);
    expect(runs.map((run) => ("failed" in run ? run.failed : [run.form, run.boundary, run.images]))).toEqual([
      ["residual", "crop", 2],
      ["gram", "full", 2],
    ]);
    for (const run of runs) {
      if ("failed" in run) continue;
      const of = { ...dictionary, geometry: { ...dictionary.geometry, boundary: run.boundary } };
      const dt = -Math.log1p(-1 / spectralNorm(networkOf(of)));
      const coder = lcaCoder(of, { steps: 60, timeStep: { kind: "fixed", dt, tau: 1 } });
      const ours = images.map((image) => [...coder.path(image, [0.5], rule(1e-2, true))][0]);
      const least = best(of);
      const above = ours.reduce((sum, { energy }, i) => sum + energy / least.energies[i] - 1, 0) / images.length;
      expect(run.energyAbove).toBeCloseTo(above, 5); // float32 sums of 192 terms
      expect(run.relativeGap).toBeCloseTo(Math.max(...ours.map(({ gap }) => gap)), 4);
      const active = ours.reduce((sum, { code }) => sum + code.index.length, 0) / images.length;
      expect(run.percentActive / ((100 * active) / systemSize(of.geometry))).toBeCloseTo(1, 2);
    }
  },
  60_000,
);
