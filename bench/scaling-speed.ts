/**
 * How long does the analysis take? The bootstrap of a study with 10,000 images,
 * 8 sizes, 15 controls and one companion, 2,000 resamples; and a table of 10⁵ rows.
 */
import { draws, purpose } from "../src/core/random.js";
import { extrema } from "../src/scaling/extrema.js";
import { fitTable } from "../src/scaling/table.js";
import type { Curve } from "../src/scaling/types.js";
import { plantedCurves } from "../test/scaling/planted.js";

const items = Number(process.argv[2] ?? 10_000);
const study = plantedCurves({ location: (u) => u ** -0.75, value: (u) => 30 * u ** -0.05, replicates: 1 }).map(
  (curve): Curve => {
    const spread = (values: Float64Array, stream: number): Float64Array => {
      const all = new Float64Array(values.length * items);
      const draw = draws({ seed: 1, stream, purpose: purpose.test }, curve.size);
      for (let i = 0; i < all.length; i++) all[i] = values[Math.floor(i / items)] * (1 + 0.1 * (draw.uniform() - 0.5));
      return all;
    };
    const active = Float64Array.from(curve.control, (x) => 100 / x);
    return { ...curve, items, quantities: { value: spread(curve.quantities.value, 1), active: spread(active, 2) } };
  },
);
const start = process.cpuUsage();
extrema(study, { resamples: 2000 });
console.log(`bootstrap, ${items} images x 8 sizes x 2000 resamples: ${seconds(start)} s of one core`);

const wide = plantedCurves({ location: (u) => u ** -0.75, value: (u) => 30 * u ** -0.05, replicates: 834 });
const rows = wide.flatMap(({ size, replicate, control, quantities }) =>
  Array.from(control, (x, i) => ({ size, replicate, control: x, value: quantities.value[i] })),
);
const begin = process.cpuUsage();
fitTable(rows);
console.log(`table of ${rows.length} rows: ${seconds(begin)} s of one core`);

/** Processor time since, so that other work on the machine does not count. */
function seconds(since: NodeJS.CpuUsage): string {
  const { user, system } = process.cpuUsage(since);
  return ((user + system) / 1e6).toFixed(1);
}
