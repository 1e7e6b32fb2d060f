/**
 * Numbers as a reader should see them. An interval's half-width is written to
 * one digit, two if it starts with 1 or 2, and its value to the same place;
 * nothing is rounded above units. True minus, commas between thousands.
 */
import { capital, grouped } from "../core/words.js";
import type { Estimate } from "../scaling/types.js";

/** Decimal places that a half-width deserves: 0.0083 → 3, 0.028 → 3, 0.11 → 2, 43 → 0. */
export function placesFor(half: number): number {
  const exponent = Math.floor(Math.log10(half) + 1e-9);
  const lead = half / 10 ** exponent;
  const digits = lead < 3 - 1e-9 ? 2 : 1;
  return Math.min(9, Math.max(0, digits - 1 - exponent));
}

/** A number to so many decimal places: 4096 → "4,096", −0.742 → "−0.742". */
export function fixed(value: number, places: number): string {
  const text = Math.abs(value).toFixed(places);
  const [whole, fraction] = text.split(".");
  const sign = value < 0 && Number(text) !== 0 ? "−" : "";
  return sign + grouped(whole) + (fraction === undefined ? "" : `.${fraction}`);
}

/** A whole number. */
export function whole(value: number): string {
  return fixed(Math.round(value), 0);
}

/** A number to so many significant digits, no more; below 10⁻⁶ as 2.3e−7. */
export function significant(value: number, digits: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) < 1e-6) return powerText(value, digits);
  const rounded = Number(value.toPrecision(digits));
  const exponent = Math.floor(Math.log10(Math.abs(rounded)) + 1e-12);
  return fixed(value, Math.min(12, Math.max(0, digits - 1 - exponent)));
}

/** As few digits as name the number: a tick of an axis. */
export function tickText(value: number): string {
  const rounded = Number(value.toPrecision(6));
  const fraction = String(Math.abs(rounded)).split(".")[1] ?? "";
  return fixed(rounded, fraction.includes("e") ? 9 : fraction.length);
}

/** A size: as few digits as name it, six at most behind whole numbers. */
export function sizeText(size: number): string {
  return Math.abs(size) >= 1e6 ? whole(size) : tickText(size);
}

/** Names of an axis's ticks: evenly spaced ones share their decimal places. */
export function tickTexts(values: readonly number[]): readonly string[] {
  const steps = values.slice(1).map((value, i) => value - values[i]);
  const even = steps.every((step) => Math.abs(step - steps[0]) < 1e-6 * Math.abs(steps[0]));
  if (!even || values.length < 3) return values.map(tickText);
  const places = Math.max(...values.map((value) => tickText(value).split(".")[1]?.length ?? 0));
  return values.map((value) => fixed(value, places));
}

/** A number that the user gave, with all its digits and no more. */
export function asGiven(value: number): string {
  const [, fraction = "", power = "0"] = /^-?\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  return fixed(value, Math.min(20, Math.max(0, fraction.length - Number(power))));
}

/** A number quoted from elsewhere, without an interval: three significant digits at most. */
export function quoted(value: number): string {
  return tickText(Number(value.toPrecision(3)));
}

/** Whether an interval says anything: finite and wider than a point. */
export function hasInterval(e: Estimate): boolean {
  return Number.isFinite(e.low) && Number.isFinite(e.high) && e.high > e.low;
}

/** Half the 95 % interval. */
export function halfWidth(e: Estimate): number {
  return (e.high - e.low) / 2;
}

/** Whether "±half" would misstate an interval: its arms differ by more than a quarter. */
export function isAsymmetric(e: Estimate): boolean {
  if (!hasInterval(e)) return false;
  const up = e.high - e.value;
  const down = e.value - e.low;
  return Math.max(up, down) > 1.25 * Math.min(up, down);
}

/** Decimal places of an estimate; four significant digits where it has no interval. */
export function placesOf(e: Estimate): number {
  if (hasInterval(e)) return placesFor(halfWidth(e));
  if (e.value === 0) return 0;
  return Math.min(9, Math.max(0, 3 - Math.floor(Math.log10(Math.abs(e.value)) + 1e-12)));
}

/** Places at which both ends of the interval lie on the same side of every edge as they do unrounded; six at most. */
export function placesBeside(e: Estimate, edges: readonly number[]): number {
  const sided = (places: number) =>
    edges.every((edge) =>
      [e.low, e.high].every((end) => Math.sign(Number(end.toFixed(places)) - edge) === Math.sign(end - edge)),
    );
  let places = placesOf(e);
  while (places < 6 && !sided(places)) places++;
  return places;
}

