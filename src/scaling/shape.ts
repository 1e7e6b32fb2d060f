/**
 * What the shape of the curves leaves in their extrema: δ, in units of each curve's own width and
 * amplitude, by three estimates of the bias,
 *
 *   the move to a polynomial of higher degree;
 *   the moves to the next narrower and the next wider window, over r^p − 1,
 *
 * for the bias of a polynomial of degree m goes as h^p, p = m + 1 (Fan and Gijbels 1996, chapter 3), and is r^p times
 * as large in a window r times as wide. Each misses a part, so their squares are added, and the first, which leaves the bias of
 * the higher degree, counts 1.3 times: without δ locations were covered in 89–91 % (bench/scaling-coverage.ts). Curves
 * of a family are alike in own units, so moves are averaged over sizes, as far as those share the density of their
 * points: on one grid for all, a peak of five points has another bias than one of fifty.
 */
import { halfWidthOf, type Move, type Sized, shiftOf, type WindowChoice } from "./bandwidth.js";

/**
 * The moves of t*_i/w_i and of the value over A_i by curve, none for a curve without a minimum. Each is a
 * profile over sizes whose amount is uncertain: the covariance is the sum of their products.
 */
export type Shape = readonly (readonly Move[])[];

/** The moves of a choice. */
export function shapeOf(choice: WindowChoice): Shape {
  const { sized } = choice;
  return sized.map((one, i) => {
    if (!found(one)) return [];
    const near = sharers(sized, i);
    return [
      scaled(
        1.3,
        mean(near, (j) => shiftOf(sized[j])),
      ),
      mean(near, (j) => biasBetween(choice, j, -1)),
      mean(near, (j) => biasBetween(choice, j, 1)),
    ];
  });
}

/** How far two curves share what their shape leaves: exp(−(log₂ n_i/n_j)²), n the points per own width. */
export function shared(a: Sized, b: Sized): number {
  return Math.exp(-(Math.log2(a.density / b.density) ** 2));
}

type Sharer = { readonly j: number; readonly weight: number };

/**
 * The curves that share what a curve's shape leaves, with their weights.
 * How the least number of points lies about a peak is another question at every size: such a window has its own.
 */
function sharers(sized: readonly Sized[], i: number): Sharer[] {
  return sized.flatMap((one, j): Sharer[] => {
    if (!found(one) || !(sized[i].free || i === j)) return [];
    return [{ j, weight: shared(sized[i], one) }];
  });
}

function mean(near: readonly Sharer[], of: (j: number) => Move): Move {
  const total = near.reduce((sum, { weight }) => sum + weight, 0);
  return {
    location: near.reduce((sum, { j, weight }) => sum + weight * of(j).location, 0) / total,
    value: near.reduce((sum, { j, weight }) => sum + weight * of(j).value, 0) / total,
  };
}

function scaled(factor: number, { location, value }: Move): Move {
  return { location: factor * location, value: factor * value };
}

const still: Move = { location: 0, value: 0 };

function found({ minimum }: Sized): boolean {
  return minimum.status === "interior";
}

/**
 * The bias of a curve by its move to the next narrower (−1) or wider (1) window. Many κ leave it the least number of
 * points: the next window is the first that differs by a tenth in width, and without one there is no move.
 */
function biasBetween({ kappa, degree, link, sized, tried }: WindowChoice, j: number, side: -1 | 1): Move {
  const one = sized[j];
  const half = halfWidthOf(one, kappa);
  const alike = tried.filter((rule) => rule.link === link && rule.degree === degree);
  const beyond = alike.filter((rule) => side * Math.log(halfWidthOf(one, rule.kappa) / half) > Math.log(1.1));
  const next = side < 0 ? beyond.at(-1) : beyond[0];
  if (next === undefined || !found(next.sized[j])) return still;
  const to = next.sized[j];
  const { value, minimum, width, amplitude } = one;
  const change = (halfWidthOf(one, next.kappa) / half) ** (minimum.window!.degree + 1) - 1;
  return scaled(1 / change, {
    location: (to.minimum.location - minimum.location) / width,
    value: (to.value - value) / amplitude,
  });
}
