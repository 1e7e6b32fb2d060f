/**
 * Times alternatives in one process, order swapped each round, and prints medians
 * with spread. Time is the processor's, so a busy machine disturbs it less.
 */
import { cpus } from "node:os";

export type Alternative = { readonly name: string; run(): void };

/** Median, lowest and highest processor milliseconds of each alternative over `rounds` rounds after one to warm up. */
export function compare(alternatives: readonly Alternative[], rounds: number): Timing[] {
  const times = alternatives.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    const order = alternatives.map((_, i) => i);
    if (round % 2 === 1) order.reverse();
    for (const i of order) {
      const start = process.cpuUsage().user;
      alternatives[i].run();
      if (round > 0) times[i].push((process.cpuUsage().user - start) / 1000);
    }
  }
  return times.map((list, i) => timing(alternatives[i].name, list));
}

export type Timing = { readonly name: string; readonly median: number; readonly low: number; readonly high: number };

function timing(name: string, list: number[]): Timing {
  const sorted = [...list].sort((a, b) => a - b);
  return { name, median: sorted[sorted.length >> 1], low: sorted[0], high: sorted[sorted.length - 1] };
}

/** "12.3 ms (11.9 … 14.0)", divided by `images`. */
export function show(of: Timing, images: number): string {
  const each = (value: number) => (value / images).toPrecision(3);
  return `${each(of.median)} ms per image (${each(of.low)} … ${each(of.high)})`;
}

/** Prints the question and what it was asked of. */
export function heading(question: string): void {
  console.log(
    `\n${question}\n${cpus()[0].model.trim()}, Node ${process.versions.node}, V8 ${process.versions.v8}, one thread, processor time`,
  );
}
