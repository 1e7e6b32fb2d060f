/**
 * The report of a fitted table: one offline HTML file in the look of a study's,
 * a pure function of the record. Also every figure as an SVG file.
 */
import type { HeldOut, TableRecord } from "../scaling/table.js";
import type { Estimate, ScalingFit } from "../scaling/types.js";
import { lawName } from "./findings.js";
import { caption, dataBehind, facts, type Row, table, twoWidths } from "./html.js";
import type { FontFace } from "./input.js";
import { escapeText, quotedSentence } from "./markup.js";
import { intervalText, significant, sizeText, valueText, whole } from "./numbers.js";
import { standalone } from "./standalone.js";
import { pageStyle } from "./style.js";
import { marker } from "./svg/marks.js";
import { drawnTableFigures, type TableFigureName, tableDress } from "./table-figures.js";
import { collapseSentence, fitSentence, locationName, tableSentences } from "./table-findings.js";
import { AlignedColumn } from "./tables.js";

/** All that the report of a table shows. */
export type TableReportInput = {
  readonly record: TableRecord;
  /** Name of the table's file. */
  readonly name: string;
  readonly provenance: {
    readonly version: string;
    readonly machine: string;
    readonly node: string;
    readonly command: string;
    readonly date: string;
  };
  readonly fonts: readonly FontFace[];
};

/** File name → SVG text. */
export function tableFigures({ record, fonts }: TableReportInput): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [name, { wide }] of drawnTableFigures(record)) files[`${name}.svg`] = standalone(wide, fonts);
  return files;
}

/** The whole report as the text of one HTML file that needs nothing else. */
export function tableReport(input: TableReportInput): string {
  const { record, name, provenance } = input;
  const figures = drawnTableFigures(record);
  const draw = (figure: TableFigureName): string => {
    const both = figures.get(figure);
    return both === undefined ? "" : twoWidths(both.wide, both.narrow);
  };
  const title = headline(record);
  const sections = [
    opening(input, title),
    curvesSection(record, draw),
    scalingSection(record, draw),
    slopeSection(draw),
    collapseSection(record, draw),
    lawSection(record),
    noteSection(record),
  ];
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeText(`${title} Crisp, ${name}`)}</title>`,
    `<style>${pageStyle(input.fonts)}</style></head>`,
    `<body><div class="page"><header class="top"><span><b>Crisp</b> <span class="grey">table report</span></span><span class="grey">${escapeText(name)}, ${escapeText(provenance.date)}</span></header>`,
    `<main>${sections.join("\n")}</main>${footer(input)}</div></body></html>`,
  ].join("\n");
}

/** The verdict on the location, or on the value where there is no location. */
export function headline(record: TableRecord): string {
  const of = record.location.verdict === "no-extremum" && record.value.verdict !== "no-extremum" ? "value" : "location";
  const fit = record[of];
  const subject = of === "location" ? locationName(record) : "value";
  const sentences: Record<ScalingFit["verdict"], string> = {
    "power-law": `The ${subject} follows a power law in size.`,
    "corrected-power-law": `The ${subject} follows a power law with a correction.`,
    "shifted-power-law": `The ${subject} follows a power law shifted by a constant.`,
    logarithm: `No power law: the ${subject} moves with the logarithm of size.`,
    saturation: `No power law: the ${subject} settles as size grows.`,
    "no-scaling": `No scaling: the ${subject} is the same at every size.`,
    crossover: `No single power law: the slope of the ${subject} drifts with size.`,
    undecided: `Undecided: these sizes do not tell the laws of the ${subject} apart.`,
    "too-few-sizes": `Too few sizes to test a law of the ${subject}.`,
    "no-extremum": "No law: no size has an extremum inside its grid.",
  };
  return sentences[fit.verdict];
}

function opening({ record, name }: TableReportInput, title: string): string {
  const stand = tableSentences(record)
    .slice(0, 2)
    .map((sentence) => quotedSentence(sentence))
    .join(" ");
  const { options, extrema, rows } = record;
  const sizes = extrema.map(({ size }) => size);
  const pairs = [
    ["Table", escapeText(name)],
    ["Rows", whole(rows)],
    [
      "Sizes",
      sizes.length === 0 ? "none" : `${sizes.length}, ${sizeText(sizes[0])} to ${sizeText(sizes[sizes.length - 1])}`,
    ],
    ["Extremum", `${options.extremum === "min" ? "minimum" : "maximum"}, control ${options.controlScale}`],
    ["Critical", options.critical === null ? "not given" : significant(options.critical, 8)],
    ["Errors", extrema.find(({ errors }) => errors !== null)?.errors ?? "none"],
  ] as const;
  return `<section class="first grid"><div class="c8"><h1>${escapeText(title)}</h1><p class="stand">${stand}</p></div>${facts(pairs, "facts c4")}</section>`;
}

function curvesSection(record: TableRecord, draw: (name: TableFigureName) => string): string {
  const interior = record.extrema.filter(({ status }) => status === "interior").length;
  const found = `${interior} of ${record.extrema.length} sizes have an extremum inside their grid.`;
  const figure = draw("curves");
  const drawn =
    figure === ""
      ? ""
      : `<figure class="c6">${caption("Figure 1", found, "Points: means over replicates. Large markers, joined by dots: the extrema.")}${figure}${dataBehind("Data behind Figure 1", curveData(record))}</figure>`;
  return `<section class="grid">${drawn}<div class="c6">${extremaTable(record)}${heldOutTable(record)}${leaveOneOutTable(record)}</div></section>`;
}

function curveData({ curves }: TableRecord): string {
  const numeric = (head: string) => ({ head, numeric: true });
  return curves
    .map(({ size, control, value }) =>
      table(
        `<b>Size ${sizeText(size)}</b>`,
        [numeric("Control"), numeric("Value")],
        control.map((x, i) => ({ cells: [significant(x, 6), significant(value[i], 6)] })),
      ),
    )
    .join("");
}

const refused = { edge: "extremum at grid edge", none: "no extremum", interior: "" } as const;

function extremaTable(record: TableRecord): string {
  const columns = (["location", "value"] as const).map(
    (name) => new AlignedColumn(record.extrema.flatMap((extremum) => extremum[name] ?? [])),
  );
  const rows = record.extrema.map((extremum): Row => {
    const mark = `<svg class="fig key" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">${marker(8, 8, tableDress(record, extremum.size), 5)}</svg>`;
    const size = { html: `${mark}${sizeText(extremum.size)}` };
    if (extremum.location === null && extremum.value === null)
      return { cells: [size, { html: refused[extremum.status], span: 2, names: "refused" }] };
    return { cells: [size, columns[0].cell(extremum.location), columns[1].cell(extremum.value)] };
  });
  const note = columns.some((column) => column.hasHalf) ? "± is half the 95% interval." : "Brackets: 95% interval.";
  const heads = [{ head: "Size" }, { head: "Location", numeric: true }, { head: "Value", numeric: true }];
  return table(
    `<h2>Table 1. The extremum of each size.</h2> <span class="grey">${note}</span>`,
    heads,
    rows,
    "optimum",
  );
}

