// crisp bench through the built command, tiny: what it says of energies and active units, never of time; and torch absent, broken, endless.
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { contentKey } from "../../src/core/key.js";
import { wasmEngine } from "../../src/engine/wasm/engine.js";
import { openImages } from "../../src/node/data.js";
import { presets } from "../../src/study/presets.js";
import type { Measured } from "../../src/tasks/bench/measure.js";
import type { BenchRecord, SizeRecord } from "../../src/tasks/bench/record.js";
import { kernelModule } from "../coding/networks.js";
import { crisp, emptyFolder, start } from "./process.js";

const cwd = emptyFolder();
const env = { CRISP_CACHE: join(cwd, "cache") };
const tiny = ["bench", "--features", "8,16", "--images", "2", "--training-images", "32", "--rounds", "1"];
const call = [...tiny, "--lambda", "0.5", "--steps", "100,400", "--torch-seconds", "1"];

const one = [...call, "--features", "8", "--images", "1", "--steps", "100"];

let record: BenchRecord;

beforeAll(async () => {
  const { status, stdout } = await crisp([...call, "--no-torch", "--json", "--out", "out"], { cwd, env });
  expect(status).toBe(0);
  record = JSON.parse(stdout);
});

function program(name: string, lines: readonly string[]): string {
  const path = join(cwd, name);
  writeFileSync(path, ["#!/bin/sh", ...lines, ""].join("\n"));
  chmodSync(path, 0o755);
  return path;
}

const pick = (size: SizeRecord, solver: Measured["solver"]) => size.runs.filter((run) => run.solver === solver);

