/**
 * Direct labels, moved until none meet: each label tries its places in the
 * order of preference and takes the one that covers least.
 */
import type { Point } from "./marks.js";
import { type Anchor, type Box, text, textBox } from "./text.js";

/** Where the first baseline of a label may stand; `extra` px² are added to what it covers. */
export type Place = { readonly x: number; readonly y: number; readonly anchor: Anchor; readonly extra?: number };

/** A label and where it may stand. */
export type Label = {
  /** Lines from the top, 17 px apart, marked up. */
  readonly lines: readonly string[];
  readonly grey?: boolean;
  /** The best first. */
  readonly places: readonly Place[];
  /** Marks that the label names, where it names a line. */
  readonly own?: readonly Box[];
};

/** Sides of a marker, as on a compass. */
export type Side = "N" | "E" | "S" | "W" | "NE" | "NW" | "SE" | "SW";

const lineHeight = 17;

/** A mark that labels keep clear of; no label stands on a point where any other place is left. */
export type Obstacle = Box & { readonly point?: boolean };

/** Offsets of the baseline from the centre of a marker of radius 6, in px. */
const offsets: Readonly<Record<Side, readonly [dx: number, dy: number, anchor: Anchor]>> = {
  N: [0, -12, "middle"],
  E: [12, 5, "start"],
  S: [0, 22, "middle"],
  W: [-12, 5, "end"],
  NE: [12, -10, "start"],
  NW: [-12, -10, "end"],
  SE: [12, 19, "start"],
  SW: [-12, 19, "end"],
};

const everySide: readonly Side[] = ["N", "S", "E", "W", "NE", "SW", "NW", "SE"];

/** Places around a marker for a label of so many lines, in the order of `sides`. */
export function around([x, y]: Point, sides: readonly Side[] = everySide, lines = 1): readonly Place[] {
  return sides.map((side) => {
    const [dx, dy, anchor] = offsets[side];
    const up = dy < 0 ? (lines - 1) * lineHeight : 0;
    return { x: x + dx, y: y + dy - up, anchor };
  });
}

/** SVG of all labels. `obstacles` are marks to keep clear of; `bounds` is the figure. */
export function placeLabels(labels: readonly Label[], obstacles: readonly Obstacle[], bounds: Box): string {
  return placesOf(labels, obstacles, bounds)
    .map((place, i) => draw(labels[i], place))
    .join("");
}

/** Where the lines of all labels stand once they are placed. */
export function placedBoxes(labels: readonly Label[], obstacles: readonly Obstacle[], bounds: Box): readonly Box[] {
  return placesOf(labels, obstacles, bounds).flatMap((place, i) => boxesOf(labels[i], place));
}

/** The place of each label, chosen in their order. */
function placesOf(labels: readonly Label[], obstacles: readonly Obstacle[], bounds: Box): readonly Place[] {
  const taken: Box[] = [];
  return labels.map((label) => {
    const best = bestPlace(label, { taken, obstacles, bounds });
    taken.push(...boxesOf(label, best));
    return best;
  });
}

/** The place that covers least; each costs 2 px² more than the one before, so those behind need not be tried. */
function bestPlace(label: Label, { taken, obstacles, bounds }: Crowd): Place {
  const boxes = label.places.map((place) => boxesOf(label, place));
  const all = grow(hull(boxes.flat()), clear);
  const crowd = { taken, obstacles: obstacles.filter((one) => overlap(all, one) > 0), bounds };
  let best = { place: label.places[0], cost: Number.POSITIVE_INFINITY };
  for (const [i, place] of label.places.entries()) {
    if (best.cost <= 2 * i) break;
    const cost = costOf(boxes[i], crowd) + (place.extra ?? 0) + 2 * i;
    if (cost < best.cost) best = { place, cost };
  }
  return best.place;
}

/** The least box that holds all of these. */
function hull(boxes: readonly Box[]): Box {
  return {
    left: Math.min(...boxes.map(({ left }) => left)),
    right: Math.max(...boxes.map(({ right }) => right)),
    top: Math.min(...boxes.map(({ top }) => top)),
    bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
  };
}

/** Pixels by which a name must be nearer to its own line than to any other. */
const nearer = 3;

/**
 * The labels of lines, each with only those places from which it names its own line: nearer to it than to
 * any other by 3 px, and inside `bounds`. Null where one has no such place, or where two then meet.
 */
