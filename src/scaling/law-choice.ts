/**
 * Which laws compete, by the user's word: someone who knows that a logarithm or
 * an offset cannot be there excludes it, and one who knows ω or c says so.
 */
import { CrispError, nearestWord } from "../core/errors.js";
import { lawsFor, type Model, memberOf } from "./laws.js";
import type { ModelName } from "./types.js";

/** Which laws compete, in the user's words: `NAME`, or `NAME:NUMBER` for one ω or c. */
export type LawChoice = {
  /** Only these; all by default. */
  readonly laws?: readonly string[];
  /** All but these. */
  readonly exclude?: readonly string[];
};

/** Words that `laws` and `exclude` know. */
export const lawNames: readonly ModelName[] = [
  "constant",
  "logarithm",
  "corrected-logarithm",
  "exponential",
  "saturation",
  "power-law",
  "shifted-power-law",
  "corrected-power-law",
  "log-power-law",
  "inverse-log-square",
  "shifted-inverse-log-square",
];

/** Whether anything is chosen: an empty list of exclusions is every law. */
export function isChoice({ laws, exclude }: LawChoice): boolean {
  return laws !== undefined || (exclude?.length ?? 0) > 0;
}

/**
 * The laws of a choice that these ascending sizes can bear.
 *
 * @throws CrispError `usage` for an unknown word, or a number where the law has none
 */
export function chosenLaws(sizes: readonly number[], { laws, exclude }: LawChoice): Model[] {
  const all = lawsFor(sizes);
  const wanted = laws?.map(wordOf).flatMap((word) => membersOf(word, all, sizes)) ?? all;
  const refused = exclude?.map(wordOf) ?? [];
  return wanted.filter((model) => !refused.some((word) => covers(word, model)));
}

/** @throws CrispError `usage` where a choice leaves none of the laws that so many sizes can bear */
export function demandLaws(sizes: readonly number[], choice: LawChoice): void {
  if (chosenLaws(sizes, choice).length > 0 || lawsFor(sizes).length === 0) return;
  throw new CrispError(
    "usage",
    `no law is left of ${lawNames.length}: all that these ${sizes.length} sizes bear are excluded. Exclude fewer.`,
  );
}

type Word = { readonly name: ModelName; readonly value: number | null };

/**
 * A word of a choice: the law, and its ω or c where one is named.
 *
 * @throws CrispError `usage` for an unknown name, or a number that the law does not take
 */
export function wordOf(word: string): Word {
  const [name, number] = word.split(":");
  const found = lawNames.find((one) => one === name);
  if (found === undefined) {
    const near = nearestWord(name, lawNames);
    throw new CrispError(
      "usage",
      `law ${name} is unknown; there are ${lawNames.join(", ")}. ${near ? `Did you mean ${near}?` : "Name one of these."}`,
    );
  }
  if (number === undefined) return { name: found, value: null };
  const [above, below = 1] = number.split("/").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const value = above / below;
  const fits = found === "corrected-power-law" ? value > 0 : found === "log-power-law" && value !== 0;
  if (fits && Number.isFinite(value)) return { name: found, value };
  throw new CrispError(
    "usage",
    `law ${word}: the number is ${number}; only corrected-power-law takes one (ω, above 0) and log-power-law (c, not 0). Write corrected-power-law:1 or log-power-law:1/2.`,
  );
}

function membersOf({ name, value }: Word, all: readonly Model[], sizes: readonly number[]): Model[] {
  if (value === null) return all.filter((model) => model.name === name);
  const model = memberOf(name as "corrected-power-law" | "log-power-law", value, sizes);
  return sizes.length >= (model.parameters.length === 2 ? 3 : 5) ? [model] : [];
}

function covers({ name, value }: Word, model: Model): boolean {
  return model.name === name && (value === null || Math.abs((model.fixed?.value ?? Infinity) - value) < 1e-9);
}
