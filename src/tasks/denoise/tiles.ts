/**
 * A large picture as overlapping windows that are coded by themselves:
 *
 *   window k covers start_k … start_k + length − 1,  Σ_k w_k(p) = 1 at every pixel p
 *
 * The weights go from one window to the next along a ramp in the middle of
 * their overlap. A window's outermost pixels, whose code lacks its neighbours,
 * count for nothing, so no seam shows and memory does not grow with the picture
 * beyond its own pixels. Starts are multiples of the stride: the units of all
 * windows lie on one grid.
 */

/** Pixels of a window along an axis, of two neighbours' overlap at least, and of the ramp. */
export const tiling = { window: 128, overlap: 32, ramp: 16 } as const;

/** The windows along one axis. */
export type Windows = {
  readonly length: number;
  readonly starts: readonly number[];
  /** One list of `length` weights for each window. */
  readonly weights: readonly Float32Array[];
};

/**
 * Windows over `total` pixels, spread evenly; one alone where it suffices.
 *
 * @param total   multiple of the stride
 * @param stride  divides `tiling.window`, or is longer than it
 */
export function windowsOver(total: number, stride: number): Windows {
  const length = Math.min(total, Math.ceil(tiling.window / stride) * stride);
  const room = total - length;
  const count = room === 0 ? 1 : Math.ceil(room / (length - tiling.overlap)) + 1;
  const starts = Array.from({ length: count }, (_, k) =>
    count === 1 ? 0 : k === count - 1 ? room : Math.floor((k * room) / (count - 1) / stride) * stride,
  );
  const weights = starts.map((start, k) => {
    const into = k > 0 ? middleOf(starts[k - 1] + length, start) : null;
    const out = k < count - 1 ? middleOf(start + length, starts[k + 1]) : null;
    return Float32Array.from({ length }, (_, i) => {
      const rising = into === null ? 1 : ramp(start + i - into);
      return out === null ? rising : rising - ramp(start + i - out);
    });
  });
  return { length, starts, weights };
}

/** Where one window ends and the next begins to count: the middle of their overlap. */
function middleOf(end: number, start: number): number {
  return (end + start - 1) / 2;
}

/** 0 before the ramp, 1 after it, at `distance` pixels from its middle. */
function ramp(distance: number): number {
  return Math.min(1, Math.max(0, 0.5 + distance / tiling.ramp));
}

/** Line i of an axis of n lines continued by reflection about its first and last line. */
export function reflected(i: number, n: number): number {
  if (n === 1) return 0;
  const period = 2 * n - 2;
  const at = ((i % period) + period) % period;
  return at < n ? at : period - at;
}
