/**
 * Points as a Parquet table, one row an image and λ, readable by pandas,
 * DuckDB and R. The λ column is called `lam`: `lambda` is a reserved word of
 * DuckDB. Equal points give equal bytes.
 */
import { parquetRead } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { CrispError } from "../core/errors.js";
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

export function encodePoints(points: Points): Uint8Array {
  const columnData = columns.map(({ name, field, type }) => ({ name, type, data: Array.from(points[field]) }));
  return new Uint8Array(parquetWriteBuffer({ columnData, createdBy: "crisp" }));
}

/** @throws CrispError `data` naming the file when a column is missing or short */
export async function decodePoints(bytes: Uint8Array, path: string): Promise<Points> {
  const file = new Uint8Array(bytes).buffer;
  const found = new Map<string, number[]>();
  await parquetRead({
    file,
    onChunk({ columnName, columnData, rowStart }) {
      const column = found.get(columnName) ?? [];
      found.set(columnName, column);
      for (let i = 0; i < columnData.length; i++) column[rowStart + i] = Number(columnData[i]);
    },
  });
  const rows = found.get("image")?.length;
  const column = (name: string): number[] => {
    const values = found.get(name);
    if (values && values.length === rows) return values;
    throw new CrispError(
      "data",
      `${path}: column ${name} is missing or short. Remove the file and its .json and run again.`,
    );
  };
  return {
    image: Int32Array.from(column("image")),
    lambda: Float64Array.from(column("lam")),
    squaredError: Float64Array.from(column("squared_error")),
    squaredResidual: Float64Array.from(column("squared_residual")),
    l1: Float64Array.from(column("l1")),
    active: Int32Array.from(column("active")),
    gap: Float64Array.from(column("gap")),
    iterations: Int32Array.from(column("iterations")),
    converged: Uint8Array.from(column("converged")),
  };
}
