// The course of a study: what is planned, what is reused, and that order and interruption change nothing.
import { expect, test } from "vitest";
import { curveOf, joined, meanCurve, missingPoints } from "../../src/study/curves.js";
import { indexOf, lambdaAt, lambdasBetween } from "../../src/study/grid.js";
import { firstRound, gridOf, nextRound } from "../../src/study/plan.js";
import { presets } from "../../src/study/presets.js";
import { conductStudy } from "../../src/study/study.js";
import { addPoint, emptyPoints } from "../../src/tasks/points.js";
import { loggingExecutor, memoryStore, plan, settings, silent, studyContext } from "./fixtures.js";

const flatCurve = (least: number, points: number) => {
  const lambda = Float64Array.from({ length: points }, (_, i) => lambdaAt(settings.sweep, points - 1 - i));
  return {
    lambda,
    value: lambda.map((_, i) => 20 + (i - least) ** 2),
    activeUnits: lambda.map((_, i) => 100 - i),
  };
};

test("the λ grid is one grid, named by index, to six digits", () => {
  const { sweep } = settings;
  expect(lambdaAt(sweep, 0)).toBe(4);
  expect(lambdaAt(sweep, 3)).toBe(Number((4 / 1.4 ** 3).toPrecision(6)));
  for (let i = -3; i < 14; i++) expect(indexOf(sweep, lambdaAt(sweep, i))).toBe(i);
  expect(Math.min(...lambdasBetween(sweep, 0, 99))).toBeGreaterThanOrEqual(sweep.smallest);
});

test("a study plans the same units, with the same IDs, every time, and each ID once", () => {
  const units = firstRound(plan);
  expect(units.map(({ id }) => id)).toEqual(firstRound(structuredClone(plan)).map(({ id }) => id));
  expect(new Set(units.map(({ id }) => id)).size).toBe(units.length);
  expect(units.filter(({ kind }) => kind === "train")).toHaveLength(6);
});

test("a stored dictionary is found again: the key of a training recorded before there were budgets", () => {
  const images = { source: "leaves", citation: null, hash: "0", height: 32, width: 32, channels: 3 };
  const [first] = firstRound({ settings: presets.quick, family: "wasm-2", images });
  expect(first.id).toBe("670365d27d03e9a7b86d166cd72722f52701f6ae20a75106ad3f1191fc93dd05");
});

test("any setting that can change a number changes the IDs; the number of sizes does not", () => {
  const idOf = (over: object) => firstRound({ ...plan, settings: { ...settings, ...over } })[0].id;
  const plain = idOf({});
  expect(idOf({ features: [4], replicates: 1 })).toBe(plain);
  for (const over of [{ seed: 4 }, { patch: [4, 2] }, { learning: { ...settings.learning, lambda: 0.4 } }]) {
    expect(idOf(over)).not.toBe(plain);
  }
  expect(firstRound({ ...plan, family: "other-1" })[0].id).not.toBe(plain);
});

test("a pilot that has not bracketed its least error is extended; one that has fixes the sweep's grid", () => {
  const short = flatCurve(1, 11);
  const more = nextRound(plan, [{ features: 4, pilot: short, sweep: null, costed: false }]);
  expect(more.every((unit) => unit.kind === "sweep" && unit.range.split === "held-out")).toBe(true);
  const enough = flatCurve(5, 11);
  const sweep = nextRound(plan, [{ features: 4, pilot: enough, sweep: null, costed: false }]);
  const grid = gridOf(plan, enough);
  expect(sweep.every((unit) => unit.kind === "sweep" && unit.range.split === "test")).toBe(true);
  expect(sweep.every((unit) => unit.kind === "sweep" && unit.lambdas.join() === grid.join())).toBe(true);
  expect(grid).toHaveLength(9); // three points below the least one, which is the sixth from below
});

test("a sweep whose least error lies at an end grows there, until the grid may grow no further", () => {
  const known = (least: number, points: number) => [
    { features: 4, pilot: flatCurve(5, 11), sweep: flatCurve(least, points), costed: true },
  ];
  expect(missingPoints(flatCurve(0, 9), 3)).toEqual({ lower: 3, upper: 0 });
  const grown = nextRound(plan, known(0, 9));
  expect(grown.length).toBeGreaterThan(0);
  const lambdas = grown.flatMap((unit) => (unit.kind === "sweep" ? unit.lambdas : []));
  expect(Math.max(...lambdas)).toBeLessThan(flatCurve(0, 9).lambda[0]);
  expect(nextRound(plan, known(4, 9))).toEqual([]);
  expect(nextRound(plan, known(0, 16))).toEqual([]); // 4/1.4¹⁵ = 0.026: the next would be below `smallest`
  const upwards = nextRound(plan, known(8, 9)).flatMap((unit) => (unit.kind === "sweep" ? unit.lambdas : []));
  expect(Math.min(...upwards)).toBeGreaterThan(4);
});

