// Images that grow at fixed features: what is planned, what is refused, and which images count.
import { describe, expect, it, test } from "vitest";
import { contentKey } from "../../src/core/key.js";
import { sizeText } from "../../src/study/axis.js";
import { lambdaAt } from "../../src/study/grid.js";
import type { SweepItem } from "../../src/study/items/sweep.js";
import { sameImages } from "../../src/study/paired.js";
import type { StudyItem } from "../../src/study/plan.js";
import { firstRound, nextRound, type PlanContext } from "../../src/study/plan.js";
import { presets } from "../../src/study/presets.js";
import { checkSettings } from "../../src/study/schema.js";
import type { StudySettings } from "../../src/study/settings.js";
import { addPoint, emptyPoints } from "../../src/tasks/points.js";
import { plan as smallPlan, sweptOf } from "./fixtures.js";

const pictures = { source: "leaves", citation: null, hash: "recorded", height: 32, width: 32, channels: 3 };

function planned(name: "tiny" | "quick", change: Partial<StudySettings> = {}): PlanContext {
  return { settings: { ...presets[name], ...change }, family: "reference-1", images: pictures };
}

const grown = planned("quick", { sizeAxis: "image", features: [64], imageSizes: [12, 16, 24], leftOut: [32] });
const sweeps = (units: readonly StudyItem[]) => units.filter((unit): unit is SweepItem => unit.kind === "sweep");

function curveOn(plan: PlanContext) {
  const lambda = Float64Array.from({ length: 11 }, (_, i) => lambdaAt(plan.settings.sweep, 10 - i));
  return {
    lambda,
    value: lambda.map((_, i) => 20 + (i - 5) ** 2),
    activeUnits: lambda.map((_, i) => 100 - i),
  };
}

// Keys of the IDs of the first round and of the sweep, as they were before images could grow.
test.each([
  [
    "tiny",
    "c3af8a89491691d69ecd63d5fa7d20d8b526b35f8ea8f559c202d1610b02259e",
    "d1b04cc3420bf9afa3257f270d181a2fd12e770dc2cea44975a15d3d8a12f860",
  ],
  [
    "quick",
    "e63efae320f3db408cf996db94e0eeaa2241746de820a789b5631caf8ed7e141",
    "4d03cc7a70dc601bf25b9d51add2bfb4bc15bd8cc568d768e27c5083c006b96e",
  ],
] as const)("units of a study whose features grow keep the IDs they had (%s)", (name, first, sweep) => {
  const plan = planned(name);
  const curve = curveOn(plan);
  const sizes = [...plan.settings.features, ...plan.settings.leftOut];
  const known = sizes.map((features) => ({ features, pilot: curve, sweep: null, costed: false }));
  const idsKey = (units: readonly StudyItem[]) => contentKey(units.map(({ id }) => id));
  expect([idsKey(firstRound(plan)), idsKey(nextRound(plan, known))]).toEqual([first, sweep]);
});

describe("a plan whose images grow", () => {
  const units = firstRound(grown);

  it("trains one dictionary a seed, on whole images: the units of a study whose features grow", () => {
    const trained = units.filter(({ kind }) => kind === "train").map(({ id }) => id);
    const others = firstRound(planned("quick")).filter((unit) => unit.kind === "train");
    expect(trained).toEqual(others.filter(({ geometry }) => geometry.features === 64).map(({ id }) => id));
    expect(trained).toHaveLength(2);
    expect(new Set(units.map(({ id }) => id)).size).toBe(units.length);
  });

  it("codes every side with that dictionary, each under noise of its own", () => {
    const pilots = sweeps(units);
    expect([...new Set(pilots.map(({ imageSize }) => imageSize))]).toEqual([12, 16, 24, 32]);
    expect(new Set(pilots.map(({ dictionary }) => dictionary))).toEqual(new Set([units[0].id]));
    const streams = new Map(pilots.map(({ imageSize, noise }) => [imageSize, noise.stream]));
    expect(new Set(streams.values()).size).toBe(4);
    const curve = curveOn(grown);
    const known = [12, 16, 24, 32].map((imageSize) => ({ features: 64, imageSize, pilot: curve, costed: false }));
    const next = sweeps(
      nextRound(
        grown,
        known.map((size) => ({ ...size, sweep: null })),
      ),
    );
    expect(next.every(({ noise }) => ![...streams.values()].includes(noise.stream))).toBe(true);
    expect(next.map(sizeText)).toContain("n = 24");
  });

  it("borrows λ's at the left-out side alone", () => {
    const curve = (points: number, least: number) => {
      const lambda = Float64Array.from({ length: points }, (_, i) => lambdaAt(grown.settings.sweep, points - 1 - i));
      return { lambda, value: lambda.map((_, i) => 20 + (i - least) ** 2), activeUnits: lambda };
    };
    const known = [12, 16, 24, 32].map((imageSize) => {
      const sweep = imageSize === 32 ? curve(8, 4) : curve(11, 3);
      return { features: 64, imageSize, pilot: sweep, sweep, costed: false };
    });
    const cost = sweeps(nextRound(grown, known));
    expect(cost.length).toBeGreaterThan(0);
    expect(new Set(cost.map(({ role, imageSize }) => `${role} ${imageSize}`))).toEqual(new Set(["cost 32"]));
  });
});

