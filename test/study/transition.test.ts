// The tests for a phase transition: the one rule, planted laws, and equal records whoever works.
import { describe, expect, test } from "vitest";
import { analyseStudy } from "../../src/study/analyse.js";
import { conductStudy, type SizeResults } from "../../src/study/study.js";
import { analyseTransition } from "../../src/study/transition/analyse.js";
import { conductTransition } from "../../src/study/transition/conduct.js";
import { difference, judge, pairedSlope } from "../../src/study/transition/judge.js";
import { fixedLambdaSlopes, sureScaling } from "../../src/study/transition/nulls.js";
import { transitionItems } from "../../src/study/transition/plan.js";
import { transitionTests } from "../../src/study/transition/tests.js";
import { addPoint, emptyPoints, type Points } from "../../src/tasks/points.js";
import { study } from "../report/sample.js";
import { loggingExecutor, memoryStore, plan, settings, studyContext, sweptOf } from "./fixtures.js";

const estimate = (low: number, high: number) => ({ value: (low + high) / 2, low, high });
const noise = (i: number) => Math.sin(12.9898 * (i + 1)) / 2;

describe("the rule", () => {
  test.each([
    ["inside", -0.04, 0.04, "pass"],
    ["inside", 0.06, 0.2, "fail"],
    ["inside", 0.01, 0.2, "undecided"],
    ["outside", 0.06, 0.2, "pass"],
    ["outside", -0.2, -0.06, "pass"],
    ["outside", -0.01, 0.04, "fail"],
    ["outside", -0.2, 0.2, "undecided"],
    ["above", 0.06, 0.2, "pass"],
    ["above", -0.3, 0.04, "fail"],
    ["above", 0, 0.2, "undecided"],
  ] as const)("%s ±0.05: [%d, %d] is %s", (kind, low, high, verdict) => {
    const region = kind === "above" ? { kind, low: 0.05 } : { kind, low: -0.05, high: 0.05 };
    expect(judge(estimate(low, high), region)).toBe(verdict);
  });

  test("a value without an interval decides nothing", () => {
    const region = { kind: "above", low: 0 } as const;
    expect(judge(null, region)).toBe("undecided");
    expect(judge({ value: 5, low: 5, high: 5 }, region)).toBe("undecided");
    expect(judge({ value: 5, low: 5, high: Number.POSITIVE_INFINITY }, region)).toBe("undecided");
  });

  test("half-widths of a difference add in quadrature", () => {
    const found = difference(estimate(1, 7), estimate(-4, 4));
    expect(found).toEqual({ value: 4, low: -1, high: 9 });
  });
});

test("a planted slope lies in its interval in about 95 of 100 trials", () => {
  const x = [0, 0.7, 1.4, 2.1, 2.8];
  let covered = 0;
  for (let trial = 0; trial < 400; trial++) {
    const rows = Array.from({ length: 6 }, (_, i) =>
      x.map((t, j) => 3 + i + 0.4 * t + 0.3 * gaussian(trial * 30 + i * 5 + j)),
    );
    const found = pairedSlope(x, rows)!;
    if (found.low <= 0.4 && found.high >= 0.4) covered++;
  }
  // Independent errors count in both parts of the variance, so the interval is rather too wide: above 95 %.
  expect(covered / 400).toBeGreaterThan(0.94);
  expect(covered / 400).toBeLessThan(1);
});

/** Sum of twelve uniform numbers less six. */
function gaussian(index: number): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) {
    const v = Math.sin((index * 12 + i + 1) * 127.1) * 43758.5453;
    sum += v - Math.floor(v);
  }
  return sum;
}

/** A sweep of 3 images at four λ's with a planted percent active, p = 0.2 L^(−λ/2), and residual. */
function planted(features: number, replicate: number): Points {
  const L = 16 * features; // 8×8 images, stride 2
  const lambdas = [0.2, 0.4, 0.8, 1.6];
  const cells = lambdas.flatMap((lambda) => [0, 1, 2].map((image) => ({ lambda, image })));
  const column = (of: (cell: { lambda: number; image: number }) => number) => cells.map(of);
  const active = column(({ lambda }) => 1e6 * 0.2 * L ** (1 - lambda / 2) * (1 + 1e-3 * noise(replicate + features)));
  return {
    image: Int32Array.from(column(({ image }) => image)),
    lambda: Float64Array.from(column(({ lambda }) => lambda)),
    squaredError: Float64Array.from(column(({ lambda }) => 5 + Math.log(lambda / 0.5) ** 2)),
    squaredResidual: Float64Array.from(column(({ lambda, image }) => 10 + lambda + image)),
    l1: Float64Array.from(column(() => 1)),
    active: Int32Array.from(active.map(Math.round)),
    gap: Float64Array.from(column(() => 1e-4)),
    iterations: Int32Array.from(column(() => 1)),
    converged: Uint8Array.from(column(() => 1)),
  };
}

function plantedSize(features: number): SizeResults {
  const sweep = sweptOf(new Map([0, 1].map((replicate) => [replicate, [planted(features, replicate)]])), { features });
  return { features, trained: new Map(), atoms: new Map(), made: new Map(), pilot: [], sweep, cost: [] };
}

