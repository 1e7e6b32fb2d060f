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
