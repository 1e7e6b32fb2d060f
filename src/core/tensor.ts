/**
 * A dense array with its shape: the one container that crosses every boundary
 * (worker, file, page). Row-major, last index fastest. Images are
 * [batch, height, width, channels]; atoms [features, patch rows, patch columns, channels].
 */
import { CrispError } from "./errors.js";

/** A dense float32 array and its shape, row-major. */
export type Tensor = {
  readonly shape: readonly number[];
  readonly data: Float32Array;
};

/** A tensor over `data`, or zeros; throws `shape` if the lengths disagree. */
export function tensor(shape: readonly number[], data: Float32Array = new Float32Array(count(shape))): Tensor {
  if (data.length !== count(shape)) {
    throw new CrispError("shape", `data holds ${data.length} values; shape [${shape}] needs ${count(shape)}.`);
  }
  return { shape, data };
}

/** Number of values in a shape. */
export function count(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The i-th slice along the first axis, a view without a copy. */
export function slice(of: Tensor, index: number): Float32Array {
  const length = count(of.shape.slice(1));
  return of.data.subarray(index * length, (index + 1) * length);
}
