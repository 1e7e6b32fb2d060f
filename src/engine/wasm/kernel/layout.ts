/**
 * Where everything lies. The canvas holds the image and all patches: rows of
 * `rowStride` float32 values, channels fastest. Map positions are numbered
 * row·columns + column, units position·features + feature, with `features`
 * rounded up to a multiple of 8 by zero atoms, which never become active.
 *
 * One atom row has `rowValues` = patchColumns·channels values, stored in `rowStep` =
 * the next multiple of 8, the rest zero: vector loops read past the patch on the
 * canvas and there multiply by zero.
 */
import { allocate, commit, reset } from "./memory";

export let rows: i32 = 0; // of the map
export let columns: i32 = 0;
export let positions: i32 = 0;
export let features: i32 = 0; // padded
export let trueFeatures: i32 = 0;
export let units: i32 = 0; // positions × padded features
export let patchRows: i32 = 0;
export let patchColumns: i32 = 0;
export let channels: i32 = 0;
export let rowValues: i32 = 0;
export let rowStep: i32 = 0;
export let rowStride: i32 = 0; // canvas values per row, a multiple of 4
export let canvasColumns: i32 = 0; // pixels of a canvas row
export let canvasLength: i32 = 0; // canvas values in all, a multiple of 4
export let rowClasses: i32 = 0; // distinct (from, to) of the vertical axis
export let columnClasses: i32 = 0;

// Sizes of the fast correlation (toom-cook.ts); tapGroups = 0 where it does not pay.
export let stepValues: i32 = 0; // values a map column steps over: horizontal stride · channels
export let tapGroups: i32 = 0; // groups of four stride-spaced taps in a patch row
export let tiles: i32 = 0; // groups of four map columns
export let spectrumSpan: i32 = 0; // values of residualSpectra a point

// Tables written by the caller: for each map row and column, where its patch starts on
// the canvas, which patch lines from … to − 1 are visible, and the class of that pair;
// twice as many lines where patches wrap (parts.ts).
export let rowTable: usize = 0;
export let columnTable: usize = 0;
export let rawAtoms: usize = 0; // [trueFeatures][patchRows][rowValues], written by the caller

// Arrays of the prepared dictionary (atoms.ts).
export let maskedAtoms: usize = 0; // [columnClasses][features][patchRows][rowStep]
export let panels: usize = 0; // [features / 8][patchRows · rowValues][8]
export let atomSpectra: usize = 0; // atoms at the points of toom-cook.ts
export let groupNorms: usize = 0; // [features / 8], float64: the largest ‖φ‖ of eight whole atoms
export let norms: usize = 0; // [rowClasses][columnClasses][features], ‖φ‖² of the visible part
export let patchOffsets: usize = 0; // bytes from the canvas start to each position's patch, padded to 4

// State of the image being coded.
export let image: usize = 0; // canvas
export let residual: usize = 0; // canvas, s − Φa; zero outside what counts
export let residualSpectra: usize = 0; // the residual at the points of toom-cook.ts
export let root: usize = 0; // canvas, √w of an image with weights (parts.ts)
export let savedResidual: usize = 0;
export let gradient: usize = 0; // [positions][features], Φᵀr
export let code: usize = 0; // [positions][features]
export let potential: usize = 0; // [positions][features]: LCA's membrane potentials, FISTA's y, predict.ts' code at the λ before
export let quads: i32 = 0; // groups of four positions that Φᵀr is computed for at a time (analysis.ts)
export let seen: usize = 0; // canvas, the residual that Φᵀ was last taken of
export let clocks: usize = 0; // [quads], float64: how far the patches of a quad have moved
export let ceilings: usize = 0; // [quads][features / 8], float64: bound on g of a tile at clock 0
export let waiting: usize = 0; // quads to be computed
export let groupList: usize = 0; // groups of features (working-set.ts)
export let member: usize = 0; // one byte a unit: 1 if in the working set
export let capacity: i32 = 0; // units a working set may hold
export let setA: usize = 0;
export let setB: usize = 0;
export let history: usize = 0; // iterates of the working set for extrapolation
export let outIndex: usize = 0;
export let outValue: usize = 0;

/** One line of rowTable or columnTable. */
@unmanaged
export class Line {
  start: i32;
  from: i32;
  to: i32;
  kind: i32;
}

