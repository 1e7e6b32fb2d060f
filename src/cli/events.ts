/** A running study as messages: progress, optimum rows as they land, notes and warnings. */

import type { ProgressReport } from "../app/progress.js";
import type { StudyEvent } from "../app/session.js";
import { counted } from "../core/words.js";
import { provisionalHead, provisionalLine } from "./summary.js";
import type { Terminal } from "./terminal.js";
import { durationText, fetchedText } from "./words.js";

/** A listener that prints each event to the terminal. */
export function eventPrinter(terminal: Terminal): (event: StudyEvent) => void {
  const rows = new Set<string>();
  return (event) => {
    switch (event.kind) {
      case "start":
        return terminal.message(`${event.resumed ? "Going on with" : "Starting"} the study in ${event.out}`);
      case "progress":
        return terminal.progress(progressText(event));
      case "fetched":
        return terminal.progress(fetchedText(event.bytes, event.of));
      case "row": {
        const line = `${provisionalLine(event.minimum)}${event.provisional ? "on held-out training images" : "on the test images"}`;
        // A sweep that grew mostly has its least point where it had it.
        if (rows.has(line)) return;
        if (rows.size === 0) terminal.message(provisionalHead(event.minimum));
        rows.add(line);
        return terminal.message(line);
      }
      case "note":
        return terminal.message(event.message);
      case "warning":
        return terminal.warning(event.message);
      default:
        return event satisfies never;
    }
  };
}

/** "3 of about 58 items, about 2 min left: training F = 128, seed 1: 1,920 images" */
export function progressText(state: Omit<ProgressReport, "stage">): string {
  const { done, total, estimated, cached, secondsLeft, label } = state;
  const before = cached > 0 ? ` (${cached} from before)` : "";
  const left = secondsLeft === null ? "" : `, about ${durationText(secondsLeft)} left`;
  // Work outside a study's rounds (one network trained to predict) counts no items.
  const count = total === 0 ? "1 network" : `${done} of ${estimated ? "about " : ""}${counted(total, "item")}${before}`;
  return `${count}${left}${label === "" ? "" : `: ${label}`}`;
}
