/** A short page in the look of the reports: headline, standfirst, facts, sections, provenance. */
import { facts } from "./html.js";
import type { FontFace } from "./input.js";
import { escapeText, rich } from "./markup.js";
import { pageStyle } from "./style.js";

/** Where a page comes from. */
export type PageOrigin = {
  readonly version: string;
  readonly machine: string;
  readonly node: string;
  readonly command: string;
  readonly date: string;
};

export type Page = {
  /** After the name at the top: "bench", "probe". */
  readonly kind: string;
  /** Marked-up. */
  readonly title: string;
  readonly stand: string;
  /** Name and value, escaped already. */
  readonly facts: readonly (readonly [string, string])[];
  /** `<section>`s. */
  readonly sections: readonly string[];
  readonly origin: PageOrigin;
  readonly fonts: readonly FontFace[];
};

/** The text of one HTML file that needs nothing else. */
export function pageText(page: Page): string {
  const { origin } = page;
  const plain = page.title.replace(/\*\*|[_~]/g, "");
  const first = `<section class="first grid"><div class="c8"><h1>${rich(page.title)}</h1><p class="stand">${rich(page.stand)}</p></div>${facts(page.facts, "facts c4")}</section>`;
  const made = facts(
    [
      ["Made by", escapeText(`Crisp ${origin.version}`)],
      ["Machine", escapeText(`${origin.machine}, Node ${origin.node}`)],
      ["Date", escapeText(origin.date)],
    ],
    "origin",
  );
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeText(`${plain} Crisp, ${page.kind}`)}</title>`,
    `<style>${pageStyle(page.fonts)}</style></head>`,
    `<body><div class="page"><header class="top"><span><b>Crisp</b> <span class="grey">${escapeText(page.kind)}</span></span><span class="grey">${escapeText(origin.date)}</span></header>`,
    `<main>${first}${page.sections.join("\n")}</main>`,
    `<footer>${made}<p>Make it again: <code>${escapeText(origin.command)}</code></p></footer></div></body></html>`,
  ].join("\n");
}
