/**
 * What is kept of every coding of a sweep: sums per image and λ, never
 * percentages, so that any other definition, bootstrap or curve needs no new
 * sweep. Columns, not rows: they go to Parquet and through messages as they are.
 */
export type Points = {
  readonly image: Int32Array;
  readonly lambda: Float64Array;
  /** ‖s − ŝ‖² against the clean image. */
  readonly squaredError: Float64Array;
  /** ‖y − ŝ‖² against the noisy image that was coded. */
  readonly squaredResidual: Float64Array;
  /** Σ|a|. */
  readonly l1: Float64Array;
  /** #{a ≠ 0}. */
  readonly active: Int32Array;
  /** Relative duality gap: the point's certificate. */
  readonly gap: Float64Array;
  readonly iterations: Int32Array;
  /** 1 where the gap reached the tolerance. */
  readonly converged: Uint8Array;
  /** ‖s‖² over what squaredError is of; absent where that is all of a normalised image: its number of values. */
  readonly power?: Float64Array;
};

export type Point = {
  readonly image: number;
  readonly lambda: number;
  readonly squaredError: number;
  readonly squaredResidual: number;
  readonly l1: number;
  readonly active: number;
  readonly gap: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly power?: number;
};

/** Columns under construction: plain arrays are turned into typed ones once, by `emptyPoints`' capacity. */
export type PointColumns = Points & { length: number };

/** Room for `capacity` points; `judged` where each has a `power` of its own. */
export function emptyPoints(capacity: number, judged = false): PointColumns {
  return {
    length: 0,
    image: new Int32Array(capacity),
    lambda: new Float64Array(capacity),
    squaredError: new Float64Array(capacity),
    squaredResidual: new Float64Array(capacity),
    l1: new Float64Array(capacity),
    active: new Int32Array(capacity),
    gap: new Float64Array(capacity),
    iterations: new Int32Array(capacity),
    converged: new Uint8Array(capacity),
    ...(judged ? { power: new Float64Array(capacity) } : {}),
  };
}

/** Writes the next point in place. */
export function addPoint(columns: PointColumns, point: Point): void {
  const row = columns.length++;
  columns.image[row] = point.image;
  columns.lambda[row] = point.lambda;
  columns.squaredError[row] = point.squaredError;
  columns.squaredResidual[row] = point.squaredResidual;
  columns.l1[row] = point.l1;
  columns.active[row] = point.active;
  columns.gap[row] = point.gap;
  columns.iterations[row] = point.iterations;
  columns.converged[row] = point.converged ? 1 : 0;
  if (columns.power) columns.power[row] = point.power!;
}