test("a left-out size is coded at the smaller sizes' best λ's, once, when all minima are known", () => {
  const known = (costed: boolean) =>
    [4, 6, 8].map((features) => ({
      features,
      pilot: flatCurve(5, 11),
      sweep: flatCurve(features === 8 ? 4 : 3, features === 8 ? 8 : 11),
      costed,
    }));
  const units = nextRound(plan, known(false));
  expect(units.every((unit) => unit.kind === "sweep" && unit.role === "cost" && unit.features === 8)).toBe(true);
  const [unit] = units;
  const lambdas = unit.kind === "sweep" ? unit.lambdas : [];
  expect(lambdas[0]).toBe(flatCurve(4, 8).lambda[0]); // joined where the left-out size's own grid ends
  expect(Math.min(...lambdas)).toBeLessThan(flatCurve(3, 11).lambda[3]);
  expect(nextRound(plan, known(true))).toEqual([]);
});

test("a joined curve keeps its own points and scales the continuation to meet them", () => {
  const curve = {
    lambda: Float64Array.of(1, 2),
    value: Float64Array.of(20, 30),
    activeUnits: Float64Array.of(9, 5),
  };
  const part = {
    lambda: Float64Array.of(0.5, 1),
    value: Float64Array.of(11, 10),
    activeUnits: Float64Array.of(6, 3),
  };
  const wide = joined(curve, part);
  expect(Array.from(wide.lambda)).toEqual([0.5, 1, 2]);
  expect(Array.from(wide.value)).toEqual([22, 20, 30]);
  expect(Array.from(wide.activeUnits)).toEqual([18, 9, 5]);
});

test("a curve holds 100·‖s − ŝ‖/‖s‖ and 100·k/L per image, whatever the order of its parts", () => {
  const g = {
    height: 2,
    width: 2,
    channels: 1,
    patch: [2, 2],
    stride: [2, 2],
    boundary: "crop",
    features: 10,
  } as const;
  const part = (image: number, lambda: number, squaredError: number, active: number) => {
    const points = emptyPoints(1);
    addPoint(points, {
      image,
      lambda,
      squaredError,
      active,
      squaredResidual: 0,
      l1: 0,
      gap: 0,
      iterations: 1,
      converged: true,
    });
    return points;
  };
  const parts = [part(7, 1, 1, 2), part(3, 1, 4, 4), part(7, 2, 0.04, 1), part(3, 2, 0.16, 3)];
  const curve = curveOf(parts, { geometry: g, replicate: 0 });
  expect(Array.from(curve.quantities.value)).toEqual([100, 50, 20, 10].map((v) => expect.closeTo(v, 10)));
  expect(Array.from(curve.quantities.percentActive)).toEqual([40, 20, 30, 10]);
  expect(curveOf([...parts].reverse(), { geometry: g, replicate: 0 })).toEqual(curve);
  expect(Array.from(meanCurve([curve]).value)).toEqual([75, 15].map((v) => expect.closeTo(v, 10)));
  expect(() => curveOf(parts.slice(1), { geometry: g, replicate: 0 })).toThrow(/holds 3 points/);
});

test("a study in lanes, or stopped after any unit and run again, gives the same results and no unit twice", async () => {
  const results = new Map<string, unknown>();
  const straight = await conductStudy(studyContext(memoryStore(results), loggingExecutor()));
  const sweeps = straight.map(({ sweep }) => sweep!);
  expect(sweeps.every(({ measured }) => measured.replicates.length === settings.replicates)).toBe(true);

  const lanes = await conductStudy(studyContext(memoryStore(), loggingExecutor([], 3)));
  expect(lanes.map(({ sweep }) => sweep)).toEqual(sweeps);

  const kept = new Map<string, unknown>();
  for (let run = 0; kept.size < results.size; run++) {
    expect(run).toBeLessThan(40);
    const stop = new AbortController();
    let fresh = 0;
    const progress = {
      ...silent,
      onItem: (_: unknown, cached: boolean) => void (!cached && ++fresh === 9 && stop.abort()),
    };
    const again = studyContext(memoryStore(kept), loggingExecutor(), { signal: stop.signal, progress });
    await conductStudy(again).catch((error) => expect(error).toMatchObject({ code: "incomplete" }));
  }
  expect(kept).toEqual(results);

  const log: string[] = [];
  await conductStudy(studyContext(memoryStore(kept), loggingExecutor(log)));
  expect(log).toEqual([]);
});