describe("settings of a study whose images grow", () => {
  const image = { sizeAxis: "image", features: [64], imageSizes: [32, 16, 24], leftOut: [] };
  const refusal = (change: object) => () =>
    checkSettings({ ...presets.quick, ...image, ...change }, (path) => `<${path}>`);

  it("are sorted, and need no left-out size", () => {
    expect(checkSettings({ ...presets.quick, ...image }, () => "test").imageSizes).toEqual([16, 24, 32]);
  });

  it.each([
    [{ features: [16, 32, 64] }, "<features>: features is 16,32,64; with sizeAxis image it must be one number"],
    [{ imageSizes: [16, 32] }, "<imageSizes>: imageSizes is 16,32; it must be at least three different sides"],
    [{ imageSizes: [16, 16, 32] }, "imageSizes names 16 twice"],
    [{ imageSizes: [16, 24, 48] }, "<imageSizes>: imageSizes has 48; windows must fit images of 32×32 (size)"],
    [{ imageSizes: [6, 16, 24] }, "imageSizes has 6; a side must be at least that of the patch, 8×8"],
    [{ leftOut: [24] }, "<leftOut>: leftOut has 24, which imageSizes fits too"],
    [{ leftOut: [48] }, "<leftOut>: leftOut has 48; windows must fit"],
    [{ boundary: "circular", imageSizes: [16, 23, 32] }, "must divide the image 23×23"],
    [{ sizeAxis: "features", features: [16, 32, 64] }, "<imageSizes>: imageSizes is 16,24,32; with sizeAxis features"],
    [{ sizeAxis: "pixels" }, "<sizeAxis>: sizeAxis is pixels; it must be features or image"],
  ])("%o is refused", (change, message) => {
    expect(refusal(change)).toThrow(message);
  });
});

test("an image that one size has not coded counts at no size", () => {
  const window = { features: 4, imageSize: 8 };
  const growing = { ...smallPlan, settings: { ...smallPlan.settings, sizeAxis: "image", imageSizes: [8] } } as const;
  const points = (images: readonly number[]) => {
    const columns = emptyPoints(images.length);
    const rest = { squaredResidual: 1, l1: 1, active: 1, gap: 0, iterations: 1, converged: true };
    for (const image of images) addPoint(columns, { image, lambda: 1, squaredError: image, ...rest });
    return columns;
  };
  const size = (test: readonly number[], heldOut: readonly number[]) => ({
    pilot: [points(heldOut)],
    sweep: sweptOf(new Map([[0, [points(test.slice(0, 2)), points(test.slice(2))]]]), window, growing),
    cost: [points(test)],
  });
  const kept = sameImages([size([0, 1, 2, 3], [5, 6, 7]), size([0, 2, 3], [5, 7])]);
  for (const { pilot, sweep, cost } of kept) {
    expect(pilot.flatMap(({ image }) => [...image])).toEqual([5, 7]);
    expect([...sweep!.images]).toEqual([0, 2, 3]);
    expect([...sweep!.measured.average.value]).toEqual([0, 2, 3].map((image) => 100 * Math.sqrt(image / 64)));
    expect(sweep!.certificate.codings).toBe(3);
    expect(cost.flatMap(({ squaredError }) => [...squaredError])).toEqual([0, 2, 3]);
  }
});
