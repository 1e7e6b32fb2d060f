/**
 * How the values of images spread, and whether they look like pixels that were
 * never normalised: none below 0, and as large as 8 or 16 bits. λ's, noise and
 * dictionaries are made for deviation 1.
 */
import { grouped } from "../core/words.js";
import type { Numbers } from "../formats/numbers.js";

/** Least and largest value, and the standard deviation about the mean of all. */
export type Spread = { readonly least: number; readonly largest: number; readonly deviation: number };

/** Takes values in, piece by piece. */
export function openSpread() {
  let [least, largest, sum, squares, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  return {
    add(values: Numbers): void {
      for (let i = 0; i < values.length; i++) {
        const value = values[i];
        if (value < least) least = value;
        if (value > largest) largest = value;
        sum += value;
        squares += value * value;
      }
      count += values.length;
    },
    result: (): Spread => ({
      least,
      largest,
      deviation: Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)),
    }),
  };
}

/** "from 0 to 255, as the pixels of 8-bit pictures"; null where values look like nothing of the kind. */
export function unitsText({ least, largest, deviation }: Spread): string | null {
  if (least < 0 || largest > 65_535 || largest <= 1 || deviation <= 4) return null;
  const bits = largest <= 255 ? 8 : 16;
  return `from ${round(least)} to ${round(largest)}, as the pixels of ${bits}-bit pictures`;
}

function round(value: number): string {
  return grouped(Number(value.toPrecision(4)));
}
