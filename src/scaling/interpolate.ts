/**
 * A measured curve between its points, by the polynomial through the q = 4 nearest ones:
 *
 *   y(x) = Σ w_m(x) y_m,   variance Σ w_m² E_m²,   error |D·Π(x − x_m)|,
 *
 * w_m Lagrange's weights. D is the q-th divided difference of the curve there: what the
 * polynomial misses at a point that is left out, over the product at that point. From D²
 * goes the part that the errors E of the points explain. Straight lines between points
 * are not the curve: with them exact data on a grid of factor 1.2 had S = 3.95.
 */

/** One size's curve, averaged over replicates. */
export type MeasuredCurve = {
  readonly size: number;
  /** Strictly increasing. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Standard errors of y, above 0. */
  readonly error: readonly number[];
};

/** A value between points, the variance that their errors give it, and the error of interpolation. */
export type Interpolated = { readonly y: number; readonly variance: number; readonly error: number };

/** Value at x by local polynomials; null outside of the curve's controls. */
export type Interpolant = (x: number) => Interpolated | null;

const order = 4;

/** The interpolant of a curve of at least two points; with fewer than five it takes fewer nodes, with two it knows no error. */
export function interpolant({ x, y, error }: MeasuredCurve): Interpolant {
  const nodes = nodesOf(x);
  const squares = squaredDifferences({ x, y, error }, nodes);
  const weights = squares.map((_, first) => differenceWeights(x, first, nodes - 1));
  return (at) => {
    const right = firstFrom(x, at);
    if (right < 1) return null;
    const first = firstNode(x, right);
    let product = 1;
    for (let m = 0; m < nodes; m++) {
      const away = at - x[first + m];
      if (away === 0) return { y: y[first + m], variance: error[first + m] ** 2, error: 0 };
      product *= away;
    }
    let [value, variance] = [0, 0];
    for (let m = 0; m < nodes; m++) {
      const weight = (product * weights[first][m]) / (at - x[first + m]);
      value += weight * y[first + m];
      variance += (weight * error[first + m]) ** 2;
    }
    return { y: value, variance, error: Math.sqrt(squares[first]) * Math.abs(product) };
  };
}

/** Lagrange's weights of the points beside x, from the first of them on; null outside of the curve's controls. */
export function interpolationWeights({ x }: MeasuredCurve) {
  const nodes = nodesOf(x);
  return (at: number): { readonly first: number; readonly weights: readonly number[] } | null => {
    const right = firstFrom(x, at);
    if (right < 1) return null;
    const first = firstNode(x, right);
    const own = x.slice(first, first + nodes);
    return { first, weights: own.map((a, m) => own.reduce((w, b, n) => (n === m ? w : (w * (at - b)) / (a - b)), 1)) };
  };
}

/** Points that a curve is interpolated through. */
function nodesOf(x: readonly number[]): number {
  return Math.min(order, Math.max(2, x.length - 1));
}

/** The first of them, for a place just below point `right`. */
function firstNode(x: readonly number[], right: number): number {
  const nodes = nodesOf(x);
  return Math.min(Math.max(0, right - (nodes >> 1)), x.length - nodes);
}

type Points = Pick<MeasuredCurve, "x" | "y" | "error">;

/** D² for the nodes from each point on: the mean of the differences with one more point at either end. */
function squaredDifferences(points: Points, nodes: number): number[] {
  const { x, error } = points;
  if (x.length <= nodes) return [0];
  const excess = Array.from({ length: x.length - nodes }, (_, first) => {
    const weights = differenceWeights(x, first, nodes);
    const noise = weights.reduce((sum, w, m) => sum + (w * error[first + m]) ** 2, 0);
    return difference(points, first, weights) ** 2 - noise;
  });
  return Array.from({ length: x.length - nodes + 1 }, (_, first) => {
    const own = excess.slice(Math.max(0, first - 1), first + 1);
    return Math.max(0, own.reduce((sum, value) => sum + value, 0) / own.length);
  });
}

/** Weights of the degree + 1 points from `first` on in their divided difference, and in Lagrange's polynomial: 1/Π(x_m − x_n). */
function differenceWeights(x: readonly number[], first: number, degree: number): number[] {
  const own = x.slice(first, first + degree + 1);
  return own.map((a, m) => own.reduce((product, b, n) => (n === m ? product : product / (a - b)), 1));
}

function difference({ y }: Points, first: number, weights: readonly number[]): number {
  return weights.reduce((sum, w, m) => sum + w * y[first + m], 0);
}

/**
 * Variance of the points around their own smooth curve, from the differences of five
 * neighbours: Σ(D/|w|)²/count. It holds what a cubic misses too. 0 with fewer than five points.
 */
export function scatterVariance(x: readonly number[], y: readonly number[]): number {
  const count = x.length - order;
  if (count < 1) return 0;
  let sum = 0;
  for (let first = 0; first < count; first++) {
    const weights = differenceWeights(x, first, order);
    const square = weights.reduce((total, w) => total + w * w, 0);
    sum += difference({ x, y, error: [] }, first, weights) ** 2 / square;
  }
  return sum / count;
}

/** Error of interpolation halfway to the neighbours of each point: what a point stands for beside its own error. */
export function interpolationErrors(curve: MeasuredCurve): number[] {
  const at = interpolant(curve);
  const { x } = curve;
  const between = x.slice(1).map((right, i) => at((x[i] + right) / 2)!.error);
  return x.map((_, i) => Math.max(between[i - 1] ?? 0, between[i] ?? 0));
}

/** Index of the first value at or above `at` in a rising list, by halving; −1 if there is none, 0 at or below the first. */
function firstFrom(values: readonly number[], at: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] >= at) high = middle;
    else low = middle + 1;
  }
  if (low === 0 && values[0] === at) return 1;
  return low === values.length ? -1 : low;
}
