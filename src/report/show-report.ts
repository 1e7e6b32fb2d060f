/** Drawings of `crisp show`: atoms or images side by side on a sheet, as a picture, an SVG file or a page. */
import { slice, type Tensor, tensor } from "../core/tensor.js";
import { counted } from "../core/words.js";
import { encodePng } from "../formats/png.js";
import { figure } from "./html.js";
import type { FontFace, Origin, Tableau } from "./input.js";
import { element, escapeText } from "./markup.js";
import { pageText } from "./page.js";
import { atomPixels, atomSheet } from "./pictures.js";
import { factsOf, type Shown, sentenceOf } from "./shown.js";
import { standalone } from "./standalone.js";
import { svg } from "./svg/panel.js";

/**
 * Items in the order of their numbers; `centred`: each about its own mean, as images are drawn; `perRow`: so many
 * per row where each row is a set of its own.
 */
export type Sheet = { readonly items: Tensor; readonly centred: boolean; readonly perRow?: number };

/** Most pixels of a sheet. */
const mostPixels = 2 ** 24;

/** A sheet as the bytes of a PNG file, 16 items per row unless it says how many. */
export function sheetPng(sheet: Sheet): Uint8Array {
  const tableau = tableauOf(sheet);
  return encodePng(atomPixels(tableau, [0, tableau.features], sheet.perRow ?? 16), 9);
}

/** A sheet as an SVG file. */
export function sheetSvg(sheet: Sheet, fonts: readonly FontFace[]): string {
  const tableau = tableauOf(sheet);
  const { uri: href, width, height } = atomSheet(tableau, [0, tableau.features], sheet.perRow ?? 16);
  const drawn = element("image", { x: 0, y: 0, width, height, href });
  return standalone(svg({ width, height, finding: findingOf(sheet, tableau) }, drawn), fonts);
}

/** What was found, and its sheet, as one HTML file. */
export function sheetPage(
  shown: Shown,
  sheet: Sheet,
  { name, origin, fonts }: { readonly name: string; readonly origin: Origin; readonly fonts: readonly FontFace[] },
): string {
  const tableau = tableauOf(sheet);
  const finding = findingOf(sheet, tableau);
  const drawn = (["wide", "narrow"] as const).map((which) => {
    const perRow = sheet.perRow ?? (which === "wide" ? 16 : 8);
    const { uri: src, width, height } = atomSheet(tableau, [0, tableau.features], perRow);
    return element("div", { class: `sheet-${which}` }, element("img", { src, width, height, alt: finding }));
  });
  const meaning = sheet.centred
    ? "Grey is the mean of each image, each scaled by its largest deviation."
    : "Grey is zero, each atom scaled by its largest weight.";
  return pageText({
    kind: shown.kind,
    name,
    title: `${sentenceOf(shown)}.`,
    stand: "",
    facts: factsOf(shown).map(([fact, value]) => [fact, breakable(value)]),
    sections: [(number) => `<section>${figure({ name: number, finding, meaning }, ...drawn)}</section>`],
    origin,
    fonts,
  });
}

function findingOf({ items, centred, perRow }: Sheet, { features }: Tableau): string {
  const left = items.shape[0] - features;
  const rest = left > 0 ? `; ${counted(left, "more is", "more are")} not drawn` : "";
  const order = perRow === undefined ? "in the order of the file" : "in the order of the file, a row per λ";
  return `${counted(features, centred ? "image" : "atom")} ${order}${rest}.`;
}

/** As HTML: hashes and paths may break every 16 characters. */
function breakable(value: string): string {
  return value
    .split(/(\S{16})/)
    .map(escapeText)
    .join("<wbr>");
}

/** As many items as fit. */
function tableauOf({ items, centred }: Sheet): Tableau {
  const [count, rows, columns, channels] = items.shape;
  const features = Math.min(count, Math.max(1, Math.floor(mostPixels / ((rows + 4) * (columns + 4)))));
  const atoms = tensor([features, rows, columns, channels]);
  for (let i = 0; i < features; i++) {
    const values = slice(items, i);
    const mean = centred ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
    slice(atoms, i).set(values.map((value) => value - mean));
  }
  // Equal use keeps the order.
  return { features, atoms, use: new Array<number>(features).fill(1), lambda: 0 };
}
