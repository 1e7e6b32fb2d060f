/**
 * Words for the axes of a table: "size", "control" and "value", or the names its owner gave them
 * (`crisp fit --size-name L --control-name T --value-name chi`), the same in every figure, table and sentence.
 */

import { capital } from "../core/words.js";
import type { CrossingRecord } from "../scaling/crossing-table.js";
import type { TableRecord } from "../scaling/table.js";
import { literal } from "./markup.js";
import { asGiven, sizeText } from "./numbers.js";

/** Words as they stand inside a sentence, not marked up. */
export type Words = {
  readonly size: string;
  readonly control: string;
  readonly value: string;
  /** Size and control in a formula. */
  readonly L: string;
  readonly x: string;
  /** Where the extremum lies, or how far from the critical point. */
  readonly location: string;
  /** The location as the head of a column. */
  readonly place: string;
  /** The value there; the value itself where a table has no control. */
  readonly extreme: string;
  /** "size 8", or "L = 8". */
  at(size: number): string;
  /** At the start of a sentence; a name that was given stays as it is. */
  start(text: string): string;
  /** A sentence of the analysis with its plain words replaced. */
  own(text: string): string;
};

/** The words of a record. */
export function wordsOf(record: TableRecord | CrossingRecord): Words {
  const { names = {}, options } = record;
  const { size = "size", control = "control", value = "value" } = names;
  const kind = { min: "minimum", max: "maximum", none: "crossing" }[options.extremum];
  const plain = names.control === undefined ? "location" : `${control} at the ${kind}`;
  const of = names.control === undefined ? "" : ` of ${control}`;
  const location = options.critical === null ? plain : `distance${of} from ${asGiven(options.critical)}`;
  const extreme = names.value === undefined || isBare(record) ? value : `${value} at the ${kind}`;
  const given = Object.values(names);
  const replace = (text: string, [word, name]: readonly [RegExp, string | undefined]): string =>
    name === undefined ? text : text.replace(word, () => name);
  return {
    size,
    control,
    value,
    location,
    place: names.control ?? "location",
    extreme,
    L: names.size ?? "L",
    x: names.control ?? "x",
    at: (number) => `${names.size === undefined ? "size" : `${size} =`} ${sizeText(number)}`,
    start: (text) => (given.some((name) => text.startsWith(name)) ? text : capital(text)),
    own: (text) =>
      [
        [/(?<![-\w])size (?=\d)/gi, names.size && `${size} = `] as const,
        [/(?<![\p{L}\d])L(?![\p{L}\d])/gu, names.size] as const,
        [/(?<!\w)x_c(?!\w)/g, names.control && `${control}_c`] as const,
        [/(?<![-\w])location(?![-\w])/g, names.control && location] as const,
        [/(?<![-\w])controls?(?![-\w])/g, names.control] as const,
        [/(?<![-\w])values?(?![-\w])/g, names.value] as const,
      ].reduce(replace, text),
  };
}

/** Whether a table has one value per size and no control: then there is no extremum, and no place of one. */
export function isBare({ curves }: Pick<TableRecord | CrossingRecord, "curves">): boolean {
  return curves.length > 0 && curves.every(({ control }) => control.length <= 1);
}

/**
 * A word for a figure or a table's head, marked up: a single letter is a variable, in italics; a letter with a
 * short index, such as T_c, has it below; other names of columns, such as chi_mean, are words with blanks.
 */
export function marked(word: string): string {
  if (/^\p{L}$/u.test(word)) return `_${word}_`;
  const [, letter, index] = /^(\p{L})_([\p{L}\p{N}]{1,3})$/u.exec(word) ?? [];
  if (index !== undefined) return `_${letter}__{${index}}`;
  return literal(word.replace(/(?<=[\p{L}\p{N}])_(?=[\p{L}\p{N}])/gu, " "));
}
