/** Where labels and large markers stand in the text of a figure, so that tests can say that none meet. */
import { type Anchor, type Box, textBox } from "../../src/report/svg/text.js";

/** A box and what stands in it. */
export type Placed = { readonly box: Box; readonly what: string };

/** Every line of text. */
export function labelsOf(svg: string): readonly Placed[] {
  return [...svg.matchAll(/<text ([^>]*)>(.*?)<\/text>/g)].map(([, attributes, inner]) => {
    const of = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(attributes)?.[1];
    const what = inner.replace(/<tspan class="b">(.*?)<\/tspan>/g, "**$1**").replace(/<[^>]*>/g, "");
    return { what, box: textBox([Number(of("x")), Number(of("y"))], what, (of("text-anchor") ?? "start") as Anchor) };
  });
}

/** Every marker with a ring of paper. */
export function markersOf(svg: string): readonly Placed[] {
  return [...svg.matchAll(/<path d="([^"]*)" class="((?:mark|open)[^"]*)"/g)].map(([, d, what]) => {
    const [x, y, r] = [.../-?[\d.]+/g[Symbol.matchAll](d)].map(Number);
    if (d.includes("A")) return { what, box: { left: x, right: x + 2 * r, top: y - r, bottom: y + r } };
    const places = [...d.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, px, py]) => [Number(px), Number(py)]);
    const [xs, ys] = [0, 1].map((k) => places.map((place) => place[k]));
    return {
      what,
      box: { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) },
    };
  });
}

/** Pixels between two boxes; 0 where they meet. */
export function gap(a: Box, b: Box): number {
  return Math.hypot(Math.max(0, a.left - b.right, b.left - a.right), Math.max(0, a.top - b.bottom, b.top - a.bottom));
}

/** Pairs that share more than a pixel both ways; letters without arms leave 2 px of a label's box empty above and below. */
export function meeting(labels: readonly Placed[], others: readonly Placed[]): readonly string[] {
  return labels.flatMap(({ box: a, what }) =>
    others
      .filter(({ box: b, what: other }) => {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) - 4;
        return other !== what && across > 1 && down > 0;
      })
      .map((one) => `${what} | ${one.what}`),
  );
}
