/**
 * Peaks with a known law:
 *
 *   y = L^b·(1 + c·L^(−ω))·g((x − x_c)·L − 1 − d·L^(−ω)),  g(z) = 1/(1 + z²),
 *
 * x_c = 2.25, ν = 1, b = 1.75, sizes 8 … 128 of 17 points each, 1 % noise, on grids of their own
 * that are regular or as users have them.
 */
import { type Draws, draws, purpose } from "../../src/core/random.js";
import type { Curve } from "../../src/scaling/types.js";

export const plantedPeak = { a: -1, b: 1.75, critical: 2.25 };

const places = (count: number): number[] => Array.from({ length: count }, (_, i) => -1.5 + (5 * i) / (count - 1));

/** z of the points of the size of this number. */
const grids = {
  regular: (s: number) => places(17).map((z) => z + 0.03 * s),
  random: (_: number, draw: Draws) => places(17).map(() => -1.5 + 5 * draw.uniform()),
  /** Eleven points of the whole range and six of the peak. */
  merged: (s: number) => [...places(11), ...places(6).map((z) => 1 + 0.45 * (z - 1))].map((z) => z + 0.03 * s),
  /** Twelve points, five of them with a neighbour 0.005 away. */
  pairs: (s: number) =>
    places(12)
      .flatMap((z, i) => (i % 2 === 1 && i < 10 ? [z, z + 0.005] : [z]))
      .map((z) => z + 0.03 * s),
};

/** What is planted; no correction, a regular grid and stated errors by default. */
export type PlantedPeaks = {
  readonly c?: number;
  readonly d?: number;
  readonly omega?: number;
  readonly grid?: keyof typeof grids;
  readonly errors?: "stated" | "replicates" | "none";
  readonly seed?: number;
};

/** The curves of all sizes, three replicates of each with errors from replicates. */
export function plantedPeaks(planted: PlantedPeaks): Curve[] {
  const { c = 0, d = 0, omega = 1, grid = "regular", errors = "stated", seed = 1 } = planted;
  return [8, 16, 32, 64, 128].flatMap((size, s) => {
    const draw = draws({ seed, stream: s, purpose: purpose.test }, 0);
    const part = size ** -omega;
    const z = Float64Array.from(grids[grid](s, draw)).sort();
    const value = z.map((at) => (size ** plantedPeak.b * (1 + c * part)) / (1 + (at - 1 - d * part) ** 2));
    return Array.from({ length: errors === "replicates" ? 3 : 1 }, (_, replicate) => ({
      size,
      replicate,
      control: z.map((at) => plantedPeak.critical + at / size),
      items: 1,
      quantities: { value: value.map((y) => y * (1 + 0.01 * draw.gaussian())) },
      ...(errors === "stated" ? { error: value.map((y) => 0.01 * y) } : {}),
    }));
  });
}
