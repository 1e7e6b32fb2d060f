/**
 * What the study says beyond its own sizes, from its record alone: how well curves collapse for given exponents, and
 * the number of active units at another size.
 */
import { collapse, type Family, factorsOf, familyOf, qualityOf, type Scaling } from "../../scaling/collapse.js";
import type { MeasuredCurve } from "../../scaling/interpolate.js";
import type { Estimate } from "../../scaling/types.js";
import type { StudyRecord } from "../../study/record.js";

/** ν and γ in the poster's convention: x ~ L^(1/ν), y ~ L^(γ/ν). */
export type Exponents = { readonly nu: number; readonly gamma: number };

/** Points whose error is above this many times their curve's least are not asked to collapse: all curves end at 100 %. */
const highest = 1.5;

/** The curves around their minima, sizes left out aside; the error of a point is that of its curve's minimum, relative. */
export function measuredCurves({ curves, minima }: StudyRecord): readonly MeasuredCurve[] {
  return minima.flatMap(({ features, leftOut, systemSize, value }) => {
    const curve = curves.find((one) => one.features === features);
    if (leftOut || value === null || curve === undefined) return [];
    const points = curve.percentActive
      .map((x, i) => ({ x, y: curve.value[i] }))
      .filter(({ y }) => y < highest * value.value)
      .sort((a, b) => a.x - b.x);
    const relative = (value.high - value.low) / (2 * 1.96 * value.value);
    return [
      {
        size: systemSize,
        x: points.map(({ x }) => x),
        y: points.map(({ y }) => y),
        error: points.map(({ y }) => relative * y),
      },
    ];
  });
}

/** The curves with S as a function of the exponents. */
export type Collapsing = { readonly family: Family; quality(exponents: Exponents): number; least(): Exponents };

/** Prepares the collapse of a study's curves; `least` searches the best exponents. */
export function openCollapse(study: StudyRecord): Collapsing {
  const curves = measuredCurves(study);
  const family = familyOf(curves, undefined);
  let best: Exponents | undefined;
  return {
    family,
    quality: (exponents) => qualityOf(family, scalingOf(exponents)),
    least() {
      best ??= exponentsOf(collapse(curves, { start: { a: -1, b: 0 } }).least);
      return best;
    },
  };
}

/** a = 1/ν, b = γ/ν, the critical point at 0. */
export function scalingOf({ nu, gamma }: Exponents): Scaling {
  return { a: 1 / nu, b: gamma / nu, critical: 0, correction: 0 };
}

function exponentsOf({ a, b }: Scaling): Exponents {
  return { nu: 1 / a, gamma: b / a };
}

/** The curves moved onto the smallest size by these exponents. */
export function collapsed({ curves }: Family, exponents: Exponents) {
  const scaling = scalingOf(exponents);
  const first = factorsOf(curves[0].size, scaling, null);
  return curves.map(({ size, x, y }) => {
    const { along, up } = factorsOf(size, scaling, null);
    return x.map((value, i) => [(value * along) / first.along, (y[i] * up) / first.up] as const);
  });
}

/** Active units and percent active expected of one newly trained network of a size, and whether the size is far away. */
export type Expected = {
  readonly systemSize: number;
  readonly activeUnits: Estimate;
  readonly percentActive: Estimate;
  /** More than 8 times beyond the measured sizes, as `crisp predict` says it. */
  readonly far: boolean;
};

/**
 * The straight line on log axes of the record, ln k = ln A + b ln L. Half its interval is √(v(u)), v a parabola in
 * u = ln L, which three points of the recorded band tell; what a new network adds is the recorded prediction's
 * interval beyond the band's. The left-out size is as it was recorded: a mean over the laws that stay, off the line by
 * a small part of its interval. Null without a line or a prediction.
 */
export function expectedAt({ activeUnits, prediction, minima }: StudyRecord, features: number): Expected | null {
  const law = activeUnits.powerLaw;
  const recorded = prediction?.activeUnits.predicted ?? null;
  if (law === null || prediction === null || recorded === null) return null;
  const perFeature = prediction.systemSize / prediction.features;
  const systemSize = perFeature * features;
  const { band } = law;
  const nodes = [band[0], band[band.length >> 1], band[band.length - 1]];
  const variance = parabola(nodes.map(({ size, low, high }) => [Math.log(size), half({ low, high }) ** 2] as const));
  const replicate = half(recorded) ** 2 - variance(Math.log(prediction.systemSize));
  const margin = Math.exp(Math.sqrt(variance(Math.log(systemSize)) + replicate));
  const k = law.amplitude.value * systemSize ** law.exponent.value;
  const line = { value: k, low: k / margin, high: k * margin };
  const units = features === prediction.features ? recorded : line;
  const percent = (count: number) => (100 * count) / systemSize;
  const measured = minima.filter(({ leftOut }) => !leftOut).map((one) => one.systemSize);
  return {
    systemSize,
    activeUnits: units,
    percentActive: { value: percent(units.value), low: percent(units.low), high: percent(units.high) },
    far: systemSize > 8 * Math.max(...measured) || systemSize < Math.min(...measured) / 8,
  };
}

/** Half the logarithm of an interval's ends' ratio. */
function half({ low, high }: { readonly low: number; readonly high: number }): number {
  return Math.log(high / low) / 2;
}

/** The parabola through three points (Lagrange). */
function parabola(points: readonly (readonly [number, number])[]): (u: number) => number {
  return (u) =>
    points.reduce((sum, [at, value], i) => {
      const weight = points.reduce(
        (product, [other], j) => (i === j ? product : (product * (u - other)) / (at - other)),
        1,
      );
      return sum + weight * value;
    }, 0);
}
