/** What is said of a slope by number of steps: whether a straight line is there that has it. */
import { expect, test } from "vitest";
import { protocolLines } from "../../src/cli/protocol.js";
import { protocolFinding, protocolSection } from "../../src/report/protocol.js";
import type { ProtocolRecord } from "../../src/study/protocol/record.js";
import { protocolRecord } from "./protocol-sample.js";

/** The sample with the p of each reading's percent active; its percent error keeps 0.41. */
function withP(...ps: readonly (number | null)[]): ProtocolRecord {
  const readings = protocolRecord.readings.map((one, i) => ({ ...one, location: { ...one.location, p: ps[i] } }));
  return { ...protocolRecord, readings };
}

test("beside a slope stands whether a straight line fits, in the terminal and in the report", () => {
  const record = withP(null, 7e-16, 0.2);
  const lines = protocolLines(record);
  const row = (name: string) => lines.find((line) => line.trim().startsWith(name))!;
  expect(row("250")).toMatch(/−0\.4\S* ±\S+ +< 0\.001 +does not fit +−0\.02\S* ±\S+ +0\.41 +fits/);
  expect(row("converged")).toMatch(/−0\.95 ±\S+ +0\.20? +fits +/);
  expect(row("100")).toMatch(/^ *100 +– +– +– +– +– +–$/);
  expect(lines.join("\n")).toContain("it fits where p > 0.01");

  expect(protocolFinding(record)).toContain("after 250 steps (a straight line does not fit), −0.95 converged.");
  const section = protocolSection(record, new Map(), "Figure 9");
  expect(section).toMatch(/&lt; 0\.001, does not fit|< 0\.001, does not fit/);
  expect(section.match(/does not fit/g)).toHaveLength(2);
});

test("the limit is that of the laws: p of 0.01 is refused, more is not", () => {
  const words = (p: number) =>
    protocolLines(withP(p, p, p))
      .join("\n")
      .includes("does not fit");
  expect([words(0.01), words(0.0101)]).toEqual([true, false]);
});
