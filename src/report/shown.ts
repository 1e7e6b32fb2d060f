/** What `crisp show` finds in a file, and how it is said: names and values, for the terminal and for a page alike. */
import type { Extent } from "../core/geometry.js";
import { counted } from "../core/words.js";
import type { TableRanges } from "../formats/ranges.js";
import type { LambdaStatistics } from "./coding-report.js";
import { significant, tickText, whole } from "./numbers.js";
import type { Fact } from "./page.js";

/** A dictionary. */
export type ShownDictionary = {
  readonly kind: "dictionary";
  readonly features: number;
  readonly patch: Extent;
  readonly channels: number;
  /** Of the atoms as they are stored. */
  readonly norms: { readonly smallest: number; readonly largest: number };
  /** What the file says of its network; null where it does not. */
  readonly stride: Extent | null;
  readonly boundary: string | null;
  /** sha256 of the atoms, as in codes. */
  readonly atoms: string;
  /** "nchw" where nobody named the axes of its array and they look like channels first; else null. */
  readonly recognised: string | null;
  /** Who made it, as far as the file or the folder it lies in says. */
  readonly madeBy: string | null;
};

/** Statistics of the codes at one λ, null where the file does not name it. */
export type ShownLambda = LambdaStatistics & {
  /** Means over the images of Σ|a| and of Σa². */
  readonly l1: number;
  readonly squares: number;
};

/** Sparse codes. */
export type ShownCodes = {
  readonly kind: "codes";
  readonly images: number;
  /** Rows, columns and features of the units. */
  readonly size: readonly [rows: number, columns: number, features: number];
  readonly lambdas: readonly ShownLambda[];
  /** What the file says of its network, or null. */
  readonly network:
    | ({ readonly image: readonly number[]; readonly patch: Extent; readonly stride: Extent } & {
        readonly boundary: string;
        readonly atoms: string;
      })
    | null;
};

/** An array of numbers: images, or a dictionary that nothing names so. */
export type ShownArray = {
  readonly kind: "array";
  readonly shape: readonly number[];
  readonly smallest: number;
  readonly largest: number;
  readonly mean: number;
  /** Values that are NaN or infinite; the three numbers above are of the others. */
  readonly notFinite: number;
  /** How it is drawn and converted: axes, and [n, height, width, channels]; null where it cannot be images. */
  readonly readAs: { readonly layout: string; readonly size: readonly number[] } | null;
  /** What wrote the file, as far as it says, or null. */
  readonly madeBy: string | null;
};

/** A file of several arrays, none of which is a dictionary, images or codes by its name. */
export type ShownArrays = {
  readonly kind: "arrays";
  readonly arrays: readonly { readonly name: string; readonly shape: readonly number[] }[];
};

/** A picture. */
export type ShownPicture = {
  readonly kind: "picture";
  readonly format: string;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly depth: 8 | 16;
  /** EXIF's, 1 upright. */
  readonly orientation: number;
  /** What of the file is not in the picture. */
  readonly losses: readonly string[];
  /** Estimated σ in grey levels of 255; null below 8×8 pixels. */
  readonly noise: number | null;
};

/** A folder of pictures. */
export type ShownPictures = {
  readonly kind: "pictures";
  readonly count: number;
  /** Files that are no pictures, counted by their endings. */
  readonly skipped: string;
};

/** A table of curves. */
export type ShownTable = {
  readonly kind: "table";
  readonly columns: readonly string[];
  readonly rows: number;
  readonly sizes: readonly number[];
  readonly notes: readonly string[];
};

/** A table that is not of curves; `points` where it is what sweeps measured. */
export type ShownColumns = TableRanges & { readonly kind: "columns"; readonly points: boolean };

/** All that a file can be but a study. */
export type Shown =
  | ShownDictionary
  | ShownCodes
  | ShownArray
  | ShownArrays
  | ShownPicture
  | ShownPictures
  | ShownTable
  | ShownColumns;

/** What it is, in one sentence. */
export function sentenceOf(shown: Shown): string {
  switch (shown.kind) {
    case "dictionary":
      return `A dictionary of ${counted(shown.features, "atom")} of ${[...shown.patch, shown.channels].join("×")}`;
    case "codes":
      return `Sparse codes of ${counted(shown.images, "image")}`;
    case "array":
      return shown.shape.length === 0 ? "A single number" : `An array of numbers, ${shown.shape.join("×")}`;
    case "arrays":
      return `${counted(shown.arrays.length, "array")}, none a dictionary, images or codes by its name`;
    case "picture":
      return `A picture of ${shown.height}×${shown.width} pixels (height×width), ${shown.channels === 1 ? "grey" : "in colour"}`;
    case "pictures":
      return `A folder of ${counted(shown.count, "picture")}`;
    case "table":
      return `A table of ${counted(shown.rows, "row")}`;
    case "columns":
      return shown.points
        ? `What sweeps of a study measured, a row per image and λ: ${counted(shown.rows, "row")}`
        : `A table of ${counted(shown.rows, "row")}, not of curves by the names of its columns`;
    default:
      return shown satisfies never;
  }
}

