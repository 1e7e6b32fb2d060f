/**
 * The page of every report: one offline HTML file with name and date on top, the
 * finding as headline, facts beside it, sections, and where it all came from.
 * No script but that of the buttons that copy, no request, nothing from outside.
 */
import { citing } from "./cite.js";
import { facts } from "./html.js";
import type { FontFace, Origin } from "./input.js";
import { escapeText, plainText, rich } from "./markup.js";
import { pageStyle } from "./style.js";

/** A section as HTML, or "" where it has nothing to show. `figure` is its number, "Figure 3", if it has a figure. */
export type Section = (figure: string) => string;

/** A name (marked up) and its value (HTML). */
export type Fact = readonly [name: string, value: string];

/** What a page says. */
export type Page = {
  /** Behind the product's name at the top: "study report", "bench". */
  readonly kind: string;
  /** Of the study or the file, as it is. */
  readonly name?: string;
  /** Of unfinished work: one line on top. */
  readonly progress?: string | null;
  /** The finding, marked up. */
  readonly title: string;
  /** The sentences below it, HTML. */
  readonly stand: string;
  readonly facts: readonly Fact[];
  readonly sections: readonly Section[];
  readonly origin: Origin;
  /** What made the numbers besides the program itself: "wasm-2". */
  readonly engine?: string;
  /** More of the origin, as it is, between machine and date. */
  readonly more?: readonly (readonly [name: string, value: string])[];
  /** Commands to run after the first. */
  readonly also?: readonly string[];
  /** Whether the poster's paper is to be cited too. */
  readonly poster?: boolean;
  readonly fonts: readonly FontFace[];
};

/** The text of the HTML file. */
export function pageText(page: Page): string {
  const { progress, opening, sections, footer } = pageParts(page);
  const status = progress === "" ? "" : `<p class="progress" role="status">${progress}</p>`;
  const main = `<main>${opening}\n${sections.filter((html) => html !== "").join("\n")}</main>`;
  return pageAround(page, `${status}${main}\n${footer}`);
}

/** What a page is made of, HTML each: what a live page sends again where it has changed. */
export type PageParts = {
  /** "" where the work is finished. */
  readonly progress: string;
  readonly opening: string;
  /** One for each section of the page, "" for one that has nothing to show. */
  readonly sections: readonly string[];
  readonly footer: string;
};

/** The parts of a page. */
export function pageParts(page: Page): PageParts {
  return {
    progress: escapeText(page.progress ?? ""),
    opening: opening(page),
    sections: numbered(page.sections),
    footer: footer(page),
  };
}

/** Head and style around what the page holds. */
export function pageAround(page: Pick<Page, "kind" | "name" | "title" | "origin" | "fonts">, body: string): string {
  const { kind, name, origin } = page;
  const title = escapeText(`${plainText(page.title)} Crisp, ${name ?? kind}`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${pageStyle(page.fonts)}</style></head>
<body><div class="page"><header class="top"><span><b>Crisp</b> <span class="grey">${escapeText(kind)}</span></span><span class="grey">${escapeText(name === undefined ? origin.date : `${name}, ${origin.date}`)}</span></header>
${body}</div></body></html>`;
}

/** Headline and sentences at the left, facts at the right. */
function opening({ title, stand, facts: pairs }: Page): string {
  const words = `<h1>${rich(title)}</h1>${stand === "" ? "" : `<p class="stand">${stand}</p>`}`;
  return `<section class="first grid"><div class="c8">${words}</div>${facts(pairs, "facts c4")}</section>`;
}

/** Sections that have something to show; a figure's number is used up only where it is written. */
function numbered(sections: readonly Section[]): readonly string[] {
  let n = 1;
  return sections.map((section) => {
    const html = section(`Figure ${n}`);
    if (html.includes(`Figure ${n}.`)) n++;
    return html;
  });
}

/** Provenance, and the commands that make it again. */
function footer({ origin, engine, more = [], also = [], poster = false }: Page): string {
  const pairs = [
    ["Made by", `Crisp ${origin.version}${engine === undefined ? "" : `, ${engine}`}`],
    ["Machine", `${origin.machine}, Node ${origin.node}`],
    ...more,
    ["Date", origin.date],
  ] as const;
  const list = facts(
    pairs.map(([name, value]) => [name, escapeText(value)] as const),
    "origin",
  );
  const again = [origin.command, ...also].map((command) => `<code>${escapeText(command)}</code>`).join("<br>");
  return `<footer>${list}<p>Make it again: ${again}</p>${citing(origin.version, poster)}</footer>`;
}

/** The notes of a page: HTML each, warnings with a rule of ink at the left. */
export function noteList(notes: readonly { readonly html: string; readonly warning?: boolean }[]): string {
  const items = notes.map(({ html, warning }) => `<li${warning ? ' class="warn"' : ""}>${html}</li>`);
  return `<h2 class="heading">Notes</h2><ul class="notes">${items.join("")}</ul>`;
}