function heldOutTable({ heldOut }: TableRecord): string {
  if (heldOut === null) return "";
  const rows = (["location", "value"] as const).flatMap((name): Row[] => {
    const one = heldOut[name];
    if (one === null) return [];
    return [
      {
        cells: [
          name,
          valueText(one.predicted),
          intervalText(one.predicted),
          valueText(one.measured),
          intervalText(one.measured),
        ],
      },
    ];
  });
  const title = `<h2>Table 2. Size ${sizeText(heldOut.size)} predicted from the smaller ones.</h2>`;
  const heads = ["Predicted", "95%", "Measured", "95%"].map((head) => ({ head, numeric: true }));
  return `<div style="margin-top:24px">${table(title, [{ head: "Quantity" }, ...heads], rows)}</div>`;
}

/** How far each size lies from what the others predict. */
function leaveOneOutTable({ leaveOneOut }: TableRecord): string {
  const tested = leaveOneOut.filter((one) => one.location?.difference ?? one.value?.difference);
  if (tested.length === 0) return "";
  const cells = (one: HeldOut): string[] => {
    if (one?.difference == null) return ["", "", ""];
    const { relative, p } = one.difference;
    const percent = { value: 100 * relative.value, low: 100 * relative.low, high: 100 * relative.high };
    return [valueText(percent), intervalText(percent), p < 0.001 ? "below 0.001" : significant(p, 2)];
  };
  const rows = tested.map(({ size, location, value }) => ({
    cells: [sizeText(size), ...cells(location), ...cells(value)],
  }));
  const title = `<h2>Table 3. Each size predicted from all others.</h2> <span class="grey">Measured over predicted, less 1, in percent; <i>p</i> is that of agreement.</span>`;
  const heads = ["Location off", "95%", "_p_", "Value off", "95%", "_p_"].map((head, i) => ({
    head,
    numeric: true,
    ...(i % 3 === 1 ? { phone: false } : {}),
  }));
  return `<div style="margin-top:24px">${table(title, [{ head: "Size" }, ...heads], rows)}</div>`;
}

function panels(draw: (name: TableFigureName) => string, names: readonly TableFigureName[]): string {
  const drawn = names.map(draw).filter((figure) => figure !== "");
  return drawn.map((figure) => `<div class="c6">${figure}</div>`).join("");
}

