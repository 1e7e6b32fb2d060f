/**
 * Many pieces of work, a bounded number at once: begun in the order of their
 * numbers, each by the first lane that is free, and their results taken in the
 * same order, one at a time, whichever came first.
 */

/** How numbered work is done. */
export type Lanes<T> = {
  /** Pieces under way at once. */
  readonly lanes: number;
  /** A piece is begun only when this many before it at most are not taken yet, so few results wait; no bound if left out. */
  readonly ahead?: number;
  /** Does piece `index`. */
  work(index: number): Promise<T>;
  /** Takes its result, after those of all pieces before it. */
  take?(result: T, index: number): void | Promise<void>;
};

/**
 * Does pieces 0 … count − 1. After a first failure, of `work` or of `take`,
 * nothing more is begun; what is under way is waited for, then it is thrown.
 */
export async function runLanes<T>(count: number, { lanes, ahead, work, take }: Lanes<T>): Promise<void> {
  const failures: unknown[] = [];
  const results = inOrder(ahead ?? count, take);
  let next = 0;
  async function lane(): Promise<void> {
    while (next < count && failures.length === 0) {
      const index = next++;
      try {
        await results.room(index);
        if (failures.length === 0) await results.give(index, await work(index));
      } catch (failure) {
        failures.push(failure);
        results.close();
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
  if (failures.length > 0) throw failures[0];
}

/** Results that come in any order and leave in that of their numbers. */
function inOrder<T>(ahead: number, take: Lanes<T>["take"]) {
  const early = new Map<number, T>();
  const waiting: (() => void)[] = [];
  let next = 0;
  let taking = false;
  let closed = false;
  const wake = () => {
    for (const go of waiting.splice(0)) go();
  };
  return {
    /** Resolves when the piece may begin, or when nothing will any more. */
    async room(index: number): Promise<void> {
      while (index - next >= ahead && !closed) await new Promise<void>((go) => waiting.push(go));
    },
    /** Takes this result and all that waited for it; returns at once where another call is taking them. */
    async give(index: number, result: T): Promise<void> {
      early.set(index, result);
      if (taking) return;
      taking = true;
      for (; early.has(next) && !closed; next++, wake()) {
        const value = early.get(next) as T;
        early.delete(next);
        await take?.(value, next);
      }
      taking = false;
    },
    /** Takes nothing more, and lets all that wait for room go. */
    close(): void {
      closed = true;
      wake();
    },
  };
}
