/**
 * Scales on which a local cubic is fitted. A peak of finite-size scaling often has few
 * points and long tails, y ≈ 1/(1 + z²) or exp(−z²): its reciprocal or its logarithm is
 * near a parabola over several widths, where y itself is not over one. All links rise with
 * u, the minimised curve (u = y, or −y for a maximum), so the extremum stays where it is.
 */

import type { WindowSetting } from "./types.js";

/** v = of(u) and back; `slope` = du/dv at u. */
export type Link = {
  readonly scale: WindowSetting["scale"];
  readonly of: (u: number) => number;
  readonly back: (v: number) => number;
  readonly slope: (u: number) => number;
};

const identity: Link = { scale: "value", of: (u) => u, back: (v) => v, slope: () => 1 };
const logarithm: Link = {
  scale: "logarithm",
  of: (u) => Math.sign(u) * Math.log(Math.abs(u)),
  back: Math.exp,
  slope: Math.abs,
};
const negativeLogarithm: Link = { ...logarithm, back: (v) => -Math.exp(-v) };
const reciprocal: Link = { scale: "reciprocal", of: (u) => -1 / u, back: (v) => -1 / v, slope: (u) => u * u };

/** Links for curves whose extrema all have this sign; only u itself where they have both. */
export function linksFor(signs: readonly number[]): readonly Link[] {
  const [sign] = signs;
  if (sign === 0 || signs.some((other) => other !== sign)) return [identity];
  return [identity, sign > 0 ? logarithm : negativeLogarithm, reciprocal];
}

/** Whether a link takes numbers of both signs. */
export function takesAll(link: Link): boolean {
  return link === identity;
}

/** The points about one of them that have its sign: the part of a curve that a link takes. */
export function domainAbout(signs: readonly number[], at: number): { readonly first: number; readonly last: number } {
  let [first, last] = [at, at];
  while (first > 0 && signs[first - 1] === signs[at]) first--;
  while (last < signs.length - 1 && signs[last + 1] === signs[at]) last++;
  return { first, last };
}