/** The value, to the place that its interval deserves. */
export function valueText(e: Estimate, places = placesOf(e)): string {
  return ownDigits(e) ? ownText(e.value, halfWidth(e)) : fixed(e.value, places);
}

/** "[low, high]" to the value's place, or "" without an interval. */
export function intervalText(e: Estimate, places = placesOf(e)): string {
  if (!hasInterval(e)) return "";
  const text = (end: number) => (ownDigits(e) ? ownText(end, halfWidth(e)) : fixed(end, places));
  return `[${text(e.low)}, ${text(e.high)}]`;
}

/** "±half" to the value's place, or "" without an interval. */
export function halfText(e: Estimate): string {
  if (!hasInterval(e)) return "";
  return `±${ownDigits(e) ? ownText(halfWidth(e), halfWidth(e)) : fixed(halfWidth(e), placesOf(e))}`;
}

/**
 * Whether each number needs digits of its own: all of them below 10⁻⁴, one above 10⁹, or a
 * positive quantity so uncertain that its half-width's place would show its low end as 0.
 */
function ownDigits(e: Estimate): boolean {
  if (!hasInterval(e)) return false;
  const largest = Math.max(Math.abs(e.value), Math.abs(e.low), Math.abs(e.high));
  return largest < 1e-4 || largest >= 1e9 || (e.low > 0 && Number(e.value.toFixed(placesOf(e))) === 0);
}

/** Digits down to a tenth of the half-width, at least two; below 10⁻⁴ and above 10⁹ as 2.3e−7. */
function ownText(value: number, half: number): string {
  if (value === 0) return "0";
  const digits = Math.min(15, Math.max(2, 2 + Math.floor(Math.log10(Math.abs(value) / half))));
  const plain = Math.abs(value) >= 1e-4 && Math.abs(value) < 1e9;
  return plain ? significant(value, digits) : powerText(value, digits);
}

/** "2.3e−7", "8.42e14". */
function powerText(value: number, digits: number): string {
  return value
    .toExponential(digits - 1)
    .replaceAll("-", "−")
    .replace("+", "");
}

/** How an interval is written: ±half, or both ends. */
export type IntervalForm = "plusMinus" | "interval";

/** One form serves a whole column: ± only if it misstates no interval in it. */
export function formOf(estimates: readonly (Estimate | null)[]): IntervalForm {
  return estimates.some((e) => e !== null && isAsymmetric(e)) ? "interval" : "plusMinus";
}

/** "±0.04" or "[0.38, 0.45]", or "" without an interval. */
export function marginText(e: Estimate, form: IntervalForm): string {
  return form === "interval" ? intervalText(e) : halfText(e);
}

/** "0.41 [0.38, 0.45]", or "0.41 ±0.04" in the other form. */
export function estimateText(e: Estimate, form: IntervalForm = "interval"): string {
  return `${valueText(e)} ${marginText(e, form)}`.trim();
}

/** A fraction and its interval in percent. */
export function inPercent({ value, low, high }: Estimate): Estimate {
  return { value: 100 * value, low: 100 * low, high: 100 * high };
}

/** A p-value to two digits; "< 0.001" below that. */
export function pText(p: number): string {
  return p < 0.001 ? "< 0.001" : significant(p, 2);
}

/** "p = 0.32" or "p < 0.001"; `name` may be marked up. */
export function pClause(p: number, name = "_p_"): string {
  return `${name} ${p < 0.001 ? "" : "= "}${pText(p)}`;
}

/** Extra error in percent of the least, the cost of another λ: "0.42%", "15%", "less than 0.01%". */
export function costText(percent: number): string {
  return percent < 0.005 ? "less than 0.01%" : `${fixed(percent, percent < 9.95 ? 2 : 0)}%`;
}

const words = "no one two three four five six seven eight nine ten eleven twelve".split(" ");

/** Whole numbers up to twelve in words. */
export function inWords(n: number): string {
  return words[n] ?? whole(n);
}

/** The same at the start of a sentence. */
export function inWordsCapital(n: number): string {
  return capital(inWords(n));
}

/** How many of some, at the start of a sentence: "None", "Three". */
export function howMany(n: number): string {
  return n === 0 ? "None" : inWordsCapital(n);
}

/** "4 min 12 s". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${significant(seconds, 2)} s`;
  const total = Math.round(seconds);
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  if (hours > 0) return `${whole(hours)} h ${minutes} min`;
  return `${minutes} min ${total % 60} s`;
}

/** "16, 32 and 64". */
export function listing(items: readonly string[], joint = "and"): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} ${joint} ${items[items.length - 1]}`;
}

/** A day as a reader sees it, "21 November 2026". */
export function dateText(date: Date): string {
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}
