/**
 * Messages on stderr. On a terminal progress is one line rewritten in place;
 * in a pipe or a log it is a whole line every 10 s, and no escape code is ever
 * written; on a terminal only those of this file. Results go to stdout (output.ts).
 */
import picocolors from "picocolors";
import { bounded, printable } from "./output.js";

const pipeInterval = 10_000;
const terminalInterval = 100;

export type Terminal = {
  message(text: string): void;
  warning(text: string): void;
  progress(text: string): void;
  /** Takes the progress line away; call before the command ends. */
  clear(): void;
};

/** Where a terminal writes; `process.stderr` is one. */
export type Sink = { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };

export function openTerminal(stream: Sink, now: () => number = Date.now): Terminal {
  const live = stream.isTTY === true && process.env.TERM !== "dumb";
  const colours = picocolors.createColors(live && !process.env.NO_COLOR);
  let shown = ""; // the progress line on the screen now
  let last = Number.NEGATIVE_INFINITY;

  function clear(): void {
    if (shown !== "") stream.write("\r\u001b[K");
    shown = "";
  }
  function show(text: string): void {
    clear();
    shown = printable(text)
      .replaceAll("\n", " ")
      .slice(0, (stream.columns ?? 80) - 1);
    stream.write(shown);
  }
  /** A whole line; the progress line moves below it. */
  function line(text: string, head = ""): void {
    const below = shown;
    clear();
    stream.write(`${head}${printable(bounded(text))}\n`);
    if (below !== "") show(below);
  }
  function progress(text: string): void {
    if (now() - last < (live ? terminalInterval : pipeInterval)) return;
    last = now();
    if (live) show(text);
    else line(text);
  }
  const message = (text: string): void => line(text);
  const warning = (text: string): void => line(text, `${colours.yellow("warning:")} `);
  return { message, warning, progress, clear };
}
