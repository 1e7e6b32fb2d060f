/**
 * Marks: the markers, lines, smooth curves, bands. Colours come only from
 * class names: k0 … k6 strokes and f0 … f6 fills (sizes), accent, axis, grid.
 * All coordinates are pixels, y down.
 */
import { coordinate, element } from "../markup.js";
import type { Box } from "./text.js";

/** A place in pixels, or a pair of values still to be scaled. */
export type Point = readonly [x: number, y: number];

/** Which colour (0–5 of the palette, 6 grey) and shape (0 ● to 12) a size wears; hollow where it is left out of a fit. */
export type Dress = { readonly colour: number; readonly shape: number; readonly hollow: boolean };

/**
 * Corners for a radius of 1, x and y in turn, scaled so that all areas are about that of ●: ■ ▲ ◆ ▼ ✚, and what sizes
 * in grey wear, ◀ ▶, star, hexagon, hourglass, bow tie, ✖.
 */
const corners: readonly (readonly number[])[] = [
  [-0.88, -0.88, 0.88, -0.88, 0.88, 0.88, -0.88, 0.88],
  [0, -1.1, 1.06, 0.8, -1.06, 0.8],
  [0, -1.2, 1.2, 0, 0, 1.2, -1.2, 0],
  [0, 1.1, 1.06, -0.8, -1.06, -0.8],
  [
    -0.36, -1.15, 0.36, -1.15, 0.36, -0.36, 1.15, -0.36, 1.15, 0.36, 0.36, 0.36, 0.36, 1.15, -0.36, 1.15, -0.36, 0.36,
    -1.15, 0.36, -1.15, -0.36, -0.36, -0.36,
  ],
  [-1.1, 0, 0.8, 1.06, 0.8, -1.06],
  [1.1, 0, -0.8, 1.06, -0.8, -1.06],
  [
    0, -1.45, 0.36, -0.5, 1.38, -0.45, 0.59, 0.19, 0.85, 1.17, 0, 0.62, -0.85, 1.17, -0.59, 0.19, -1.38, -0.45, -0.36,
    -0.5,
  ],
  [0, -1.1, 0.95, -0.55, 0.95, 0.55, 0, 1.1, -0.95, 0.55, -0.95, -0.55],
  [-1, -1.2, 1, -1.2, 0.25, 0, 1, 1.2, -1, 1.2, -0.25, 0],
  [-1.2, -1, -1.2, 1, 0, 0.25, 1.2, 1, 1.2, -1, 0, -0.25],
  [
    0, -0.51, 0.56, -1.07, 1.07, -0.56, 0.51, 0, 1.07, 0.56, 0.56, 1.07, 0, 0.51, -0.56, 1.07, -1.07, 0.56, -0.51, 0,
    -1.07, -0.56, -0.56, -1.07,
  ],
];

/** How many shapes there are for sizes in grey, from 6 on. */
export const greyShapes = corners.length - 5;

function shapePath(shape: number, [x, y]: Point, r: number): string {
  const at = (dx: number, dy: number) => pair([x + dx * r, y + dy * r]);
  if (shape === 0) {
    const half = `A${coordinate(r)} ${coordinate(r)} 0 1 1 `;
    return `M${at(-1, 0)}${half}${at(1, 0)}${half}${at(-1, 0)}Z`;
  }
  const flat = corners[shape - 1];
  const places = Array.from({ length: flat.length / 2 }, (_, i) => at(flat[2 * i], flat[2 * i + 1]));
  return `M${places.join("L")}Z`;
}

/** A marker with its ring of paper; hollow for a left-out size. `r` is 6 for minima, less for points. */
export function marker(at: Point, dress: Dress, r = 6): string {
  const d = shapePath(dress.shape, at, r);
  if (dress.hollow)
    return element("path", { d, class: "ring" }) + element("path", { d, class: `open k${dress.colour}` });
  return element("path", { d, class: `mark f${dress.colour}` });
}

/** A filled marker without its ring, for points that stand on one another: a ring would cut those below. */
export function bareMarker(at: Point, { colour, shape }: Dress, r: number): string {
  return element("path", { d: shapePath(shape, at, r), class: `f${colour}` });
}

/** A measured point on a curve; `names` is its class, as f0 … f6. */
export function dot([cx, cy]: Point, names: string): string {
  return element("circle", { cx, cy, r: 2.2, class: names });
}

/** A straight line. */
export function line([x1, y1]: Point, [x2, y2]: Point, names: string): string {
  return element("line", { x1, y1, x2, y2, class: names });
}

/** A rectangle between two opposite corners. */
export function area([left, top]: Point, [right, bottom]: Point, names: string): string {
  return element("rect", { x: left, y: top, width: right - left, height: bottom - top, class: names });
}

/** Straight pieces through the points; "" for fewer than two. */
export function polyline(points: readonly Point[], names: string): string {
  return points.length < 2 ? "" : element("path", { d: straight(points), class: names });
}

