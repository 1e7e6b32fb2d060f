// crisp encode --threshold through the built command: PetaVision's own hard and firm runs, what is certified, what is refused.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeNpz } from "../../src/formats/npz.js";
import type { Encoded, StepRecord } from "../../src/tasks/encode.js";
import { frames } from "../coding/openpv.js";
import { crisp, emptyFolder } from "./process.js";

const cwd = emptyFolder();
const fixture = (name: string) => resolve(import.meta.dirname, "../fixtures/openpv", name);
const call = ["encode", fixture("images.pvp"), "--dictionary", fixture("weights.pvp"), "--lambda", "0.5"];
const petaVision = ["--steps", "100", "--tau", "200", "--time-step", "1"];

async function encoded(words: readonly string[]): Promise<{ codings: readonly Encoded[]; stderr: string }> {
  const { status, stdout, stderr } = await crisp([...call, "--json", ...words], { cwd });
  expect({ status, errors: stderr.match(/^error.*/m) }).toEqual({ status: 0, errors: null });
  const { images } = JSON.parse(stdout) as { images: { lambdas: Encoded[] }[] };
  return { codings: images.map(({ lambdas }) => lambdas[0]), stderr };
}

/** Codes of `--dense`, [images, 1, rows, columns, features]: an array an image. */
function activities(file: string): readonly Float32Array[] {
  const { shape, data } = decodeNpz(readFileSync(join(cwd, file)), file).get("code")!;
  const units = data.length / shape[0];
  return Array.from({ length: shape[0] }, (_, i) => Float32Array.from(data.slice(i * units, (i + 1) * units)));
}

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

const active = { hard: [616, 545, 578, 606], firm: [975, 924, 947, 928] } as const;

describe("crisp encode --threshold", () => {
  it.each([
    ["hard", []],
    ["firm", ["--vwidth", "0.5"]],
  ] as const)("%s: PetaVision's own run of 100 steps, activities to 2e-5, on either engine", async (name, own) => {
    const words = ["--threshold", name, ...own, ...petaVision, "--dense", "--out"];
    const A = frames(`${name}-A.pvp`);
    for (const [engine, more] of [
      ["wasm", []],
      ["reference", ["--probe", `${name}.ndjson`, "--stats", `${name}.json`]],
    ] as const) {
      const { codings, stderr } = await encoded([...words, `${name}.npz`, ...more]);
      activities(`${name}.npz`).forEach((code, i) => {
        expect(farthest(code, A[i])).toBeLessThan(2e-5);
      });
      expect(codings.map((coding) => coding.active)).toEqual(active[name]);
      for (const coding of codings) {
        expect(coding).toMatchObject({ engine, solver: "lca", iterations: 100, converged: false, relativeGap: 1 });
        expect(coding).toMatchObject({ certificate: "stationarity", stationarity: expect.any(Number) });
        expect(coding.energy).toBeCloseTo(coding.reconstructionError + coding.cost, 9);
        if (name === "hard") expect(coding.cost).toBeCloseTo((0.25 / 2) * coding.active, 5); // VThresh²/2 a unit
      }
      expect(stderr).toContain(`Using the solver lca: only the LCA can code with the threshold ${name}.`);
      expect(stderr).toContain("No optimum is proven");
      expect(stderr).toMatch(/100 steps of LCA end short of a fixed point in 4 of 4 codings: the largest stationarity/);
    }
    const text = readFileSync(join(cwd, `${name}.ndjson`), "utf8").trimEnd();
    const steps = text.split("\n").map((line): StepRecord => JSON.parse(line));
    expect(steps).toHaveLength(400);
    expect(steps.filter(({ stationarity }) => stationarity !== undefined)).toHaveLength(4);
    if (name === "hard") for (const step of steps) expect(step.cost).toBeCloseTo(0.125 * step.active, 9);
    const { lambdas } = JSON.parse(readFileSync(join(cwd, `${name}.json`), "utf8"));
    const mean = active[name].reduce((sum, n) => sum + n, 0) / 4;
    expect(lambdas[0].percentActive).toBeCloseTo((100 * mean) / (256 * 64), 9);
  });

  it("petavision and vertices write the soft threshold: the same codes, but no gap", async () => {
    const words = [...petaVision, "--count", "1", "--dense", "--out"];
    await encoded(["--solver", "lca", ...words, "soft.npz"]);
    const [soft] = activities("soft.npz");
    const spelt = [
      ["petavision", "--amin", "0", "--ashift", "0.5"],
      ["vertices", "--vertices-v", "0.5", "--vertices-a", "0", "--slope-neg-inf", "0"],
    ];
    for (const threshold of spelt) {
      const { codings } = await encoded(["--threshold", ...threshold, ...words, "other.npz"]);
      expect(codings[0]).toMatchObject({ certificate: "stationarity", relativeGap: 1, engine: "wasm" });
      expect(codings[0].cost).toBeCloseTo(0.5 * codings[0].l1, 3);
      expect(farthest(activities("other.npz")[0], soft)).toBeLessThan(1e-6);
    }
  });

  it("petavision's AMin is VThresh unless given: every unit is active", async () => {
    const { codings } = await encoded(["--threshold", "petavision", "--steps", "1", "--count", "1"]);
    expect(codings[0].active).toBe(256 * 64);
  });

  it("a rule run to a fixed point says converged and draws its stationarity, and still that no optimum is proven", async () => {
    const words = ["--threshold", "hard", "--tolerance", "0.3", "--probe-plot", "h.html"];
    const { codings, stderr } = await encoded([...words, "--lambda", "4", "--count", "1"]);
    expect(codings[0]).toMatchObject({ converged: true, certificate: "stationarity" });
    expect(codings[0].stationarity).toBeLessThanOrEqual(0.3);
    expect(stderr).toContain("No optimum is proven");
    expect(readFileSync(join(cwd, "h.html"), "utf8")).toMatch(/end at a stationarity of[\s\S]*no optimum is proven/);
  });

  it("soft codes carry the certificate gap and no stationarity", async () => {
    const { codings, stderr } = await encoded(["--count", "1"]);
    expect(codings[0]).toMatchObject({ certificate: "gap", solver: "coordinate", converged: true });
    expect("stationarity" in codings[0]).toBe(false);
    expect(codings[0].cost).toBeCloseTo(0.5 * codings[0].l1, 9);
    expect(stderr).not.toContain("No optimum");
  });

  it.each([
    [["--threshold", "frim"], "Did you mean firm?"],
    [["--threshold", "hard", "--solver", "fista"], "--solver is fista and --threshold is hard"],
    [["--threshold", "firm"], "Add --vwidth 0.5, or write --threshold hard"],
    [["--vwidth", "0.5"], "--vwidth is not for the threshold soft; it is for firm, petavision"],
    [["--threshold", "hard", "--amin", "0"], "--amin is not for the threshold hard"],
    [["--threshold", "petavision", "--signed"], "--signed is not for the threshold petavision"],
    [["--threshold", "petavision", "--amin", "0", "--amax", "0.2"], "aMax is 0.2"],
    [["--threshold", "vertices", "--vertices-v", "0,1"], "given without --vertices-a"],
    [["--threshold", "vertices", "--vertices-v", "0,1", "--vertices-a", "0"], "2 verticesV and 1 verticesA"],
    [["--threshold", "vertices", "--vertices-v", "0,x", "--vertices-a", "0,1"], "x was given; it must be finite"],
  ] as const)("%j is refused", async (words, says) => {
    const { status, stdout, stderr } = await crisp([...call, ...words], { cwd });
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(says);
  });
});