describe("crisp bench", () => {
  it("measures every method at every size on atoms trained once and kept", async () => {
    expect(record.sizes.map(({ features, units }) => [features, units])).toEqual([
      [8, 8 * 256],
      [16, 16 * 256],
    ]);
    expect(record).toMatchObject({ data: "leaves", images: 2, lambda: 0.5, threads: 1, torch: { here: false } });
    expect(record.family).toBe(wasmEngine(kernelModule()).family);
    expect([record.node, record.version]).toEqual([process.version, expect.stringMatching(/^\d+\.\d+\.\d+/)]);
    expect(record.machine).toContain(process.arch);
    for (const { runs, dictionary } of record.sizes) {
      expect(runs.map(({ solver, gap, steps }) => `${solver} ${gap ?? steps}`)).toEqual([
        ...["coordinate", "fista"].flatMap((solver) => [0.3, 0.1, 0.03, 0.01, 0.001].map((gap) => `${solver} ${gap}`)),
        "lca 100",
        "lca 400",
      ]);
      for (const { milliseconds: ms, imagesPerSecond, rounds } of runs) {
        expect(ms.low).toBeGreaterThan(0);
        expect(ms.low <= ms.median && ms.median <= ms.high && rounds >= 1).toBe(true);
        expect(imagesPerSecond).toBeCloseTo(1000 / ms.median, 6);
      }
      expect(dictionary).toBe("trained on 32 leaves images and a third more");
    }
    // Named after images and kernel too: settings alone would have kept atoms of another kernel.
    const leaves = await openImages({ data: "leaves", seed: 1, trainingImages: 1, testImages: 0 });
    const quick = presets.quick;
    const settings = { ...quick, data: "leaves", seed: 1, features: [8], leftOut: [], testImages: 0 };
    const key = { settings: { ...settings, learning: { ...quick.learning, images: 32 } }, images: leaves.hash };
    const name = (of: object) => join(env.CRISP_CACHE, "bench", `leaves-8-${contentKey(of).slice(0, 16)}`);
    expect(existsSync(join(name({ ...key, family: record.family }), "dictionary.safetensors"))).toBe(true);
    const again = await crisp([...call, "--no-torch"], { cwd, env });
    expect(again.stderr).not.toContain("training");
    expect(again.stdout).toContain("No torch: torch was not asked for.");
  });

  it("energies of coordinate and FISTA lie above the best by no more than their gap, and below it by no more than its own", () => {
    for (const size of record.sizes) {
      for (const run of [...pick(size, "coordinate"), ...pick(size, "fista")]) {
        expect(run.converged).toBe(true);
        expect(run.relativeGap).toBeLessThanOrEqual(run.gap!);
        // E/E* − 1 ≤ gap/(1 − gap)
        expect(run.energyAbove).toBeLessThanOrEqual(run.relativeGap / (1 - run.relativeGap) + 1e-6);
        expect(run.energyAbove).toBeGreaterThanOrEqual(-size.best.relativeGap - 1e-6);
      }
      const fine = pick(size, "coordinate").at(-1)!;
      expect(fine.percentActive / size.best.percentActive).toBeCloseTo(fine.inflation, 9);
      expect(fine.inflation).toBeGreaterThan(0.97);
      expect(fine.inflation).toBeLessThan(1.03);
    }
  });

  it("LCA has more active units than the converged code, fewer with more steps, and its gap says it is not there", () => {
    for (const size of record.sizes) {
      const [few, many] = pick(size, "lca");
      expect(few.inflation).toBeGreaterThan(many.inflation);
      expect(many.inflation).toBeGreaterThanOrEqual(1);
      expect(few.energyAbove).toBeGreaterThan(many.energyAbove);
      expect([few.converged, few.iterations, many.iterations]).toEqual([false, 100, 400]);
      expect(few.relativeGap).toBeGreaterThan(1e-2);
    }
  });

  it("writes the record, the page and the figures", () => {
    expect(JSON.parse(readFileSync(join(cwd, "out/bench.json"), "utf8"))).toEqual(record);
    const page = readFileSync(join(cwd, "out/bench.html"), "utf8");
    expect(page).toMatch(/400 steps of LCA take .* times as long as coding to a gap of 1%/);
    const figures = [
      "time-to-gap-0.01",
      "time-to-gap-0.001",
      "inflation",
      "energy-8",
      "active-8",
      "energy-16",
      "active-16",
    ];
    for (const name of figures) {
      const svg = readFileSync(join(cwd, `out/figures/${name}.svg`), "utf8");
      expect(svg).toMatch(/^<svg /);
      expect(svg.replace(/base64,[^)]*/g, "")).not.toContain("NaN");
    }
    expect(page.replace(/base64,[^)]*/g, "")).not.toContain("NaN");
  });

  it.each([
    ["absent", "there-is-no-python", "there-is-no-python: no such program"],
    ["without torch", ["echo 'ModuleNotFoundError: No module named torch' >&2", "exit 1"], "No module named torch"],
    ["dead", ["kill -9 $$"], "ended with SIGKILL"],
  ] as const)("torch %s is a sentence, and the rest is measured", async (_, python, says) => {
    const path = typeof python === "string" ? python : program("python", python);
    const { status, stdout, stderr } = await crisp([...one, "--python", path, "--json"], {
      cwd,
      env,
    });
    expect([status, stderr.match(/^error.*/m)]).toEqual([0, null]);
    const { torch, sizes } = JSON.parse(stdout) as BenchRecord;
    expect(torch).toMatchObject({ here: false, reason: expect.stringContaining(says) });
    expect(sizes[0].torch).toEqual([]);
    expect(sizes[0].runs).toHaveLength(11);
  });

  it("torch that breaks or talks nonsense while it codes is a sentence a form", async () => {
    const answer =
      'case "$1" in -c) echo 9.9;; *) grep -q residual "$2/task.json" && { echo "out of memory" >&2; exit 1; }; echo nonsense;; esac';
    const python = program("python-late", [answer]);
    const { status, stdout } = await crisp([...one, "--python", python, "--json"], { cwd, env });
    expect(status).toBe(0);
    const { torch, sizes } = JSON.parse(stdout) as BenchRecord;
    expect(torch).toEqual({ here: true, python, version: "9.9" });
    expect(sizes[0].torch).toEqual([
      { form: "residual", failed: "out of memory" },
      { form: "gram", failed: expect.stringContaining("its answer cannot be used") },
    ]);
  });

  it("Ctrl-C ends it with status 130 and the command again", async () => {
    const words = [...tiny, "--features", "24", "--rounds", "100", "--steps", "2000", "--images", "50", "--no-torch"];
    const running = start(words, { cwd, env });
    await running.said("training");
    running.kill("SIGINT");
    const { status, stderr, stdout } = await running.finished;
    expect([status, stdout]).toEqual([130, ""]);
    expect(stderr).toContain("cli.js bench --features");
  });

  it.each([
    [["--features", "8,8"], "names one value twice"],
    [["--features", "0"], "--features is 0"],
    [["--data", "cifar"], "Did you mean cifar10?"],
    [["--no-torch", "--python", "python3"], "are both given"],
    [["--dictionary", "absent.npy", "--no-torch"], "absent.npy"],
  ] as const)("%j is refused", async (words, says) => {
    const { status, stdout, stderr } = await crisp([...one, ...words], { cwd, env });
    expect([status === 2 || status === 3, stdout]).toEqual([true, ""]);
    expect(stderr).toContain(says);
    expect(existsSync(join(cwd, "cache/bench/leaves-0"))).toBe(false);
  });
});
