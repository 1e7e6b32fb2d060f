/** Values of options as the user wrote them: words of a list, numbers in bounds; each throws `usage` with the flag's name. */
import { CrispError, nearestWord } from "../core/errors.js";
import type { Extent } from "../core/geometry.js";

export function oneOf<T extends string>(flag: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === text);
  if (found) return found;
  const near = nearestWord(text, allowed);
  throw new CrispError(
    "usage",
    `${flag} is ${text}; it must be ${allowed.join(", ")}.${near ? ` Did you mean ${near}?` : ""}`,
  );
}

export function numberOf(flag: string, text: string, of: { above?: number; least?: number; example: string }): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  const { above, least } = of;
  if (Number.isFinite(value) && (above === undefined || value > above) && (least === undefined || value >= least))
    return value;
  const bound = above === undefined ? `at least ${least}` : `above ${above}`;
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
    `${flag} is ${text}; it must be a whole number from ${of.least} to ${of.most}, such as ${flag} ${of.example}.`,
  );
}

/** Two extents, vertical then horizontal, from "2" or "2,4" or "2x4". */
export function extentOf(flag: string, text: string): Extent {
  const parts = text.split(/[,x]/).map((part) => wholeOf(flag, part, { least: 1, most: 1e6, example: "2 or 2,4" }));
  if (parts.length <= 2) return [parts[0], parts.at(-1)!];
  throw new CrispError(
    "usage",
    `${flag} is ${text}; it is one number or two, vertical then horizontal. Write 2 or 2,4.`,
  );
}
