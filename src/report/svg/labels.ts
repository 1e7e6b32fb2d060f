/**
 * Direct labels, moved until none meet: each label tries its places in the
 * order of preference and takes the one that covers least.
 */
import { type Anchor, type Box, text, textBox } from "./text.js";

export type Place = { readonly x: number; readonly y: number; readonly anchor: Anchor };

export type Label = {
  /** Lines from the top, 17 px apart; `Place.y` is the first baseline. */
  readonly lines: readonly string[];
  readonly grey?: boolean;
  readonly places: readonly Place[];
};

const lineHeight = 17;

/** SVG of all labels. `obstacles` are marks to keep clear of; `bounds` is the figure. */
export function placeLabels(labels: readonly Label[], obstacles: readonly Box[], bounds: Box): string {
  const taken: Box[] = [];
  return labels
    .map((label) => {
      const ranked = label.places.map((place, i) => ({
        place,
        cost: cost(boxesOf(label, place), taken, obstacles, bounds) + i * 2,
      }));
      const best = ranked.reduce((a, b) => (b.cost < a.cost ? b : a)).place;
      taken.push(...boxesOf(label, best));
      return draw(label, best);
    })
    .join("");
}

function boxesOf(label: Label, place: Place): readonly Box[] {
  return label.lines.map((line, i) => textBox(place.x, place.y + i * lineHeight, line, place.anchor));
}

/** Covered area in px²; meeting another label or leaving the figure costs far more than standing on a mark. */
function cost(boxes: readonly Box[], taken: readonly Box[], obstacles: readonly Box[], bounds: Box): number {
  let sum = 0;
  for (const box of boxes) {
    const wide = grow(box, 3);
    for (const other of taken) sum += 100 * overlap(wide, other);
    for (const other of obstacles) sum += overlap(wide, other);
    const inside = overlap(box, bounds);
    sum += 100 * ((box.right - box.left) * (box.bottom - box.top) - inside);
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

function draw(label: Label, place: Place): string {
  return label.lines
    .map((line, i) =>
      text(place.x, place.y + i * lineHeight, line, { anchor: place.anchor, grey: label.grey, halo: true }),
    )
    .join("");
}

/**
 * Centres of labels on one line, moved apart until neighbours keep `gap` px,
 * inside [left, right]. Returned in the order given.
 */
export function spread(
  centres: readonly number[],
  widths: readonly number[],
  gap: number,
  [left, right]: readonly [number, number],
): readonly number[] {
  const order = centres.map((_, i) => i).sort((a, b) => centres[a] - centres[b]);
  const at = [...centres];
  for (let round = 0; round < 200; round++) {
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
