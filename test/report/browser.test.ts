/** The report in a real browser: nothing overflows, no labels meet, no requests, readable by everyone. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportFonts } from "../../src/node/fonts.js";
import { benchPage } from "../../src/report/bench-report.js";
import { probePage, statisticsPage } from "../../src/report/coding-report.js";
import { crossingReport } from "../../src/report/crossing-report.js";
import { studyFigures } from "../../src/report/figures.js";
import { studyReport } from "../../src/report/report.js";
import { tableReport } from "../../src/report/table-report.js";
import { benchRecord } from "./bench-sample.js";
import { statistics, traces } from "./coding-sample.js";
import { crossingSample } from "./crossing-sample.js";
import { type Measured, measure, seriousBarriers, xmlProblem } from "./measure.js";
import { sample } from "./sample.js";
import { tableSample } from "./table-sample.js";
import { transitionRecord } from "./transition-sample.js";
import { variants } from "./variants.js";

const chromiumPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const found = existsSync(chromiumPath);
if (!found) console.warn(`SKIPPED: the report in a browser (${chromiumPath} is absent; set CHROMIUM to another path)`);

const flags =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const looks = [
  [1280, "light"],
  [1280, "dark"],
  [400, "light"],
  [400, "dark"],
] as const;

describe.skipIf(!found)("the report in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "crisp-report-"));
  let context: BrowserContext;
  let page: Page;
  const trouble: string[] = [];

  beforeAll(async () => {
    const fonts = await reportFonts();
    for (const [name, input] of Object.entries({ sample, ...variants })) {
      writeFileSync(join(folder, `${name}.html`), studyReport({ ...input, fonts }));
    }
    const bound = { origin: tableSample.provenance, fonts };
    const others = {
      transition: studyReport({ ...sample, fonts, transition: transitionRecord }),
      crossing: crossingReport({ ...crossingSample, fonts }),
      table: tableReport({ ...tableSample, fonts }),
      bench: benchPage(benchRecord, bound),
      probe: probePage(traces, bound),
      statistics: statisticsPage(statistics, bound),
    };
    for (const [name, html] of Object.entries(others)) writeFileSync(join(folder, `${name}.html`), html);
    for (const [name, text] of Object.entries(studyFigures({ ...sample, fonts })))
      writeFileSync(join(folder, name), text);
    context = await chromium.launchPersistentContext(join(folder, "profile"), {
      executablePath: chromiumPath,
      args: flags.split(" "),
    });
    page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
    page.on("pageerror", (error) => trouble.push(String(error)));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) trouble.push(`asked for ${request.url()}`);
    });
  });

  afterAll(async () => {
    await context?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(name: string, width: number, scheme: "light" | "dark"): Promise<void> {
    trouble.length = 0;
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`file://${join(folder, name)}`);
    await page.evaluate("document.fonts.ready.then(() => true)");
  }

  test.each(looks)("at %i px, %s: bundled type, no requests, no errors, no serious barriers", async (width, scheme) => {
    await open("sample.html", width, scheme);
    expect(await page.evaluate(`document.fonts.check('600 13px "Source Sans 3"', "λ0")`)).toBe(true);
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    await page.evaluate(axe);
    const barriers = await page.evaluate(seriousBarriers);
    expect(barriers).toEqual([]);
    expect(trouble).toEqual([]);
  });

  const otherPages = ["transition", "crossing", "table", "bench", "probe", "statistics"];
  const everything = [
    ...[1280, 1000, 760, 400, 375].map((width) => ["sample", width] as const),
    ...[...otherPages, ...Object.keys(variants)].flatMap((name) => [1280, 400].map((width) => [name, width] as const)),
  ];

  test.each(everything)(
    "%s at %i px does not overflow, no label meets another or a marker or is cut",
    async (name, width) => {
      await open(`${name}.html`, width, "light");
      const { overflow, meeting, covering, outside, small } = await page.evaluate<Measured>(measure);
      expect(overflow).toBe(0);
      expect({ meeting, covering, outside }).toEqual({ meeting: [], covering: [], outside: [] });
      expect(small).toEqual([]);
    },
  );

  test.each([736, 911, 912, 1280])("at %i px the five pictures of a test image stand in a row", async (width) => {
    await open("sample.html", width, "light");
    const tops = await page.$$eval(".strip", (strips) =>
      strips.map((strip) => new Set([...strip.children].map((one) => one.getBoundingClientRect().top)).size),
    );
    expect([tops.length > 0, ...new Set(tops)]).toEqual([true, 1]);
  });

  test("a button copies the BibTeX that stands below it", async () => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await open("sample.html", 1280, "light");
    await page.getByRole("button", { name: "Copy BibTeX of the poster" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toMatch(/^@misc\{carroll2017phase,\n.*1710\.09875/s);
    expect(trouble).toEqual([]);
  });

  test("printed, every figure's type is at least 7 pt and nothing is wider than A4's column", async () => {
    await open("sample.html", 673, "dark"); // 178 mm at 96 px to the inch
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const { overflow, meeting, least } = await page.evaluate<Measured>(measure);
    const paper = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    await page.emulateMedia({ media: "screen" });
    expect(paper).toBe("rgb(255, 255, 255)");
    expect(overflow).toBe(0);
    expect(meeting).toEqual([]);
    expect(least * 0.75).toBeGreaterThanOrEqual(7);
  });

  test("each figure on its own is well-formed XML", async () => {
    await open("sample.html", 1280, "light");
    for (const [name, text] of Object.entries(studyFigures(sample)).filter(([name]) => name.endsWith(".svg"))) {
      const problem = await page.evaluate(xmlProblem(text));
      expect(`${name}: ${problem}`).toBe(`${name}: `);
    }
  });
});
