/** The page of two studies side by side: four quantities at the minimum against size, and what the second has more. */
import { counted } from "../core/words.js";
import type { Estimate } from "../scaling/types.js";
import type { ComparedQuantity, CompareRecord } from "../study/compare-record.js";
import { type Line, linesPanel } from "./figures/lines.js";
import { drawn, estimateCells, figure, numeric, pair, table } from "./html.js";
import type { FontFace, Origin } from "./input.js";
import { verdictName } from "./laws.js";
import { escapeText, literal } from "./markup.js";
import {
  estimateText,
  hasInterval,
  inPercent,
  intervalText,
  listing,
  pClause,
  pText,
  valueText,
  whole,
} from "./numbers.js";
import { noteList, pageText } from "./page.js";
import { figureFiles } from "./standalone.js";
import { type Drawing, drawAll, type TwoWidths } from "./svg/panel.js";

/** All that the page shows. */
export type CompareInput = {
  readonly record: CompareRecord;
  readonly provenance: Origin;
  readonly fonts: readonly FontFace[];
};

const panels = [
  {
    letter: "a",
    of: "location",
    name: "percent-active-against-size",
    plain: "Percent active",
    title: "Percent active at the optimum",
  },
  {
    letter: "b",
    of: "value",
    name: "error-against-size",
    plain: "Percent error",
    title: "Percent error at the optimum",
  },
  { letter: "c", of: "lambda", name: "lambda-against-size", plain: "Best λ", title: "Best _λ_" },
  {
    letter: "d",
    of: "activeUnits",
    name: "active-units-against-size",
    plain: "Active units",
    title: "Active units at the optimum, _k_",
  },
] as const;

type FigureName = (typeof panels)[number]["name"];

/** File name → text: figures as SVG, their numbers as CSV. */
export function compareFigures({ record, fonts }: CompareInput): Record<string, string> {
  return figureFiles(drawnFigures(record), fonts);
}

/** The whole page as the text of one HTML file that needs nothing else. */
export function compareReport({ record, provenance, fonts }: CompareInput): string {
  const figures = drawnFigures(record);
  const names = record.studies.map(({ name }) => name);
  return pageText({
    kind: "comparison",
    name: names.join(" and "),
    title: literal(compareFinding(record)),
    stand: escapeText(pairedText(record)),
    facts: record.studies.map(({ name }, i) => [i === 0 ? "First" : "Second", escapeText(name)] as const),
    sections: [
      (name) => {
        const meaning = `Solid: ${literal(names[0])}. Dashed: ${literal(names[1])}. Bars: 95%.`;
        const shown = panels.map((panel) => drawn(figures.get(panel.name)));
        const text = { name, finding: "Both studies’ optima against size.", meaning, data: [sizeTables(record)] };
        return `<section>${figure(text, pair(...shown.slice(0, 2)) + pair(...shown.slice(2)))}${slopeTable(record)}</section>`;
      },
      () => noteList(notes(record)),
    ],
    origin: provenance,
    fonts,
  });
}

/** One sentence: the slopes of percent active over the sizes that both fitted, and whether they differ. */
export function compareFinding({ location, studies, fitted }: CompareRecord): string {
  const { slopes, difference } = location;
  if (difference === null || slopes[0] === null || slopes[1] === null)
    return "No slope to compare: fewer than three sizes have a minimum in both studies.";
  const differ = difference.low > 0 || difference.high < 0;
  const by = `${valueText(difference)} ${intervalText(difference)}`;
  const [a, b] = studies.map(({ name }, i) => `${valueText(slopes[i]!)} in ${name}`);
  const common = location.sizes.filter((size) => fitted.includes(size.systemSize) && size.first && size.second);
  const lines = `straight lines over the ${common.length} common sizes`;
  return `Slope of percent active, ${lines}: ${a}, ${b}; ${differ ? "they differ by" : "no difference is shown:"} ${by}.`;
}

/** "s1: too few sizes; its own slope is −0.94 over 4 sizes. …": what each study says by itself, which the lines of the other do not change. */
export function ownLawLines({ studies }: CompareRecord): readonly string[] {
  return studies.map(({ name, location: { verdict, reason, fitted, slope } }) => {
    const own =
      slope === null ? "" : `; its own slope is ${estimateText(slope)} over ${counted(fitted.length, "size")}`;
    return `${name}: ${verdictName(verdict)}${own}. ${reason}`;
  });
}

