/** Figures as SVG files of their own: colours, fonts and pictures inside, light and dark; their numbers as CSV beside them. */
import type { FontFace } from "./input.js";
import { coordinate, element, escapeText } from "./markup.js";
import { fontFaces } from "./style.js";
import type { FigureData, TwoWidths } from "./svg/panel.js";
import { dark, figureRules, light } from "./theme.js";

const margin = 16;

/** File name → text: each figure at its width of half a page, "prediction.svg", and the numbers it draws, "prediction.csv". */
export function figureFiles(
  figures: ReadonlyMap<string, TwoWidths>,
  fonts: readonly FontFace[],
): Record<string, string> {
  return Object.fromEntries(
    [...figures].flatMap(([name, { wide, alone = wide, data }]) => [
      [`${name}.svg`, standalone(alone, fonts)],
      ...(data === undefined || data.rows.length === 0 ? [] : [[`${name}.csv`, csvText(data)]]),
    ]),
  );
}

/** Fields with a comma, a quote or a line end are quoted; numbers have all their digits. */
function csvText({ columns, rows }: FigureData): string {
  const field = (of: string | number | null) =>
    /[",\n\r]/.test(String(of)) ? `"${String(of).replaceAll('"', '""')}"` : String(of ?? "");
  return [columns, ...rows].map((row) => `${row.map(field).join(",")}\n`).join("");
}

/** The figure on a sheet of paper with its style inside. */
export function standalone(figure: string, fonts: readonly FontFace[]): string {
  const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(figure) ?? [];
  const [w, h] = [Number(width) + 2 * margin, Number(height) + 2 * margin];
  const used = fonts.filter(
    (f) => f.family === "Source Sans 3" && (f.style === "normal" || /class="[^"]*\bi"/.test(figure)),
  );
  const style = `${fontFaces(used)}\n${figureRules(light)}\n@media (prefers-color-scheme:dark){${figureRules(dark)}}`;
  const sheet = element("rect", { x: -margin, y: -margin, width: w, height: h, class: "sheet" });
  return figure
    .replace(
      /width="[\d.]+" height="[\d.]+" viewBox="[^"]+"/,
      `width="${coordinate(w)}" height="${coordinate(h)}" viewBox="${-margin} ${-margin} ${coordinate(w)} ${coordinate(h)}"`,
    )
    .replace(/>/, `><style>${escapeText(style).replace(/&quot;/g, '"')}</style>${sheet}`);
}
