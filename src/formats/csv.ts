/**
 * Comma-separated text as records, in pieces of any length: RFC 4180 with
 *
 *   separator   comma, semicolon or tab: the one that the first line holds outside quotes
 *   quotes      "…" around a whole field, "" for a quote inside; a quoted field may hold line ends
 *   line ends   LF or CRLF; empty lines are skipped; a byte order mark is dropped
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

/**
 * A reader of separated text.
 *
 * @param name      named in errors
 * @param onRecord  gets the fields of a record and the number of its first line
 * @throws CrispError `data` from `push` and `end` for a record of another width than the first, one
 *   of more than `longestRecord` characters, or quotes that do not match
 */
export function openCsv(name: string, onRecord: (fields: readonly string[], line: number) => void): CsvReader {
  let rest = "";
  let line = 1;
  let separator: string | undefined;
  let width: number | undefined;

  function record(text: string): void {
    if (text.trim() !== "") {
      separator ??= separatorOf(text);
      const fields = text.includes('"') ? quotedFields(text, separator, { name, line }) : text.split(separator);
      width ??= fields.length;
      if (fields.length !== width) {
        const words = `${fields.length} ${fields.length === 1 ? "field" : "fields"}`;
        throw new CrispError(
          "data",
          `${name}, line ${line}: ${words}; the first line has ${width}, and every line must have as many. Add or remove a separator ("${separator === "\t" ? "tab" : separator}").`,
        );
      }
      onRecord(fields, line);
    }
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) line++;
    line++;
  }

  function push(piece: string): void {
    rest += piece;
    if (line === 1 && rest.startsWith("\ufeff")) rest = rest.slice(1);
    let start = 0;
    let open = false;
    // A line end inside quotes ends no record: quotes so far are odd in number.
    for (let at = rest.indexOf("\n"), from = 0; at >= 0; at = rest.indexOf("\n", at + 1)) {
      if (oddQuotes(rest, from, at)) open = !open;
      from = at;
      if (open) continue;
      record(rest.slice(start, rest[at - 1] === "\r" && at > start ? at - 1 : at));
      start = at + 1;
    }
    rest = rest.slice(start);
    if (rest.length > longestRecord) throw tooLong(name, line, open || oddQuotes(rest, 0, rest.length));
  }

  function end(): void {
    if (rest === "" || rest === "\r") return;
    if (oddQuotes(rest, 0, rest.length)) {
      throw new CrispError(
        "data",
        `${name}, line ${line}: a quote is opened and never closed; every " needs its pair. Close it or remove it.`,
      );
    }
    record(rest.endsWith("\r") ? rest.slice(0, -1) : rest);
    rest = "";
  }

  return { push, end };
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

function separatorOf(text: string): string {
  const bare = text.replace(/"[^"]*"/g, "");
  return ["\t", ";", ","].find((one) => bare.includes(one)) ?? ",";
}

/** Fields of a record that holds quotes, character by character. */
function quotedFields(text: string, separator: string, place: { name: string; line: number }): string[] {
  const fields: string[] = [];
  let at = 0;
  while (at <= text.length) {
    if (text[at] !== '"') {
      const next = text.indexOf(separator, at);
      const stop = next < 0 ? text.length : next;
      const field = text.slice(at, stop);
      if (field.includes('"')) throw strayQuote(place, field);
      fields.push(field);
      at = stop + 1;
      continue;
    }
    let field = "";
    let close = text.indexOf('"', at + 1);
    for (at += 1; text[close + 1] === '"'; close = text.indexOf('"', at)) {
      field += text.slice(at, close + 1);
      at = close + 2;
    }
    fields.push(field + text.slice(at, close));
    at = close + 1;
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
