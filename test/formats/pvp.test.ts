// .pvp: PetaVision's own files are read as it meant them, and written again to the same bytes.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { energy } from "../../src/coding/certificate.js";
import type { Dictionary } from "../../src/coding/dictionary.js";
import { networkOf, onCanvas, residualOf } from "../../src/coding/operator.js";
import { posterGeometry } from "../../src/core/geometry.js";
import { slice, tensor } from "../../src/core/tensor.js";
import { decodePvp, encodePvpDense, encodePvpSparse, encodePvpWeights } from "../../src/formats/pvp.js";

const folder = resolve(import.meta.dirname, "../fixtures/openpv");
const file = (name: string) => new Uint8Array(readFileSync(resolve(folder, name)));

function dense(name: string) {
  const read = decodePvp(file(name), name);
  if (read.kind !== "dense") throw new Error(`${name} is ${read.kind}`);
  return read;
}

function weights(bytes: Uint8Array, frame?: number) {
  const read = decodePvp(bytes, "weights.pvp", frame);
  if (read.kind !== "weights") throw new Error(`it is ${read.kind}`);
  return read;
}

test("images are 4 of 32×32×3 with mean 0 and deviation 1", () => {
  const { frames, times } = dense("images.pvp");
  expect(frames.shape).toEqual([4, 32, 32, 3]);
  expect(times.length).toBe(4);
  for (let i = 0; i < 4; i++) {
    const image = Float64Array.from(slice(frames, i));
    expect(Math.abs(image.reduce((sum, s) => sum + s, 0) / 3072)).toBeLessThan(1e-5);
    expect(image.reduce((sum, s) => sum + s * s, 0) / 3072).toBeCloseTo(1, 5);
  }
});

test("atoms, activities and pixels fit together: PetaVision's own energy comes out", () => {
  // A wrong order of axes in any of the three files gives another energy.
  const { atoms } = weights(file("weights.pvp"));
  const dictionary: Dictionary = { geometry: posterGeometry(64), atoms };
  const net = networkOf(dictionary);
  // The table of energies ends with the last step; its images are the columns after the step.
  const last = readFileSync(resolve(folder, "soft-energy.csv"), "utf8")
    .trim()
    .split("\n")
    .at(-1)!
    .split(",")
    .map(Number);
  const activity = dense("soft-A.pvp").frames;
  for (let i = 0; i < 4; i++) {
    const image = onCanvas(net, slice(dense("images.pvp").frames, i));
    const code = Float64Array.from(slice(activity, i));
    const residual = new Float64Array(net.canvasLength);
    residualOf(net, { image, code }, residual);
    // The residual of the last step is of the activity before it: one step of 100 moves the energy by about 0.1 %.
    expect(Math.abs(energy(residual, code, 0.5) / last[i + 1] - 1)).toBeLessThan(5e-3);
  }
});

test("the activity is the soft threshold of the membrane potential", () => {
  const [v, a] = [dense("soft-V.pvp").frames.data, dense("soft-A.pvp").frames.data];
  const worst = v.reduce((most, u, i) => Math.max(most, Math.abs(Math.max(0, u - 0.5) - a[i])), 0);
  expect(worst).toBeLessThan(1e-6);
});

test("active units of the four images are as PetaVision counted them", () => {
  const { frames } = dense("soft-A.pvp");
  expect([0, 1, 2, 3].map((i) => slice(frames, i).filter((a) => a !== 0).length)).toEqual([1542, 1453, 1665, 1416]);
});

test("dense files and weights are written to PetaVision's own bytes", () => {
  for (const name of ["images.pvp", "soft-A.pvp"]) {
    const { frames, times } = dense(name);
    expect(Buffer.compare(encodePvpDense(frames, times), file(name))).toBe(0);
  }
  expect(Buffer.compare(encodePvpWeights(weights(file("weights.pvp")).atoms), file("weights.pvp"))).toBe(0);
});

test("of weights with several frames the last is read, or the one asked for", () => {
  const first = tensor([2, 1, 2, 1], Float32Array.of(1, 2, 3, 4));
  const second = tensor([2, 1, 2, 1], Float32Array.of(5, 6, 7, 8));
  const both = new Uint8Array([...encodePvpWeights(first, 10), ...encodePvpWeights(second, 20)]);
  expect(weights(both)).toEqual({ kind: "weights", time: 20, frames: 2, atoms: second });
  expect(weights(both, 0)).toEqual({ kind: "weights", time: 10, frames: 2, atoms: first });
  expect(() => weights(both, 2)).toThrow("frames 0 to 1");
});

test("sparse codes come back, empty frames too", () => {
  const size = { rows: 2, columns: 3, features: 4 };
  const frames = [
    { index: Uint32Array.of(0, 5, 23), value: Float32Array.of(0.5, -1, 2) },
    { index: new Uint32Array(0), value: new Float32Array(0) },
  ];
  const bytes = encodePvpSparse(size, frames, [1, 7.5]);
  expect(decodePvp(bytes, "a")).toEqual({ kind: "sparse", times: [1, 7.5], size, frames });
});

test("a count of frames that the bytes do not bear out is refused", () => {
  const bytes = file("images.pvp");
  new DataView(bytes.buffer).setInt32(68, 1, true);
  expect(() => decodePvp(bytes, "images.pvp")).toThrow("says 1 frames of nx×ny×nf = 32×32×3; the file's bytes hold 4");
});

const sample = resolve(import.meta.dirname, "../../../shared/openpv-samples/sparse-type6.pvp");
if (!existsSync(sample)) console.warn("SKIPPED: PetaVision's own sparse file is not here; its test does not run");
test.skipIf(!existsSync(sample))("PetaVision's own sparse file is read and written to the same bytes", () => {
  const bytes = new Uint8Array(readFileSync(sample));
  const read = decodePvp(bytes, sample);
  if (read.kind !== "sparse") throw new Error(`it is ${read.kind}`);
  expect(read.size).toEqual({ rows: 8, columns: 8, features: 3 });
  // Its values count upwards; the zero that starts the first frame is not an activity.
  expect(read.frames.map(({ index }) => index.length)).toEqual([191, 192, 192]);
  expect([read.frames[1].index[1], read.frames[1].value[1]]).toEqual([1, 193]);
  const written = encodePvpSparse(read.size, read.frames, read.times);
  const again = decodePvp(written, "written");
  expect(again).toEqual(read);
  // The same header but for nbatch, 0 there and 1 here, and the same second and third frame.
  expect(Buffer.compare(written.subarray(0, 64), bytes.subarray(0, 64))).toBe(0);
  expect(Buffer.compare(written.subarray(68, 88), bytes.subarray(68, 88))).toBe(0);
  const frame = 12 + 8 * 192;
  expect(Buffer.compare(written.subarray(-2 * frame), bytes.subarray(-2 * frame))).toBe(0);
});
