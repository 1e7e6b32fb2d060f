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
   * Items that fail where failures are kept (LocalWork), and those that need them, are not told of.
   *
   * @throws the first failure that is not kept, when the items under way have ended; CrispError `incomplete` when stopped
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
  /** Keeps the failure of an item, once, so that the others are done all the same; what it throws ends the run, as every failure does without it. */
  onFailure?(item: Item, failure: unknown): Promise<void>;
  readonly signal: AbortSignal;
};

/** How an item came to its end: made here, there before or by another process, still with another process, or it or one that it needs failed. */
type Ending = "made" | "there" | "elsewhere" | "failed";

/** Milliseconds before items of other processes are looked at again, when nothing else is left. */
const pause = 500;

/**
 * Lanes that take items in order; a failure that is not kept ends the taking and stops the other lanes. Items that
 * another process has claimed are left for last: by then it has made them, or is gone and they are made here.
 */
export function localRunner(work: LocalWork): Runner {
  const known = new Map<string, Promise<Ending>>();

  function complete(item: Item, signal: AbortSignal): Promise<Ending> {
    const ending = known.get(item.id) ?? began(item, signal);
    known.set(item.id, ending);
    return ending;
  }
  async function began(item: Item, signal: AbortSignal): Promise<Ending> {
    try {
      return await made(item, signal);
    } catch (failure) {
      if (!work.onFailure) throw failure;
      await work.onFailure(item, failure);
      return "failed";
    }
  }
  async function made(item: Item, signal: AbortSignal): Promise<Ending> {
    if (await work.store.has(item)) return "there";
    stopIfAsked(signal);
    for (const needed of work.needs(item)) {
      const ending = await complete(needed, signal);
      if (ending === "elsewhere") return forgotten(item);
      if (ending === "failed") return ending;
    }
    stopIfAsked(signal);
    const release = await work.store.claim(item);
    if (release === null) return forgotten(item);
    try {
      // Its last holder may have made it since.
      if (await work.store.has(item)) return "there";
      work.onBegin(item);
      await work.store.write(item, await work.make(item, signal));
      return "made";
    } finally {
      await release();
    }
  }
  function forgotten(item: Item): Ending {
    known.delete(item.id);
    return "elsewhere";
  }
  return {
    async run(items, done) {
      const failing = new AbortController();
      const signal = AbortSignal.any([work.signal, failing.signal]);
      async function attempt(item: (typeof items)[number]): Promise<boolean> {
        try {
          const ending = await complete(item, signal);
          if (ending === "made" || ending === "there") await done(item, ending === "there");
          return ending !== "elsewhere";
        } catch (failure) {
          failing.abort();
          throw failure;
        }
      }
      for (let left = items; left.length > 0; ) {
        const elsewhere: (typeof items)[number][] = [];
        await runLanes(left.length, {
          lanes: work.lanes,
          work: async (index) => void ((await attempt(left[index])) || elsewhere.push(left[index])),
        });
        if (elsewhere.length === left.length) await new Promise((go) => setTimeout(go, pause));
        left = elsewhere;
      }
    },
  };
}

/** Results read at once: a file system on a network answers several questions in the time of one. */
const readingLanes = 8;

/** Does nothing: every item is taken as there, and who reads its result finds out. */
export const readingRunner: Runner = {
  run: (items, done) =>
    runLanes(items.length, { lanes: readingLanes, work: async (index) => void (await done(items[index], true)) }),
};

/** @throws CrispError `incomplete` once a stop was asked for */
export function stopIfAsked(signal: AbortSignal): void {
  if (signal.aborted) throw new CrispError("incomplete", "stopped before the end. Run the same command to go on.");
}
