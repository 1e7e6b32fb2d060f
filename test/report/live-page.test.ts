/** The live page as text; test/cli/watch.test.ts has it in a browser. */
import { expect, test } from "vitest";
import { workSection } from "../../src/report/live.js";
import { type LiveParts, livePage } from "../../src/report/live-page.js";

const origin = { version: "1", machine: "m", node: "20", date: "today", command: "crisp watch s" };
const page = (parts: LiveParts) => livePage(parts, { name: "my_study", origin, fonts: [], revision: "a-1" });
const titleOf = (html: string) => /<title>(.*?)<\/title>/.exec(html)![1];

test("before anything is known the page is empty, not undefined", () => {
  expect(page({})).not.toContain("undefined");
  expect(titleOf(page({}))).toBe("Live study. Crisp, my_study");
});

test("the title that is known is the page's from the start, its signs and all", () => {
  const title = "3 of 9 items; stopped. To go on: crisp run --out a_b_c <x>.";
  expect(titleOf(page({ title }))).toBe(`${title.replace("<x>", "&lt;x&gt;")} Crisp, my_study`);
});

test("what a log holds is text, whatever it looks like", () => {
  const mark = "<b>x</b>";
  const session = { began: mark, machine: mark, workers: 1, items: 0, outcome: mark as "stopped" };
  const live = { finished: false, bars: new Map(), training: [], atoms: null, stages: [], alarms: [mark] };
  expect(workSection({ ...live, sessions: [session] })).not.toContain(mark);
});
