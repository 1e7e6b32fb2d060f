/**
 * The Cholesky factor of the active atoms, kept from one solution to the next:
 *
 *   M x = b,  M = Φ_SᵀΦ_S = G·Gᵀ
 *
 * A unit that joins S adds a row to G, one that leaves it takes a row out, made
 * triangular again by Givens rotations; both cost |S|² steps, where conjugate
 * gradients need hundreds of products with M for every change of S (544 s of
 * processor time for the transition tests of `crisp run --preset tiny`, of which
 * they took two thirds). What the factor leaves over is refined by the atoms
 * themselves. Source: Golub and Van Loan, Matrix Computations, section 6.5.
 */
import type { Network } from "../../coding/operator.js";
import { addColumns, type Columns, columnDots, columnsOf, dependent, largest } from "./columns.js";

/** Solves for one network, whose set of active units moves little from call to call. */
export type Factor = {
  /** Columns of the units given, in their order; each unit's is made once. */
  columns(units: readonly number[]): Columns;
  /** x with Φ_SᵀΦ_S x = b to a largest residual of `tolerance`; null where atoms are nearly dependent. */
  solve(units: readonly number[], b: Float64Array, tolerance: number): Float64Array | null;
  /** The units in the order of G's rows, and G. */
  triangle(): { readonly order: readonly number[]; readonly rows: readonly Float64Array[] };
};

/** Refinements of a solution before the factor is made anew. */
const mostRefinements = 4;

/** An empty factor. */
export function openFactor(net: Network): Factor {
  const known = new Map<number, Columns>();
  let order: number[] = [];
  let rows: Float64Array[] = [];

  function columnOf(unit: number): Columns {
    const found = known.get(unit) ?? columnsOf(net, [unit]);
    known.set(unit, found);
    return found;
  }
  const columns = (units: readonly number[]) => joined(units.map(columnOf), net.canvasLength);

  /** Adds a row; false, and nothing done, where the unit's atom depends on those before. */
  function add(unit: number, canvas: Float64Array): boolean {
    const own = columnOf(unit);
    addColumns(own, [1], 1, canvas);
    const row = new Float64Array(order.length + 1);
    for (let i = 0; i < order.length; i++) row[i] = columnDots(columnOf(order[i]), canvas)[0];
    const norm = columnDots(own, canvas)[0];
    for (let k = 0; k < own.at.length; k++) canvas[own.at[k]] = 0;
    let left = norm;
    for (let i = 0; i < order.length; i++) {
      const above = rows[i];
      let value = row[i];
      for (let k = 0; k < i; k++) value -= above[k] * row[k];
      row[i] = value / above[i];
      left -= row[i] * row[i];
    }
    if (!(left > dependent * norm)) return false;
    row[order.length] = Math.sqrt(left);
    order.push(unit);
    rows.push(row);
    return true;
  }

  /** Takes row i out and rotates what lies below it back into a triangle. */
  function remove(i: number): void {
    order.splice(i, 1);
    rows.splice(i, 1);
    for (let k = i; k < rows.length; k++) {
      const [a, b] = [rows[k][k], rows[k][k + 1]];
      const length = Math.hypot(a, b);
      const [c, s] = [a / length, b / length];
      for (let q = k; q < rows.length; q++) {
        const row = rows[q];
        const first = row[k];
        row[k] = c * first + s * row[k + 1];
        row[k + 1] = c * row[k + 1] - s * first;
      }
    }
  }

  /** Makes the factor that of the units; false where they are dependent. */
  function moveTo(units: readonly number[], afresh: boolean): boolean {
    const wanted = new Set(units);
    const leaving = order.filter((unit) => !wanted.has(unit));
    // A rotation per row and unit leaving costs more than a new factor beyond an eighth of them.
    if (afresh || 8 * leaving.length > order.length) [order, rows] = [[], []];
    else for (let i = order.length - 1; i >= 0; i--) if (!wanted.has(order[i])) remove(i);
    const there = new Set(order);
    const canvas = new Float64Array(net.canvasLength);
    return units.every((unit) => there.has(unit) || add(unit, canvas));
  }

  function solved(units: readonly number[], b: Float64Array, tolerance: number): Float64Array | null {
    const place = new Map(units.map((unit, j) => [unit, j]));
    const places = order.map((unit) => place.get(unit)!);
    const c = columns(units);
    const canvas = new Float64Array(net.canvasLength);
    const x = new Float64Array(units.length);
    let rest = b;
    for (let n = 0; n < mostRefinements; n++) {
      const step = substituted(
        rows,
        Float64Array.from(places, (j) => rest[j]),
      );
      for (const [i, j] of places.entries()) x[j] += step[i];
      canvas.fill(0);
      addColumns(c, x, 1, canvas);
      const mx = columnDots(c, canvas);
      rest = b.map((value, j) => value - mx[j]);
      if (largest(rest) <= tolerance) return x;
    }
    return null;
  }

  return {
    columns,
    // A row that units left is longer than its place.
    triangle: () => ({ order, rows: rows.map((row, i) => row.slice(0, i + 1)) }),
    solve(units, b, tolerance) {
      for (const afresh of [false, true]) {
        const x = moveTo(units, afresh) ? solved(units, b, tolerance) : null;
        if (x) return x;
      }
      return null;
    },
  };
}

/** G⁻ᵀG⁻¹ b, in place. */
function substituted(rows: readonly Float64Array[], x: Float64Array): Float64Array {
  for (let i = 0; i < x.length; i++) {
    const row = rows[i];
    let value = x[i];
    for (let k = 0; k < i; k++) value -= row[k] * x[k];
    x[i] = value / row[i];
  }
  for (let i = x.length - 1; i >= 0; i--) {
    const row = rows[i];
    x[i] /= row[i];
    for (let k = 0; k < i; k++) x[k] -= row[k] * x[i];
  }
  return x;
}

/** Several columns as one. */
function joined(parts: readonly Columns[], canvasLength: number): Columns {
  const start = new Int32Array(parts.length + 1);
  for (const [j, { at }] of parts.entries()) start[j + 1] = start[j] + at.length;
  const at = new Int32Array(start[parts.length]);
  const value = new Float64Array(at.length);
  for (const [j, part] of parts.entries()) {
    at.set(part.at, start[j]);
    value.set(part.value, start[j]);
  }
  return { count: parts.length, start, at, value, canvasLength };
}
