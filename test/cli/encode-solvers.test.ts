// crisp encode by other solvers through the built command: PetaVision's own run, one minimum by all, what a probe and statistics say.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { tensor } from "../../src/core/tensor.js";
import { encodeNpy } from "../../src/formats/npy.js";
import type { Encoded, StepRecord } from "../../src/tasks/encode.js";
import { energies } from "../coding/openpv.js";
import { crisp, emptyFolder } from "./process.js";

const cwd = emptyFolder();
const fixture = (name: string) => resolve(import.meta.dirname, "../fixtures/openpv", name);
const call = ["encode", fixture("images.pvp"), "--dictionary", fixture("weights.pvp"), "--lambda", "0.5"];
const petaVision = ["--solver", "lca", "--steps", "100", "--tau", "200", "--time-step", "1"];

async function encoded(words: readonly string[]): Promise<{ codings: readonly Encoded[]; stderr: string }> {
  const { status, stdout, stderr } = await crisp([...call, "--json", ...words], { cwd });
  expect({ status, errors: stderr.match(/^error.*/m) }).toEqual({ status: 0, errors: null });
  const { images } = JSON.parse(stdout) as { images: { lambdas: Encoded[] }[] };
  return { codings: images.map(({ lambdas }) => lambdas[0]), stderr };
}

