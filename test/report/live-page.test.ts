/** The live page as text; test/cli/watch.test.ts has it in a browser. */
import { expect, test } from "vitest";
import { tensor } from "../../src/core/tensor.js";
import { trainingSection, workSection } from "../../src/report/live.js";
import { type LiveParts, livePage } from "../../src/report/live-page.js";
import { studyReport } from "../../src/report/report.js";
import { sizeNumber } from "../../src/study/axis.js";
import type { StudyRecord } from "../../src/study/record.js";
import { sample } from "./sample.js";

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
  const live = { finished: false, bars: new Map(), piloted: [], training: [], atoms: null, stages: [], alarms: [mark] };
  expect(workSection({ ...live, sessions: [session] })).not.toContain(mark);
});

const live = { finished: false, bars: new Map(), piloted: [], training: [], atoms: null, stages: [], alarms: [] };
const report = (piloted: readonly number[], study: StudyRecord = sample.study) =>
  studyReport({ ...sample, study, live: { ...live, piloted, sessions: [] } });

test("dictionaries that learn are shown once there is something to see, and their words are of what is seen", () => {
  const learning = { features: 8, imagesSeen: 0, done: false, looks: [] };
  const training = [learning, { ...learning, features: 16 }];
  const section = (more: object) =>
    trainingSection({ ...live, training, sessions: [], ...more }, new Map(), "Figure 2");
  expect(section({})).toBe("");
  const atoms = { features: 8, atoms: tensor([8, 2, 2, 1]), imagesSeen: 40 };
  expect(section({ atoms })).toContain("None of two dictionaries has learned.");
  expect(section({ atoms })).not.toContain("Dashed");
  expect(section({ atoms })).toMatch(/<div class="pair"><div class="c6 sheet">/);
});

test("points of the pilot are said to be of held-out training images", () => {
  expect(report([])).toContain("Points: means over test images. Large");
  expect(report([256, 512])).toContain("test images, of 256 and 512 over held-out training images (the pilot). Large");
  const all = sample.study.curves.map(sizeNumber);
  expect(report(all)).toContain("Points: means over held-out training images (the pilot). Large");
});

test("what has converged is not told of curves that are not measured to the end, nor are they said to be uncoded", () => {
  const none = { ...sample.study, minima: [], certificate: { ...sample.study.certificate, codings: 0 } };
  expect(report([], none)).toContain("no size is measured to its end yet");
  expect(report([], none)).not.toContain("nothing coded yet");
  expect(report([], { ...none, curves: [] })).toContain("nothing coded yet");
});
