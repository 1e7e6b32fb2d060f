// Progress on a terminal and in a pipe, with a clock of the test's own.
import { describe, expect, it } from "vitest";
import { progressText } from "../../src/cli/events.js";
import { statusLines } from "../../src/cli/status.js";
import { openTerminal } from "../../src/cli/terminal.js";

const state = { done: 3, total: 12, estimated: false, cached: 0, secondsLeft: 130, label: "F = 64" };

function recorded(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  const clock = { seconds: 0 };
  const sink = { write: (text: string) => written.push(text), isTTY, columns };
  return { written, clock, terminal: openTerminal(sink, () => clock.seconds * 1000) };
}

describe("messages", () => {
  it("a pipe gets a line every 10 s, and no escape code", () => {
    const { written, clock, terminal } = recorded(false);
    for (clock.seconds = 0; clock.seconds < 35; clock.seconds++)
      terminal.progress(progressText({ ...state, done: clock.seconds }));
    terminal.warning("careful");
    terminal.clear();
    const starts = written.map((text) => text.split(",")[0].trimEnd());
    const progress = [0, 10, 20, 30].map((done) => `${done} of 12 items`);
    expect(starts).toEqual([...progress, "warning: careful"]);
    expect(written.join("")).not.toContain("\u001b");
    expect(written.every((text) => text.endsWith("\n"))).toBe(true);
  });

  it("a terminal has one progress line, below every message, and none at the end", () => {
    const { written, clock, terminal } = recorded(true);
    terminal.progress(progressText(state));
    clock.seconds = 1;
    terminal.progress(progressText({ ...state, done: 4 }));
    terminal.message("note");
    terminal.clear();
    terminal.message("end");
    const erase = "\r\u001b[K";
    const [first, second] = [progressText(state), progressText({ ...state, done: 4 })];
    expect(written).toEqual([first, erase, second, erase, "note\n", second, erase, "end\n"]);
  });

  it("a progress line never wraps", () => {
    const { written, terminal } = recorded(true, 20);
    terminal.progress(progressText(state));
    expect(written[0].length).toBeLessThan(20);
  });

  it("says what is done, what was done before and the time left", () => {
    expect(progressText({ ...state, cached: 2 })).toBe("3 of 12 items (2 from before), about 2 min left: F = 64");
    expect(progressText({ ...state, secondsLeft: null, label: "" })).toBe("3 of 12 items");
    expect(progressText({ ...state, estimated: true, secondsLeft: null })).toBe("3 of about 12 items: F = 64");
  });
});

it("the status of a study in its first round counts the rounds to come, a finished one its own items", () => {
  const status = { study: "s", name: "leaves", rows: [], prediction: null, warnings: [], items: 12 };
  expect(statusLines({ ...status, done: 9, expected: 52, stage: "work", finished: false })).toEqual([
    "leaves: 9 of about 52 items done, not finished (stage: work)",
  ]);
  expect(statusLines({ ...status, done: 12, stage: "finished", finished: true })).toEqual([
    "leaves: 12 of 12 items done, finished",
  ]);
});
