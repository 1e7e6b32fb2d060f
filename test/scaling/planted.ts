/**
 * Curves with a known law: y*·(a shape of q = ln(x/x*)) at 15 points in ±1.6,
 * with noise on every point and on every replicate.
 */
import { draws, purpose } from "../../src/core/random.js";
import type { Curve } from "../../src/scaling/types.js";

export type Planted = {
  readonly sizes?: readonly number[];
  readonly replicates?: number;
  readonly location: (u: number) => number;
  readonly value: (u: number) => number;
  /** Relative noise of a point and of a replicate. */
  readonly point?: number;
  readonly replicate?: number;
  /** Relative noise of a replicate's location. */
  readonly shift?: number;
  readonly repeat?: number;
  readonly shape?: (q: number) => number;
};

/** Shapes with their minimum, 1, at q = 0. */
export const shapes = {
  skewed: (q: number) => 1 + 0.12 * q * q + (0.02 * q ** 3) / (1 + q * q),
  /** One arm steep, the other nearly straight: every order of q. */
  steep: (q: number) => 1 + 0.2 * (Math.exp(0.8 * q) - 1 - 0.8 * q),
};

export const eightSizes = [1, 2, 4, 8, 16, 32, 64, 128];

export function plantedCurves(planted: Planted): Curve[] {
  const { sizes = eightSizes, replicates = 8, point = 0.004, replicate = 0.003, shift = 0, repeat = 0 } = planted;
  const shape = planted.shape ?? shapes.skewed;
  return sizes.flatMap((size, i) =>
    Array.from({ length: replicates }, (_, r) => {
      const draw = draws({ seed: repeat, stream: i, purpose: purpose.test }, r);
      const factor = 1 + replicate * draw.gaussian();
      const move = shift * draw.gaussian();
      const offsets = Array.from({ length: 15 }, (_, j) => -1.6 + (3.2 * j) / 14);
      const value = offsets.map((offset) => {
        return planted.value(size) * shape(offset - move) * factor * (1 + point * draw.gaussian());
      });
      return {
        size,
        replicate: r,
        control: Float64Array.from(offsets, (offset) => planted.location(size) * Math.exp(offset)),
        items: 1,
        quantities: { value: Float64Array.from(value) },
      };
    }),
  );
}

/** Peaks of finite-size scaling: y = A·L^1.75·g((T − T_c)·L − z₀), so their width goes as 1/L. */
export type PlantedPeaks = {
  readonly sizes?: readonly number[];
  readonly shape: (z: number) => number;
  readonly grid: keyof typeof peakGrids;
  /** 0 for one curve per size. */
  readonly replicates?: number;
  /** Relative noise of a point; stated as its error where there are no replicates, unless `stated` is false. */
  readonly noise?: number;
  readonly stated?: boolean;
  readonly repeat?: number;
};

/** Peaks with their maximum, 1, at z = 0, and half of it at z ≈ ±2: long-tailed on a background, skewed with one sharp end, and of two exponential arms. */
export const peakShapes = {
  lorentzian: (z: number) => (0.1 + 1 / (1 + (z * z) / (4 + 0.4 * Math.tanh(z / 2)))) / 1.1,
  gumbel: (z: number) => Math.exp(1 - 0.5 * z - Math.exp(-0.5 * z)),
  arms: (z: number) => 3 / (Math.exp(0.8 * z) + 2 * Math.exp(-0.4 * z)),
};

/** x* = critical + offset/L of the peaks. */
export const peakLaw = { critical: 2.2692, offset: 1.2, amplitude: 0.05, exponent: 1.75 };

/** Controls of a size: 17 points about its peak, which lies 0.3 of a step beside one of them, or one grid for all. */
export const peakGrids = {
  /** About 8 points over half the height. */
  own: (size: number) => ownGrid(size, 0.5),
  /** About 4. */
  coarse: (size: number) => ownGrid(size, 1),
  /** 2.0 … 2.7 in steps of 0.025, four times as dense between 2.225 and 2.475: from 60 points over half the height at size 8 to 5 at 128. */
  common: () => commonGrid,
};

function ownGrid(size: number, step: number): number[] {
  return Array.from({ length: 17 }, (_, j) => peakLaw.critical + (peakLaw.offset + (j - 8.3) * step) / size);
}

const commonGrid = [
  ...Array.from({ length: 9 }, (_, j) => 2 + 0.025 * j),
  ...Array.from({ length: 41 }, (_, j) => 2.225 + 0.00625 * j),
  ...Array.from({ length: 9 }, (_, j) => 2.5 + 0.025 * j),
];

/** Curves of such peaks, one per size and replicate. */
export function plantedPeaks(planted: PlantedPeaks): Curve[] {
  const { sizes = [8, 16, 32, 64, 128], shape, replicates = 0, noise = 0.01, stated = true, repeat = 0 } = planted;
  return sizes.flatMap((size, i) => {
    const control = Float64Array.from(peakGrids[planted.grid](size));
    const exact = control.map((x) => {
      const z = (x - peakLaw.critical) * size - peakLaw.offset;
      return peakLaw.amplitude * size ** peakLaw.exponent * shape(z);
    });
    return Array.from({ length: Math.max(1, replicates) }, (_, r): Curve => {
      const draw = draws({ seed: repeat, stream: i, purpose: purpose.test }, r);
      const value = exact.map((y) => y * (1 + noise * draw.gaussian()));
      const error = replicates === 0 && stated ? { error: value.map((y) => noise * Math.abs(y)) } : {};
      return { size, replicate: r, control, items: 1, quantities: { value }, ...error };
    });
  });
}
