/**
 * What the shape of the curves leaves in their extrema: δ, in units of each curve's own width and
 * amplitude, by four moves,
 *
 *   to a polynomial of higher degree, to the next narrower and to the next wider window, to the best rule on another scale.
 *
 * Curves of a family are alike in own units, so moves are averaged over sizes, as far as those share
 * the density of their points: on one grid for all, a peak of five points has another bias than one of fifty.
 * Without δ locations were covered in 89–91 %, and values of a steep shape in 93 % (bench/scaling-coverage.ts).
 */
import { type Move, type Sized, shiftOf, squaredErrors, type WindowChoice } from "./bandwidth.js";

/**
 * The moves of t*_i/w_i and of the value over A_i by curve, none for a curve without a minimum. Each is a
 * profile over sizes whose amount is uncertain: the covariance is the sum of their products.
 */
export type Shape = readonly (readonly Move[])[];

/** The moves of a choice. */
export function shapeOf({ sized, tried, ...choice }: WindowChoice): Shape {
  const alike = tried.filter(({ link, degree }) => link === choice.link && degree === choice.degree);
  const at = alike.findIndex(({ kappa }) => kappa === choice.kappa);
  const narrower = alike[at - 1]?.sized;
  const wider = alike[at + 1]?.sized;
  const other = choice.other ?? sized;
  return sized.map((one, i) => {
    if (!found(one)) return [];
    const near = sharers(sized, i);
    const across = mean(near, (j) => moveTo(sized[j], other[j]));
    // A scale on which the curves fit badly says little of one on which they fit well.
    const [own, others] = [sized, other].map((all) => mean(near, (j) => squaredErrors(all[j])));
    const part = (name: keyof Move): number =>
      across[name] * Math.min(1, own[name] / others[name]) ** (one.free ? 0.5 : 0.25);
    return [
      mean(near, (j) => shiftOf(sized[j])),
      mean(near, (j) => moveTo(sized[j], narrower?.[j])),
      mean(near, (j) => moveTo(sized[j], wider?.[j])),
      { location: part("location"), value: part("value") },
    ];
  });
}

type Sharer = { readonly j: number; readonly weight: number };

/**
 * The curves that share what a curve's shape leaves, with weights exp(−(log₂ n_i/n_j)²), n the points per own width.
 * How the least number of points lies about a peak is another question at every size: such a window has its own.
 */
function sharers(sized: readonly Sized[], i: number): Sharer[] {
  return sized.flatMap((one, j): Sharer[] => {
    if (!found(one) || !(sized[i].free || i === j)) return [];
    return [{ j, weight: i === j ? 1 : Math.exp(-(Math.log2(sized[i].density / one.density) ** 2)) }];
  });
}

function mean(near: readonly Sharer[], of: (j: number) => Move): Move {
  const total = near.reduce((sum, { weight }) => sum + weight, 0);
  return {
    location: near.reduce((sum, { j, weight }) => sum + weight * of(j).location, 0) / total,
    value: near.reduce((sum, { j, weight }) => sum + weight * of(j).value, 0) / total,
  };
}

const still: Move = { location: 0, value: 0 };

function found({ minimum }: Sized): boolean {
  return minimum.status === "interior";
}

/** How far a minimum moves to another of the same curve. */
function moveTo({ value, minimum, width, amplitude }: Sized, to: Sized | undefined): Move {
  if (to === undefined || !found(to)) return still;
  return { location: (to.minimum.location - minimum.location) / width, value: (to.value - value) / amplitude };
}
