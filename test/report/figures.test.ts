/**
 * Every figure of every report as SVG text, at both widths, for small made-up
 * records: what changes in a figure shows in the diff of test/report/figures/,
 * and each file opens in a browser. To record them anew, and then look at them:
 *
 *   npx vitest run test/report/figures.test.ts -u
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { benchPage } from "../../src/report/bench-report.js";
import { probePage, statisticsPage } from "../../src/report/coding-report.js";
import { compareReport } from "../../src/report/compare.js";
import { crossingReport } from "../../src/report/crossing-report.js";
import { studyFigures } from "../../src/report/figures.js";
import { studyReport } from "../../src/report/report.js";
import { dressOf } from "../../src/report/sizes.js";
import { marker } from "../../src/report/svg/marks.js";
import { tableReport } from "../../src/report/table-report.js";
import { dark, figureRules, light } from "../../src/report/theme.js";
import { benchRecord } from "./bench-sample.js";
import { statistics, traces } from "./coding-sample.js";
import { compareRecord } from "./compare-sample.js";
import { crossingSample } from "./crossing-sample.js";
import { protocolRecord } from "./protocol-sample.js";
import { figuresOf, recordedText } from "./recorded.js";
import { sample } from "./sample.js";
import { tableSample } from "./table-sample.js";
import { transitionRecord } from "./transition-sample.js";
import { variants } from "./variants.js";

const page = { origin: tableSample.provenance, fonts: [] };
const threePanels = (variant: string) => ["curves", "a", "b"].map((name) => `${variant}-${name}`);

/** Each page and the names of its figures, in order; "" for one that another page has recorded. */
const pages: Readonly<Record<string, { readonly html: string; readonly names: readonly string[] }>> = {
  study: {
    html: studyReport({ ...sample, transition: transitionRecord, protocol: protocolRecord }),
    names: [
      "error-against-percent-active",
      "percent-active-against-size",
      "error-against-size",
      "lambda-against-size",
      "active-units-against-size",
      "prediction",
      "cost-of-another-lambda",
      "susceptibility-against-lambda",
      "slope-at-fixed-lambda",
      "fluctuation-against-size",
      "percent-active-by-steps",
      "error-by-steps",
      "use-of-atoms",
      "network",
    ],
  },
  "study with nothing measured": { html: studyReport(variants.nothing), names: [...threePanels("nothing"), ""] },
  "study of nine sizes": {
    html: studyReport({ ...variants.many, showcase: null }),
    names: [...threePanels("many"), "many-c", "many-d", "", "", ""],
  },
  "study with refused sizes": {
    html: studyReport({ ...variants.edge, showcase: null }),
    names: [...threePanels("edge"), "edge-c", "edge-d", ""],
  },
  "study whose prediction missed": {
    html: studyReport({ ...variants.missed, showcase: null }),
    names: ["", "", "", "", "", "missed-prediction", "missed-cost", ""],
  },
  table: {
    html: tableReport(tableSample),
    names: [
      "table-curves",
      "table-location-against-size",
      "table-value-against-size",
      "table-location-local-slopes",
      "table-value-local-slopes",
      "table-location-slope-against-smallest-size",
      "table-value-slope-against-smallest-size",
      "table-collapse-before",
      "table-collapse-after",
    ],
  },
  comparison: {
    html: compareReport({ record: compareRecord, provenance: tableSample.provenance, fonts: [] }),
    names: ["a", "b", "c", "d"].map((letter) => `compare-${letter}`),
  },
  "family of crossing curves": {
    html: crossingReport(crossingSample),
    names: [
      "crossing-curves",
      "crossings-against-size",
      "nu-against-size",
      "crossing-collapse-before",
      "crossing-collapse-after",
    ],
  },
  bench: {
    html: benchPage(benchRecord, page),
    names: [
      "bench-time-to-gap-0.01",
      "bench-time-to-gap-0.001",
      "bench-inflation",
      "bench-energy-64",
      "bench-active-64",
      "",
      "",
      "bench-energy-512",
      "bench-active-512",
    ],
  },
  probe: { html: probePage(traces, page), names: ["probe"] },
  statistics: { html: statisticsPage(statistics, page), names: ["use-of-each-atom", "sizes-of-activities"] },
};

const folder = join(import.meta.dirname, "figures");
const named = Object.values(pages).flatMap(({ names }) => names.filter((name) => name !== ""));
const files = ["figures.css", "atoms.svg", "pictures.svg"].concat(
  named.flatMap((name) => [`${name}.wide.svg`, `${name}.narrow.svg`]),
);

/** Compares with the file of this name, or writes it where that is asked for. */
async function compare(file: string, text: string): Promise<void> {
  await expect(text).toMatchFileSnapshot(join(folder, file));
}

describe.each(Object.entries(pages))("the figures of a %s", (_, { html, names }) => {
  test("are as many as are named here", () => {
    for (const width of ["wide", "narrow"] as const) expect(figuresOf(html, width)).toHaveLength(names.length);
  });

  test.each(names.map((name, i) => [name, i] as const).filter(([name]) => name !== ""))(
    "%s is as recorded, wide and narrow",
    async (name, i) => {
      for (const width of ["wide", "narrow"] as const)
        await compare(`${name}.${width}.svg`, recordedText(figuresOf(html, width)[i]));
    },
  );
});

describe("beside them", () => {
  test.each(["atoms.svg", "pictures.svg"])("%s holds its pictures where they were", async (name) => {
    await compare(name, recordedText(studyFigures(sample)[name].replace(/<style>.*?<\/style>/s, "")));
  });

  test("the colours are as recorded", async () => {
    await compare(
      "figures.css",
      `svg{overflow:visible}\n${figureRules(light)}\n@media (prefers-color-scheme:dark){\nsvg{background:${dark.paper}}\n${figureRules(dark)}\n}\n`,
    );
  });

  test("no file is left of a figure that is drawn no more", () => {
    expect(readdirSync(folder).filter((file) => !files.includes(file))).toEqual([]);
  });
});

test.each([1, 6, 7, 9, 13])("of %i sizes no two wear one shape", (n) => {
  const shapes = Array.from({ length: n }, (_, i) =>
    marker([0, 0], { colour: 0, shape: dressOf(i, n).shape, hollow: false }),
  );
  expect(new Set(shapes).size).toBe(n);
});
