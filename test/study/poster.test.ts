/** The poster is laid beside its own images, noise and geometry, and beside nothing else. */
import { describe, expect, test } from "vitest";
import { verdictLines } from "../../src/cli/summary.js";
import { studyReport } from "../../src/report/report.js";
import { posterOf } from "../../src/study/poster.js";
import type { StudySettings } from "../../src/study/settings.js";
import { sample, study } from "../report/sample.js";

const withSettings = (change: Partial<StudySettings>) => ({ ...study, settings: { ...study.settings, ...change } });

describe("the poster", () => {
  test("is introduced before it is quoted, and its ν stands behind that of the textbooks", () => {
    const posters = withSettings({ data: "cifar10", noise: 0.5, boundary: "crop", atoms: "learned" });
    expect(posterOf(posters)?.nu).toBe(-1.32);
    const said = verdictLines(posters).join("\n");
    expect(said).toMatch(/slope of the poster \(Carroll, Carlson and Kenyon, arXiv 1710\.09875\) is −0\.758/);
    expect(said.indexOf("arXiv")).toBeLessThan(said.indexOf("−0.00746"));
    const html = studyReport({ ...sample, study: posters });
    expect(html).toMatch(/goes as <i>L<\/i><sup>−1\/ν<\/sup>.*in the poster’s sign/s);
    expect(html).toContain("Grey dashes: slopes of the poster (Carroll, Carlson and Kenyon, arXiv 1710.09875)");
  });

  test.each<[string, Partial<StudySettings>]>([
    ["leaves", { data: "leaves" }],
    ["a folder", { data: "folder" }],
    ["arrays", { data: "arrays" }],
    ["inpainting", { task: { kind: "inpaint", hidden: 0.5 } as never }],
    ["another noise", { noise: 0.4 }],
    ["another patch", { patch: [6, 6] }],
    ["another stride", { stride: [4, 4] }],
    ["another boundary", { boundary: "circular" }],
    ["drawn atoms", { atoms: "random" }],
    ["growing images", { sizeAxis: "image", imageSizes: [16, 32] }],
  ])("is not quoted of %s", (_, change) => {
    const other = withSettings(change);
    expect(posterOf(other)).toBeNull();
    expect(verdictLines(other).join("\n")).not.toMatch(/poster|−0\.758/);
    if (change.sizeAxis) return;
    const html = studyReport({ ...sample, study: other }).replace(/<style>.*?<\/style>/gs, "");
    expect(html).not.toMatch(/−0\.758|−0\.00746|poster’s slope|slopes? of the poster/);
  });
});
