/**
 * Results that come in any order, taken in the order of their numbers, one at a time. Work may run
 * ahead of the slowest result by `window` numbers only, so that few results wait in memory.
 */
export type InOrder<T> = {
  /** Resolves when work on this number may begin. */
  room(index: number): Promise<void>;
  /** Takes this result and all that waited for it; resolves at once where another call takes them. */
  give(index: number, value: T): Promise<void>;
};

/** Numbers from 0 on, each given once. What `take` throws, the `give` that called it throws. */
export function inOrder<T>(window: number, take: (value: T, index: number) => Promise<void>): InOrder<T> {
  const early = new Map<number, T>();
  const waiting: (() => void)[] = [];
  let next = 0;
  let taking = false;
  async function takeAll(): Promise<void> {
    for (let value = early.get(next); value !== undefined; value = early.get(next)) {
      early.delete(next);
      await take(value, next);
      next++;
      for (const go of waiting.splice(0)) go();
    }
  }
  return {
    async room(index) {
      while (index - next >= window) await new Promise<void>((go) => waiting.push(go));
    },
    async give(index, value) {
      early.set(index, value);
      if (taking) return;
      taking = true;
      await takeAll().finally(() => {
        taking = false;
      });
    },
  };
}
