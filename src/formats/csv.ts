/**
 * Separated text as records, in pieces of any length: RFC 4180, and what
 * programs of the field write beside it.
 *
 *   separator   comma, semicolon, tab, or blanks where the first line has none of them outside
 *               quotes; a line "sep=;" before all others states it
 *   quotes      "…" around a whole field, "" for a quote inside; a quoted field may hold line ends
 *   line ends   LF, CRLF or CR; empty lines are skipped; a byte order mark is dropped
 *   comments    lines that begin with # or %. Where the first record has numbers alone, the last
 *               comment before it with as many words is the line of names (numpy.savetxt)
 *
 * Every record must have as many fields as the first. Memory: one record and one piece.
 */
import { CrispError } from "../core/errors.js";

/** Takes a text piece by piece. */
export type CsvReader = {
  /** Takes the next piece of the text. */
  push(piece: string): void;
  /** Ends the text: the last line needs no line end. */
  end(): void;
};

/** Gets the fields of a record, the number of its first line, and the separator, blanks as " ". */
export type OnRecord = (fields: readonly string[], line: number, separator: string) => void;

/** Comments before the first record that are kept, as one of them may name the columns. */
const mostComments = 50;

/**
 * A reader of separated text.
 *
 * @param name  named in errors
 * @throws CrispError `data` from `push` and `end` for a record of another width than the first, one
 *   of more than `longestRecord` characters, or quotes that do not match
 */
