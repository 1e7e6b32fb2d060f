// Two studies side by side, on planted curves: what images share cancels, and only where they are the same.
import { expect, test } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { compareFinding, compareWarnings, ownLawLines, scatterLines } from "../../src/report/compare.js";
import { compareStudies } from "../../src/study/compare.js";
import { lambdasBetween } from "../../src/study/grid.js";
import type { PlanContext } from "../../src/study/plan.js";
import type { SizeResults } from "../../src/study/study.js";
import { addPoint, emptyPoints, type Points } from "../../src/tasks/points.js";
import { plan, sweptOf } from "./fixtures.js";

const features = [4, 8, 16, 32];
const images = 40;
const settings = { ...plan.settings, features, leftOut: [], testImages: images, replicates: 1 };
const context: PlanContext = { ...plan, settings };
const units = 16; // positions of an 8×8 image at stride 2

type Law = {
  readonly slope: number;
  readonly amplitude: number;
  /** Factor on the units of 8 features: off the straight line. */
  readonly off?: number;
  /** Features whose best λ lies beyond the grid. */
  readonly beyond?: number;
};

// Units k = A·L^(1 + b)·exp(−t) at t = ln λ − ln λ_best, and an error with its least value at t = 0; images scatter by 20 %, alike in every study.
function planted({ slope, amplitude, off = 1, beyond }: Law): SizeResults[] {
  return features.map((count): SizeResults => {
    const L = units * count;
    const best = (count === beyond ? 30 : 0.3) * (L / 64) ** 0.2;
    const lambdas = lambdasBetween(settings.sweep, 2, 14);
    const points = emptyPoints(images * lambdas.length);
    for (let image = 0; image < images; image++) {
      const draw = draws({ seed: 1, purpose: purpose.test }, image);
      const own = Math.exp(0.2 * draw.gaussian());
      // And a little of each size's own, or the sizes would have one error between them.
      const little = Math.exp(0.01 * draws({ seed: count, purpose: purpose.test }, image).gaussian());
      for (const lambda of lambdas) {
        const t = Math.log(lambda / best);
        const percent = 20 * L ** -0.02 * own * little * (1 + 0.1 * t * t);
        const active = Math.round(
          1e6 * own * little * L * amplitude * L ** slope * (count === 8 ? off : 1) * Math.exp(-t),
        );
        const zero = { squaredResidual: 1, l1: 1, gap: 0, iterations: 1, converged: true };
        addPoint(points, { image, lambda, squaredError: (percent / 100) ** 2 * 64, active, ...zero });
      }
    }
    const pilot = [points as Points];
    const nothing = { atoms: new Map(), trained: new Map(), made: new Map(), cost: [] };
    return { features: count, ...nothing, pilot, sweep: sweptOf(new Map([[0, pilot]]), { features: count }, context) };
  });
}

const first = { name: "a", results: planted({ slope: -0.9, amplitude: 1e-3 }), plan: context };
const second = { name: "b", results: planted({ slope: -0.7, amplitude: 1.1e-3 }), plan: context };

test("a study beside itself differs by nothing", () => {
  const { location, paired, differing, fitted } = compareStudies(first, { ...first, name: "again" });
  expect({ paired, differing }).toEqual({ paired: true, differing: [] });
  expect(fitted).toEqual(features.map((count) => units * count));
  expect(location.difference!.value).toBeCloseTo(0, 12);
  expect(location.difference!.p).toBeGreaterThan(0.9);
  for (const { ratio } of location.sizes) expect(ratio!.relative.value).toBeCloseTo(0, 12);
});