/** Iterates kept for extrapolation. */
export const historyLength: i32 = 6;
/** Bytes of a working-set record (working-set.ts). */
export const recordBytes: i32 = 24;

/** Row or column `i` of the map. */
// @ts-ignore: decorator
@inline
export function line(table: usize, i: i32): Line {
  return changetype<Line>(table + <usize>i * offsetof<Line>());
}

/** Sets the sizes and lays out all arrays; false if the memory does not suffice. */
export function layOut(
  mapRows: i32, mapColumns: i32, featureCount: i32, patchHeight: i32, patchWidth: i32, channelCount: i32,
  canvasRows: i32, canvasWidth: i32, horizontalStride: i32, verticalClasses: i32, horizontalClasses: i32, parts: i32,
  roomy: bool,
): bool {
  rows = mapRows;
  columns = mapColumns;
  positions = rows * columns;
  trueFeatures = featureCount;
  features = (featureCount + 7) & ~7;
  units = positions * features;
  patchRows = patchHeight;
  patchColumns = patchWidth;
  channels = channelCount;
  rowValues = patchWidth * channelCount;
  rowStep = (rowValues + 7) & ~7;
  stepValues = horizontalStride * channelCount;
  tiles = (columns + 3) / 4;
  const taps = (patchWidth + horizontalStride - 1) / horizontalStride;
  tapGroups = taps >= 3 ? (taps + 3) / 4 : 0;
  quads = tapGroups > 0 ? rows * tiles : (positions + 3) / 4;
  canvasColumns = canvasWidth;
  const tiledValues = tapGroups > 0 ? (4 * (tiles + tapGroups - 1) + 3) * stepValues : 0;
  rowStride = (max(canvasColumns * channelCount, tiledValues) + 3) & ~3;
  canvasLength = canvasRows * rowStride;
  spectrumSpan = (tiles + tapGroups) * canvasRows * stepValues + 4;
  rowClasses = verticalClasses;
  columnClasses = horizontalClasses;
  reset();
  layOutDictionary(parts);
  layOutState(roomy);
  return commit();
}

function layOutDictionary(parts: u64): void {
  rowTable = allocate(parts * rows * offsetof<Line>());
  columnTable = allocate(parts * columns * offsetof<Line>());
  const atomValues = <u64>patchRows * rowValues;
  rawAtoms = allocate(4 * <u64>trueFeatures * atomValues);
  maskedAtoms = allocate(4 * <u64>columnClasses * features * patchRows * rowStep);
  panels = allocate(4 * <u64>features * atomValues);
  atomSpectra = allocate(4 * 7 * <u64>tapGroups * features * patchRows * stepValues);
  groupNorms = allocate(<u64>features);
  norms = allocate(4 * <u64>rowClasses * columnClasses * features);
  patchOffsets = allocate(4 * <u64>(positions + 3));
}

function layOutState(roomy: bool): void {
  const slack: u64 = 8 + rowStep; // the last atom row may reach this far past the canvas
  image = allocate(4 * (<u64>canvasLength + slack));
  residual = allocate(4 * (<u64>canvasLength + slack));
  root = allocate(4 * (<u64>canvasLength + slack));
  savedResidual = allocate(4 * (<u64>canvasLength + slack));
  residualSpectra = allocate(tapGroups > 0 ? 4 * 7 * <u64>spectrumSpan : 0);
  gradient = allocate(4 * <u64>features * (positions + 3));
  code = allocate(4 * <u64>units);
  potential = allocate(4 * <u64>units);
  seen = allocate(4 * (<u64>canvasLength + slack));
  clocks = allocate(8 * <u64>quads);
  ceilings = allocate(<u64>features * quads);
  groupList = allocate(<u64>features);
  waiting = allocate(4 * (<u64>quads + 3));
  member = allocate(<u64>units);
  // A code has no more active units than pixels except by degeneracy; twice that and
  // four nominees per position leave room. A full set only delays nominations.
  // LCA and FISTA pass through codes of any size and need room for all units.
  capacity = roomy ? units : min(units, 2 * canvasLength + 4 * positions);
  setA = allocate(<u64>capacity * recordBytes);
  setB = allocate(<u64>capacity * recordBytes);
  history = allocate(4 * <u64>capacity * historyLength);
  outIndex = allocate(4 * <u64>capacity);
  outValue = allocate(4 * <u64>capacity);
}
