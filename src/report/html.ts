/** Small pieces of the page: figures at two widths, captions, tables with three rules. */
import { element, escapeText, rich } from "./markup.js";

/** A cell: marked-up text, or markup already made. */
export type Cell = string | { readonly html: string; readonly span?: number; readonly names?: string };
export type Column = { readonly head: string; readonly numeric?: boolean; readonly phone?: boolean };
export type Row = { readonly cells: readonly Cell[]; readonly names?: string };

/** A table whose first column names the rows. */
export function table(caption: string, columns: readonly Column[], rows: readonly Row[], names = ""): string {
  const head = columns.map((c) => element("th", { scope: "col", class: classOf(c) }, rich(c.head))).join("");
  const body = rows
    .map((row) =>
      element("tr", { class: row.names ?? null }, ...row.cells.map((cell, i) => cellOf(cell, columns[i], i))),
    )
    .join("");
  return element(
    "table",
    { class: names || null },
    caption === "" ? "" : `<caption>${caption}</caption>`,
    `<thead><tr>${head}</tr></thead>`,
    `<tbody>${body}</tbody>`,
  );
}

function classOf(column: Column): string | null {
  return [column.numeric ? "n" : "", column.phone === false ? "wide" : ""].filter(Boolean).join(" ") || null;
}

function cellOf(cell: Cell, column: Column, i: number): string {
  const { html, span, names }: Exclude<Cell, string> = typeof cell === "string" ? { html: rich(cell) } : cell;
  const attributes = { class: names ?? classOf(column), colspan: span };
  return i === 0 ? element("th", { scope: "row", ...attributes }, html) : element("td", attributes, html);
}

/** Bold finding, then what the marks mean. */
export function caption(number: string, finding: string, meaning: string): string {
  return `<figcaption><h2>${rich(`${number}. ${finding}`)}</h2> <span class="grey">${rich(meaning)}</span></figcaption>`;
}

/** One figure at the width of half a page and of a phone. */
export type TwoWidths = { readonly wide: string; readonly narrow: string };

/** One figure drawn at both widths; CSS shows the one that fits. */
export function twoWidths(wide: string, narrow: string): string {
  return `<div class="drawn"><div class="at-wide">${wide}</div><div class="at-narrow">${narrow}</div></div>`;
}

/** A table behind a figure, closed until asked for. */
export function dataBehind(name: string, ...tables: readonly string[]): string {
  if (tables.every((text) => text === "")) return "";
  return `<details><summary>${escapeText(name)}</summary><div class="scroll" tabindex="0" role="region" aria-label="${escapeText(name)}">${tables.join("")}</div></details>`;
}

/** A definition list of facts. */
export function facts(pairs: readonly (readonly [name: string, value: string])[], names: string): string {
  const inner = pairs.map(([name, value]) => `<div><dt>${rich(name)}</dt><dd>${value}</dd></div>`).join("");
  return `<dl class="${names}">${inner}</dl>`;
}
