/** Each figure as an SVG file of its own: colours, fonts and pictures inside, light and dark. */
import { drawnFigures } from "./figures.js";
import type { FontFace, Picture, ReportInput, Tableau } from "./input.js";
import { coordinate, element, escapeText } from "./markup.js";
import { significant } from "./numbers.js";
import { atomSheet, largestCount, strip } from "./pictures.js";
import { fontFaces } from "./style.js";
import { svg } from "./svg/frame.js";
import { text } from "./svg/text.js";
import { dark, figureRules, light } from "./theme.js";

const margin = 16;

/** File name → SVG text, for example "error-against-percent-active.svg". */
export function studyFigures(input: ReportInput): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [name, { wide }] of drawnFigures(input)) files[`${name}.svg`] = standalone(wide, input.fonts);
  const { tableau = null, pictures = [] } = input.showcase ?? {};
  if (tableau !== null) files["atoms.svg"] = standalone(atomsFigure(tableau), input.fonts);
  if (pictures.length > 0) files["pictures.svg"] = standalone(picturesFigure(pictures[0]), input.fonts);
  return files;
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

function atomsFigure(tableau: Tableau): string {
  const drawing = atomSheet(tableau, [0, tableau.features], 16);
  const image = element("image", { x: 0, y: 0, width: drawing.width, height: drawing.height, href: drawing.uri });
  return svg(drawing.width, drawing.height, `The ${tableau.features} atoms, most used first`, image);
}

function picturesFigure(picture: Picture): string {
  const drawings = strip(picture, 192);
  const words = {
    clean: "**Clean** ~the target~",
    noisy: `**Noisy** ~${picture.percentErrorNoisy.toFixed(1)}% error~`,
    denoised: `**Denoised** ~${picture.percentErrorDenoised.toFixed(1)}% error~`,
    residual: "**Residual** ~noisy − denoised~",
    activity: `**Activity** ~0 to ${largestCount(picture)} units~`,
  };
  const pitch = Math.max(drawings.clean.width, drawings.activity.width) + 24;
  const names = ["clean", "noisy", "denoised", "residual", "activity"] as const;
  const body = names.map((name, i) => {
    const { uri, width, height } = drawings[name];
    return (
      element("image", { x: i * pitch, y: 0, width, height, href: uri }) +
      text(i * pitch, drawings.clean.height + 20, words[name])
    );
  });
  const finding = `Test image ${picture.index} at λ = ${significant(picture.lambda, 3)}: noise ${picture.percentErrorNoisy.toFixed(1)}%, denoised ${picture.percentErrorDenoised.toFixed(1)}%`;
  return svg(5 * pitch - 24, drawings.clean.height + 28, finding, body.join(""));
}
