/**
 * The sizes of a study and what each wears: colour grows darker with size, six
 * at most in colour, the rest grey, each in a shape of its own; a left-out size is hollow.
 */
import { allSizes, isLeftOut, type SizeName, sameSize, sizeCount, sizeNamed, sizeNumber } from "../study/axis.js";
import type { CurveRecord, MinimumRecord, StudyRecord } from "../study/record.js";
import { type Dress, greyShapes } from "./svg/marks.js";

/** One size with all that is drawn or written of it. */
export type Size = SizeName & {
  readonly systemSize: number | null;
  readonly leftOut: boolean;
  readonly dress: Dress;
  readonly minimum: MinimumRecord | null;
  /** Points with at least one active unit, percent active rising; empty while nothing is measured. */
  readonly points: readonly { readonly percentActive: number; readonly value: number; readonly half?: number }[];
};

/** Every size the study plans or has, smallest first; with the half widths of its values, by number, where they are known. */
export function sizesOf(study: StudyRecord, bars?: ReadonlyMap<number, readonly number[]>): readonly Size[] {
  const { settings } = study;
  const all = new Set([...allSizes(settings), ...study.minima].map(sizeNumber));
  const sorted = [...all].sort((a, b) => a - b).map((number) => sizeNamed(settings, number));
  return sorted.map((size, i) => {
    const minimum = study.minima.find((m) => sameSize(m, size)) ?? null;
    const out = minimum?.leftOut ?? isLeftOut(settings, size);
    const curve = study.curves.find((c) => sameSize(c, size));
    return {
      ...size,
      systemSize: minimum?.systemSize ?? null,
      leftOut: out,
      dress: { ...dressOf(i, sorted.length), hollow: out },
      minimum,
      points: curve === undefined ? [] : pointsOf(curve, bars?.get(sizeNumber(size))),
    };
  });
}

/** "_F_ = 32", or "_n_ = 32" where images grow. */
export function markedSize(size: SizeName): string {
  return `_${size.imageSize === undefined ? "F" : "n"}_ = ${sizeCount(size)}`;
}

/** The bold name at a curve: "F = 16" at the first, then the number alone. */
export function shortName(size: SizeName, first: boolean): string {
  return `**${first ? markedSize(size) : sizeCount(size)}**`;
}

/** What the size of this name wears; grey if the study has none of this name. */
export function dressNamed(name: SizeName, sizes: readonly Size[]): Dress {
  return sizes.find((size) => sameSize(size, name))?.dress ?? { colour: 6, shape: 0, hollow: false };
}

/**
 * Colour and shape of the i-th of n sizes: spread over the six, so that few sizes differ most. Sizes between them are
 * grey; up to 13 sizes no two look alike, neither in colour nor without it.
 */
export function dressOf(i: number, n: number): { colour: number; shape: number } {
  if (n <= 6) {
    const k = n === 1 ? 5 : Math.round((i * 5) / (n - 1));
    return { colour: k, shape: k };
  }
  const coloured = [0, 1, 2, 3, 4, 5].map((slot) => Math.round((slot * (n - 1)) / 5));
  const k = coloured.indexOf(i);
  if (k >= 0) return { colour: k, shape: k };
  const greyBefore = i - coloured.filter((other) => other < i).length;
  return { colour: 6, shape: 6 + (greyBefore % greyShapes) };
}

function pointsOf(curve: CurveRecord, bars: readonly number[] | undefined): Size["points"] {
  return curve.percentActive
    .map((percentActive, i) => ({ percentActive, value: curve.value[i], ...(bars ? { half: bars[i] } : {}) }))
    .filter((p) => p.percentActive > 0 && Number.isFinite(p.value))
    .sort((a, b) => a.percentActive - b.percentActive)
    .filter((p, i, all) => i === 0 || p.percentActive > all[i - 1].percentActive * (1 + 1e-9));
}

/** A size's minimum where it has one. */
export function interior(size: Size): { readonly percentActive: number; readonly value: number } | null {
  const m = size.minimum;
  if (m === null || m.status !== "interior" || m.percentActive === null || m.value === null) return null;
  return { percentActive: m.percentActive.value, value: m.value.value };
}

/** How many sizes have a minimum. */
export function countFound(sizes: readonly Size[]): number {
  return sizes.filter((size) => interior(size) !== null).length;
}
