// The section "Is it a phase transition?": it says what the record says, and nothing where there is none.
import { describe, expect, test } from "vitest";
import { studyFigures } from "../../src/report/figures.js";
import { studyReport } from "../../src/report/report.js";
import { transitionFinding } from "../../src/report/transition.js";
import { sample } from "./sample.js";
import { transitionRecord as record } from "./transition-sample.js";

const page = studyReport({ ...sample, transition: record });
const section = /<section><figure>(?:(?!<section>).)*<table class="transition">.*?<\/section>/s.exec(page)?.[0] ?? "";

describe("the section", () => {
  test("each row has its claim, verdict, number and interval; what comes from outside is escaped", () => {
    const rows = [...section.matchAll(/<tr.*?<\/tr>/gs)].slice(1, 4).map(([row]) => row.replace(/<[^>]+>/g, " "));
    expect(rows[0]).toMatch(/grows &lt;b&gt; .*Pass\s+0\.10\s+\[0\.06, 0\.14\]/);
    expect(rows[1]).toMatch(/Fail\s+−0\.20\s+\[−0\.30, −0\.10\]/);
    expect(rows[2]).toMatch(/not measured: needs 200 draws .*Undecided\s+none/);
  });

  test("the finding counts the signs by their verdicts", () => {
    expect(transitionFinding(record)).toBe(
      "One of three signs of a phase transition is there, one is not, one is undecided.",
    );
    const failed = record.tests.map((test) => ({ ...test, verdict: "fail" as const }));
    expect(transitionFinding({ ...record, tests: failed })).toBe(
      "None of three signs of a phase transition are there, three are not.",
    );
  });

  test("three figures stand in it and among the files, without NaN", () => {
    expect(section.match(/<svg class="fig" [^>]*role="img"/g)?.length).toBe(6); // three at two widths
    const names = Object.keys(studyFigures({ ...sample, transition: record }));
    for (const name of ["susceptibility-against-lambda", "slope-at-fixed-lambda", "fluctuation-against-size"])
      expect(names).toContain(`${name}.svg`);
    expect(section).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("without the record there is no section", () => {
    expect(studyReport(sample)).not.toMatch(/phase transition/);
  });
});
