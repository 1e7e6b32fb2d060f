/**
 * Numbers as tables write them. Beside 12, 1.5 and 2e-3:
 *
 *   decimal comma        0,46341
 *   groups of three      1,024  1.024,5  1 024  1'024  (as written in one table throughout)
 *   Fortran              4.6D-01, and 4.634-100 where the exponent has no room for its letter
 *   errors               2.634(6), 2.634(6)e-3, 2.634 ± 0.006, 2.634 +/- 0.006
 *
 * "1,024" alone may be 1024 or 1.024. The other numbers of the table decide: 0,5
 * shows a decimal comma, 0.5 a decimal point. Such a cell waits for them; where
 * none decides, the table is refused rather than read a thousand times too small.
 */
import { CrispError } from "../core/errors.js";

/** Where a number is stored, so that it can be set right when the table shows what its mark means. */
export type Slot = { readonly block: Float64Array; readonly at: number };

/** Reads the cells of one table. */
export type CellReader = {
  /** Stores the number of a cell and returns it; NaN and ±Infinity by their words; undefined for other text. */
  read(text: string, slot: Slot, where: string): number | undefined;
  /** Stores a number and its error; false where the cell states no error. */
  readPair(text: string, slots: { readonly value: Slot; readonly error: Slot }, where: string): boolean;
  /** Ends the table. @throws CrispError `data` where nothing tells what a comma means */
  finish(): void;
};

const plain = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const group = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;
const blanks = /^[+-]?\d{1,3}([ \u00a0\u2009\u202f'\u2019]\d{3})+(?!\d)/;
const withBrackets = /^([^()]*[\d.,])\s*\(([\d.,]+)\)\s*([eEdD][+-]?\d+)?$/;
const withSign = /^(.*\S)\s*(?:±|\+\/-|\+-|\\pm)\s*(\S.*)$/;

/** Cells that wait for others: beyond these a table of "2.269" has decimal points. */
const mostWaiting = 4096;

/**
 * A reader that learns which mark stands before decimals.
 *
 * @param table  named in errors
 * @param commas  whether commas separate fields: then one in a number groups digits, if nothing shows otherwise
 */
export function openCells(table: string, commas: boolean): CellReader {
  let decimal: "." | "," | undefined;
  let shownBy = "";
  let waiting: (Slot & { readonly mark: string; readonly cell: string })[] = [];

  /** The mark before decimals is known: what waits is set right. */
  function decide(mark: string, by: string): void {
    if (decimal === mark) return;
    if (decimal !== undefined)
      throw new CrispError(
        "data",
        `${table}, ${by} has ${wordsOf(mark)} before its decimals, ${shownBy} ${wordsOf(decimal)}; a table must have one of them. Write one throughout.`,
      );
    decimal = mark as "." | ",";
    shownBy = by;
    for (const { block, at, mark: own } of waiting) if (own !== decimal) block[at] = Math.round(1000 * block[at]);
    waiting = [];
  }

  function settle(): void {
    const first = waiting.find(({ mark }) => mark === ",");
    if (waiting.length === 0) return;
    if (first !== undefined && (!commas || waiting.some(({ mark }) => mark === "."))) throw doubt(first.cell);
    decide(".", "the first number");
  }

  function doubt(cell: string): CrispError {
    return new CrispError(
      "data",
      `${table}, ${cell} may be a number above a thousand or one with three decimals; nothing else in the table tells which. Write it without a comma.`,
    );
  }

  function read(text: string, slot: Slot, where: string): number | undefined {
    const value =
      plain.test(text) && (decimal === "." || !text.includes(".")) ? Number(text) : numberOf(text, slot, where);
    if (value !== undefined) slot.block[slot.at] = value;
    return value;
  }

  function numberOf(text: string, slot: Slot, where: string): number | undefined {
    const [, digits, exponent = ""] = /^([+-]?[\d.,]+)([eE][+-]?\d+)?$/.exec(normalised(text)) ?? [];
    if (digits === undefined) return wordNumber(text);
    const marks = digits.replace(/[^.,]/g, "");
    if (marks === "") return Number(digits + exponent);
    const cell = `${where}: ${text}`;
    const mark = marks.at(-1)!;
    if (marks.length > 1) {
      // The last mark of two kinds stands before decimals; one kind throughout groups digits.
      const grouped = marks[0] !== mark ? marks[0] : mark;
      const shape =
        grouped === ","
          ? /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(digits)
          : /^[+-]?\d{1,3}(\.\d{3})+(,\d*)?$/.test(digits);
      if (!shape) return undefined;
      decide(grouped === "," ? "." : ",", cell);
      return Number(digits.replaceAll(grouped, "").replace(",", ".") + exponent);
    }
    const value = Number(digits.replace(",", ".") + exponent);
    if (Number.isNaN(value)) return undefined;
    if (exponent !== "" || !group.test(digits)) decide(mark, cell);
    else if (decimal === undefined) {
      if (waiting.length >= mostWaiting) settle();
      else waiting.push({ ...slot, mark, cell });
    }
    return decimal !== undefined && decimal !== mark ? Math.round(1000 * value) : value;
  }

  function readPair(text: string, { value, error }: { value: Slot; error: Slot }, where: string): boolean {
    const cell = text.replaceAll("$", "").trim();
    const signed = withSign.exec(cell);
    if (signed !== null)
      return read(signed[1], value, where) !== undefined && read(signed[2], error, where) !== undefined;
    const [, digits, last, exponent = ""] = withBrackets.exec(cell) ?? [];
    if (digits === undefined || read(digits + exponent, value, where) === undefined) return false;
    if (/[.,]/.test(last)) return read(last + exponent, error, where) !== undefined;
    if (decimal === undefined && group.test(digits)) {
      if (digits.includes(",")) throw doubt(`${where}: ${text}`);
      decide(".", `${where}: ${text}`);
    }
    // 2.634(6) is 2.634 ± 0.006: the error counts in the last digit.
    const decimals = decimal !== undefined && digits.includes(decimal) ? digits.split(decimal)[1].length : 0;
    error.block[error.at] = Number(`${last}e${Number(exponent.replace(/^[eEdD]/, "")) - decimals}`);
    return true;
  }

  return { read, readPair, finish: settle };
}

/** Minus signs, exponents and groups between blanks as JavaScript writes them. */
function normalised(text: string): string {
  let number = text.replace(/\u2212/g, "-");
  if (blanks.test(number)) number = number.replace(/[ \u00a0\u2009\u202f'\u2019]/g, "");
  return number.replace(/[dD](?=[+-]?\d+$)/, "e").replace(/^([+-]?\d*\.\d{3,})([+-](?:0\d|\d{3}))$/, "$1e$2");
}

/** "nan" and "inf" are numbers, which a table may not hold; other text is none. */
function wordNumber(text: string): number | undefined {
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  if (!/^[+-]?inf(inity)?$/i.test(text)) return undefined;
  return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function wordsOf(mark: string): string {
  return mark === "," ? "a comma" : "a point";
}
