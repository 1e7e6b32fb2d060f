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

type Logged = StudyLogEvent & { readonly time: string; readonly pid: number };

/** Appends one line. Lines of two processes may interleave, never mix: each is one small write. */
export async function logEvent(folder: string, event: StudyLogEvent, { studies }: Platform): Promise<void> {
  const files = studies.files(folder);
  const line: Logged = { time: new Date().toISOString(), pid: studies.processId, ...event };
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

/** All events so far; a last line cut off by a kill is passed over. */
export async function readEvents(folder: string, { studies }: Platform): Promise<Logged[]> {
  const files = studies.files(folder);
  const bytes = await files.readIfThere(files.paths.join(folder, "events.ndjson"));
  if (bytes === null) return [];
  const events: Logged[] = [];
  for (const line of new TextDecoder().decode(bytes).split("\n")) {
    try {
      if (line) events.push(withPurpose(JSON.parse(line) as Logged));
    } catch {
      // The line a killed process was writing.
    }
  }
  return events;
}

/** Logs of the first versions hold sessions of studies and of their transition tests, told apart by the command. */
function withPurpose(event: Logged): Logged {
  if (event.kind !== "session" || event.purpose) return event;
  return { ...event, purpose: /^crisp transition\b/.test(event.command) ? "transition" : "study" };
}
