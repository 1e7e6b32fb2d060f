/** Figures 5 and 6: the dictionary as a sheet of atoms, and test images before and after; in the page and as files. */
import { counted } from "../core/words.js";
import { figure } from "./html.js";
import type { Picture, Tableau } from "./input.js";
import { element, rich } from "./markup.js";
import { significant } from "./numbers.js";
import { atomSheet, type Drawing, largestCount, type StripName, strip } from "./pictures.js";
import { svg } from "./svg/panel.js";
import { text } from "./svg/text.js";

/** Atoms shown at once; the rest waits behind a button. */
const firstAtoms = { wide: 128, narrow: 64 };

/** Width of a picture of a strip, px: the whole-number scale nearest below it is taken. */
const pictureWidth = 192;

/** Sixteen atoms per row, eight on phones; what exceeds the first rows waits behind a button. */
export function tableauSheets(tableau: Tableau, first = "most used"): string {
  return sheets(tableau, 16, { which: "wide", first }) + sheets(tableau, 8, { which: "narrow", first });
}

/** One sheet for one width of screen. */
function sheets(
  tableau: Tableau,
  across: number,
  { which, first }: { readonly which: "wide" | "narrow"; readonly first: string },
): string {
  const count = tableau.features;
  const shown = Math.min(firstAtoms[which], count);
  const start = image(atomSheet(tableau, [0, shown], across), `The ${shown} ${first} atoms of ${count}`);
  const rest = (): string => {
    const sheet = image(
      atomSheet(tableau, [shown, count], across),
      `Atoms ${shown + 1} to ${count}${first === "most used" ? " by use" : ""}`,
    );
    return `<details class="more"><summary>Show all ${counted(count, "atom")}</summary>${sheet}</details>`;
  };
  return `<div class="sheet-${which}">${start}${count > shown ? rest() : ""}</div>`;
}

function image({ uri, width, height }: Drawing, alt: string, style: string | null = null): string {
  return element("img", { src: uri, width, height, alt, style });
}

/** All atoms as a figure of its own. */
export function atomsFigure(tableau: Tableau): string {
  const { uri: href, width, height } = atomSheet(tableau, [0, tableau.features], 16);
  const finding = `The ${counted(tableau.features, "atom")}, most used first`;
  return svg({ width, height, finding }, element("image", { x: 0, y: 0, width, height, href }));
}

/** The section of pictures; "" without one. */
export function pictureSection(pictures: readonly Picture[], name: string): string {
  if (pictures.length === 0) return "";
  const { index, percentErrorNoisy, percentErrorDenoised } = pictures[0];
  const finding = `At its best _λ_ the code takes the error of image ${index} from ${tenth(percentErrorNoisy)}% to ${tenth(percentErrorDenoised)}%.`;
  const meaning =
    "One contrast for each image and its noisy, denoised and residual versions; a residual of zero is grey.";
  return `<section>${figure({ name, finding, meaning })}${pictures.map(oneStrip).join("")}</section>`;
}

function tenth(percent: number): string {
  return percent.toFixed(1);
}

/** Each picture of a strip with what stands below it, marked up. */
function labelled(picture: Picture): readonly (readonly [StripName, string])[] {
  return [
    ["clean", "**Clean** ~the target~"],
    ["noisy", `**Noisy** ~${tenth(picture.percentErrorNoisy)}% error~`],
    ["denoised", `**Denoised** ~${tenth(picture.percentErrorDenoised)}% error~`],
    ["residual", "**Residual** ~noisy − denoised~"],
    ["activity", `**Activity** ~0 (dark) to ${counted(largestCount(picture), "unit")}~`],
  ];
}

/** What a picture shows, for those who do not see it. */
function alternative({ index, rows, columns }: Picture, most: number): Readonly<Record<StripName, string>> {
  return {
    clean: `Test image ${index}, clean`,
    noisy: "The same with noise",
    denoised: "Its reconstruction",
    residual: "Noisy minus denoised",
    activity: `Active units at each of ${rows}×${columns} positions, up to ${most}`,
  };
}

/** One test image: clean, noisy, denoised, residual, activity. */
function oneStrip(picture: Picture): string {
  const drawings = strip(picture, pictureWidth);
  const alt = alternative(picture, largestCount(picture));
  // The largest whole-number scales at which all five stand in a row, or two on a phone.
  const scaled = (most: number) => `${Math.max(1, Math.floor(most / picture.width)) * picture.width}px`;
  const small = `--small:${scaled(160)};--smaller:${scaled(128)}`;
  const cells = labelled(picture).map(
    ([name, words]) => `<figure>${image(drawings[name], alt[name], small)}<p>${rich(words)}</p></figure>`,
  );
  const about = `Test image ${picture.index}, ${counted(picture.features, "feature")}, <i>λ</i> = ${significant(picture.lambda, 3)}`;
  return `<p class="about">${about}</p><div class="strip">${cells.join("")}</div>`;
}

/** The first strip as a figure of its own. */
export function picturesFigure(picture: Picture): string {
  const drawings = strip(picture, pictureWidth);
  const below = drawings.clean.height;
  const pitch = Math.max(drawings.clean.width, drawings.activity.width) + 24;
  const body = labelled(picture).map(([name, words], i) => {
    const { uri: href, width, height } = drawings[name];
    return element("image", { x: i * pitch, y: 0, width, height, href }) + text([i * pitch, below + 20], words);
  });
  const finding = `Test image ${picture.index} at λ = ${significant(picture.lambda, 3)}: noise ${tenth(picture.percentErrorNoisy)}%, denoised ${tenth(picture.percentErrorDenoised)}%`;
  return svg({ width: 5 * pitch - 24, height: below + 28, finding }, ...body);
}
