/** Tables with a known law: one value per size, with a Gaussian relative error that is stated. */
import { draws, purpose } from "../../src/core/random.js";
import type { SizeData } from "../../src/scaling/types.js";

export type TableTruth = {
  readonly sizes: readonly number[];
  readonly error: number;
  /** y(L). */
  readonly f: (L: number) => number;
  /** b of y ~ L^b as L → ∞. */
  readonly exponent: number;
};

const decades = [8, 16, 32, 64, 128, 256, 512, 1024];
const lattice = [6, 8, 12, 16, 24, 32, 48, 64];
const { log } = Math;

/** Eight sizes by factors of 2 from 8 on with errors of 0.4 %, unless the name says otherwise. */
function table(f: (L: number) => number, exponent: number, other: Partial<TableTruth> = {}): TableTruth {
  return { sizes: decades, error: 0.004, f, exponent, ...other };
}

/** Specific-heat maxima of the 2D Ising model (Kaufman's partition function), L = 4 … 128; α = 0. */
const specificHeat = new Map([
  [4, 0.8164611614],
  [8, 1.19183882],
  [16, 1.55220436],
  [32, 1.904506078],
  [64, 2.252392889],
  [128, 2.597887741],
]);

/** Laws of the field and their leading exponents. */
export const tableTruths: Readonly<Record<string, TableTruth>> = {
  "L^−0.75": table((L) => L ** -0.75, -0.75),
  "L^1.75": table((L) => L ** 1.75, 1.75),
  "L^0.1": table((L) => L ** 0.1, 0.1),
  "u^−0.75 (1 + 0.6/u), u = L/8": table((L) => (L / 8) ** -0.75 * (1 + 4.8 / L), -0.75),
  "L^1.75 (1 − 1.2/L)": table((L) => L ** 1.75 * (1 - 1.2 / L), 1.75),
  "u (1 + 0.8 u^−½), u = L/8": table((L) => L * (1 + 0.8 * (L / 8) ** -0.5), 1),
  "the same at 0.05 %": table((L) => L * (1 + 0.8 * (L / 8) ** -0.5), 1, { error: 0.0005 }),
  "1 + 7/u, u = L/8": table((L) => 1 + 56 / L, 0),
  "0.4945 ln L + 0.2": table((L) => 0.4945 * log(L) + 0.2, 0),
  "2D Ising specific heat, L = 4 … 128, 0.1 %": table((L) => specificHeat.get(L)!, 0, {
    sizes: [...specificHeat.keys()],
    error: 0.001,
  }),
  "L² √ln L": table((L) => L ** 2 * log(L) ** 0.5, 2),
  "L² √ln L, L = 6 … 64, 0.2 %": table((L) => L ** 2 * log(L) ** 0.5, 2, { sizes: lattice, error: 0.002 }),
  "L² √ln L, L = 6 … 64, 1 %": table((L) => L ** 2 * log(L) ** 0.5, 2, { sizes: lattice, error: 0.01 }),
  "L² √(ln L + 1)": table((L) => L ** 2 * (log(L) + 1) ** 0.5, 2),
  "L ln L": table((L) => L * log(L), 1),
  "L^1.75 (ln L)^⅛": table((L) => L ** 1.75 * log(L) ** 0.125, 1.75),
  "L^1.75 (ln L)^⅛, 1 %": table((L) => L ** 1.75 * log(L) ** 0.125, 1.75, { error: 0.01 }),
  "2.5/ln²(2L), L = 8 … 512, 0.5 %": table((L) => 2.5 / log(2 * L) ** 2, 0, {
    sizes: decades.slice(0, 7),
    error: 0.005,
  }),
  "0.8935 + 2.5/ln²(2L)": table((L) => 0.8935 + 2.5 / log(2 * L) ** 2, 0),
};

/** The table of a truth with the draws of `repeat`. */
export function plantedTable({ sizes, error, f }: TableTruth, repeat: number): SizeData {
  const draw = draws({ seed: repeat, purpose: purpose.test }, 5);
  return {
    quantity: "value",
    sizes,
    logs: sizes.map((L) => log(f(L)) + error * draw.gaussian()),
    covariance: sizes.map((_, i) => sizes.map((__, j) => (i === j ? error ** 2 : 0))),
    dof: Infinity,
    replicateVariance: null,
    errors: "stated errors",
  };
}
