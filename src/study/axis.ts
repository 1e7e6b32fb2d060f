/**
 * What grows in a study. On the axis of features a size is a number of features
 * F and the images stay; on the image axis F is one number and a size is the
 * side n of the images, centre windows n×n of the same pictures:
 *
 *   L = F · positions(n)
 *
 * A size is named by both numbers; `imageSize` is absent on the axis of features.
 */
import { grouped } from "../core/words.js";
import type { StudySettings } from "./settings.js";

/** The features of a size and, on the image axis, the side of its images in pixels. */
export type SizeName = { readonly features: number; readonly imageSize?: number };

type Axis = Pick<StudySettings, "features" | "leftOut" | "sizeAxis" | "imageSizes">;

/** Whether images grow. Studies made before there was a choice grow their features. */
export function growsImages({ sizeAxis }: Pick<StudySettings, "sizeAxis">): boolean {
  return sizeAxis === "image";
}

/** Every size of a study, fitted and left out, rising. */
export function allSizes(settings: Axis): SizeName[] {
  const fitted = growsImages(settings) ? settings.imageSizes : settings.features;
  return [...fitted, ...settings.leftOut].sort((a, b) => a - b).map((number) => sizeNamed(settings, number));
}

/** The size that a number names on the study's axis. */
export function sizeNamed(settings: Pick<Axis, "features" | "sizeAxis">, number: number): SizeName {
  return growsImages(settings) ? { features: settings.features[0], imageSize: number } : { features: number };
}

/** Only the name, of a record that may hold more. */
export function nameOf({ features, imageSize }: SizeName): SizeName {
  return imageSize === undefined ? { features } : { features, imageSize };
}

/** The number that tells sizes of one study apart: n where images grow, else F. */
export function sizeNumber({ features, imageSize }: SizeName): number {
  return imageSize ?? features;
}

/** The same number as a reader sees it: "1,024". */
export function sizeCount(size: SizeName): string {
  return grouped(sizeNumber(size));
}

export function sameSize(a: SizeName, b: SizeName): boolean {
  return sizeNumber(a) === sizeNumber(b);
}

export function isLeftOut({ leftOut }: Pick<StudySettings, "leftOut">, size: SizeName): boolean {
  return leftOut.includes(sizeNumber(size));
}

/** "F = 32", or "n = 32" where images grow. */
export function sizeText(size: SizeName): string {
  return `${size.imageSize === undefined ? "F" : "n"} = ${sizeCount(size)}`;
}

/** What the number of a size counts, as it stands behind the number. */
export function sizeNoun({ imageSize }: SizeName): "features" | "pixels a side" {
  return imageSize === undefined ? "features" : "pixels a side";
}

/** "32 features", or "32 pixels a side". */
export function sizeWords(size: SizeName): string {
  return `${sizeCount(size)} ${sizeNoun(size)}`;
}
