/** Figures as SVG files of their own: colours, fonts and pictures inside, light and dark. */
import type { FontFace } from "./input.js";
import { coordinate, element, escapeText } from "./markup.js";
import { fontFaces } from "./style.js";
import type { TwoWidths } from "./svg/panel.js";
import { dark, figureRules, light } from "./theme.js";

const margin = 16;

/** File name → SVG text of each figure at its width of half a page, for example "prediction.svg". */
export function figureFiles(
  figures: ReadonlyMap<string, TwoWidths>,
  fonts: readonly FontFace[],
): Record<string, string> {
  return Object.fromEntries([...figures].map(([name, { wide }]) => [`${name}.svg`, standalone(wide, fonts)]));
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
