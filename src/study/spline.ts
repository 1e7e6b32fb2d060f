/**
 * Natural cubic spline through the points of a measured curve, for reading it
 * between them: the cost of a λ that was not on the grid, the λ that gives a
 * wanted number of active units. Nothing is read outside the points.
 */
export type Spline = {
  readonly first: number;
  readonly last: number;
  /** Value at t, or null outside the measured range. */
  at(t: number): number | null;
};

/** @param t strictly increasing, at least two points */
export function spline(t: readonly number[], y: readonly number[]): Spline {
  const second = secondDerivatives(t, y);
  const last = t.length - 1;
  return {
    first: t[0],
    last: t[last],
    at(x) {
      if (x < t[0] || x > t[last]) return null;
      const right = Math.max(
        1,
        t.findIndex((knot) => knot >= x),
      );
      const h = t[right] - t[right - 1];
      const a = (t[right] - x) / h;
      const b = 1 - a;
      const bend = ((a ** 3 - a) * second[right - 1] + (b ** 3 - b) * second[right]) * ((h * h) / 6);
      return a * y[right - 1] + b * y[right] + bend;
    },
  };
}

/** Continuous slopes and zero curvature at the ends: a tridiagonal system, solved by elimination. */
function secondDerivatives(t: readonly number[], y: readonly number[]): number[] {
  const n = t.length;
  const upper = new Array<number>(n).fill(0);
  const right = new Array<number>(n).fill(0);
  for (let i = 1; i < n - 1; i++) {
    const before = t[i] - t[i - 1];
    const after = t[i + 1] - t[i];
    const diagonal = 2 * (before + after) - before * upper[i - 1];
    const slopes = (y[i + 1] - y[i]) / after - (y[i] - y[i - 1]) / before;
    upper[i] = after / diagonal;
    right[i] = (6 * slopes - before * right[i - 1]) / diagonal;
  }
  const second = new Array<number>(n).fill(0);
  for (let i = n - 2; i > 0; i--) second[i] = right[i] - upper[i] * second[i + 1];
  return second;
}

/** t in [first, last] where a monotone spline takes the value y, by bisection; null where it does not, or where y is not a number. */
export function inverse(curve: Spline, y: number): number | null {
  let low = curve.first;
  let high = curve.last;
  const rising = curve.at(high)! > curve.at(low)!;
  const [least, most] = rising ? [curve.at(low)!, curve.at(high)!] : [curve.at(high)!, curve.at(low)!];
  if (!(y >= least && y <= most)) return null;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (curve.at(middle)! < y === rising) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