/** Names and values, in the order in which they are read. */
export function factsOf(shown: Shown): readonly Fact[] {
  switch (shown.kind) {
    case "dictionary":
      return dictionaryFacts(shown);
    case "codes":
      return codesFacts(shown);
    case "array":
      return arrayFacts(shown);
    case "arrays":
      return shown.arrays.map(({ name, shape }) => [name, shape.join("×") || "a number"]);
    case "picture":
      return pictureFacts(shown);
    case "pictures":
      return shown.skipped === "" ? [] : [["Passed over", shown.skipped]];
    case "table":
      return [
        ["Columns", shown.columns.join(", ")],
        ["Sizes", shown.sizes.map((size) => tickText(size)).join(", ")],
        ...shown.notes.map((note): Fact => ["Note", note]),
      ];
    case "columns":
      return shown.columns.map(rangeFact);
    default:
      return shown satisfies never;
  }
}

function rangeFact({ name, smallest, largest }: ShownColumns["columns"][number]): Fact {
  if (smallest === null || largest === null) return [name, "no numbers"];
  const [low, high] = [smallest, largest].map((end) => (Math.abs(end) < 1e-3 ? significant(end, 3) : tickText(end)));
  return [name, smallest === largest ? low : `${low} to ${high}`];
}

function dictionaryFacts(shown: ShownDictionary): readonly Fact[] {
  const { norms, stride, boundary, atoms, recognised, madeBy } = shown;
  const { smallest, largest } = norms;
  const same = largest - smallest < 1e-5 * largest;
  return [
    ["Norms", same ? significant(largest, 6) : `${significant(smallest, 4)} to ${significant(largest, 4)}`],
    ["Stride", stride?.join("×") ?? "not stated"],
    ["Boundary", boundary ?? "not stated"],
    ["Made by", madeBy ?? "not stated"],
    ["Atoms’ sha256", atoms],
    ...(recognised === null ? [] : [["Axes", `${axesText(recognised)}, as they look; or add --layout nhwc`] as const]),
  ];
}

function codesFacts({ size, lambdas, network }: ShownCodes): readonly Fact[] {
  const units = size[0] * size[1] * size[2];
  return [
    ["Units", `${size.join("×")} = ${whole(units)} (rows, columns, features)`],
    ...lambdas.flatMap((one): Fact[] => {
      const unused = one.unusedAtoms === 0 ? "" : `; ${counted(one.unusedAtoms, "atom")} never used`;
      const name = one.lambda === null ? "λ not stated" : `λ ${tickText(one.lambda)}`;
      const active = `${significant(one.percentActive, 3)} % active (${significant((units * one.percentActive) / 100, 4)} of an image)`;
      return [[name, `${active}, Σ|a| ${significant(one.l1, 4)}, Σa² ${significant(one.squares, 4)}${unused}`]];
    }),
    ["Network", network === null ? "not stated" : networkText(network)],
    ...(network === null ? [] : [["Atoms’ sha256", network.atoms] as const]),
  ];
}

function networkText({ image, patch, stride, boundary }: NonNullable<ShownCodes["network"]>): string {
  return `images ${image.join("×")}, patch ${patch.join("×")}, stride ${stride.join("×")}, boundary ${boundary}`;
}

function axesText(layout: string): string {
  return layout === "nchw" ? "channels first (nchw)" : "channels last (nhwc)";
}

function arrayFacts({ notFinite, readAs, madeBy, ...array }: ShownArray): readonly Fact[] {
  const { shape } = array;
  return [
    ["Values", valuesText(array)],
    ...(madeBy === null ? [] : [["Made by", madeBy] as const]),
    ...(notFinite === 0 ? [] : [["Not finite", counted(notFinite, "value")] as const]),
    ...(readAs === null ? [] : [["Read as", readText(shape, readAs)] as const]),
  ];
}

/** Least, largest and mean; an array may have no value, or none that is finite. */
function valuesText({ shape, smallest, largest, mean }: Pick<ShownArray, "shape" | "smallest" | "largest" | "mean">) {
  if (shape.includes(0)) return "none";
  if (smallest > largest) return "none is finite";
  return `${tickText(smallest)} to ${tickText(largest)}, mean ${tickText(Number(mean.toPrecision(3)))}`;
}

/** "64 images of 8×8×3 (height×width×channels), channels first (nchw), as they look; …" */
function readText(shape: readonly number[], { layout, size }: NonNullable<ShownArray["readAs"]>): string {
  const [n, ...item] = size;
  const last = shape.length === 3 && item[2] === 1;
  const axes = shape.length === 2 || last ? "" : `, ${axesText(layout)}`;
  const other = layout === "nchw" ? "nhwc" : "nchw";
  const advice = axes === "" ? "" : `; the other order by --layout ${other}`;
  const atoms = shape.length === 4 || last ? "; a dictionary by --as dictionary" : "";
  return `${counted(n, "image")} of ${item.join("×")} (height×width×channels)${axes}${advice}${atoms}`;
}

function pictureFacts({ format, depth, orientation, losses, noise }: ShownPicture): readonly Fact[] {
  return [
    ["Format", format],
    ["Bits", String(depth)],
    [
      "Noise",
      noise === null
        ? "too small to tell"
        : `σ = ${tickText(noise < 0.005 ? 0 : Number(noise.toPrecision(3)))} grey levels of 255, estimated`,
    ],
    ...(orientation === 1 ? [] : [["Turned", `as EXIF says (${orientation})`] as const]),
    ...losses.map((loss): Fact => ["Left out", loss]),
  ];
}
