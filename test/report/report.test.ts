import { describe, expect, test } from "vitest";
import { studyFigures } from "../../src/report/figures.js";
import type { ReportInput } from "../../src/report/input.js";
import { studyReport } from "../../src/report/report.js";
import type { Estimate } from "../../src/scaling/types.js";
import { sample, study } from "./sample.js";
import { variants } from "./variants.js";

const all: Readonly<Record<string, ReportInput>> = { sample, ...variants };
const pages = new Map(Object.entries(all).map(([name, input]) => [name, studyReport(input)]));
const page = (name: string): string => pages.get(name) ?? "";
const headlineOf = (html: string) => /<h1>(.*?)<\/h1>/s.exec(html)?.[1].replace(/<[^>]+>/g, "");
const words = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/gs, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");

describe("the page", () => {
  test.each(Object.keys(all))("%s refers to nothing outside itself and holds no script", (name) => {
    const html = page(name).replace(/xmlns="[^"]+"/g, "");
    const fetched = [...html.matchAll(/(?:src|href|action|data)="([^"]*)"|url\(([^)]*)\)/g)].map((m) => m[1] ?? m[2]);
    expect(fetched.filter((address) => !address.startsWith("data:"))).toEqual([]);
    expect(html).not.toMatch(/<script|<link|<iframe|@import|https?:/i);
  });

  test.each(Object.keys(all))("%s shows no NaN, undefined, null or infinity", (name) => {
    const html = page(name).replace(/base64,[A-Za-z0-9+/=]+/g, "");
    expect(html.match(/.{20}\b(NaN|undefined|null|Infinity)\b.{20}/)).toBeNull();
  });

  test("what comes from outside is escaped", () => {
    const html = studyReport({
      ...sample,
      study: { ...study, name: "<b>&_x_", warnings: ["a <script> & _more_"] },
      provenance: { ...sample.provenance, command: "crisp run --set a=_b_ <x>" },
    });
    expect(html.includes("&lt;b&gt;&amp;_x_")).toBe(true);
    expect(html.includes("a &lt;script&gt; &amp; _more_")).toBe(true);
    expect(html.includes("crisp run --set a=_b_ &lt;x&gt;")).toBe(true);
  });

  test("the same record gives the same text", () => {
    expect(studyReport(sample)).toBe(page("sample"));
  });
});

/** The look's rule, written a second way: digits of the half-width by its first significant digit. */
function written(e: Estimate): string {
  const half = (e.high - e.low) / 2;
  const [lead, exponent] = half.toExponential(6).split("e");
  const digits = "12".includes(lead[0]) ? 2 : 1;
  const places = Math.max(0, digits - 1 - Number(exponent));
  return `${e.value.toFixed(places)} ±${half.toFixed(places)}`;
}

describe("Table 3", () => {
  test.each([
    [1, "that of the lack of fit."],
    [3, "that of the lack of fit, an F test: seeds give the errors."],
  ])("with %i seeds of each size, names the test of its p-values", (replicates, said) => {
    const html = studyReport({ ...sample, study: { ...study, settings: { ...study.settings, replicates } } });
    expect(words(html.slice(html.indexOf("Table 3.")))).toContain(`Akaike weight; p is ${said}`);
  });
});

describe("Table 1", () => {
  const table = /<table class="optimum">.*?<\/table>/s.exec(page("sample"))?.[0] ?? "";
  const rows = [...table.matchAll(/<tr.*?<\/tr>/gs)].map(([row]) => words(row));

  test.each(study.minima.map((m) => [m.features, m] as const))(
    "at %i features shows the record's numbers, rounded by their intervals",
    (features, m) => {
      const row = rows.find((text) => text.trim().startsWith(String(features)));
      for (const e of [m.lambda, m.percentActive, m.value]) expect(row?.replace(/ +/g, " ")).toContain(written(e!));
      expect(row).toContain(m.systemSize.toLocaleString("en-US"));
    },
  );

  test("the predicted row stands under the left-out one", () => {
    const at = rows.findIndex((row) => row.includes("predicted"));
    expect(rows[at - 1].trim()).toMatch(/^512/);
    expect(rows[at]).toContain(written(study.prediction!.lambda.predicted!));
  });

  test("a size without a minimum says why and shows no number", () => {
    const html = page("edge");
    const edge = words(/<table class="optimum">.*?<\/table>/s.exec(html)?.[0] ?? "");
    expect(edge).toMatch(/16 4,096 minimum at grid edge 32/);
    expect(edge).toContain("512 131,072 no minimum");
    const figure = studyFigures(variants.edge)["error-against-percent-active.svg"];
    expect(figure.match(/class="mark /g)).toHaveLength(4);
    expect(figure).not.toContain('class="open');
  });
});

describe("headlines", () => {
  test.each([
    ["sample", "The best sparsity falls as a power of network size, and the law predicted the largest network."],
    ["missed", "The best sparsity falls as a power of network size, but the law missed the largest network by 30%."],
    ["edge", "The best sparsity falls as a power of network size."],
    ["negative", "No scaling: the best sparsity is the same at every network size."],
    ["constant-count", "No scaling beyond size itself: the best number of active units is the same in every network."],
    ["undecided", "Undecided: these sizes do not tell a power law and a logarithm apart."],
    ["one-seed", "Too few sizes for a law: two networks have a best sparsity."],
    ["three-sizes", "Too few sizes to test a law; a power law through three of them predicted the largest network."],
    ["nothing", "No minimum yet: no curve is measured."],
    ["all-edge", "No best sparsity found: every curve still falls at the edge of the range of λ measured."],
  ] as const)("%s", (name, sentence) => {
    expect(headlineOf(page(name))).toBe(sentence);
  });

  test("no verdict but a power law is called supported", () => {
    for (const name of ["negative", "undecided", "one-seed", "three-sizes", "nothing"]) {
      expect(words(page(name))).not.toMatch(/Supported Power law/);
    }
  });

  test("every warning of the record is named", () => {
    expect(words(page("edge"))).toContain("Lower sweep.smallest.");
  });

  test("an unfinished study says how far it is", () => {
    expect(words(page("nothing"))).toContain("12 of 360 units, about 3 min left");
  });
});

describe("figures on their own", () => {
  const figures = Object.fromEntries(Object.entries(studyFigures(sample)).filter(([name]) => name.endsWith(".svg")));

  test("there is one for every figure of the page", () => {
    expect(Object.keys(figures).sort()).toEqual([
      "active-units-against-size.svg",
      "atoms.svg",
      "cost-of-another-lambda.svg",
      "error-against-percent-active.svg",
      "error-against-size.svg",
      "lambda-against-size.svg",
      "network.svg",
      "percent-active-against-size.svg",
      "pictures.svg",
      "prediction.svg",
      "use-of-atoms.svg",
    ]);
  });

  test.each(Object.entries(figures))("%s is closed element by element and carries its colours", (_, text) => {
    const open: string[] = [];
    for (const [, close, name, self] of text.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
      if (close) expect(open.pop()).toBe(name);
      else if (!self) open.push(name);
    }
    expect(open).toEqual([]);
    expect(text).not.toMatch(/var\(|NaN|undefined|(?:href|src)="(?!data:)/);
    expect(text).toContain("prefers-color-scheme:dark");
  });
});
