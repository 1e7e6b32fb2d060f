/** Made-up traces of an LCA and statistics of codes at two λ's. Nothing in them was measured. */
import type { LambdaStatistics } from "../../src/report/coding-report.js";
import type { Spread, Trace } from "../../src/tasks/trace.js";

const steps = Array.from({ length: 21 }, (_, i) => 20 * i);

/** From `start` towards `end`, the least and the greatest image a tenth of the way around the mean. */
function decay(start: number, end: number): Spread {
  const mean = steps.map((step) => end + (start - end) * Math.exp(-step / 90));
  return { mean, low: mean.map((v) => 0.9 * v), high: mean.map((v) => 1.1 * v) };
}

/** Two traces: λ 0.3 and 0.6. */
export const traces: readonly Trace[] = [0.3, 0.6].map((lambda) => ({
  lambda,
  images: 4,
  steps,
  energy: decay(400, 180 + 100 * lambda),
  reconstructionError: decay(400, 90 + 130 * lambda),
  percentActive: decay(0, 4 - 4 * lambda),
  relativeGap: 0.013 / lambda,
}));

/** Statistics at the same λ's: one atom of sixteen unused at the larger. */
export const statistics: readonly LambdaStatistics[] = [0.3, 0.6].map((lambda) => ({
  lambda,
  images: 4,
  features: 16,
  percentActive: 4 - 4 * lambda,
  activationFrequency: Array.from({ length: 16 }, (_, m) =>
    lambda > 0.5 && m === 5 ? 0 : (0.08 - 0.08 * lambda) * Math.exp(-((m * 7) % 16) / 5),
  ),
  unusedAtoms: lambda > 0.5 ? 1 : 0,
  histogram: {
    edges: Array.from({ length: 13 }, (_, i) => 0.25 * i),
    counts: Array.from({ length: 12 }, (_, i) => (i === 10 ? 0 : Math.round((900 - 700 * lambda) * Math.exp(-i / 2)))),
  },
}));