export function ownPlaces(labels: readonly Label[], obstacles: readonly Box[], bounds: Box): readonly Label[] | null {
  const kept = labels.map((label) => ownOnly(label, labels));
  const inside = kept.map((label) => ({
    ...label,
    places: label.places.filter((place) => boxesOf(label, place).every((box) => isInside(box, bounds))),
  }));
  if (inside.some(({ places }) => places.length === 0)) return null;
  const boxes = placesOf(inside, obstacles, bounds).map((place, i) => boxesOf(inside[i], place));
  const meet = boxes.some((own, i) => boxes.slice(0, i).some((other) => distance(own, other) === 0));
  return meet ? null : inside;
}

/** Labels of marks that take a place from which one is read as the name of another's mark only where they must. */
export function preferOwn(labels: readonly Label[]): readonly Label[] {
  return labels.map((label) => {
    const own = ownOnly(label, labels).places;
    return {
      ...label,
      places: label.places.map((place) =>
        own.includes(place) ? place : { ...place, extra: 1000 + (place.extra ?? 0) },
      ),
    };
  });
}

function ownOnly(label: Label, labels: readonly Label[]): Label {
  const others = labels.flatMap(({ own = [] }) => (own === label.own ? [] : own));
  return { ...label, places: label.places.filter((place) => names(boxesOf(label, place), label.own ?? [], others)) };
}

/** Whether what stands in these boxes is read as the name of `own`. */
function names(label: readonly Box[], own: readonly Box[], others: readonly Box[]): boolean {
  return distance(label, own) + nearer <= distance(label, others);
}

/** Least distance between two sets of boxes, px; 0 where they meet. */
function distance(some: readonly Box[], others: readonly Box[]): number {
  const gaps = some.flatMap((a) =>
    others.map((b) =>
      Math.hypot(Math.max(0, a.left - b.right, b.left - a.right), Math.max(0, a.top - b.bottom, b.top - a.bottom)),
    ),
  );
  return Math.min(...gaps);
}

function isInside(box: Box, { left, right, top, bottom }: Box): boolean {
  return box.left >= left && box.right <= right && box.top >= top && box.bottom <= bottom;
}

function boxesOf({ lines }: Label, { x, y, anchor }: Place): readonly Box[] {
  return lines.map((line, i) => textBox([x, y + i * lineHeight], line, anchor));
}

type Crowd = { readonly taken: readonly Box[]; readonly obstacles: readonly Obstacle[]; readonly bounds: Box };

/** Pixels kept free around a label. */
const clear = 3;

/** Covered area in px²; meeting a label or a point, or leaving the figure, costs far more than standing on a line. */
function costOf(boxes: readonly Box[], { taken, obstacles, bounds }: Crowd): number {
  let sum = 0;
  for (const box of boxes) {
    const wide = grow(box, clear);
    for (const other of taken) sum += 100 * overlap(wide, other);
    for (const other of obstacles) sum += (other.point ? 100 : 1) * overlap(wide, other);
    sum += 100 * ((box.right - box.left) * (box.bottom - box.top) - overlap(box, bounds));
  }
  return sum;
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

function grow(box: Box, by: number): Box {
  return { left: box.left - by, right: box.right + by, top: box.top - by, bottom: box.bottom + by };
}

function draw({ lines, grey }: Label, { x, y, anchor }: Place): string {
  return lines.map((line, i) => text([x, y + i * lineHeight], line, { anchor, grey, halo: true })).join("");
}

/** What labels on one line must keep. */
type Spacing = {
  /** Widths in px, one per label. */
  readonly widths: readonly number[];
  /** Least distance between neighbours, px. */
  readonly gap: number;
  /** Ends of the line. */
  readonly within: readonly [left: number, right: number];
};

/** Rounds of pushing neighbours apart; a dozen labels settle in less than fifty. */
const rounds = 200;

/** Centres of labels on one line, moved apart until neighbours keep the gap. Returned in the order given. */
export function spread(centres: readonly number[], { widths, gap, within: [left, right] }: Spacing): readonly number[] {
  const order = centres.map((_, i) => i).sort((a, b) => centres[a] - centres[b]);
  const at = [...centres];
  for (let round = 0; round < rounds; round++) {
    for (let k = 1; k < order.length; k++) {
      const [a, b] = [order[k - 1], order[k]];
      const need = (widths[a] + widths[b]) / 2 + gap - (at[b] - at[a]);
      if (need <= 0) continue;
      at[a] -= need / 2;
      at[b] += need / 2;
    }
    for (const i of order) at[i] = Math.min(right - widths[i] / 2, Math.max(left + widths[i] / 2, at[i]));
  }
  return at;
}
