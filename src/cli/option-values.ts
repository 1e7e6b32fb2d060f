/** Values of options as the user wrote them: words of a list, numbers in bounds; each throws `usage` with the flag's name. */
import { availableParallelism } from "node:os";
import { CrispError, nearestWord } from "../core/errors.js";
import type { Extent } from "../core/geometry.js";
import { grouped } from "../core/words.js";
import type { Layout } from "../formats/arrays.js";

export function oneOf<T extends string>(flag: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === text);
  if (found) return found;
  const near = nearestWord(text, allowed);
  throw new CrispError(
    "usage",
    `${flag} is ${text}; it must be ${allowed.join(", ")}.${near ? ` Did you mean ${near}?` : ""}`,
  );
}

/** The value of an option that a command cannot do without. The check is ours, so that a misspelt flag is told first, by its nearest name. */
export function needed(flag: string, text: string | undefined, example: string): string {
  if (text !== undefined) return text;
  throw new CrispError("usage", `${flag} is missing; it is needed, such as ${flag} ${example}. Add it.`);
}

export type NumberBounds = {
  readonly above?: number;
  readonly least?: number;
  readonly most?: number;
  /** Words that are allowed as well, for the message. */
  readonly or?: string;
  readonly example: string;
};

export function numberOf(flag: string, text: string, of: NumberBounds): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  const { above = Number.NEGATIVE_INFINITY, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = of;
  if (Number.isFinite(value) && value > above && value >= least && value <= most) return value;
  const from = of.above === undefined ? `at least ${of.least}` : `above ${of.above}`;
  const to = of.most === undefined ? "" : ` and at most ${grouped(of.most)}`;
  const bound = `${from}${to}${of.or === undefined ? "" : `, or ${of.or}`}`;
  throw new CrispError(
    "usage",
    `${flag}: ${text.trim() === "" ? "nothing" : text} was given; it must be a finite number ${bound}, such as ${flag} ${of.example}.`,
  );
}

export function anyNumberOf(flag: string, text: string, example: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new CrispError(
    "usage",
    `${flag}: ${text.trim() === "" ? "nothing" : text} was given; it must be finite numbers, such as ${flag} ${example}.`,
  );
}

export function wholeOf(flag: string, text: string, of: { least: number; most: number; example: string }): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isInteger(value) && value >= of.least && value <= of.most) return value;
  throw new CrispError(
    "usage",
    `${flag} is ${text}; it must be a whole number from ${of.least} to ${grouped(of.most)}, such as ${flag} ${of.example}.`,
  );
}

/** Axes of an array; undefined where they are to be recognised. */
export function layoutOf(flag: string, text: string | undefined): Layout | undefined {
  return text === undefined ? undefined : oneOf<Layout>(flag, text, ["nhwc", "nchw"]);
}

/** Worker threads: as given, or one per core. */
export function workersOf(text: string | undefined): number {
  if (text === undefined) return availableParallelism();
  return wholeOf("--workers", text, { least: 1, most: 1024, example: "2" });
}

/** Atoms of a dictionary. */
export function featuresOf(text: string): number {
  return wholeOf("--features", text, { least: 1, most: 1_000_000, example: "128" });
}

/** Two extents, vertical then horizontal, from "2" or "2,4" or "2x4". */
export function extentOf(flag: string, text: string): Extent {
  const parts = text.split(/[,x]/).map((part) => wholeOf(flag, part, { least: 1, most: 1e6, example: "2 or 2,4" }));
  if (parts.length <= 2) return [parts[0], parts.at(-1)!];
  throw new CrispError(
    "usage",
    `${flag} is ${text}; it must be one number, or two: vertical, horizontal. Write 2 or 2,4.`,
  );
}
