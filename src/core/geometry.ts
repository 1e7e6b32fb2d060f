/**
 * Where the units of a network sit. Unit (row, column) of any feature sees the
 * patch whose first pixel is (firstRow + row·stride, firstColumn + column·stride).
 *
 *   crop, full   rows = ⌈height/stride⌉, first patch at −⌊(patch − stride)/2⌋
 *   valid        rows = ⌊(height − patch)/stride⌋ + 1, first patch at 0
 *   circular     rows = height/stride, first patch as for crop, indices wrap
 *
 * `crop` drops what lies outside the image, so the energy counts image pixels
 * only; `full` counts the zero-extended canvas too: the two optima differ.
 */
import { CrispError } from "./errors.js";

/** What may happen where a patch overlaps the edge of the image; docs/method.md has the positions of each. */
export const boundaryNames = ["crop", "full", "valid", "circular"] as const;

/** One of `boundaryNames`. */
export type Boundary = (typeof boundaryNames)[number];

/** Vertical then horizontal extent, in pixels. */
export type Extent = readonly [vertical: number, horizontal: number];

/** Image, patch, stride and boundary: together they place the units. */
export type Geometry = {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly patch: Extent;
  readonly stride: Extent;
  readonly boundary: Boundary;
  readonly features: number;
};

/** The map of positions along one axis. */
export type Axis = { readonly count: number; readonly first: number };

/** Rows of units and the first patch's top pixel. */
export function rowAxis(g: Geometry): Axis {
  return axis(g.height, g.patch[0], g.stride[0], g.boundary);
}

/** Columns of units and the first patch's left pixel. */
export function columnAxis(g: Geometry): Axis {
  return axis(g.width, g.patch[1], g.stride[1], g.boundary);
}

function axis(length: number, patch: number, stride: number, boundary: Boundary): Axis {
  if (boundary === "valid") return { count: Math.floor((length - patch) / stride) + 1, first: 0 };
  // `+ 0` keeps −0 out of records and of equality tests.
  return { count: Math.ceil(length / stride), first: -Math.floor((patch - stride) / 2) + 0 };
}

/** Number of positions: rows × columns of units, each with `features` units. */
export function positions(g: Geometry): number {
  return rowAxis(g).count * columnAxis(g).count;
}

/** L, the number of units: positions × features. */
export function systemSize(g: Geometry): number {
  return positions(g) * g.features;
}

/** Values in one image: height × width × channels. */
export function imageLength(g: Geometry): number {
  return g.height * g.width * g.channels;
}

/** Values in one atom: patch rows × patch columns × channels. */
export function atomLength(g: Geometry): number {
  return g.patch[0] * g.patch[1] * g.channels;
}

/** The poster's network for 32×32×3 images: 8×8 atoms, stride 2, `crop`. */
export function posterGeometry(features: number): Geometry {
  return { height: 32, width: 32, channels: 3, patch: [8, 8], stride: [2, 2], boundary: "crop", features };
}

/** Throws `usage` with the offending field unless the geometry can hold a network. */
export function checkGeometry(g: Geometry): void {
  const whole = { height: g.height, width: g.width, channels: g.channels, features: g.features };
  const extents = {
    "patch[0]": g.patch[0],
    "patch[1]": g.patch[1],
    "stride[0]": g.stride[0],
    "stride[1]": g.stride[1],
  };
  for (const [name, value] of Object.entries({ ...whole, ...extents })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new CrispError("usage", `geometry: ${name} is ${value}; it must be a whole number of at least 1.`);
    }
  }
  if (g.patch[0] > g.height || g.patch[1] > g.width) {
    throw new CrispError(
      "shape",
      `images are ${g.height}×${g.width}; a patch of ${g.patch[0]}×${g.patch[1]} does not fit. ${channelsFirst(g) ? `Read as height×width×channels they are ${g.height}×${g.width}×${g.channels}: if channels come first, add --layout nchw. Otherwise use` : "Use"} larger images or a smaller patch.`,
    );
  }
  if (g.boundary === "circular" && (g.height % g.stride[0] !== 0 || g.width % g.stride[1] !== 0)) {
    throw new CrispError(
      "usage",
      `boundary circular: the stride ${g.stride.join("×")} must divide the image ${g.height}×${g.width}. Change stride or boundary.`,
    );
  }
}

/** Whether an array's channels look as if they came first: hardly any rows, and more channels than pictures have. */
function channelsFirst({ height, channels }: Geometry): boolean {
  return height <= 4 && channels > 4;
}
