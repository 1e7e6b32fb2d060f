/** Profile intervals: equal to the curvature's where the law is linear, open where the data say nothing. */
import { describe, expect, test } from "vitest";
import { extrema } from "../../src/scaling/extrema.js";
import { lawsFor } from "../../src/scaling/laws.js";
import { fitModel } from "../../src/scaling/models.js";
import { exponentOf, fitPowerLaw } from "../../src/scaling/powerlaw.js";
import { profileInterval } from "../../src/scaling/profile.js";
import { scalingOf } from "../../src/scaling/scaling.js";
import { plantedCurves } from "./planted.js";

const value = (u: number): number => 30 * u ** -0.05;

describe("profile intervals", () => {
  const set = extrema(plantedCurves({ location: (u) => u ** -0.75, value, repeat: 1 }));

  test("of a power law's exponent are those of generalised least squares", () => {
    const data = set.data.location;
    const law = fitPowerLaw(data)!;
    const fitted = fitModel(data, lawsFor(data.sizes).find(({ name }) => name === "power-law")!)!;
    const profile = profileInterval(data, fitted, 1, law.inference.quantile ** 2 * law.inference.scale)!;
    const exact = exponentOf(law);
    const width = exact.high - exact.low;
    expect(Math.abs(profile.low - exact.low) / width).toBeLessThan(0.002);
    expect(Math.abs(profile.high - exact.high) / width).toBeLessThan(0.002);
  });

  test("leave ω open where there is no correction", () => {
    const free = scalingOf(set, "location").models.find(
      ({ parameters, name }) => name === "corrected-power-law" && !parameters.omega,
    );
    expect(free?.parameters.omega).toBeNull();
    expect(free?.droppedFor).toContain("does not improve");
  });

  test("of a shifted law's offset hold the truth and are close", () => {
    const shifted = extrema(plantedCurves({ location: (u) => 1 + 7 / u, value, repeat: 2 }));
    const fit = scalingOf(shifted, "location");
    const offset = fit.models.find(({ name }) => name === fit.verdict)!.parameters.offset!;
    expect(fit.verdict).toBe("shifted-power-law");
    expect(offset.low).toBeLessThan(1);
    expect(offset.high).toBeGreaterThan(1);
    expect(offset.high - offset.low).toBeLessThan(0.1);
  });
});
