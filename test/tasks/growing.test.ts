// What is kept of codes image by image equals what all of them together say.
import fc from "fast-check";
import { expect, test } from "vitest";
import { openStatistics } from "../../src/tasks/statistics.js";
import { openTraces } from "../../src/tasks/trace.js";

const activity = fc.double({ min: -1e3, max: 1e3, noNaN: true }).map((a) => Math.fround(a) || 1);

test("frequencies and histogram of codes that come one by one are those of all of them", () => {
  fc.assert(
    fc.property(fc.array(fc.array(activity, { maxLength: 30 }), { minLength: 1, maxLength: 8 }), (values) => {
      const sums = openStatistics(5);
      for (const list of values)
        sums.add({ index: Uint32Array.from(list, (_, i) => 3 * i), value: Float32Array.from(list) }, 20);
      const { images, percentActive, activationFrequency, histogram } = sums.result();
      const all = values.flat();
      expect(images).toBe(values.length);
      expect(percentActive).toBeCloseTo((100 * all.length) / (values.length * 100), 9);
      activationFrequency.forEach((f, atom) => {
        const events = values.reduce((sum, list) => sum + list.filter((_, i) => (3 * i) % 5 === atom).length, 0);
        expect(f).toBeCloseTo(events / (20 * values.length), 12);
      });
      const { edges, counts } = histogram;
      expect(edges.length).toBe(all.length === 0 ? 0 : counts.length + 1);
      if (all.length === 0) return;
      expect(counts.reduce((sum, n) => sum + n, 0)).toBe(all.length);
      expect(counts.length).toBeLessThanOrEqual(62);
      const slack = 1e-6 * (edges[1] - edges[0]);
      counts.forEach((n, bin) => {
        const inside = (by: number) => all.filter((a) => a >= edges[bin] - by && a < edges[bin + 1] + by).length;
        if (bin < counts.length - 1) expect(n).toBeLessThanOrEqual(inside(slack));
        expect(n).toBeGreaterThanOrEqual(inside(-slack));
      });
    }),
    { seed: 1, numRuns: 200 },
  );
});

test("traces: means, least and greatest over runs of any lengths, each keeping its last value", () => {
  const run = fc.array(fc.double({ min: 0, max: 9, noNaN: true }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(run, { minLength: 1, maxLength: 6 }), (runs) => {
      const traces = openTraces([0.5]);
      for (const values of runs) {
        const steps = values.map((energy, i) => {
          const step = { lambda: 0.5, step: i + 1, dt: 1, energy, reconstructionError: 2 * energy };
          return { ...step, cost: 0, active: 1, percentActive: 3 * energy };
        });
        traces.add([{ steps, relativeGap: values[0] / 10 }]);
      }
      const [{ steps, energy, percentActive, relativeGap, images }] = traces.result();
      const longest = Math.max(...runs.map(({ length }) => length));
      expect([images, steps.length]).toEqual([runs.length, longest]);
      expect(relativeGap).toBe(Math.max(...runs.map(([first]) => first / 10)));
      steps.forEach((step, i) => {
        const at = runs.map((values) => values[Math.min(step, values.length) - 1]);
        expect(energy.mean[i]).toBeCloseTo(at.reduce((sum, v) => sum + v, 0) / at.length, 9);
        expect([energy.low[i], energy.high[i]]).toEqual([Math.min(...at), Math.max(...at)]);
        expect(percentActive.high[i]).toBe(3 * Math.max(...at));
      });
    }),
    { seed: 2, numRuns: 200 },
  );
});
