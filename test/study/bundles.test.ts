// Items in bundles: each once, in order, no bundle too long, dictionaries before what needs them.
import { describe, expect, it } from "vitest";
import { bundled } from "../../src/study/bundles.js";
import { secondsOf } from "../../src/study/estimate.js";
import { firstRound, type PlanContext } from "../../src/study/plan.js";
import type { Item } from "../../src/work/item.js";
import { settings } from "./fixtures.js";

const images = { source: "bars", citation: null, hash: "bars", height: 8, width: 8, channels: 1 };
const plan: PlanContext = { settings: { ...settings, replicates: 3 }, family: "any", images };
const items: readonly Item[] = firstRound(plan);
const cost = (bundle: readonly Item[]) => bundle.reduce((sum, item) => sum + secondsOf(item, plan), 0);
const none = () => false;

describe("bundles", () => {
  it("hold every item once, and no more work than they may but where one item alone is more", () => {
    for (const seconds of [0.01, 0.1, 1, 1e9]) {
      const { first, next } = bundled(items, { plan, seconds, alone: none });
      const all = [...first, ...next].flat().map(({ id }) => id);
      expect(all.sort()).toEqual(items.map(({ id }) => id).sort());
      for (const bundle of first) expect(bundle.length === 1 || cost(bundle) <= seconds).toBe(true);
    }
  });

  it("put what needs a dictionary after the bundle of the same number that makes it", () => {
    const { first, next } = bundled(items, { plan, seconds: 0.01, alone: none });
    expect(next.length).toBeGreaterThan(0);
    for (const [k, bundle] of next.entries()) {
      expect(bundle.length).toBeGreaterThan(0);
      const made = first[k].map(({ id }) => id);
      for (const item of bundle) expect(made).toContain((item as Item & { dictionary: string }).dictionary);
    }
  });

  it("are one where items take no measurable time", () => {
    const pace = { training: 0, paths: [] };
    const trainings = items.filter(({ kind }) => kind === "train");
    expect(bundled(trainings, { plan: { ...plan, pace }, seconds: 60, alone: none }).first.length).toBe(1);
  });

  it("have one item where it is to be alone", () => {
    const { first } = bundled(items, { plan, seconds: 1e9, alone: ({ id }) => id === items[0].id });
    expect(first).toContainEqual([items[0]]);
    expect(first.length).toBeLessThan(4);
  });
});
