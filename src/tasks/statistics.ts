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

/** Statistics that grow code by code; they keep counts, not codes. */
export type GrowingStatistics = {
  /** Adds the code of one image, whose network has so many positions. */
  add(code: SparseCode, positions: number): void;
  result(): CodeStatistics;
};

/** Statistics of no code yet, of atoms 0 … features − 1. */
export function openStatistics(features: number): GrowingStatistics {
  const events = new Array<number>(features).fill(0);
  const histogram = openHistogram();
  let [images, places] = [0, 0];
  return {
    add({ index, value }, positions) {
      images++;
      places += positions;
      for (const unit of index) events[unit % features]++;
      histogram.add(value);
    },
    result: () => ({
      images,
      features,
      percentActive: (100 * events.reduce((sum, n) => sum + n, 0)) / (places * features),
      activationFrequency: events.map((n) => n / places),
      unusedAtoms: events.filter((n) => n === 0).length,
      histogram: histogram.result(),
    }),
  };
}

/**
 * Counts in fine bins, ten times wider each time the range has outgrown them; the bins of the result
 * are whole numbers of fine ones.
 */
function openHistogram() {
  let [low, high, fine] = [0, 0, 0];
  let counts = new Map<number, number>();
  function widen(to: number): void {
    const ratio = Math.round(to / fine);
    const wider = new Map<number, number>();
    for (const [bin, n] of counts) count(wider, Math.floor(bin / ratio), n);
    [counts, fine] = [wider, to];
  }
  return {
    add(values: Float32Array): void {
      for (const a of values) {
        low = Math.min(low, a);
        high = Math.max(high, a);
      }
      if (low === high) return;
      const wanted = powerBelow((high - low) / mostBins);
      if (fine === 0) fine = wanted;
      if (wanted > fine * (1 + 1e-9)) widen(wanted);
      for (const a of values) count(counts, Math.floor(a / fine), 1);
    },
    result(): Histogram {
      if (counts.size === 0) return { edges: [], counts: [] };
      const width = roundWidth((high - low) / mostBins);
      const first = Math.floor(low / width);
      const bins = Math.max(1, Math.ceil(high / width) - first);
      const ratio = Math.round(width / fine);
      const found = new Array<number>(bins).fill(0);
      for (const [bin, n] of counts) found[Math.min(bins - 1, Math.max(0, Math.floor(bin / ratio) - first))] += n;
      const edges = Array.from({ length: bins + 1 }, (_, i) => Number(((first + i) * width).toPrecision(12)));
      return { edges, counts: found };
    },
  };
}

function count(bins: Map<number, number>, bin: number, n: number): void {
  bins.set(bin, (bins.get(bin) ?? 0) + n);
}

function powerBelow(value: number): number {
  return 10 ** Math.floor(Math.log10(value));
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function roundWidth(least: number): number {
  const power = powerBelow(least);
  return [1, 2, 5, 10].map((m) => m * power).find((width) => width >= least * (1 - 1e-9)) ?? 10 * power;
}
