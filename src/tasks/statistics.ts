/**
 * What codes look like taken together: how often each atom is active, and how large the
 * activities are.
 *
 *   frequency_m = #{a ≠ 0 of atom m} / (positions · images)
 */
import type { SparseCode } from "../coding/engine.js";

export type CodeStatistics = {
  readonly images: number;
  readonly features: number;
  /** Over all atoms, positions and images. */
  readonly percentActive: number;
  /** Fraction of positions at which each atom is active, [features]. */
  readonly activationFrequency: readonly number[];
  /** Atoms that no image uses. */
  readonly unusedAtoms: number;
  readonly histogram: Histogram;
};

/** Activities a ≠ 0 counted in bins of one width; edges[i] ≤ a < edges[i + 1], the last bin closed. */
export type Histogram = { readonly edges: readonly number[]; readonly counts: readonly number[] };

const mostBins = 60;

/** Statistics of the codes of some images at one λ. */
export function codeStatistics(
  codes: readonly SparseCode[],
  network: { readonly features: number; readonly positions: number },
): CodeStatistics {
  const { features, positions } = network;
  const events = new Array<number>(features).fill(0);
  for (const { index } of codes) for (const unit of index) events[unit % features]++;
  const places = positions * codes.length;
  return {
    images: codes.length,
    features,
    percentActive: (100 * events.reduce((sum, n) => sum + n, 0)) / (places * features),
    activationFrequency: events.map((n) => n / places),
    unusedAtoms: events.filter((n) => n === 0).length,
    histogram: histogramOf(codes),
  };
}

function histogramOf(codes: readonly SparseCode[]): Histogram {
  let [low, high, any] = [0, 0, false];
  for (const { value } of codes) {
    for (const a of value) {
      low = Math.min(low, a);
      high = Math.max(high, a);
      any = true;
    }
  }
  if (!any) return { edges: [], counts: [] };
  const width = roundWidth((high - low) / mostBins);
  const first = Math.floor(low / width);
  const bins = Math.max(1, Math.ceil(high / width) - first);
  const counts = new Array<number>(bins).fill(0);
  for (const { value } of codes) {
    for (const a of value) counts[Math.min(bins - 1, Math.max(0, Math.floor(a / width) - first))]++;
  }
  const edges = Array.from({ length: bins + 1 }, (_, i) => Number(((first + i) * width).toPrecision(12)));
  return { edges, counts };
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function roundWidth(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((m) => m * power).find((width) => width >= least * (1 - 1e-9)) ?? 10 * power;
}
