/**
 * Results on stdout, and nothing else there: text for people, or with `--json`
 * one object on one line whose first field is its version. All text of the
 * command, results and messages, leaves it through `printable`: names of files,
 * keys and columns may hold codes that a terminal would obey.
 */
import { grouped } from "../core/words.js";

/** Version of every JSON object the command prints; fields are only ever added to it. */
export const schemaVersion = 2;

/**
 * The text without anything that a terminal obeys: control characters and marks that turn the
 * direction of writing stand as `\u001b`, which JSON reads back as the character. Line ends and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** Characters of a message; a name or a key of a megabyte would push all else off the screen. */
const longestMessage = 4000;

/** A message of bounded length: of a longer one its beginning and its end, where the advice stands. */
export function bounded(text: string): string {
  if (text.length <= longestMessage) return text;
  const part = longestMessage / 2 - 50;
  const left = grouped(text.length - 2 * part);
  return `${text.slice(0, part)} … ${left} characters are left out … ${text.slice(-part)}`;
}

export function printText(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}

export function printJson(record: object): void {
  process.stdout.write(`${printable(JSON.stringify({ schemaVersion, ...record }))}\n`);
}

/** Resolves when what was written has left the process, so that an exit cuts nothing off. */
export async function flushed(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.destroyed) await new Promise<void>((done) => stream.write("", () => done()));
  }
}

/**
 * Tells of an output that can no longer be written, its reader gone or its disk full, once. The text is
 * what the user is told, where one of the two outputs is left.
 */
export function onLostOutput(lost: (text: string) => void): void {
  let told = false;
  for (const [name, stream] of [
    ["stdout", process.stdout],
    ["stderr", process.stderr],
  ] as const) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (told) return;
      told = true;
      const why = error.code === "EPIPE" ? "its reader has closed it" : `it could not be written (${error.code})`;
      lost(`${name}: ${why}; what was asked for is not all there. Let it be read to its end, or give it a file.`);
    });
  }
}
