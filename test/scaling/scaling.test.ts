/** Fits against size: least squares, planted laws, refusals, exponents, prediction. */
import { describe, expect, test } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { exponentsOf } from "../../src/scaling/exponents.js";
import { extrema } from "../../src/scaling/extrema.js";
import { form } from "../../src/scaling/linear.js";
import { fitPowerLaw, powerLawAt, slopeWeights } from "../../src/scaling/powerlaw.js";
import { predictAt, predictFrom } from "../../src/scaling/predict.js";
import { fitScaling, scalingOf } from "../../src/scaling/scaling.js";
import { tQuantile } from "../../src/scaling/special.js";
import type { SizeData } from "../../src/scaling/types.js";
import { eightSizes, plantedCurves } from "./planted.js";

/** ln y of a law with replicate noise, as the mean of `replicates` would leave it. */
function planted(
  f: (u: number) => number,
  repeat: number,
  options: { sizes?: number[]; replicates?: number; noise?: number } = {},
): SizeData {
  const { sizes = eightSizes, replicates = 8, noise = 0.004 } = options;
  const draw = draws({ seed: repeat, purpose: purpose.test }, 11);
  const samples = sizes.map((size) =>
    Array.from({ length: replicates }, () => Math.log(f(size)) + noise * draw.gaussian()),
  );
  const means = samples.map((row) => row.reduce((sum, x) => sum + x, 0) / replicates);
  const dof = sizes.length * (replicates - 1);
  const variance = samples.reduce((sum, row, i) => sum + row.reduce((s, x) => s + (x - means[i]) ** 2, 0), 0) / dof;
  return {
    quantity: "location",
    sizes,
    logs: means,
    covariance: sizes.map((_, i) => sizes.map((__, j) => (i === j ? variance / replicates : 0))),
    dof,
    replicateVariance: variance,
    errors: "replicates",
  };
}

const count = (repeats: number, claim: (repeat: number) => boolean): number =>
  Array.from({ length: repeats }, (_, repeat) => claim(repeat)).filter(Boolean).length;

describe("power law", () => {
  test("a slope between two sizes has the errors of these two, also where no power law fits all of them", () => {
    const data = planted((u) => 3 * u ** -0.4 * (1 + 20 / u ** 0.5), 1);
    const { localSlopes, p } = fitScaling(data);
    expect(p).toBeLessThan(1e-6);
    const half = tQuantile(0.975, data.dof) * Math.sqrt(2 * data.covariance[0][0]);
    for (const { from, to, slope } of localSlopes)
      expect(((slope.high - slope.low) / 2) * Math.log(to / from)).toBeCloseTo(half, 12);
  });

  test("generalised least squares is ordinary least squares for equal variances", () => {
    const data = planted((u) => 3 * u ** -0.4, 1);
    const x = data.sizes.map(Math.log);
    const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
    const slope =
      x.reduce((sum, v, i) => sum + (v - mean) * data.logs[i], 0) / x.reduce((sum, v) => sum + (v - mean) ** 2, 0);
    expect(fitPowerLaw(data)!.b).toBeCloseTo(slope, 12);
    expect(slopeWeights(data).reduce((sum, w, i) => sum + w * data.logs[i], 0)).toBeCloseTo(slope, 12);
  });

  test("two sizes give no law, no exponents and no prediction, however well they are known", () => {
    const sizes = [1, 2];
    expect(fitPowerLaw(planted((u) => u ** -1, 1, { sizes }))).toBeNull();
    expect(
      predictFrom(
        planted((u) => u ** -1, 1, { sizes }),
        4,
      ),
    ).toBeNull();
    const set = extrema(plantedCurves({ location: (u) => u ** -1, value: () => 30, sizes, replicates: 3, repeat: 1 }));
    expect(set.data.location.sizes).toEqual(sizes);
    expect(exponentsOf(set)).toMatchObject({ nu: null, gamma: null });
  });

  test("an error common to all sizes widens the level and leaves slope and χ² alone", () => {
    const data = planted((u) => 3 * u ** -0.4, 2);
    const common = { ...data, covariance: data.covariance.map((row) => row.map((c) => c + 0.01)) };
    const [plain, shared] = [fitPowerLaw(data)!, fitPowerLaw(common)!];
    expect(shared.b).toBeCloseTo(plain.b, 9);
    expect(shared.chi2).toBeCloseTo(plain.chi2, 6);
    expect(shared.covariance[1][1] / plain.covariance[1][1]).toBeCloseTo(1, 6);
    expect(powerLawAt(shared, 8).variance - powerLawAt(plain, 8).variance).toBeCloseTo(0.01, 6);
  });

  test("the interval of the exponent holds the truth about 95 times in 100", () => {
    for (const replicates of [3, 8]) {
      const held = count(400, (repeat) => {
        const law = fitPowerLaw(planted((u) => 3 * u ** -0.4, repeat, { sizes: [1, 2, 4, 8, 16], replicates }))!;
        const margin = law.inference.quantile * Math.sqrt(law.covariance[1][1]);
        return Math.abs(law.b + 0.4) <= margin;
      });
      // 400 repeats: 95 ± 1.1 %, so three deviations are 3.3 %.
      expect(held / 4).toBeGreaterThan(91.5);
      expect(held / 4).toBeLessThan(98.5);
    }
  });
});

