/** PetaVision's own runs, step by step: 4 images, 64 features, 100 steps at τ = 200, dt = 1, V = 0, VThresh 0.5. */
import { expect, test } from "vitest";
import type { Coding, Threshold } from "../../src/coding/engine.js";
import { lcaCoder } from "../../src/coding/lca.js";
import { networkOf } from "../../src/coding/operator.js";
import type { LcaRecord } from "../../src/coding/solver.js";
import { openWasm } from "../../src/engine/wasm/engine.js";
import { dense, kernelModule } from "./networks.js";
import { energies, frames, weights } from "./openpv.js";

const dictionary = weights();
const images = frames("images.pvp");
const units = networkOf(dictionary).units;
const soft: Threshold = { kind: "soft", rectified: true };
/** Each with the images it is compared on: all four at 0.4 s each for every rule would be slow. */
const cases: { threshold: Threshold; of: number[] }[] = [
  { threshold: soft, of: [0, 1, 2, 3] },
  { threshold: { kind: "hard", rectified: true }, of: [0, 1] },
  { threshold: { kind: "firm", rectified: true, width: 0.5 }, of: [2, 3] },
];

type Run = { readonly coding: Coding; readonly potential: Float64Array; readonly records: LcaRecord[] };

function runOf(image: Float32Array, threshold: Threshold): Run {
  const records: LcaRecord[] = [];
  const potential = new Float64Array(units);
  const coder = lcaCoder(dictionary, {
    timeStep: { kind: "fixed", dt: 1, tau: 200 },
    steps: 100,
    probe: (record) => records.push(record),
    potentials: (V) => potential.set(V),
  });
  const [coding] = [...coder.path(image, [0.5], { threshold, tolerance: 1e-2 })];
  return { coding, potential, records };
}

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

const softRuns = images.map((image) => runOf(image, soft));

test.each(cases)(
  "$threshold.kind: potentials and activities of PetaVision's float32 run to 2e-5",
  ({ threshold, of }) => {
    const [V, A] = [frames(`${threshold.kind}-V.pvp`), frames(`${threshold.kind}-A.pvp`)];
    for (const i of of) {
      const { coding, potential } = threshold === soft ? softRuns[i] : runOf(images[i], threshold);
      expect(farthest(potential, V[i])).toBeLessThan(2e-5);
      expect(farthest(dense(coding.code, units), A[i])).toBeLessThan(2e-5);
      expect(coding.code.index.length).toBe(A[i].filter((a) => a !== 0).length);
      expect(coding.certificate).toBe(threshold === soft ? "gap" : "stationarity");
    }
  },
);

test("the wasm engine's LCA takes the same 100 steps in float32", () => {
  const solver = { kind: "lca", timeStep: { kind: "fixed", dt: 1, tau: 200 }, steps: 100 } as const;
  const coder = openWasm(kernelModule()).prepare(dictionary, solver);
  const A = frames("soft-A.pvp");
  images.forEach((image, i) => {
    const [coding] = [...coder.path(image, [0.5], { threshold: soft, tolerance: 1e-2 })];
    expect(farthest(dense(coding.code, units), A[i])).toBeLessThan(5e-5);
    expect(coding.iterations).toBe(100);
    expect(Math.abs(coding.gap - softRuns[i].coding.gap)).toBeLessThan(1e-4);
  });
});

test("soft: the energy of every step of PetaVision's probe to 2e-5 of it", () => {
  const recorded = energies();
  softRuns.forEach(({ records }, i) => {
    expect(records).toHaveLength(100);
    records.forEach(({ energy, squaredResidual, cost, step }) => {
      expect(Math.abs(energy - recorded[step - 1][i])).toBeLessThan(2e-5 * energy);
      expect(energy).toBeCloseTo(0.5 * squaredResidual + cost, 10);
    });
  });
});

test("a probe's records are lines of NDJSON as they are", () => {
  const { records, coding } = softRuns[0];
  const last = JSON.parse(JSON.stringify(records[99])) as LcaRecord;
  expect(last).toEqual(records[99]);
  expect(last).toMatchObject({ image: 0, lambda: 0.5, step: 100, dt: 1, active: coding.code.index.length });
});
