/**
 * Monotone curves that cross, with a known law:
 *
 *   y = L^b·(1 + c·L^(−ω))·f((x − x_c)·L^(1/ν)),  f(z) = 0.62/(1 + e^z),  x_c = 2.25,
 *
 * on grids of their own, z from −4 to 4, or on one grid for all. Noise of a point is
 * `noise` times the size's amplitude; a replicate may move as a whole.
 */
import { draws, purpose } from "../../src/core/random.js";
import type { TableColumns } from "../../src/scaling/columns.js";

export type PlantedCrossing = {
  readonly sizes?: readonly number[];
  readonly points?: number;
  readonly nu?: number;
  readonly b?: number;
  readonly c?: number;
  readonly omega?: number;
  /** What the correction does: 1 + c·L^(−ω) on the height, the slope z or, added to z, the place. */
  readonly correct?: "height" | "slope" | "place";
  readonly noise?: number;
  readonly replicates?: number;
  /** Deviation of a replicate as a whole, in x·L^(1/ν). */
  readonly shift?: number;
  /** Give the errors of the points. */
  readonly stated?: boolean;
  /** One grid of x for all sizes: its half width; else every size has its own. */
  readonly common?: number;
  readonly seed?: number;
};

export const plantedCritical = 2.25;

/** The table, as columns. */
export function plantedCrossing(planted: PlantedCrossing): TableColumns {
  const { sizes = [8, 16, 32, 64, 128], points = 17, nu = 1.25, b = 0, c = 0, omega = 1 } = planted;
  const { noise = 0.002, replicates = 1, shift = 0, stated = false, common, seed = 1, correct = "height" } = planted;
  const rows = sizes.flatMap((size, s) =>
    Array.from({ length: replicates }, (_, replicate) => {
      const draw = draws({ seed, stream: s, purpose: purpose.test }, replicate);
      const part = c * size ** -omega;
      const height = size ** b * (correct === "height" ? 1 + part : 1);
      const steep = correct === "slope" ? 1 + part : 1;
      const place = correct === "place" ? part : 0;
      const moved = shift * draw.gaussian();
      return Array.from({ length: points }, (_, i) => {
        const along = (2 * i) / (points - 1) - 1;
        const off = common === undefined ? (4 * along + 0.1 * s) * size ** (-1 / nu) : common * along;
        const y = (height * 0.62) / (1 + Math.exp(steep * off * size ** (1 / nu) + place - moved));
        const error = noise * size ** b;
        return { size, control: plantedCritical + off, value: y + error * draw.gaussian(), error, replicate };
      });
    }).flat(),
  );
  const column = (name: "size" | "control" | "value" | "error" | "replicate"): Float64Array =>
    Float64Array.from(rows, (row) => row[name]);
  return {
    size: column("size"),
    control: column("control"),
    value: column("value"),
    error: stated ? column("error") : null,
    replicate: replicates > 1 ? column("replicate") : null,
    x: null,
  };
}
