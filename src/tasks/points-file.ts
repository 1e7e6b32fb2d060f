/**
 * Points as a Parquet table, one row per image and λ, readable by pandas,
 * DuckDB and R. The λ column is called `lam`: `lambda` is a reserved word of
 * DuckDB. Equal points give equal bytes.
 */
import { CrispError } from "../core/errors.js";
import { type Column, encodeParquet, openParquet, readNumbers } from "../formats/parquet.js";
import type { Points } from "./points.js";

const columns = [
  { name: "image", field: "image", type: "INT32" },
  { name: "lam", field: "lambda", type: "DOUBLE" },
  { name: "squared_error", field: "squaredError", type: "DOUBLE" },
  { name: "squared_residual", field: "squaredResidual", type: "DOUBLE" },
  { name: "l1", field: "l1", type: "DOUBLE" },
  { name: "active", field: "active", type: "INT32" },
  { name: "gap", field: "gap", type: "DOUBLE" },
  { name: "iterations", field: "iterations", type: "INT32" },
  { name: "converged", field: "converged", type: "INT32" },
] as const;

/** Names of the columns of a table of points; `power` is in it where points are judged by more than their image. */
export const pointNames: readonly string[] = columns.map(({ name }) => name);

/** Points as the columns of a table. */
export function columnsOfPoints(points: Points): readonly Column[] {
  const all = columns.map(({ name, field, type }) => ({ name, type, data: Array.from(points[field]) }));
  const { power } = points;
  return power ? [...all, { name: "power", type: "DOUBLE", data: Array.from(power) }] : all;
}

/** Points from columns, asked for by name; `power` only where they are `judged`. */
export function pointsOfColumns(column: (name: string) => ArrayLike<number>, judged: boolean): Points {
  return {
    image: new Int32Array(column("image")),
    lambda: float64(column("lam")),
    squaredError: float64(column("squared_error")),
    squaredResidual: float64(column("squared_residual")),
    l1: float64(column("l1")),
    active: new Int32Array(column("active")),
    gap: float64(column("gap")),
    iterations: new Int32Array(column("iterations")),
    converged: new Uint8Array(column("converged")),
    ...(judged ? { power: float64(column("power")) } : {}),
  };
}

function float64(column: ArrayLike<number>): Float64Array {
  return column instanceof Float64Array ? column : new Float64Array(column);
}

/** The bytes of a Parquet file. */
export function encodePoints(points: Points): Uint8Array {
  return encodeParquet(columnsOfPoints(points));
}

/** The points of a file. @throws CrispError `data` naming the file when it is damaged or a column missing or short */
export async function decodePoints(bytes: Uint8Array, path: string): Promise<Points> {
  const table = await openParquet(new Uint8Array(bytes).buffer, path);
  const judged = table.names.includes("power");
  const found = await readNumbers(table, judged ? [...pointNames, "power"] : pointNames);
  const rows = found.get("image")?.length;
  return pointsOfColumns((name) => {
    const values = found.get(name);
    if (values && values.length === rows) return values;
    throw new CrispError(
      "data",
      `${path}: column ${name} is missing or short. Remove the file and its .json and run again.`,
    );
  }, judged);
}
