/**
 * Items in bundles of about equal cost, for a machine that begins many tasks at once and takes a while to
 * begin each. Items whose dictionary is made in the same round come after the bundle that makes it:
 * `next[k]` needs nothing but `first[k]`, so each of its bundles may begin as soon as that one has ended.
 */
import type { Item } from "../work/item.js";
import { secondsOf } from "./estimate.js";
import type { PlanContext } from "./plan.js";

/** Items that one task does. */
export type Bundle = readonly Item[];

/** Bundles that may begin at once, and those that follow the one of the same number; `next` is not the longer list. */
export type Bundled = { readonly first: readonly Bundle[]; readonly next: readonly Bundle[] };

/** How large bundles are. */
export type BundleRule = {
  readonly plan: PlanContext;
  /** Seconds that a bundle takes on one core; an item that takes longer has one by itself. */
  readonly seconds: number;
  /** Items that are to have a bundle by themselves. */
  alone(item: Item): boolean;
};

/** All items, each in one bundle, in their order. */
export function bundled(items: readonly Item[], rule: BundleRule): Bundled {
  const makers = new Set(items.map(({ id }) => id));
  const needed = (item: Item) => ("dictionary" in item && makers.has(String(item.dictionary)) ? item.dictionary : null);
  const wanted = new Set(items.map(needed));
  const free = items.filter((item) => needed(item) === null);
  const leading = packed(
    free.filter(({ id }) => wanted.has(id)),
    rule,
  );
  const rest = free.filter(({ id }) => !wanted.has(id));
  const bundleOf = new Map(leading.flatMap((bundle, k) => bundle.map(({ id }) => [id, k] as const)));
  const following: Item[][] = leading.map(() => []);
  for (const item of items) {
    const k = bundleOf.get(String(needed(item)));
    if (k !== undefined) following[k].push(item);
  }
  return { first: [...leading, ...packed(rest, rule)], next: following };
}

/** In order; a bundle is closed before the item that would make it longer than it may be. */
function packed(items: readonly Item[], { plan, seconds, alone }: BundleRule): Bundle[] {
  const bundles: Item[][] = [];
  let left = -1; // no bundle yet, even for an item that takes no time
  for (const item of items) {
    const cost = alone(item) ? Number.POSITIVE_INFINITY : secondsOf(item, plan);
    if (cost <= left) bundles[bundles.length - 1].push(item);
    else bundles.push([item]);
    left = cost <= left ? left - cost : seconds - cost;
  }
  return bundles;
}
