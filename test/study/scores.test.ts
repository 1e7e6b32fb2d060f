// Sizes held out of planted curves: costs in closed form, SURE's minimum, the cost expected of an uncertain λ.
import { expect, test } from "vitest";
import { poolCurves } from "../../src/scaling/curves.js";
import { pooledExtrema } from "../../src/scaling/extrema.js";
import { curveOf, meanCurve, pilotOf, type SizeCurves } from "../../src/study/curves.js";
import { expectedCost } from "../../src/study/predict-size.js";
import { scoreSize, scoresOf } from "../../src/study/scores.js";
import { sureLambda, sureMeasure } from "../../src/study/sure.js";
import { addPoint, emptyPoints } from "../../src/tasks/points.js";
import { plantedCurves } from "../scaling/planted.js";

const features = [16, 32, 64, 128, 256];
/** λ* falls as L^−0.3, k* grows as L^0.1, and k ~ λ^−1 about it. */
const law = { location: (L: number) => 8 * L ** -0.3, value: (L: number) => 30 * L ** -0.02 };
const bend = 0.1;

/** Curves with E = E*(1 + bend·ln²(λ/λ*)) and next to no noise. */
function sizesOf(unitsAt = (L: number) => 100 * L ** 0.1): SizeCurves[] {
  return features.map((count): SizeCurves => {
    const systemSize = 256 * count;
    const shape = (q: number): number => 1 + bend * q * q;
    const noise = { point: 1e-6, replicate: 1e-4, shift: 1e-3 };
    const curves = plantedCurves({ ...law, ...noise, sizes: [systemSize], replicates: 3, shape, repeat: count }).map(
      (curve) => ({
        ...curve,
        quantities: {
          ...curve.quantities,
          activeUnits: curve.control.map((x) => (unitsAt(systemSize) * law.location(systemSize)) / x),
        },
      }),
    );
    const mean = meanCurve(curves);
    const pilot = pilotOf(curves[0]);
    const [pooled] = poolCurves(curves, "log");
    return { features: count, systemSize, leftOut: false, curves: pooled, mean, wide: mean, pilot, sureLambda: null };
  });
}

const sizes = sizesOf();
const all = pooledExtrema(sizes.map(({ curves }) => curves));

test("a λ that is off by a factor costs bend·ln² of it; the predicted one costs nothing", () => {
  const score = scoreSize(sizes[4], all)!;
  expect(score.strategies.predicted.cost!).toBeLessThan(0.01);
  expect(score.activeUnits.difference!.p).toBeGreaterThan(0.01);
  // λ* of the next smaller size is 2^0.3 times as large.
  expect(score.strategies.largest.lambda! / score.lambda.measured!.value).toBeCloseTo(2 ** 0.3, 2);
  expect(score.strategies.largest.cost!).toBeCloseTo(100 * bend * Math.log(2 ** 0.3) ** 2, 1);
  // The others' geometric mean of k* is 2^(0.1·2.5) times smaller, and λ ~ 1/k.
  expect(score.strategies.constantUnits.cost!).toBeCloseTo(100 * bend * Math.log(2 ** 0.25) ** 2, 1);
  expect(score.strategies.sure).toEqual({ lambda: null, cost: null });
});

test("every size is held out once, the largest also by itself", () => {
  const { leaveOneOut, leaveLargestOut, summary } = scoresOf(sizes, all);
  expect(leaveOneOut.map((score) => score.features)).toEqual(features);
  expect(leaveLargestOut).toEqual(scoreSize(sizes[4], all));
  expect(summary.quantities.activeUnits.tested).toBe(5);
  expect(summary.costs.predicted.sizes).toBe(5);
  expect(summary.costs.predicted.mean!).toBeLessThan(summary.costs.largest.mean!);
});

test("a law that bends at the last size is found to disagree there", () => {
  const bent = sizesOf((L) => 100 * L ** 0.1 * (L > 40_000 ? 1.2 : 1));
  const score = scoreSize(bent[4], pooledExtrema(bent.map(({ curves }) => curves)))!;
  expect(score.activeUnits.difference!.p).toBeLessThan(0.01);
  expect(score.activeUnits.difference!.relative.value).toBeCloseTo(0.2, 2);
});

test("three others are needed", () => {
  const few = sizes.slice(0, 3);
  expect(scoresOf(few, pooledExtrema(few.map(({ curves }) => curves))).leaveOneOut).toEqual([]);
});

test("SURE's λ is where ‖y − ŝ‖² − nσ² + 2σ²k is least; null at an end", () => {
  // Risk 10 + ln²(λ/0.7) planted through the residual: k falls as 50/λ, n = 1000, σ = 0.5.
  const points = (at: number) => {
    const columns = emptyPoints(11);
    for (let i = 0; i < 11; i++) {
      const lambda = 2 / 1.25 ** i;
      const active = Math.round(50 / lambda);
      const squaredResidual = 10 + Math.log(lambda / at) ** 2 + 250 - 0.5 * active;
      const rest = { image: 0, squaredError: 1, l1: 1, gap: 1e-3, iterations: 1, converged: true };
      addPoint(columns, { ...rest, lambda, squaredResidual, active });
    }
    return columns;
  };
  const size = {
    height: 20,
    width: 50,
    channels: 1,
    patch: [4, 4],
    stride: [2, 2],
    boundary: "crop",
    features: 9,
  } as const;
  const curve = (at: number) => curveOf([points(at)], { geometry: size, replicate: 0, measure: sureMeasure(0.5) });
  const pooled = (at: number) => poolCurves([curve(at)], "log")[0];
  expect(Math.min(...curve(0.7).quantities.value)).toBeCloseTo(0.01, 4);
  expect(sureLambda(pooled(0.7))!).toBeCloseTo(0.7, 2);
  expect(sureLambda(pooled(0.01))).toBeNull();
});

test("the cost expected of a λ known to s in ln λ is bend·s² on a parabola", () => {
  const s = 0.2;
  const lambda = { value: 0.5, low: 0.5 * Math.exp(-1.96 * s), high: 0.5 * Math.exp(1.96 * s) };
  const costed = sizes.map(({ systemSize, wide }) => ({ systemSize, curve: wide, best: law.location(systemSize) }));
  expect(expectedCost(lambda, costed, 1)!).toBeCloseTo(100 * bend * s * s, 1);
  expect(expectedCost(null, costed, 1)).toBeNull();
});