export function openCsv(name: string, onRecord: OnRecord): CsvReader {
  let rest = "";
  let heldReturn = false; // a CR at the end of a piece: an LF may follow
  let line = 1;
  let separator: string | undefined;
  let width: number | undefined;
  const comments: { text: string; line: number }[] = [];

  function take(text: string): void {
    const stated = line === 1 ? /^"?sep=(.)"?\s*$/i.exec(text)?.[1] : undefined;
    if (stated !== undefined) separator = stated;
    else if (!isComment(text, 0)) record(text);
    else if (width === undefined) {
      comments.push({ text: text.replace(/^\s*[#%]+\s*/, ""), line });
      if (comments.length > mostComments) comments.shift();
    }
  }

  function record(text: string): void {
    separator ??= separatorOf(text);
    let fields = fieldsOf(text, separator, { name, line });
    if (width === undefined) {
      width = fields.length;
      const names = fields.every(isNumeric) ? namesAmong(comments, separator, width) : undefined;
      if (names !== undefined) onRecord(names.fields, names.line, separator);
    }
    if (fields.length === width + 1 && fields[width] === "") fields = fields.slice(0, width); // a separator at the end
    if (fields.length !== width) {
      const words = `${fields.length} ${fields.length === 1 ? "field" : "fields"}`;
      const called = { "\t": "tab", " ": "blanks" }[separator] ?? separator;
      throw new CrispError(
        "data",
        `${name}, line ${line}: ${words}; the first line has ${width}, and every line must have as many. Add or remove a separator ("${called}").`,
      );
    }
    onRecord(fields, line, separator);
  }

  function whole(text: string): void {
    if (text.trim() !== "") take(text);
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) line++;
    line++;
  }

  function push(piece: string): void {
    let text = heldReturn ? `\r${piece}` : piece;
    heldReturn = text.endsWith("\r");
    if (heldReturn) text = text.slice(0, -1);
    rest += text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
    if (line === 1 && rest.startsWith("\ufeff")) rest = rest.slice(1);
    let start = 0;
    let open = false;
    // A line end inside quotes ends no record: quotes so far are odd in number.
    for (let at = rest.indexOf("\n"), from = 0; at >= 0; at = rest.indexOf("\n", at + 1)) {
      if (oddQuotes(rest, from, at) && (open || !isComment(rest, start))) open = !open;
      from = at;
      if (open) continue;
      whole(rest.slice(start, at));
      start = at + 1;
    }
    rest = rest.slice(start);
    if (rest.length > longestRecord) throw tooLong(name, line, open || oddQuotes(rest, 0, rest.length));
  }

  function end(): void {
    if (oddQuotes(rest, 0, rest.length) && !isComment(rest, 0)) {
      throw new CrispError(
        "data",
        `${name}, line ${line}: a quote is opened and never closed; every " needs its pair. Close it or remove it.`,
      );
    }
    whole(rest);
    rest = "";
  }

  return { push, end };
}

/** Whether a field begins as a number does, so that it names no column. */
export function isNumeric(field: string): boolean {
  return /^\s*[+\-\u2212]?[.,]?\d/.test(field);
}

/** Most characters of a record: a longer one is not of a table. */
export const longestRecord = 1 << 20;

function tooLong(name: string, line: number, open: boolean): CrispError {
  const advice = open ? "A quote may be left open: close it." : "Check that it is a text table.";
  return new CrispError(
    "data",
    `${name}, line ${line}: a line of more than ${longestRecord} characters; lines must be shorter. ${advice}`,
  );
}

function oddQuotes(text: string, from: number, to: number): boolean {
  let odd = false;
  for (let at = text.indexOf('"', from); at >= 0 && at < to; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

/** Whether a comment begins at a place. */
function isComment(text: string, at: number): boolean {
  while (text[at] === " " || text[at] === "\t") at++;
  return text[at] === "#" || text[at] === "%";
}

/** The separator of a first line. Commas in numbers between blanks are not separators: "8 0,5 1,25". */
function separatorOf(text: string): string {
  const bare = text.replace(/"[^"]*"/g, "");
  const found = ["\t", ";", ","].find((one) => bare.includes(one)) ?? " ";
  const words = bare.trim().split(/\s+/);
  const decimals = words.length > 1 && words.every((word) => /^[+-]?\d+(,\d+)?([eE][+-]?\d+)?$/.test(word));
  return found === "," && decimals ? " " : found;
}

/** The last comment that has as many words as there are columns, none of them a number. */
function namesAmong(
  comments: readonly { readonly text: string; readonly line: number }[],
  separator: string,
  width: number,
): { readonly fields: readonly string[]; readonly line: number } | undefined {
  for (const { text, line } of comments.toReversed()) {
    for (const one of [separator, "\t", ";", ",", " "]) {
      const fields = one === " " ? text.trim().split(/\s+/) : text.split(one);
      if (fields.length === width && !fields.some((field) => isNumeric(field) || field.trim() === ""))
        return { fields, line };
    }
  }
  return undefined;
}

function fieldsOf(text: string, separator: string, place: { name: string; line: number }): string[] {
  if (separator === " ") {
    const words = text.match(/"(?:[^"]|"")*"|[^\s"]+|"/g) ?? [];
    return words.map((word) => {
      if (word === '"') throw strayQuote(place, text);
      return word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word;
    });
  }
  return text.includes('"') ? quotedFields(text, separator, place) : text.split(separator);
}

/** Fields of a record that holds quotes, character by character; blanks may stand round a quoted one. */
function quotedFields(text: string, separator: string, place: { name: string; line: number }): string[] {
  const fields: string[] = [];
  let at = 0;
  while (at <= text.length) {
    const next = text.indexOf(separator, at);
    const stop = next < 0 ? text.length : next;
    const quote = text.indexOf('"', at);
    if (quote < 0 || quote >= stop) {
      fields.push(text.slice(at, stop));
      at = stop + 1;
      continue;
    }
    if (text.slice(at, quote).trim() !== "") throw strayQuote(place, text.slice(at));
    let field = "";
    at = quote + 1;
    let close = text.indexOf('"', at);
    for (; text[close + 1] === '"'; close = text.indexOf('"', at)) {
      field += text.slice(at, close + 1);
      at = close + 2;
    }
    fields.push(field + text.slice(at, close));
    for (at = close + 1; text[at] === " " && separator !== " "; ) at++;
    if (at < text.length && text[at] !== separator) throw strayQuote(place, text.slice(at));
    at += 1;
  }
  return fields;
}

function strayQuote({ name, line }: { name: string; line: number }, found: string): CrispError {
  return new CrispError(
    "data",
    `${name}, line ${line}: a quote within ${JSON.stringify(found.slice(0, 20))}; quotes stand around a whole field, doubled inside. Correct the line.`,
  );
}