describe("verdict", () => {
  const share = (f: (u: number) => number, verdict: string, options = {}): number =>
    count(10, (repeat) => fitScaling(planted(f, repeat, options)).verdict === verdict) / 10;

  test("names a power law, a constant and a logarithm", () => {
    expect(share((u) => u ** -0.75, "power-law")).toBeGreaterThanOrEqual(0.8);
    expect(share(() => 4, "no-scaling")).toBeGreaterThanOrEqual(0.8);
    expect(share((u) => 20 - 1.5 * Math.log(u), "logarithm")).toBeGreaterThanOrEqual(0.7);
  });

  test("reports no power law for a constant, a logarithm, saturation or a crossover", () => {
    expect(share(() => 4, "power-law")).toBeLessThanOrEqual(0.2);
    expect(share((u) => 20 - 1.5 * Math.log(u), "power-law")).toBeLessThanOrEqual(0.2);
    expect(share((u) => 2 + 6 * Math.exp(-(u - 1) / 6), "power-law")).toBe(0);
    expect(share((u) => u ** -0.3 * (1 + (u / 8) ** 3) ** -0.3, "power-law")).toBe(0);
  });

  test("cannot tell a very small exponent from a logarithm, and says so", () => {
    const fit = fitScaling(planted((u) => 22 * u ** -0.0075, 0));
    expect(fit.verdict).toBe("undecided");
    expect(fit.exponent).toBeNull();
    expect(fit.reason).toMatch(/power law.*logarithm|logarithm.*power law/);
  });

  test("too few sizes, too narrow a range and bare values are said to be so", () => {
    expect(fitScaling(planted((u) => u ** -1, 0, { sizes: [1, 2, 8] })).verdict).toBe("too-few-sizes");
    expect(fitScaling(planted((u) => u ** -1, 0, { sizes: [1, 1.5, 2, 3] })).verdict).toBe("too-few-sizes");
    const bare = {
      ...planted((u) => u ** -1, 0),
      covariance: eightSizes.map((_, i) => eightSizes.map((__, j) => Number(i === j))),
      dof: 0,
      replicateVariance: null,
      errors: "none" as const,
    };
    const fit = fitScaling(bare);
    expect([fit.verdict, fit.p]).toEqual(["undecided", null]);
    expect(fit.powerLaw!.exponent.low).toBeLessThan(-0.99);
  });
});

describe("from curves to exponents and predictions", () => {
  const curves = plantedCurves({
    location: (u) => u ** -0.75,
    value: (u) => 30 * u ** -0.05,
    sizes: [1, 2, 4, 8, 16, 32],
    repeat: 3,
  });
  const set = extrema(curves);

  test("planted exponents come back in both conventions", () => {
    const location = scalingOf(set, "location");
    const value = scalingOf(set, "value");
    expect(location.verdict).toBe("power-law");
    expect(Math.abs(location.exponent!.value + 0.75)).toBeLessThan(0.012);
    expect(Math.abs(value.powerLaw!.exponent.value + 0.05)).toBeLessThan(0.0015);
    const { nu, gamma, textbook } = exponentsOf(set);
    expect(nu!.value).toBeCloseTo(-1 / 0.75, 1);
    expect(gamma!.low).toBeLessThan(0.05 / 0.75);
    expect(gamma!.high).toBeGreaterThan(0.05 / 0.75);
    expect(textbook.nu!.value).toBe(-nu!.value);
    expect(textbook.gamma!.high).toBe(-gamma!.low);
  });

  test("Fieller's interval of γ is that of the delta method where the location slope is sharp", () => {
    const { gamma } = exponentsOf(set);
    const [l, v] = [fitPowerLaw(set.data.location)!, fitPowerLaw(set.data.value)!];
    const cross = form(slopeWeights(set.data.location), set.cross("location", "value"), slopeWeights(set.data.value));
    const g = v.b / l.b;
    const variance = v.covariance[1][1] - 2 * g * cross + g * g * l.covariance[1][1];
    const delta = (v.inference.quantile * Math.sqrt(variance)) / Math.abs(l.b);
    // The two agree to the relative variance of the location slope, 1e-5 here.
    expect((gamma!.high - gamma!.low) / 2 / delta).toBeCloseTo(1, 2);
  });

  test("a location that does not move leaves ν and γ undetermined", () => {
    const still = extrema(
      plantedCurves({ location: () => 1, value: (u) => 30 * u ** -0.05, repeat: 4, replicates: 3 }),
    );
    expect(exponentsOf(still)).toMatchObject({ nu: null, gamma: null });
  });

  test("the prediction of one new replicate holds it about 95 times in 100", () => {
    const held = count(200, (repeat) => {
      const data = planted((u) => 3 * u ** -0.4, repeat, { sizes: [1, 2, 4, 8, 16], replicates: 3 });
      const { low, high } = predictFrom(data, 32, { law: "power-law" })!.replicate;
      const truth = 3 * 32 ** -0.4 * Math.exp(0.004 * draws({ seed: repeat, purpose: purpose.test }, 77).gaussian());
      return low <= truth && truth <= high;
    });
    expect(held / 2).toBeGreaterThan(90);
    expect(held / 2).toBeLessThanOrEqual(99.5);
  });

  test("prediction names its law, and an unknown quantity the nearest one", () => {
    const prediction = predictAt(set, "value", 64)!;
    expect(prediction.replicate.low).toBeLessThan(prediction.law.low);
    expect(prediction.basis.some(({ name }) => name === "power-law")).toBe(true);
    expect(() => predictAt(set, "valeu", 64)).toThrow(/Did you mean value/);
  });
});
