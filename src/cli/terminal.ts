/**
 * Messages on stderr. On a terminal progress is one line rewritten in place;
 * in a pipe or a log it is a whole line every 10 s, and no escape code is ever
 * written. Results go to stdout (output.ts).
 */
import picocolors from "picocolors";
import { durationText } from "./words.js";

const pipeInterval = 10_000;
const terminalInterval = 100;

export type ProgressState = {
  readonly done: number;
  readonly total: number;
  readonly cached: number;
  readonly secondsLeft: number | null;
  readonly label: string;
};

export type Terminal = {
  message(text: string): void;
  warning(text: string): void;
  progress(state: ProgressState): void;
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
    shown = text.slice(0, (stream.columns ?? 80) - 1);
    stream.write(shown);
  }
  /** A whole line; the progress line moves below it. */
  function line(text: string): void {
    const below = shown;
    clear();
    stream.write(`${text}\n`);
    if (below !== "") show(below);
  }
  function progress(state: ProgressState): void {
    if (now() - last < (live ? terminalInterval : pipeInterval)) return;
    last = now();
    if (live) show(progressText(state));
    else line(progressText(state));
  }
  return { message: line, warning: (text) => line(`${colours.yellow("warning:")} ${text}`), progress, clear };
}

/** "3 of 12 units, about 2 min left: training F = 128, seed 1: 1,920 images" */
export function progressText(state: ProgressState): string {
  const { done, total, cached, secondsLeft, label } = state;
  const before = cached > 0 ? ` (${cached} from before)` : "";
  const left = secondsLeft === null ? "" : `, about ${durationText(secondsLeft)} left`;
  return `${done} of ${total} units${before}${left}${label === "" ? "" : `: ${label}`}`;
}
