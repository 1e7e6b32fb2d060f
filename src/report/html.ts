/** Small pieces of a page: captions, figures at two widths, tables with three rules, the numbers in them. */
import type { Estimate } from "../scaling/types.js";
import { element, escapeText, rich } from "./markup.js";
import { intervalText, valueText } from "./numbers.js";
import type { TwoWidths } from "./svg/panel.js";

/** A cell: marked-up text, or HTML already made. */
export type Cell = string | { readonly html: string; readonly span?: number; readonly names?: string };

/** A column of a table. */
export type Column = {
  /** Marked-up. */
  readonly head: string;
  readonly numeric?: boolean;
  /** false for one that phones leave out. */
  readonly phone?: boolean;
};

/** A row of a table; `names` are its classes. */
export type Row = { readonly cells: readonly Cell[]; readonly names?: string };

/** What stands above a table, and its classes. */
type TableHead = {
  /** Marked-up; bold. */
  readonly title?: string;
  /** Bold only, not a heading: for the tables behind a figure. */
  readonly plain?: boolean;
  /** Marked-up; grey, behind the title. */
  readonly note?: string;
  readonly names?: string;
};

/** A column of numbers. */
export function numeric(head: string): Column {
  return { head, numeric: true };
}

/** The columns of a value and its interval, which phones leave out. */
export function withInterval(head: string): readonly Column[] {
  return [numeric(head), { head: "95%", numeric: true, phone: false }];
}

/** The two cells of a value and its interval; both empty for null. */
export function estimateCells(e: Estimate | null | undefined): readonly string[] {
  return e ? [valueText(e), intervalText(e)] : ["", ""];
}

/** A table whose first column names the rows. */
export function table(columns: readonly Column[], rows: readonly Row[], head: TableHead = {}): string {
  const { title = "", plain, note = "", names = null } = head;
  const grey = note === "" ? "" : ` <span class="grey">${rich(note)}</span>`;
  const heads = columns.map((c) => element("th", { scope: "col", class: classOf(c) }, rich(c.head)));
  const body = rows.map((row) => {
    const cells = row.cells.map((cell, i) => cellOf(cell, columns[i], i === 0));
    return element("tr", { class: row.names ?? null }, ...cells);
  });
  return element(
    "table",
    { class: names },
    title === "" ? "" : `<caption>${element(plain ? "b" : "h2", {}, rich(title))}${grey}</caption>`,
    `<thead><tr>${heads.join("")}</tr></thead>`,
    `<tbody>${body.join("")}</tbody>`,
  );
}

/** "n" for numbers, "wide" for what phones leave out. */
function classOf(column: Column): string | null {
  return [column.numeric ? "n" : "", column.phone === false ? "wide" : ""].filter(Boolean).join(" ") || null;
}

/** The first cell of a row is its head, for those who listen to tables. */
function cellOf(cell: Cell, column: Column, first: boolean): string {
  const { html, span, names }: Exclude<Cell, string> = typeof cell === "string" ? { html: rich(cell) } : cell;
  const attributes = { class: names ?? classOf(column), colspan: span };
  return first ? element("th", { scope: "row", ...attributes }, html) : element("td", attributes, html);
}

/** What stands above and below a figure. */
type FigureText = {
  /** "Figure 3". */
  readonly name: string;
  /** The finding that the figure proves: marked up, or HTML where words come from outside; bold. */
  readonly finding: string | { readonly html: string };
  /** What its marks mean, marked up. */
  readonly meaning: string;
  /** Tables of what it draws, closed until asked for. */
  readonly data?: readonly string[];
  /** Whether it takes one of two columns. */
  readonly half?: boolean;
};

/** Two tables in two columns, below what stands before. */
export function beside(...halves: readonly string[]): string {
  const columns = halves.map((half) => `<div class="c6">${half}</div>`);
  return `<div class="grid below">${columns.join("")}</div>`;
}

/** A figure of the page with its caption and the data behind it. */
export function figure({ name, finding, meaning, data = [], half }: FigureText, ...body: readonly string[]): string {
  const found = typeof finding === "string" ? rich(finding) : finding.html;
  const head = `<h2>${name}. ${found}</h2> <span class="grey">${rich(meaning)}</span>`;
  const behind = dataBehind(`Data behind ${name}`, ...data);
  return element("figure", { class: half ? "c6" : null }, `<figcaption>${head}</figcaption>`, ...body, behind);
}

/** One figure drawn at both widths; CSS shows the one that fits. "" for a figure that the record does not allow. */
export function drawn(figure: TwoWidths | undefined, names = "drawn"): string {
  if (figure === undefined) return "";
  const { wide, narrow } = figure;
  return `<div class="${names}"><div class="at-wide">${wide}</div><div class="at-narrow">${narrow}</div></div>`;
}

/** Pieces in two columns, one below the other on phones; empty ones are left out. */
export function pair(...halves: readonly string[]): string {
  const columns = halves.filter((half) => half !== "").map((half) => `<div class="c6">${half}</div>`);
  return `<div class="pair">${columns.join("")}</div>`;
}

/** Tables below a figure, closed until asked for. */
function dataBehind(name: string, ...tables: readonly string[]): string {
  if (tables.every((text) => text === "")) return "";
  return `<details><summary>${escapeText(name)}</summary><div class="scroll" tabindex="0" role="region" aria-label="${escapeText(name)}">${tables.join("")}</div></details>`;
}

/** A definition list; names are marked up, values are HTML. */
export function facts(pairs: readonly (readonly [name: string, value: string])[], names: string): string {
  const inner = pairs.map(([name, value]) => `<div><dt>${rich(name)}</dt><dd>${value}</dd></div>`).join("");
  return `<dl class="${names}">${inner}</dl>`;
}
