/**
 * Numbers as the command prints them: durations, bytes, and values with their
 * 95 % interval. The half-width keeps one digit, two if it starts with 1 or 2,
 * and the value ends at the same place.
 */
import type { Estimate } from "../scaling/types.js";

/** "40 s", "3 min", "1 h 20 min" */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "4.2 GB", decimal units */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

/** "131,072" */
export function wholeText(value: number): string {
  return value.toLocaleString("en");
}

/** "0.82 ±0.03", or "0.82 [0.79, 0.88]" when the interval is lopsided; "–" for null. */
export function estimateText(estimate: Estimate | null, form: "plusMinus" | "interval" = formOf([estimate])): string {
  if (estimate === null) return "–";
  const { value, low, high } = estimate;
  const half = Math.max(high - value, value - low);
  const digits = decimals(half, value);
  if (form === "interval") return `${fixed(value, digits)} [${fixed(low, digits)}, ${fixed(high, digits)}]`;
  return `${fixed(value, digits)} ±${half.toFixed(digits)}`;
}

/** One form serves a whole column: ± only if every interval in it is within 20 % of symmetric. */
export function formOf(estimates: readonly (Estimate | null)[]): "plusMinus" | "interval" {
  const symmetric = (e: Estimate | null) =>
    e === null || Math.abs(e.high + e.low - 2 * e.value) <= 0.1 * (e.high - e.low);
  return estimates.every(symmetric) ? "plusMinus" : "interval";
}

function decimals(half: number, value: number): number {
  const scale = half > 0 ? half : Math.abs(value) / 1000;
  if (scale === 0) return 0;
  const power = Math.floor(Math.log10(scale));
  const leading = Math.round(scale / 10 ** (power - 1)); // 10 … 100
  return Math.min(12, Math.max(0, leading < 30 ? 1 - power : -power));
}

function fixed(value: number, digits: number): string {
  return value.toFixed(digits).replace("-", "−");
}
