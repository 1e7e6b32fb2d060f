/**
 * Minimum of a function without derivatives: the downhill simplex of Nelder and
 * Mead (1965), from several starts, restarted once from the best result.
 * Points where the function is Infinity are outside its domain.
 */
/** Where the function is least, and whether the search ended there. */
export type SimplexResult = { readonly point: number[]; readonly value: number; readonly converged: boolean };

/** When a search ends. */
export type SimplexOptions = {
  /** Stop when values differ by less than this, relative, and points by 10⁴ times it (10⁻⁶ … 10⁻²) of the steps. */
  readonly tolerance?: number;
  /** Descend once more from the result; by default true. */
  readonly again?: boolean;
  /** A difference of values that matters, where the least value may be 0; by default none. */
  readonly scale?: number;
};

/** The least value found from all starts; `steps` are the first edges of the simplex. */
export function minimise(
  f: (point: readonly number[]) => number,
  starts: readonly (readonly number[])[],
  { steps, tolerance = 1e-10, again = true, scale = 1e-30 }: SimplexOptions & { readonly steps: readonly number[] },
): SimplexResult {
  const stop = { tolerance, scale };
  const results = starts.map((start) => descend(f, start, { ...stop, steps }));
  const best = results.reduce((a, b) => (b.value < a.value ? b : a));
  return again ? descend(f, best.point, { ...stop, steps: steps.map((step) => step / 5) }) : best;
}

type Vertex = { readonly point: number[]; readonly value: number };
type Descent = { readonly steps: readonly number[]; readonly tolerance: number; readonly scale: number };

function descend(
  f: (point: readonly number[]) => number,
  start: readonly number[],
  { steps, tolerance, scale }: Descent,
): SimplexResult {
  const reach = Math.min(1e-2, Math.max(1e-6, 1e4 * tolerance));
  const at = (point: number[]): Vertex => ({ point, value: f(point) });
  const simplex = [at([...start]), ...steps.map((step, j) => at(start.map((x, i) => (i === j ? x + step : x))))];
  for (let iteration = 0; iteration < 400; iteration++) {
    simplex.sort((a, b) => a.value - b.value);
    const [best] = simplex;
    const worst = simplex[simplex.length - 1];
    if (worst.value - best.value <= tolerance * (Math.abs(best.value) + scale) && small(simplex, steps, reach))
      return { ...best, converged: true };
    const middle = start.map(
      (_, i) => simplex.slice(0, -1).reduce((sum, { point }) => sum + point[i], 0) / start.length,
    );
    const along = (factor: number): Vertex => at(middle.map((m, i) => m + factor * (worst.point[i] - m)));
    const next = move(simplex, along);
    if (next !== null) simplex[simplex.length - 1] = next;
    else
      for (let v = 1; v < simplex.length; v++) simplex[v] = at(simplex[v].point.map((x, i) => (x + best.point[i]) / 2));
  }
  simplex.sort((a, b) => a.value - b.value);
  return { ...simplex[0], converged: false };
}

/** The vertex that replaces the worst, or null when the simplex must shrink. */
function move(simplex: readonly Vertex[], along: (factor: number) => Vertex): Vertex | null {
  const [best] = simplex;
  const worst = simplex[simplex.length - 1];
  const reflected = along(-1);
  if (reflected.value < best.value) {
    const expanded = along(-2);
    return expanded.value < reflected.value ? expanded : reflected;
  }
  if (reflected.value < simplex[simplex.length - 2].value) return reflected;
  const contracted = reflected.value < worst.value ? along(-0.5) : along(0.5);
  return contracted.value < Math.min(worst.value, reflected.value) ? contracted : null;
}

function small(simplex: readonly Vertex[], steps: readonly number[], reach: number): boolean {
  return steps.every((step, i) =>
    simplex.every(({ point }) => Math.abs(point[i] - simplex[0].point[i]) < reach * Math.abs(step)),
  );
}
