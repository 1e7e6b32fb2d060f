// Images that grow at fixed features, through the built command: on stationary pictures the optimum is intensive.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { encodeNpy } from "../../src/formats/npy.js";
import type { StudyRecord } from "../../src/study/record.js";
import { crisp, emptyFolder } from "./process.js";

const cwd = emptyFolder();
const side = 48;
let record: StudyRecord & { report: string };

/** Grey pictures of bright and dark 3×3 blots at random places: nothing in them is larger, so windows are alike. */
function blots(count: number): Float32Array {
  const values = new Float32Array(count * side * side);
  for (let i = 0; i < count; i++) {
    const draw = draws({ seed: 2, purpose: purpose.test }, i);
    for (let blot = 0; blot < (side * side) / 10; blot++) {
      const [row, column, sign] = [draw.whole(side), draw.whole(side), draw.uniform() < 0.5 ? -1 : 1];
      for (let p = 0; p < 9; p++) {
        const [y, x] = [(row + Math.floor(p / 3)) % side, (column + (p % 3)) % side];
        values[(i * side + y) * side + x] += sign;
      }
    }
  }
  return values;
}

const study = [
  ...["run", "--preset", "tiny", "--data", "blots.npy", "--size-axis", "image", "--features", "8"],
  ...["--image-sizes", "12,16,24,32", "--left-out", "48", "--training-images", "64", "--test-images", "40"],
  ...["--set", "patch=4x4", "--set", "rectified=false", "--set", "learning.images=64", "--set", "learning.heldOut=32"],
  ...["--set", "sweep.pilotImages=16", "--workers", "2", "--out", "grown"],
];

beforeAll(async () => {
  writeFileSync(join(cwd, "blots.npy"), encodeNpy({ shape: [200, side, side, 1], data: blots(200) }));
  const { stdout, stderr } = await crisp([...study, "--json"], { cwd });
  expect(stderr.match(/^error.*/m)).toBeNull();
  expect(stderr).toMatch(/side +L +best λ/);
  record = JSON.parse(stdout);
});

describe("crisp run --size-axis image", () => {
  it("names sizes by their sides, L = features × positions, with one dictionary for all", () => {
    expect(record.name).toBe("an array, 8 features on 12 to 48 pixels a side");
    expect(record.minima.map(({ features, imageSize, systemSize }) => [features, imageSize, systemSize])).toEqual(
      [12, 16, 24, 32, 48].map((n) => [8, n, 8 * (n / 2) ** 2]),
    );
    expect(record.minima.map(({ leftOut }) => leftOut)).toEqual([false, false, false, false, true]);
    expect(record.training).toHaveLength(1);
    expect(record.prediction?.imageSize).toBe(48);
  });

  it("finds percent active intensive up to the boundary, whose share goes as 1/n, and k* nearly as L", () => {
    const { limit, p } = record.boundary!;
    expect(p).toBeGreaterThan(0.05);
    const minima = record.minima.map(({ percentActive }) => ({ p: percentActive! }));
    const large = minima.slice(2).map(({ p }) => p.value); // n = 24, 32, 48
    expect(Math.max(...large) / Math.min(...large)).toBeLessThan(1.06);
    expect(limit.value / large[2]).toBeGreaterThan(0.9); // infinite images are not far
    expect(Math.abs(record.location.powerLaw!.exponent.value)).toBeLessThan(0.06);
    expect(Math.abs(record.activeUnits.powerLaw!.exponent.value - 1)).toBeLessThan(0.06);
  });

  it("says so in its report, without the poster's slopes", () => {
    const html = readFileSync(record.report, "utf8").replace(/<style>.*?<\/style>/s, "");
    expect(html).toContain("Side, pixels");
    expect(html).toContain("8 features on 12 to 48 pixels a side");
    expect(html).toContain("Intensive up to the boundary");
    expect(html).not.toContain("poster’s slope");
    expect(/NaN|undefined/.exec(html.replace(/base64,[^")]*/g, ""))).toBeNull();
  });
});

describe("commands on a study whose images grew", () => {
  it("predict takes sides, beyond the images by the laws alone, and refuses the other axis", async () => {
    const { stdout } = await crisp(["predict", "grown", "--image-size", "40,96", "--from", "blots.npy", "--json"], {
      cwd,
    });
    const [inside, beyond] = JSON.parse(stdout).predictions;
    expect([inside.imageSize, inside.systemSize, beyond.systemSize]).toEqual([40, 8 * 400, 8 * 48 * 48]);
    expect(inside.percentActive.value / record.minima[3].percentActive!.value).toBeCloseTo(1, 1);
    expect(inside.lambda.value).toBeGreaterThan(0);
    expect([beyond.lambda, beyond.activeUnits.value > inside.activeUnits.value]).toEqual([null, true]);
    const wrong = await crisp(["predict", "grown", "--features", "128"], { cwd });
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("Name sizes with --image-size")]);
    const verify = await crisp(["predict", "grown", "--image-size", "96", "--verify"], { cwd });
    expect([verify.status, verify.stderr]).toEqual([2, expect.stringContaining("ask for at most 48")]);
  });

  it("transition refuses it and says why", async () => {
    const { status, stderr } = await crisp(["transition", "grown"], { cwd });
    expect([status, stderr]).toEqual([2, expect.stringContaining("grew its images at 8 features")]);
  });

  it("a window larger than the pictures is refused before anything is coded", async () => {
    const large = study.map((word) => (word === "48" ? "64" : word === "grown" ? "large" : word));
    const { status, stderr } = await crisp(large, { cwd });
    expect([status, stderr]).toEqual([2, expect.stringContaining("the images of arrays are 48×48")]);
  });
});
