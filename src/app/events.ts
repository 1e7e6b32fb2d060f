/**
 * events.ndjson: who computed what, where, when and how long. Provenance lies
 * beside the results, never in them: a study made twice has the same results
 * and other events.
 */
import type { Platform } from "./platform.js";

/** What a session is for. */
export type Purpose = "study" | "training" | "transition" | "protocol" | "predict" | "denoise";

/** One line, but for its time and process. */
export type StudyLogEvent =
  | {
      readonly kind: "session";
      readonly purpose: Purpose;
      readonly machine: string;
      readonly node: string;
      readonly version: string;
      readonly workers: number;
      readonly command: string;
      /** Absolute path of the images, where their source needs one. */
      readonly from?: string;
    }
  | { readonly kind: "item" | "unit"; readonly id: string; readonly stage: string; readonly seconds: number }
  | { readonly kind: "end"; readonly seconds: number; readonly outcome: "finished" | "stopped" | "failed" }
  | { readonly kind: "alarm"; readonly message: string };

/** A line as it was logged. */
export type LoggedEvent = StudyLogEvent & {
  readonly time: string;
  readonly pid: number;
  /** Absent in lines of earlier versions. */
  readonly host?: string;
};

/** Names the process of a line: on a cluster, tasks of two nodes may have one number. */
export function processOf({ host = "", pid }: LoggedEvent): string {
  return `${pid} on ${host}`;
}

/** Appends one line. Lines of two processes may interleave, never mix: each is one small write. */
export async function logEvent(folder: string, event: StudyLogEvent, { studies, date }: Platform): Promise<void> {
  const files = studies.files(folder);
  const { processId: pid, host } = studies;
  const line: LoggedEvent = { time: date().toISOString(), pid, host, ...event };
  await files.append(files.paths.join(folder, "events.ndjson"), `${JSON.stringify(line)}\n`);
}

/** Appends a line beside the work, which does not depend on it: one that cannot be written is told, and fails nothing. */
export function noteEvent(
  { out, onMissing }: { readonly out: string; onMissing(words: string): void },
  event: StudyLogEvent,
  platform: Platform,
): Promise<void> {
  return logEvent(out, event, platform).catch((error) => onMissing(`${out}/events.ndjson misses a line: ${error}`));
}

/** What a log holds. */
export type Log = {
  readonly events: readonly LoggedEvent[];
  /** Numbers, from 1, of lines that are no events; the last line is none of them while it is being written. */
  readonly unreadable: readonly number[];
};

/** All events so far; lines that are none are passed over. */
export async function readEvents(folder: string, platform: Platform): Promise<readonly LoggedEvent[]> {
  return (await readLog(folder, platform)).events;
}

/** The log so far, and which of its lines cannot be read. */
export async function readLog(folder: string, { studies }: Platform): Promise<Log> {
  const files = studies.files(folder);
  const bytes = await files.readIfThere(files.paths.join(folder, "events.ndjson"));
  const lines = new TextDecoder().decode(bytes ?? undefined).split("\n");
  const events: LoggedEvent[] = [];
  const unreadable: number[] = [];
  lines.forEach((line, i) => {
    const event = line === "" ? undefined : eventIn(line);
    if (event) events.push(event);
    else if (event === null && i < lines.length - 1) unreadable.push(i + 1);
  });
  return { events, unreadable };
}

/** Null for a line that a killed process left half-written, or that was damaged since. */
function eventIn(line: string): LoggedEvent | null {
  try {
    const found = JSON.parse(line) as LoggedEvent;
    return isEvent(found) ? withPurpose(found) : null;
  } catch {
    return null;
  }
}

const areText = (...values: unknown[]) => values.every((value) => typeof value === "string");

/** Whether all that readers ask for is there; events of kinds that are not known yet only have a time. */
function isEvent(found: LoggedEvent): boolean {
  if (Number.isNaN(Date.parse(found.time)) || !Number.isFinite(found.pid)) return false;
  switch (found.kind) {
    case "session":
      return areText(found.machine, found.node, found.version, found.command) && Number.isFinite(found.workers);
    case "item":
    case "unit":
      return areText(found.id, found.stage) && Number.isFinite(found.seconds);
    case "end":
      return areText(found.outcome) && Number.isFinite(found.seconds);
    case "alarm":
      return areText(found.message);
    default:
      return areText((found as { readonly kind: unknown }).kind);
  }
}

/** Logs of the first versions hold sessions of studies and of their transition tests, told apart by the command. */
function withPurpose(event: LoggedEvent): LoggedEvent {
  if (event.kind !== "session" || event.purpose) return event;
  return { ...event, purpose: /^crisp transition\b/.test(event.command) ? "transition" : "study" };
}
