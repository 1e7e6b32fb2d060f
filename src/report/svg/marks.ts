/**
 * Marks: the six markers, lines, smooth curves, bands. Colours come from class
 * names alone: k0 … k6 strokes and f0 … f6 fills (sizes), accent, axis, grid.
 */
import { coordinate, element } from "../markup.js";
import type { Box } from "./text.js";

export type Point = readonly [x: number, y: number];

/** Which colour (0–5 of the palette, 6 grey) and shape a size wears. */
export type Dress = { readonly colour: number; readonly shape: number; readonly hollow: boolean };

/** ● ■ ▲ ◆ ▼ ✚ of about equal area, as a path around (x, y). */
function shapePath(shape: number, x: number, y: number, r: number): string {
  const at = (dx: number, dy: number) => `${coordinate(x + dx * r)} ${coordinate(y + dy * r)}`;
  const corners = (points: readonly Point[]) => `M${points.map(([dx, dy]) => at(dx, dy)).join("L")}Z`;
  const a = 0.36; // half the width of the cross's arms
  const shapes: readonly (readonly Point[])[] = [
    [
      [-0.88, -0.88],
      [0.88, -0.88],
      [0.88, 0.88],
      [-0.88, 0.88],
    ],
    [
      [0, -1.1],
      [1.06, 0.8],
      [-1.06, 0.8],
    ],
    [
      [0, -1.2],
      [1.2, 0],
      [0, 1.2],
      [-1.2, 0],
    ],
    [
      [0, 1.1],
      [1.06, -0.8],
      [-1.06, -0.8],
    ],
    [
      [-a, -1.15],
      [a, -1.15],
      [a, -a],
      [1.15, -a],
      [1.15, a],
      [a, a],
      [a, 1.15],
      [-a, 1.15],
      [-a, a],
      [-1.15, a],
      [-1.15, -a],
      [-a, -a],
    ],
  ];
  const circle = `M${at(-1, 0)}A${coordinate(r)} ${coordinate(r)} 0 1 1 ${at(1, 0)}A${coordinate(r)} ${coordinate(r)} 0 1 1 ${at(-1, 0)}Z`;
  return shape === 0 ? circle : corners(shapes[shape - 1]);
}

/** A minimum's marker with its ring of paper; hollow for a left-out size. */
export function marker(x: number, y: number, dress: Dress, r = 6): string {
  if (dress.hollow) {
    const d = shapePath(dress.shape, x, y, r);
    return element("path", { d, class: "ring" }) + element("path", { d, class: `open k${dress.colour}` });
  }
  return element("path", { d: shapePath(dress.shape, x, y, r), class: `mark f${dress.colour}` });
}

/** A measured point on a curve. */
export function dot(x: number, y: number, colour: number): string {
  return element("circle", { cx: x, cy: y, r: 2.2, class: `f${colour}` });
}

export function line(x1: number, y1: number, x2: number, y2: number, names: string): string {
  return element("line", { x1, y1, x2, y2, class: names });
}

export function polyline(points: readonly Point[], names: string): string {
  return points.length < 2 ? "" : element("path", { d: straight(points), class: names });
}

function straight(points: readonly Point[]): string {
  return `M${points.map(pair).join("L")}`;
}

/** The area between an upper and a lower line over the same x. */
export function band(upper: readonly Point[], lower: readonly Point[], names: string): string {
  return upper.length < 2
    ? ""
    : element("path", { d: `${straight([...upper, ...[...lower].reverse()])}Z`, class: names });
}

function pair([x, y]: Point): string {
  return `${coordinate(x)} ${coordinate(y)}`;
}

/** A cubic Bézier segment. */
export type Segment = readonly [Point, Point, Point, Point];

/**
 * A smooth curve through points of rising x: cubic Hermite pieces whose slopes
 * are those of the parabola through each point and its neighbours.
 */
export function smooth(points: readonly Point[]): readonly Segment[] {
  const n = points.length;
  if (n < 2) return [];
  const secant = points.slice(1).map(([x, y], i) => (y - points[i][1]) / (x - points[i][0]));
  const step = points.slice(1).map(([x], i) => x - points[i][0]);
  const slopes = points.map((_, i) => {
    if (n === 2) return secant[0];
    if (i === 0) return secant[0] + ((secant[0] - secant[1]) * step[0]) / (step[0] + step[1]);
    if (i === n - 1) {
      const k = n - 2;
      return secant[k] + ((secant[k] - secant[k - 1]) * step[k]) / (step[k] + step[k - 1]);
    }
    return (secant[i - 1] * step[i] + secant[i] * step[i - 1]) / (step[i - 1] + step[i]);
  });
  return points.slice(1).map((to, i) => {
    const from = points[i];
    const third = step[i] / 3;
    return [from, [from[0] + third, from[1] + slopes[i] * third], [to[0] - third, to[1] - slopes[i + 1] * third], to];
  });
}

/** What of the segments lies below the line y = top (larger y in pixels), cut exactly where they cross. */
export function cutAbove(segments: readonly Segment[], top: number): readonly Segment[] {
  return segments.flatMap((segment) => {
    const startsIn = segment[0][1] >= top;
    const endsIn = segment[3][1] >= top;
    if (startsIn && endsIn) return [segment];
    if (!startsIn && !endsIn) return [];
    let low = 0;
    let high = 1;
    for (let i = 0; i < 40; i++) {
      const middle = (low + high) / 2;
      if (split(segment, middle)[0][3][1] >= top === startsIn) low = middle;
      else high = middle;
    }
    return [split(segment, low)[startsIn ? 0 : 1]];
  });
}

/** De Casteljau: the two halves of a segment at t. */
function split([a, b, c, d]: Segment, t: number): readonly [Segment, Segment] {
  const mix = (p: Point, q: Point): Point => [p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t];
  const ab = mix(a, b);
  const bc = mix(b, c);
  const cd = mix(c, d);
  const abc = mix(ab, bc);
  const bcd = mix(bc, cd);
  const middle = mix(abc, bcd);
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

/** Small boxes along segments: what labels must keep clear of. */
export function boxesAlong(segments: readonly Segment[]): readonly Box[] {
  return segments.flatMap((segment) => {
    const length = Math.hypot(segment[3][0] - segment[0][0], segment[3][1] - segment[0][1]);
    const count = Math.max(1, Math.ceil(length / 5));
    return Array.from({ length: count + 1 }, (_, i) => boxAround(split(segment, i / count)[0][3], 2));
  });
}

/** The same along straight pieces. */
export function boxesAlongLine(points: readonly Point[]): readonly Box[] {
  return boxesAlong(
    points.slice(1).map((to, i): Segment => [points[i], third(points[i], to), third(to, points[i]), to]),
  );
}

function third(from: Point, to: Point): Point {
  return [from[0] + (to[0] - from[0]) / 3, from[1] + (to[1] - from[1]) / 3];
}

export function boxAround([x, y]: Point, r: number): Box {
  return { left: x - r, right: x + r, top: y - r, bottom: y + r };
}
