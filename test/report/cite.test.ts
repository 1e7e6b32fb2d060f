/** Every page says how to cite the program, a study's also the poster's paper, as CITATION.cff does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { studyReport } from "../../src/report/report.js";
import { tableReport } from "../../src/report/table-report.js";
import { sample } from "./sample.js";
import { tableSample } from "./table-sample.js";

const root = join(import.meta.dirname, "../..");
const cff = parse(readFileSync(join(root, "CITATION.cff"), "utf8"));
const paper = cff.references[0];

describe("citing", () => {
  test("CITATION.cff has the version of the package and what its format demands", () => {
    const { version, license, description } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect([cff["cff-version"], cff.version, cff.license, cff.abstract]).toEqual([
      "1.2.0",
      version,
      license,
      description,
    ]);
    expect(cff.authors).toHaveLength(1);
    expect(paper.identifiers[0].value).toBe("arXiv:1710.09875");
  });

  test("a study's page has buttons for both, with the same paper; a table's page for the program alone", () => {
    const html = studyReport(sample);
    expect(html.match(/<button /g)).toHaveLength(2);
    expect(html).toContain(`title = {${paper.title}}`);
    for (const author of paper.authors) expect(html).toContain(`${author["family-names"]}, ${author["given-names"]}`);
    expect(html).toContain("eprint = {1710.09875}");
    const other = tableReport(tableSample);
    expect(other.match(/<button /g)).toHaveLength(1);
    expect(other).not.toContain("carroll2017");
  });
});
