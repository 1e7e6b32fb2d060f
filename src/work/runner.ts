/**
 * A runner has the items of a round done. Runner and caller share nothing but the store: lanes
 * of this process here, a cluster's jobs elsewhere. Results do not depend on who worked, in what
 * order, or how often it was interrupted.
 */
import { CrispError } from "../core/errors.js";
import type { Item } from "./item.js";
import { runLanes } from "./lanes.js";
import type { ItemStore } from "./store.js";

/** Does items. */
export interface Runner {
  /**
   * Brings the result of every item into the store and tells of each as soon as it is there, in any
   * order; `cached` if it was there before.
   *
   * @throws the first failure, when the items under way have ended; CrispError `incomplete` when stopped
   */
  run<I extends Item>(items: readonly I[], done: (item: I, cached: boolean) => Promise<void> | void): Promise<void>;
}

/** What lanes in this process work with. */
export type LocalWork = {
  /** Items under way at once. */
  readonly lanes: number;
  readonly store: ItemStore;
  /** Items whose results this one begins with; they are done first. */
  needs(item: Item): readonly Item[];
  /** Makes a result; `signal` asks it to stop at its next checkpoint. */
  make(item: Item, signal: AbortSignal): Promise<unknown>;
  /** Told before an item without a result is begun. */
  onBegin(item: Item): void;
  readonly signal: AbortSignal;
};

/** Lanes that take items in order; the first failure ends the taking and stops the other lanes. */
export function localRunner(work: LocalWork): Runner {
  const ended = new Map<string, Promise<boolean>>();

  function complete(item: Item, signal: AbortSignal): Promise<boolean> {
    const known = ended.get(item.id) ?? began(item, signal);
    ended.set(item.id, known);
    return known;
  }
  async function began(item: Item, signal: AbortSignal): Promise<boolean> {
    if (await work.store.has(item)) return true;
    stopIfAsked(signal);
    for (const needed of work.needs(item)) await complete(needed, signal);
    stopIfAsked(signal);
    work.onBegin(item);
    await work.store.write(item, await work.make(item, signal));
    return false;
  }
  return {
    async run(items, done) {
      const failing = new AbortController();
      const signal = AbortSignal.any([work.signal, failing.signal]);
      await runLanes(items.length, {
        lanes: work.lanes,
        async work(index) {
          try {
            await done(items[index], await complete(items[index], signal));
          } catch (failure) {
            failing.abort();
            throw failure;
          }
        },
      });
    },
  };
}

/** Reads only: every item must have its result. @throws CrispError from `missing` for the first that has none */
export function readingRunner(store: ItemStore, missing: () => CrispError): Runner {
  return {
    async run(items, done) {
      for (const item of items) {
        if (!(await store.has(item))) throw missing();
        await done(item, true);
      }
    },
  };
}

/** @throws CrispError `incomplete` once a stop was asked for */
export function stopIfAsked(signal: AbortSignal): void {
  if (signal.aborted) throw new CrispError("incomplete", "stopped before the end. Run the same command to go on.");
}
