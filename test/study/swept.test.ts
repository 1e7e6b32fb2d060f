// A sweep summed while it is read is what curves of all its points give, whatever comes first.
import { expect, test } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { extrema, pooledExtrema } from "../../src/scaling/extrema.js";
import { curveOf, meanCurve } from "../../src/study/curves.js";
import { lambdasBetween } from "../../src/study/grid.js";
import type { SweepItem } from "../../src/study/items/sweep.js";
import { geometryOf } from "../../src/study/plan.js";
import { sureMeasure } from "../../src/study/sure.js";
import { meanOfSweep, openSweeps, type Swept, withPart } from "../../src/study/swept.js";
import { addPoint, emptyPoints, type Points } from "../../src/tasks/points.js";
import { plan, settings } from "./fixtures.js";

const size = { features: 4 };
const geometry = geometryOf(plan, size);
/** Two parts of a grid, as two rounds would have them. */
const grids = [lambdasBetween(settings.sweep, 2, 10), lambdasBetween(settings.sweep, 10, 13)];
const seeds = [0, 1, 2];

/** One item: `images` under three λ's or more, least error near λ = 0.5. */
function planted(replicate: number, images: readonly number[], lambdas: readonly number[]) {
  const points = emptyPoints(images.length * lambdas.length);
  for (const image of images)
    for (const lambda of lambdas) {
      const draw = draws({ seed: replicate, purpose: purpose.test }, 1000 * image + Math.round(100 * lambda));
      const t = Math.log(lambda / 0.5);
      const squaredError = 10 + t * t + 0.02 * draw.uniform();
      const rest = { squaredResidual: 10 + t * t, l1: 1, gap: 0.01 * draw.uniform(), iterations: 3 };
      const active = 1 + Math.round(20 / lambda) + draw.whole(3);
      addPoint(points, { image, lambda, squaredError, active, ...rest, converged: draw.uniform() < 0.9 });
    }
  const item = { kind: "sweep", role: "curve", ...size, replicate, lambdas } as unknown as SweepItem;
  return { item, points: points as Points };
}

// The second item lacks image 6, which is flat.
const read = grids.map((lambdas) =>
  seeds.flatMap((seed) => [planted(seed, [0, 1, 2, 3], lambdas), planted(seed, [4, 5, 7], lambdas)]),
);

function swept(order: (items: (typeof read)[number]) => (typeof read)[number]): Swept {
  return read.reduce<Swept | null>((whole, round) => {
    const sweeps = openSweeps(
      round.map(({ item }) => item),
      plan,
    );
    const parts = order([...round]).map(({ item, points }) => sweeps.add(item, points));
    expect(parts.slice(0, -1).every((part) => part === null)).toBe(true);
    return withPart(whole, parts.at(-1)!);
  }, null)!;
}

const summed = swept((items) => items);
const curvesBy = (measure?: ReturnType<typeof sureMeasure>) =>
  seeds.map((replicate) => {
    const own = read.flat().filter(({ item }) => item.replicate === replicate);
    return curveOf(
      own.map(({ points }) => points),
      { geometry, replicate, ...(measure && { measure }) },
    );
  });

test("means, extrema and intervals are those of the curves of all points, to the bit", () => {
  const curves = curvesBy();
  expect(meanOfSweep(summed)).toEqual(meanCurve(curves));
  const { extrema: minima, data } = extrema(curves, { seed: 1 });
  const pooled = pooledExtrema([summed.measured], { seed: 1 });
  expect(minima[0].status).toBe("interior");
  expect({ minima: pooled.extrema, data: pooled.data }).toEqual({ minima, data });
  const sure = extrema(curvesBy(sureMeasure(settings.noise)), { seed: 1 });
  expect(pooledExtrema([summed.sure!], { seed: 1 }).extrema).toEqual(sure.extrema);
});

test("the certificate is of all codings", () => {
  const gaps = read.flat().flatMap(({ points }) => [...points.gap]);
  const missed = read.flat().flatMap(({ points }) => [...points.converged].filter((one) => one === 0));
  const { certificate, images } = summed;
  expect(certificate).toEqual({ codings: 3 * 7 * 11, largestGap: Math.max(...gaps), unconverged: missed.length });
  expect([...images]).toEqual([0, 1, 2, 3, 4, 5, 7]);
});

test("the order in which items come changes no bit", () => {
  expect(swept((items) => items.reverse())).toEqual(summed);
  expect(swept((items) => [...items.slice(3), ...items.slice(0, 3)])).toEqual(summed);
});

test("a point twice, a λ too few, and seeds on other images are refused", () => {
  const [first, second] = read[0];
  const sweeps = openSweeps([first.item, second.item], plan);
  const short = { ...first.points, lambda: first.points.lambda.slice(1) };
  expect(() => sweeps.add(first.item, short)).toThrow(/holds \d+ points/);
  const twice = { ...first.points, lambda: first.points.lambda.map((x, n) => (n === 1 ? first.points.lambda[0] : x)) };
  expect(() => sweeps.add(first.item, twice)).toThrow(/holds \d+ points/);
  const other = openSweeps([first.item, read[0][2].item], plan);
  other.add(first.item, first.points);
  expect(() => other.add(read[0][2].item, planted(1, [0, 1, 2], grids[0]).points)).toThrow(/on 4 images, another on 3/);
});