function lines(file: string): readonly (StepRecord & { image: number })[] {
  return readFileSync(join(cwd, file), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("crisp encode --solver", () => {
  it("lca: the probe's file holds the energy of every step of PetaVision's own run to 2e-5 of it", async () => {
    const { codings, stderr } = await encoded([...petaVision, "--probe", "p.ndjson", "--probe-plot", "p.svg"]);
    const recorded = energies();
    const steps = lines("p.ndjson");
    expect(steps.map(({ image, step }) => [image, step])).toEqual(
      [0, 1, 2, 3].flatMap((image) => recorded.map((_, i) => [image, i + 1])),
    );
    for (const { image, step, energy, reconstructionError, cost, active, percentActive, dt } of steps) {
      expect(Math.abs(energy / recorded[step - 1][image] - 1)).toBeLessThan(2e-5);
      expect(energy).toBeCloseTo(reconstructionError + cost, 9);
      expect(percentActive).toBeCloseTo((100 * active) / (256 * 64), 12);
      expect(dt).toBe(1);
    }
    // PetaVision's run ends with these active units.
    expect(codings.map(({ active }) => active)).toEqual([1542, 1453, 1665, 1416]);
    codings.forEach((coding, image) => {
      expect(coding).toMatchObject({ solver: "lca", engine: "reference", iterations: 100, converged: false });
      expect(steps[100 * image + 99].relativeGap).toBe(coding.relativeGap);
      expect("steps" in coding).toBe(false);
    });
    expect(stderr).toContain("100 steps of LCA end short of the minimum in 4 of 4 codings");
    expect(readFileSync(join(cwd, "p.svg"), "utf8")).toMatch(/^<svg [\s\S]*100 steps of LCA end at a duality gap/);
  });

  it("without a probe the kernel takes the same 100 steps in float32", async () => {
    const [fast, slow] = [
      await encoded(petaVision),
      await encoded([...petaVision, "--start-v", "zero", "--warm", "--count", "1"]),
    ];
    expect(fast.codings[0].engine).toBe("wasm");
    expect(slow.codings[0].engine).toBe("reference");
    const loops = /^In the float64 loops, some 30 times slower than the kernel: .*\n/;
    expect(slow.stderr).toMatch(loops); // said first, before it starts
    expect(fast.stderr).not.toMatch(loops);
    expect(fast.codings[0].energy / slow.codings[0].energy).toBeCloseTo(1, 4);
  });

  it("coordinate, FISTA and an LCA run to the tolerance agree within their gaps; steps of ISTA stay above", async () => {
    const found = new Map<string, Encoded>();
    for (const words of [["coordinate"], ["fista"], ["lca"], ["ista", "--steps", "20"]]) {
      const { codings } = await encoded(["--lambda", "2", "--solver", ...words, "--count", "1"]);
      found.set(words[0], codings[0]);
    }
    const best = found.get("coordinate")!;
    for (const [name, { solver, energy, relativeGap, converged }] of found) {
      expect([solver, converged]).toEqual([name, name !== "ista"]);
      expect(Math.abs(energy - best.energy)).toBeLessThanOrEqual(
        Math.max(relativeGap * energy, best.relativeGap * best.energy),
      );
    }
    expect(found.get("ista")!.energy).toBeGreaterThan(best.energy * 1.02);
  });

  it("--warm starts an image from the V before: the second image's first energy is not that of a zero code", async () => {
    const words = ["--solver", "lca", "--steps", "20", "--tau", "200", "--count", "2", "--probe"];
    await encoded([...words, "cold.ndjson"]);
    await encoded([...words, "warm.ndjson", "--warm"]);
    const [cold, warm] = [lines("cold.ndjson"), lines("warm.ndjson")];
    expect(warm.slice(0, 20)).toEqual(cold.slice(0, 20));
    expect(cold[20].active).toBe(0);
    expect(warm[20].active).toBeGreaterThan(100);
  });

  it("--adaptive starts at PetaVision's least step and lengthens it as the energy falls", async () => {
    await encoded(["--solver", "lca", "--steps", "200", "--adaptive", "knee", "--count", "1", "--probe", "a.ndjson"]);
    const steps = lines("a.ndjson");
    expect(steps[0].dt).toBe(0.05); // baseMin of the tutorial
    expect(Math.max(...steps.map(({ dt }) => dt))).toBeGreaterThan(0.1);
    expect(new Set(steps.map(({ dt }) => dt)).size).toBeGreaterThan(5);
  });

  it("a step beyond the safe one ends with status 5 and the longest safe step, and no file", async () => {
    const words = ["--solver", "lca", "--time-step", "40", "--steps", "100", "--probe", "none.ndjson"];
    const { status, stdout, stderr } = await crisp([...call, ...words], { cwd });
    expect([status, stdout]).toEqual([5, ""]);
    expect(stderr).toMatch(/diverged within \d+ steps at dt\/τ = 0\.4000.*dt\/τ < 0\.0079/);
    expect(existsSync(join(cwd, "none.ndjson"))).toBe(false);
  });

  it.each([
    [["--solver", "fitsa"], "must be coordinate, fista, ista, lca. Did you mean fista?"],
    [["--steps", "20"], "--steps is not for the solver coordinate"],
    [["--solver", "fista", "--tau", "100"], "--tau is not for the solver fista"],
    [["--solver", "ista"], "Add --steps 20"],
    [["--solver", "lca", "--adaptive", "knee", "--time-step", "1"], "a step is fixed or adaptive"],
    [["--solver", "lca", "--momentum", "1.5"], "momentum is 1.5"],
    [["--probe", "p.ndjson"], "Add --solver lca"],
    [["--solver", "lca", "--steps", "2", "--probe-plot", "p.png"], "the name of a drawing must end in .html or .svg"],
  ] as const)("%j is refused", async (words, says) => {
    const { status, stdout, stderr } = await crisp([...call, ...words], { cwd });
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(says);
  });
});

describe("crisp encode --stats", () => {
  it("frequencies and histogram count the active units of the records", async () => {
    const words = ["--stats", "s.json", "--stats-plot", "s.html", "--tolerance", "1e-2"];
    const { codings } = await encoded(words);
    const { lambdas } = JSON.parse(readFileSync(join(cwd, "s.json"), "utf8"));
    const active = codings.reduce((sum, coding) => sum + coding.active, 0);
    const [{ lambda, activationFrequency, histogram, percentActive, images, unusedAtoms }] = lambdas;
    expect([lambda, images, activationFrequency.length]).toEqual([0.5, 4, 64]);
    expect(activationFrequency.reduce((sum: number, f: number) => sum + 256 * 4 * f, 0)).toBeCloseTo(active, 6);
    expect(percentActive).toBeCloseTo((100 * active) / (4 * 256 * 64), 9);
    expect(unusedAtoms).toBe(activationFrequency.filter((f: number) => f === 0).length);
    expect(histogram.counts.reduce((sum: number, n: number) => sum + n, 0)).toBe(active);
    expect(histogram.edges).toHaveLength(histogram.counts.length + 1);
    expect(readFileSync(join(cwd, "s.html"), "utf8")).toContain("Use of the atoms");
  });

  it("an image without a code has frequencies 0 and an empty histogram", async () => {
    writeFileSync(join(cwd, "zero.npy"), encodeNpy(tensor([1, 8, 8, 3])));
    const words = ["encode", "zero.npy", ...call.slice(2), "--stats", "flat.json", "--stats-plot", "flat.svg"];
    const { status } = await crisp(words, { cwd });
    expect(status).toBe(0);
    const { lambdas } = JSON.parse(readFileSync(join(cwd, "flat.json"), "utf8"));
    expect(lambdas[0]).toMatchObject({ percentActive: 0, unusedAtoms: 64, histogram: { edges: [], counts: [] } });
  });
});
