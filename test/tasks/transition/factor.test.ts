// The factor kept from solution to solution against conjugate gradients, which know nothing of what came before.
import { expect, it } from "vitest";
import { randomAtoms } from "../../../src/coding/atoms.js";
import { networkOf } from "../../../src/coding/operator.js";
import type { Geometry } from "../../../src/core/geometry.js";
import { draws, purpose } from "../../../src/core/random.js";
import { tensor } from "../../../src/core/tensor.js";
import { columnsOf, conjugateGradients } from "../../../src/tasks/transition/columns.js";
import { openFactor } from "../../../src/tasks/transition/factor.js";

const geometry: Geometry = {
  height: 12,
  width: 10,
  channels: 1,
  features: 5,
  patch: [4, 4],
  stride: [2, 2],
  boundary: "crop",
};
const net = networkOf({ geometry, atoms: randomAtoms(geometry, 7) });

it("units may come and go in any number: each solution is that of conjugate gradients", () => {
  const draw = draws({ seed: 5, purpose: purpose.test }, 0);
  const factor = openFactor(net);
  let units = [3, 40, 41, 77];
  for (let step = 0; step < 40; step++) {
    // Mostly one comes or goes, now and then most of them.
    const share = step % 9 === 8 ? 0.7 : 0.04;
    const left = units.filter(() => draw.uniform() > share);
    const come = Array.from({ length: 1 + draw.whole(3) }, () => draw.whole(net.units));
    units = [...new Set([...left, ...come])].slice(0, 40).sort((a, b) => a - b);
    const b = Float64Array.from(units, () => draw.gaussian());
    const x = factor.solve(units, b, 1e-10)!;
    const other = conjugateGradients(columnsOf(net, units), b, new Float64Array(units.length), 1e-12);
    const largest = other.x.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    for (const [j, value] of other.x.entries()) expect(Math.abs(x[j] - value)).toBeLessThan(1e-6 * largest);
  }
});

it("G after units came and went is the G made at once, in the order they came", () => {
  const all = Array.from({ length: 36 }, (_, i) => (i * 11) % net.units);
  const solved = (factor: ReturnType<typeof openFactor>, units: readonly number[]) =>
    expect(factor.solve(units, new Float64Array(units.length).fill(1), 1e-10)).not.toBeNull();
  const factor = openFactor(net);
  solved(factor, all);
  // Few leave, so rows are rotated; the order differs from the factor's, which a new factor would take over.
  const left = all.filter((_, i) => i !== 2 && i !== 17 && i !== 35);
  const units = [...left, 1, 2].reverse();
  solved(factor, units);
  const { order, rows } = factor.triangle();
  expect(order).toEqual([...left, 2, 1]);
  const afresh = openFactor(net);
  solved(afresh, order);
  for (const [i, row] of afresh.triangle().rows.entries())
    for (const [k, value] of row.entries()) expect(rows[i][k]).toBeCloseTo(value, 12);
});

it("the columns are those of the units, in their order, whenever they were made", () => {
  const factor = openFactor(net);
  factor.columns([8, 2, 60]);
  expect(factor.columns([60, 8, 99])).toEqual(columnsOf(net, [60, 8, 99]));
});

it("atoms that are the same have no solution, and what was there before still has", () => {
  const twice = randomAtoms(geometry, 7).data.slice();
  twice.copyWithin(16, 0, 16); // atom 1 is atom 0
  const same = networkOf({ geometry, atoms: tensor([5, 4, 4, 1], twice) });
  const factor = openFactor(same);
  expect(factor.solve([50, 51], Float64Array.of(1, 1), 1e-9)).toBeNull();
  expect(factor.solve([50, 52], Float64Array.of(1, 1), 1e-9)).not.toBeNull();
});