function straight(points: readonly Point[]): string {
  return `M${points.map(pair).join("L")}`;
}

/** The area between an upper and a lower line over the same x. */
export function band(upper: readonly Point[], lower: readonly Point[], names: string): string {
  if (upper.length < 2) return "";
  return element("path", { d: `${straight([...upper, ...[...lower].reverse()])}Z`, class: names });
}

function pair([x, y]: Point): string {
  return `${coordinate(x)} ${coordinate(y)}`;
}

/** A cubic Bézier segment. */
export type Segment = readonly [Point, Point, Point, Point];

/**
 * A smooth curve through points of rising x: cubic Hermite pieces whose slopes
 * are those of the parabola through each point and its neighbours, so that a
 * parabola comes back exactly.
 */
export function smooth(points: readonly Point[]): readonly Segment[] {
  if (points.length < 2) return [];
  const slopes = slopesOf(points);
  return points.slice(1).map((to, i) => {
    const from = points[i];
    const third = (to[0] - from[0]) / 3;
    return [from, [from[0] + third, from[1] + slopes[i] * third], [to[0] - third, to[1] - slopes[i + 1] * third], to];
  });
}

function slopesOf(points: readonly Point[]): readonly number[] {
  const step = points.slice(1).map(([x], i) => x - points[i][0]);
  const secant = points.slice(1).map(([, y], i) => (y - points[i][1]) / step[i]);
  const last = secant.length - 1;
  if (last === 0) return [secant[0], secant[0]];
  /** At an end: the parabola's slope there, from the end's own secant and the next. */
  const end = (i: number, j: number) => secant[i] + ((secant[i] - secant[j]) * step[i]) / (step[i] + step[j]);
  const inner = secant.slice(1).map((next, i) => (secant[i] * step[i + 1] + next * step[i]) / (step[i] + step[i + 1]));
  return [end(0, 1), ...inner, end(last, last - 1)];
}

/** Straight pieces as segments, for what treats curves and lines alike. */
export function straightSegments(points: readonly Point[]): readonly Segment[] {
  return points.slice(1).map((to, i): Segment => [points[i], mix(points[i], to, 1 / 3), mix(points[i], to, 2 / 3), to]);
}

/** What of the segments lies inside a box, cut exactly where they leave it; a side left out is open. */
export function cutTo(segments: readonly Segment[], box: Partial<Box>): readonly Segment[] {
  const { left = -Infinity, right = Infinity, top = -Infinity, bottom = Infinity } = box;
  const inside = ([x, y]: Point) => x >= left && x <= right && y >= top && y <= bottom;
  return segments.flatMap((segment) => {
    const startsIn = inside(segment[0]);
    const endsIn = inside(segment[3]);
    if (startsIn && endsIn) return [segment];
    if (!startsIn && !endsIn) return [];
    let low = 0;
    let high = 1;
    for (let i = 0; i < 40; i++) {
      const middle = (low + high) / 2;
      if (inside(split(segment, middle)[0][3]) === startsIn) low = middle;
      else high = middle;
    }
    return [split(segment, low)[startsIn ? 0 : 1]];
  });
}

function mix(p: Point, q: Point, t: number): Point {
  return [p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t];
}

/** De Casteljau: the two halves of a segment at t. */
function split([a, b, c, d]: Segment, t: number): readonly [Segment, Segment] {
  const [ab, bc, cd] = [mix(a, b, t), mix(b, c, t), mix(c, d, t)];
  const [abc, bcd] = [mix(ab, bc, t), mix(bc, cd, t)];
  const middle = mix(abc, bcd, t);
  return [
    [a, ab, abc, middle],
    [middle, bcd, cd, d],
  ];
}

/** Segments as one path; a gap starts a new stroke. */
export function curve(segments: readonly Segment[], names: string): string {
  let d = "";
  let end = "";
  for (const [a, b, c, e] of segments) {
    if (pair(a) !== end) d += `M${pair(a)}`;
    d += `C${pair(b)} ${pair(c)} ${pair(e)}`;
    end = pair(e);
  }
  return d === "" ? "" : element("path", { d, class: names });
}

/** Boxes 4 px wide at most 5 px apart along segments: what labels must keep clear of. */
export function boxesAlong(segments: readonly Segment[]): readonly Box[] {
  return segments.flatMap((segment) => {
    const length = Math.hypot(segment[3][0] - segment[0][0], segment[3][1] - segment[0][1]);
    const count = Math.max(1, Math.ceil(length / 5));
    return Array.from({ length: count + 1 }, (_, i) => boxAround(split(segment, i / count)[0][3], 2));
  });
}

/** The same along straight pieces. */
export function boxesAlongLine(points: readonly Point[]): readonly Box[] {
  return boxesAlong(straightSegments(points));
}

/** A square of half-width `r` around a point. */
export function boxAround([x, y]: Point, r: number): Box {
  return { left: x - r, right: x + r, top: y - r, bottom: y + r };
}