test("planted slopes and ratios come back, and on the same images with far smaller intervals", () => {
  const same = compareStudies(first, second);
  expect(same.location.slopes[0]!.value).toBeCloseTo(-0.9, 2);
  expect(same.location.slopes[1]!.value).toBeCloseTo(-0.7, 2);
  expect(same.location.difference!.value).toBeCloseTo(0.2, 3);
  expect(same.location.difference!.p).toBeLessThan(1e-3);
  for (const { systemSize, ratio } of same.location.sizes)
    expect(ratio!.relative.value).toBeCloseTo(1.1 * systemSize ** 0.2 - 1, 2);

  const other = { ...second, plan: { ...context, settings: { ...settings, seed: settings.seed + 1 } } };
  const apart = compareStudies(first, other);
  expect(apart.paired).toBe(false);
  expect(apart.differing).toEqual([`seed: ${settings.seed} | ${settings.seed + 1}`]);
  const width = ({ ratio }: (typeof apart.location.sizes)[number]) => ratio!.relative.high - ratio!.relative.low;
  // 20 % an image over 40 images: 4.5 % of each study, and √2 of it where they are independent.
  for (const [i, size] of apart.location.sizes.entries()) {
    expect(width(size) / (1 + size.ratio!.relative.value)).toBeGreaterThan(0.15);
    expect(width(same.location.sizes[i])).toBeLessThan(width(size) / 5);
  }
});

test("sizes that only one study has are shown and not compared; slopes are over those both fitted", () => {
  const three = { ...context, settings: { ...settings, features: [4, 8, 16], leftOut: [32] } };
  const { location, fitted } = compareStudies(first, { ...second, plan: three });
  expect(fitted).toEqual([64, 128, 256]);
  expect(location.sizes.map(({ second }) => second !== null)).toEqual([true, true, true, true]);
  const two = {
    ...second,
    results: second.results.slice(0, 3),
    plan: { ...three, settings: { ...three.settings, leftOut: [] } },
  };
  const fewer = compareStudies(first, two).location;
  expect(fewer.sizes.map(({ ratio }) => ratio !== null)).toEqual([true, true, true, false]);
  expect(fewer.difference!.value).toBeCloseTo(0.2, 3);
});

test("both slopes are of the sizes at which both have a minimum, so the difference is theirs", () => {
  const third = { ...second, results: planted({ slope: -0.7, amplitude: 1e-3, beyond: 16 }) };
  const { slopes, difference, sizes } = compareStudies({ ...first, results: planted(offLine) }, third).location;
  expect(sizes.map(({ second }) => second !== null)).toEqual([true, true, false, true]);
  expect(difference!.value).toBeCloseTo(slopes[1]!.value - slopes[0]!.value, 12);
});

const offLine = { slope: -0.9, amplitude: 1e-3, off: 1.2 };

test("where sizes lie off a straight line its interval holds their scatter, which is said", () => {
  expect(scatterLines(compareStudies(first, second))).toEqual([]);
  const record = compareStudies({ ...first, results: planted(offLine) }, second);
  const width = ({ low, high }: { low: number; high: number }) => high - low;
  const [a, b] = record.location.slopes;
  expect(width(a!)).toBeGreaterThan(10 * width(b!));
  expect(record.location.lackOfFit[0]).toBeLessThan(0.05);
  expect(scatterLines(record)[0]).toMatch(
    /^Percent active of a: the common sizes do not lie on a straight line \(p .*\); the interval of its slope/,
  );
});

test("each study says its own verdict and slope, and warns that one seed tells nothing of other trainings", () => {
  const few = { ...context, settings: { ...settings, features: [4, 8, 16], leftOut: [32] } };
  const record = compareStudies({ ...first, plan: few }, second);
  expect(compareFinding(record)).toMatch(/straight lines over the 3 common sizes: −0\.89\d in a, /);
  expect(record.studies.map(({ location }) => location.fitted.length)).toEqual([3, 4]);
  expect(record.studies[1].location.slope!.value).toBeCloseTo(-0.7, 2);
  const [a, b] = ownLawLines(record);
  expect(a).toMatch(
    /^a: too few sizes; its own slope is −0\.8\d* \S+ \S+ over 3 sizes\. 3 sizes over a factor of 4; at least 4/,
  );
  expect(b).toMatch(/^b: .*; its own slope is −0\.\d+ \S+ \S+ over 4 sizes\. /);
  expect(compareWarnings(record).map((text) => text.slice(0, 21))).toEqual([
    "a: One replicate per ",
    "b: One replicate per ",
  ]);
});
