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

/** Pixels of the ramp, and of a window along an axis beside one overlap: 128 in all for atoms of 8×8. */
const tiling = { ramp: 16, fresh: 96 } as const;

/**
 * Outermost pixels of a window that count for nothing. What is missing beyond the edge reaches
 * inwards from atom to atom, so it takes more than one where atoms are large and lie densely.
 * Largest difference to one coding of the whole, in deviations, leaves patches of 16×16 and
 * 32×32 (much alike, so the hardest): 0.05 and 0.15 with one atom's size, 0.03 and 0.02 with this.
 */
export function marginFor(patch: number): number {
  return Math.max(patch, 2 * patch - 8);
}

/** What two neighbouring windows share at least: the ramp, and a margin on either side of it. */
function overlapFor(patch: number): number {
  return 2 * marginFor(patch) + tiling.ramp;
}

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
 * @param patch   pixels of an atom along the axis, ≥ 1
 */
export function windowsOver(total: number, stride: number, patch: number): Windows {
  const overlap = overlapFor(patch);
  const length = Math.min(total, Math.ceil((overlap + Math.max(tiling.fresh, stride)) / stride) * stride);
  // In strides: neighbours' starts then differ by at most `step`, also where they are rounded down.
  const room = (total - length) / stride;
  const step = Math.floor((length - overlap) / stride);
  const gaps = room === 0 ? 0 : Math.ceil(room / step);
  const starts = Array.from({ length: gaps + 1 }, (_, k) => (k === 0 ? 0 : Math.floor((k * room) / gaps) * stride));
  const weights = starts.map((start, k) => {
    const into = k > 0 ? middleOf(starts[k - 1] + length, start) : null;
    const out = k < gaps ? middleOf(start + length, starts[k + 1]) : null;
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