test("the planted law b(λ) = −λ/2 comes back at every λ, left-out sizes aside", () => {
  const wide = { ...plan, settings: { ...settings, features: [4, 8, 16, 32], leftOut: [64] } };
  const slopes = fixedLambdaSlopes([4, 8, 16, 32, 64].map(plantedSize), wide);
  expect(slopes.map(({ lambda }) => lambda)).toEqual([1.6, 0.8, 0.4, 0.2]);
  for (const { lambda, slope, sizes } of slopes) {
    expect(sizes).toBe(4);
    expect(Math.abs(slope.value + lambda / 2)).toBeLessThan(1e-3);
    expect(slope.low).toBeLessThan(-lambda / 2);
    expect(slope.high).toBeGreaterThan(-lambda / 2);
  }
});

test("a SURE curve is SURE per value of each stored point, the rank at most the image's values", () => {
  const { average } = plantedSize(4).sweep!.sure!;
  // 64 values, σ = 0.4, and more active units than values: ‖y − ŝ‖² − nσ² + 2σ²n.
  const at = (row: number, image: number) => average.value[row * 3 + image];
  expect(at(0, 0)).toBeCloseTo(10.2 / 64 + 0.16, 10);
  expect(at(3, 2)).toBeCloseTo(13.6 / 64 + 0.16, 10);
});

test("SURE's slope is that of a straight line, as the true minimum's, also where another law is its verdict", () => {
  const features = [4, 8, 16, 32, 64, 128];
  const percent = (L: number) => L ** -0.8 * (1 + 30 / L);
  const sizes = features.map((count): SizeResults => {
    const seeds = [0, 1].map((replicate): [number, Points[]] => {
      const lambdas = Array.from({ length: 13 }, (_, n) => Number((0.5 * 1.15 ** (n - 6)).toPrecision(6)));
      const points = emptyPoints(8 * lambdas.length);
      for (let image = 0; image < 8; image++) {
        const little = 1 + 1e-3 * noise(70 * count + 9 * replicate + image);
        for (const lambda of lambdas) {
          const t = Math.log(lambda / 0.5);
          // More active units than values: the rank is constant, and SURE is least where the residual is.
          const active = Math.round(1e5 * 16 * count * percent(16 * count) * Math.exp(-t) * little);
          const rest = { squaredError: 1, l1: 1, gap: 0, iterations: 1, converged: true };
          addPoint(points, { image, lambda, active, squaredResidual: (10 + t * t) * little, ...rest });
        }
      }
      return [replicate, [points as Points]];
    });
    const sweep = sweptOf(new Map(seeds), { features: count });
    return { features: count, trained: new Map(), atoms: new Map(), made: new Map(), pilot: [], sweep, cost: [] };
  });
  const wide = { ...plan, settings: { ...settings, features, leftOut: [] } };
  const { verdict, slope } = sureScaling(sizes, wide);
  expect(verdict).toBe("corrected-power-law");
  const [first, last] = [64, 2048].map((L) => Math.log(percent(L)) / Math.log(32));
  expect(slope!.value).toBeLessThan(-0.83);
  expect(Math.abs(slope!.value - (last - first))).toBeLessThan(0.05);
});

test("a test without a number says why", () => {
  const none = { ...study.activeUnits, powerLaw: null };
  const record = { ...study, activeUnits: none, certificate: { ...study.certificate, tolerance: 1e-3 } };
  const fixedLambda = [{ lambda: 0.5, sizes: 4, slope: estimate(-1, -0.8) }];
  const sure = { verdict: "too-few-sizes", slope: null, minima: [] } as const;
  const tests = transitionTests({ record, sizes: [], rows: [], fixedLambda, minimumSlope: null, sure });
  expect(tests.filter(({ estimate: found }) => found !== null)).toEqual([]);
  for (const { note } of tests) expect(note).not.toBe("");
  for (const name of ["best-units", "fixed-lambda", "sure"])
    expect(tests.find((one) => one.name === name)!.note).toMatch(/fewer than three of the fitted sizes have a minimum/);
});

describe("a whole study", () => {
  const options = { images: 2, draws: 4 };
  const provenance = { version: "0", family: "reference-1", node: "v0" };

  const studied = new Map<string, unknown>();

  /** The study is run once; its results are in every store that begins as a copy of `studied`. */
  async function tested(workers: number, results: Map<string, unknown>, log: string[] = []) {
    const context = studyContext(memoryStore(results), loggingExecutor(log, workers));
    const sizes = await conductStudy(context);
    if (studied.size === 0) for (const [id, result] of results) studied.set(id, result);
    const record = analyseStudy(sizes, plan);
    log.length = 0;
    const units = transitionItems(plan, record.minima, options);
    const measured = await conductTransition(units, context);
    return analyseTransition({ record, results: sizes, plan, measured }, { ...options, provenance });
  }

  test("one worker and three give equal records; run again, nothing is measured anew", async () => {
    const store = new Map<string, unknown>();
    const one = await tested(1, store);
    const log: string[] = [];
    expect(await tested(3, new Map(studied))).toEqual(one);
    expect(await tested(1, store, log)).toEqual(one);
    expect(log).toEqual([]);
    expect(one.tests.map(({ name }) => name)).toContain("hysteresis");
    expect(one.tests).toHaveLength(13);
    expect(one.sizes.length).toBeGreaterThan(0);
    for (const { verdict, estimate: found } of one.tests) if (!found) expect(verdict).toBe("undecided");
    expect(one.tests.find(({ name }) => name === "cumulant")!.note).toMatch(/not measured: needs 200 draws/);
    expect(JSON.stringify(one)).not.toMatch(/NaN|Infinity/);
  });
});