/** "Best λ of s1: … do not lie on a straight line …": whose intervals count the scatter about a line, and so are wide. */
export function scatterLines(record: CompareRecord): readonly string[] {
  return panels.flatMap(({ of, plain }) =>
    record[of].lackOfFit.flatMap((p, i) =>
      p === null || p >= 0.05
        ? []
        : `${plain} of ${record.studies[i].name}: the common sizes do not lie on a straight line (${pClause(p, "p")}); the interval of its slope counts their scatter about it, and that of the difference is widened by the same factor.`,
    ),
  );
}

/** What the intervals of each study do not hold, such as the variance of seeds. */
export function compareWarnings({ studies }: CompareRecord): readonly string[] {
  return studies.flatMap(({ name, warnings }) => warnings.map((text) => `${name}: ${text}`));
}

function notes(record: CompareRecord): { readonly html: string; readonly warning?: boolean }[] {
  return [
    ...[...ownLawLines(record), ...scatterLines(record)].map((line) => ({ html: escapeText(line) })),
    ...compareWarnings(record).map((line) => ({ html: escapeText(line), warning: true })),
    ...record.differing.map((line) => ({ html: `Differs: ${escapeText(line)}` })),
  ];
}

/** Whether errors are shared. */
export function pairedText({ paired }: CompareRecord): string {
  return paired
    ? "Both measured the same images under the same noise: what the images have in common cancels in the differences."
    : "The two measured other images or other noise: their errors are taken as independent.";
}

function drawnFigures(record: CompareRecord): ReadonlyMap<FigureName, TwoWidths> {
  return drawAll(
    panels.flatMap(({ letter, of, name, title }): Drawing<FigureName>[] => {
      const lines = linesOf(record, record[of]);
      if (lines.length === 0) return [];
      const x = { title: "System size _L_, units", scale: "log" } as const;
      const style = { letter, share: 0.62, points: "markers", names: "beside", x, y: { title, scale: "log" } } as const;
      return [[name, compareFinding(record), linesPanel(lines, style)]];
    }),
  );
}

function linesOf({ studies }: CompareRecord, { sizes, slopes }: ComparedQuantity): Line[] {
  return (["first", "second"] as const).flatMap((side, i): Line[] => {
    const measured = sizes.flatMap((size): [number, Estimate][] => {
      const estimate = size[side];
      return estimate === null ? [] : [[size.systemSize, estimate]];
    });
    if (measured.length < 2) return [];
    const slope = slopes[i];
    return [
      {
        name: `${literal(studies[i].name)}${slope ? `: ${valueText(slope)}` : ""}`,
        dress: { colour: 4 * i + 1, shape: i, hollow: i === 1 },
        points: measured.map(([L, { value }]) => [L, value]),
        ...(measured.every(([, estimate]) => hasInterval(estimate)) && { bars: measured.map(([, one]) => one) }),
      },
    ];
  });
}

const slopeNames = {
  location: "Percent active",
  value: "Percent error",
  lambda: "Best _λ_",
  activeUnits: "Active units",
} as const;

function slopeTable(record: CompareRecord): string {
  const [a, b] = record.studies.map(({ name }) => literal(name));
  const heads = [a, "95%", b, "95%", "Second − first", "95%", "_p_"].map(numeric);
  const rows = panels.map(({ of }) => {
    const { slopes, difference } = record[of];
    const p = difference === null ? "" : pText(difference.p);
    return { cells: [slopeNames[of], ...slopes.flatMap(estimateCells), ...estimateCells(difference), p] };
  });
  const note = `over ${listing(record.fitted.map(whole))} units`;
  return table([{ head: "Slope against _L_" }, ...heads], rows, { title: "Exponents", note });
}

function sizeTables(record: CompareRecord): string {
  const heads = ["First", "95%", "Second", "95%", "Second ÷ first − 1, %", "95%", "_p_"].map(numeric);
  return panels
    .map(({ of }) => {
      const rows = record[of].sizes.map(({ systemSize, first, second, ratio }) => ({
        cells: [
          whole(systemSize),
          ...[first, second].flatMap((one) => estimateCells(one)),
          ...estimateCells(ratio && inPercent(ratio.relative)),
          ratio === null ? "" : pText(ratio.p),
        ],
      }));
      return table([{ head: "_L_" }, ...heads], rows, { title: slopeNames[of], plain: true });
    })
    .join("");
}
