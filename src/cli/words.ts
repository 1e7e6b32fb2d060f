/**
 * Durations, bytes and estimates as the command prints them. Estimates follow
 * the report's rule (report/numbers.ts): the half-width to one digit, two if it
 * starts with 1 or 2, and the value to the same place.
 */
import { formOf, type IntervalForm, estimateText as written } from "../report/numbers.js";
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

/** "0.82 ±0.03" or "0.82 [0.79, 0.88]"; the value only if it has no interval; "–" for null. */
export function estimateText(estimate: Estimate | null, form: IntervalForm = formOf([estimate])): string {
  return estimate === null ? "–" : written(estimate, form);
}

/** How far a download is. */
export function fetchedText(bytes: number, of: number | undefined): string {
  return `fetched ${bytesText(bytes)}${of === undefined ? "" : ` of ${bytesText(of)}`}`;
}
