/** Figures 4 and 5: the dictionary as a sheet of atoms, and test images before and after. */
import { caption } from "./html.js";
import type { Picture, Tableau } from "./input.js";
import { element } from "./markup.js";
import { significant } from "./numbers.js";
import { atomSheet, type Drawing, largestCount, type StripName, strip } from "./pictures.js";

const firstAtoms = { wide: 128, narrow: 64 };

/** Sixteen atoms a row, eight on phones; what exceeds the first rows waits behind a button. */
export function tableauSheets(tableau: Tableau): string {
  return sheets(tableau, 16, firstAtoms.wide, "wide") + sheets(tableau, 8, firstAtoms.narrow, "narrow");
}

function sheets(tableau: Tableau, across: number, first: number, which: "wide" | "narrow"): string {
  const count = tableau.features;
  const shown = Math.min(first, count);
  const start = image(atomSheet(tableau, [0, shown], across), `The ${shown} most used atoms of ${count}`);
  const rest =
    count > shown
      ? `<details class="more"><summary>Show all ${count} atoms</summary>${image(atomSheet(tableau, [shown, count], across), `Atoms ${shown + 1} to ${count} by use`)}</details>`
      : "";
  return `<div class="sheet-${which}">${start}${rest}</div>`;
}

function image(drawing: Drawing, alt: string, style: string | null = null): string {
  return element("img", { src: drawing.uri, width: drawing.width, height: drawing.height, alt, style });
}

export function pictureSection(pictures: readonly Picture[], name: string): string {
  if (pictures.length === 0) return "";
  const first = pictures[0];
  const finding = `At its best _λ_ the code takes the error of image ${first.index} from ${tenth(first.percentErrorNoisy)}% to ${tenth(first.percentErrorDenoised)}%.`;
  const meaning =
    "One contrast for each image and its noisy, denoised and residual versions; a residual of zero is grey.";
  return `<section><figure>${caption(name, finding, meaning)}</figure>${pictures.map(oneStrip).join("")}</section>`;
}

function tenth(percent: number): string {
  return percent.toFixed(1);
}

function oneStrip(picture: Picture): string {
  const drawings = strip(picture, 192);
  const small = `--small:${smallWidth(picture)}px`;
  const cell = (name: StripName, words: string, alt: string) =>
    `<figure>${image(drawings[name], alt, small)}<p>${words}</p></figure>`;
  const grey = (words: string) => `<span class="grey">${words}</span>`;
  const about = `<p class="about">Test image ${picture.index}, ${picture.features} features, <i>λ</i> = ${significant(picture.lambda, 3)}</p>`;
  return `${about}<div class="strip">${[
    cell("clean", `Clean ${grey("the target")}`, `Test image ${picture.index}, clean`),
    cell("noisy", `Noisy ${grey(`${tenth(picture.percentErrorNoisy)}% error`)}`, "The same with noise"),
    cell("denoised", `Denoised ${grey(`${tenth(picture.percentErrorDenoised)}% error`)}`, "Its reconstruction"),
    cell("residual", `Residual ${grey("noisy − denoised")}`, "Noisy minus denoised"),
    cell(
      "activity",
      `Activity ${grey(`0 (dark) to ${largestCount(picture)} units`)}`,
      `Active units at each of ${picture.rows}×${picture.columns} positions, up to ${largestCount(picture)}`,
    ),
  ].join("")}</div>`;
}

/** Whole-number scale for phones: two pictures side by side. */
function smallWidth(picture: Picture): number {
  return Math.max(1, Math.floor(160 / picture.width)) * picture.width;
}
