/**
 * What to do about the axes of arrays: where atoms and images disagree, which
 * order of axes or which transposition makes them agree; where both orders of
 * a dictionary fit, how it was read.
 */
import { imageReadings, type Layout } from "../formats/arrays.js";
import type { ImageSize } from "./platform.js";

/** Shapes of a coding's arrays, and the axes that were named. */
export type AxesFound = {
  /** Shape [features, rows, columns, channels] of the dictionary as read with either layout; equal where its file says it. */
  atoms(layout: Layout): readonly number[];
  readonly atomsLayout?: Layout;
  /** Of the array of images; null for other files. */
  readonly shape: readonly number[] | null;
  readonly layout?: Layout;
};

/** Whether atoms [features, rows, columns, channels] fit images [n, height, width, channels]. */
export function atomsFit(atoms: readonly number[], images: readonly number[]): boolean {
  return images[3] === atoms[3] && images[1] >= atoms[1] && images[2] >= atoms[2];
}

/** A way out for images of this size whose channels are not the atoms': only one that makes them agree. */
export function axesAdvice({ height, width, channels }: ImageSize, found: AxesFound): string {
  const { atomsLayout, layout, shape } = found;
  const [images, atoms] = [[1, height, width, channels], found.atoms(atomsLayout ?? "nhwc")];
  const otherAtoms = atomsLayout && found.atoms(otherLayout(atomsLayout));
  const others = layout && shape ? imageReadings(shape, otherLayout(layout)).map(({ size }) => size) : [];
  const atomsWay = atomsLayout && leave("--atoms-layout", atomsLayout);
  const imagesWay = layout && leave("--layout", layout);
  if (otherAtoms && atomsFit(otherAtoms, images)) return `The atoms agree in their other order of axes: ${atomsWay}.`;
  if (others.some((size) => atomsFit(atoms, size)))
    return `The images agree in their other order of axes: ${imagesWay}.`;
  if (otherAtoms && others.some((size) => atomsFit(otherAtoms, size)))
    return `Both agree in their other order of axes: ${atomsWay}; ${imagesWay}.`;
  return `The axes of a dictionary are [features, rows, columns, channels]. ${transposition(images, found)}`;
}

function leave(flag: string, named: Layout): string {
  return `leave ${flag} out, or give ${otherLayout(named)}`;
}

function otherLayout(layout: Layout): Layout {
  return layout === "nhwc" ? "nchw" : "nhwc";
}

/** The transposition into atoms that fit: of a square patch if there is one. */
function transposition(images: readonly number[], { atoms }: AxesFound): string {
  const stored = atoms("nhwc");
  const free = stored.join() !== atoms("nchw").join(); // else the file says its order, or has three axes
  const fits = (order: readonly number[]) =>
    atomsFit(
      order.map((axis) => stored[axis]),
      images,
    );
  const fitting = rowsBeforeColumns.filter((order) => free && fits(order));
  const square = ([, rows, columns]: readonly number[]) => stored[rows] === stored[columns];
  const best = fitting.find(square) ?? fitting.at(0);
  if (best === undefined) return "Give other images, or another dictionary.";
  const names = [0, 1, 2, 3].map((axis) => axisNames[best.indexOf(axis)]);
  return `If those of the file are [${names.join(", ")}], save np.transpose(d, (${best.join(", ")})) and name no --atoms-layout.`;
}

const axisNames = ["features", "rows", "columns", "channels"];

/** Orders of four axes, as numbers of the stored ones, in which rows were stored before columns. */
const rowsBeforeColumns = [0, 1, 2, 3].flatMap((features) =>
  [0, 1, 2, 3]
    .filter((channels) => channels !== features)
    .map((channels) => {
      const patch = [0, 1, 2, 3].filter((axis) => axis !== features && axis !== channels);
      return [features, ...patch, channels];
    }),
);

/** The note on a dictionary whose other order of axes fits as well, such as (20, 3, 3, 3). */
export function eitherText(path: string): string {
  return `${path}: either order of axes fits; channels are read last. For the other order add --atoms-layout nchw.`;
}