function scalingSection(record: TableRecord, draw: (name: TableFigureName) => string): string {
  const inner = panels(draw, ["location-against-size", "value-against-size"]);
  if (inner === "") return "";
  const meaning = "Line and band: the plain power law with its 95% band, drawn whatever the verdict. Bars: 95%.";
  return `<section><figure>${caption("Figure 2", "The extremum against size.", meaning)}<div class="pair">${inner}</div></figure>${exponentTable(record)}</section>`;
}

function exponentTable({ exponents }: TableRecord): string {
  const { nu, gamma, textbook } = exponents;
  if (nu === null) return "";
  const row = (name: string, e: Estimate | null): Row => ({
    cells: [name, e === null ? "undetermined" : valueText(e), e === null ? "" : intervalText(e)],
  });
  const rows = [
    row("_ν_: location goes as _L_^{1/ν}", nu),
    row("_γ_: value goes as _L_^{γ/ν}", gamma),
    row("_ν_, textbook sign: location goes as _L_^{−1/ν}", textbook.nu),
    row("_γ_, textbook sign", textbook.gamma),
  ];
  const heads = [{ head: "Exponent" }, { head: "Value", numeric: true }, { head: "95% interval", numeric: true }];
  return `<div class="grid" style="margin-top:24px"><div class="c8">${table("<h2>Exponents in both conventions.</h2>", heads, rows)}</div></div>`;
}

function slopeSection(draw: (name: TableFigureName) => string): string {
  const local = panels(draw, ["location-local-slopes", "value-local-slopes"]);
  const from = panels(draw, ["location-slope-against-smallest-size", "value-slope-against-smallest-size"]);
  if (local === "" && from === "") return "";
  const meaning =
    "Upper: slope between neighbouring sizes. Lower: slope of the plain law from each size on. Dashes: the slope of all sizes. Bars: 95%.";
  return `<section><figure>${caption("Figure 3", "Does the slope drift?", meaning)}<div class="pair">${local}${from}</div></figure></section>`;
}

function collapseSection(record: TableRecord, draw: (name: TableFigureName) => string): string {
  const inner = panels(draw, ["collapse-before", "collapse-after"]);
  if (inner === "")
    return `<section><h2 class="heading">Collapse</h2><p class="note">${quotedSentence(collapseSentence(record))}</p></section>`;
  const head = `<figcaption><h2>Figure 4. ${quotedSentence(collapseSentence(record))}</h2> <span class="grey">Left: the curves as measured. Right: scaled; S is 1 where they fall on one another within their errors.</span></figcaption>`;
  return `<section><figure>${head}<div class="pair">${inner}</div></figure></section>`;
}

function lawSection({ location, value }: TableRecord): string {
  const tables = (
    [
      ["Location", location],
      ["Value", value],
    ] as const
  )
    .filter(([, fit]) => fit.models.length > 0)
    .map(([name, fit]) => `<div class="c6">${lawTable(name, fit)}</div>`);
  return tables.length === 0 ? "" : `<section class="grid">${tables.join("")}</section>`;
}

function lawTable(name: string, fit: ScalingFit): string {
  const rows = fit.models.map((model): Row => {
    const omega = model.parameters.omega;
    const own = model.name === "corrected-power-law" && omega != null ? `, _ω_ = ${significant(omega.value, 2)}` : "";
    const p = model.p === null ? "" : model.p < 0.001 ? "below 0.001" : significant(model.p, 2);
    const standing =
      model.droppedFor === null
        ? model.weight.toFixed(2)
        : `~${model.adequate === false ? "does not fit" : "dropped"}~`;
    return { cells: [`${lawName(model.name)}${own}`, significant(model.chi2, 3), String(model.dof), p, standing] };
  });
  const heads = [
    { head: "Law" },
    { head: "_χ_²", numeric: true },
    { head: "dof", numeric: true },
    { head: "_p_", numeric: true },
    { head: "Weight", numeric: true },
  ];
  return table(
    `<h2>${name}: laws compared.</h2> <span class="grey">Akaike weights of the laws that stay.</span>`,
    heads,
    rows,
    "laws",
  );
}

function noteSection(record: TableRecord): string {
  const verdicts = [fitSentence("Location", record.location), fitSentence("Value", record.value)];
  const lines = [
    ...verdicts.map((sentence) => `<li>${quotedSentence(sentence)}</li>`),
    ...record.warnings.map((words) => `<li class="warn">${quotedSentence(words)}</li>`),
  ];
  return `<section><h2 class="heading">Notes</h2><ul class="notes">${lines.join("")}</ul></section>`;
}

function footer({ provenance }: TableReportInput): string {
  const pairs = [
    ["Made by", `Crisp ${provenance.version}`],
    ["Machine", `${provenance.machine}, Node ${provenance.node}`],
    ["Date", provenance.date],
  ] as const;
  const list = facts(
    pairs.map(([name, value]) => [name, escapeText(value)] as const),
    "origin",
  );
  return `<footer>${list}<p>Make it again: <code>${escapeText(provenance.command)}</code></p></footer>`;
}
