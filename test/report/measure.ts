/** Scripts that run in the page, as text: the project's types know no DOM. */
export type Measured = {
  /** Pixels by which the page is wider than the window. */
  readonly overflow: number;
  /** Pairs of labels of one figure that meet. */
  readonly meeting: readonly string[];
  /** Labels that lie on a large marker, or beyond the sides of their figure, where a picture file would cut them. */
  readonly covering: readonly string[];
  readonly outside: readonly string[];
  /** Labels below 12 px. */
  readonly small: readonly string[];
  /** The smallest type in any figure, px. */
  readonly least: number;
};

/** Letters reach from 11 px above the baseline to 4 below, less than the line box: 2 px are taken off at both ends. */
export const measure = `(() => {
  const root = document.documentElement;
  const found = { overflow: Math.max(0, root.scrollWidth - root.clientWidth), meeting: [], covering: [], outside: [], small: [], least: 100 };
  for (const figure of document.querySelectorAll("svg[role=img]")) {
    const width = figure.getBoundingClientRect().width;
    if (width === 0) continue;
    const scale = width / figure.viewBox.baseVal.width;
    const texts = [...figure.querySelectorAll("text")];
    for (const text of texts) {
      const size = Number.parseFloat(getComputedStyle(text).fontSize) * scale;
      found.least = Math.min(found.least, size);
      if (size < 12) found.small.push(text.textContent + " is " + size + " px");
    }
    const boxes = texts.map((text) => text.getBoundingClientRect());
    const frame = figure.getBoundingClientRect();
    const markers = [...figure.querySelectorAll(".mark,.open")].map((mark) => mark.getBoundingClientRect());
    for (let i = 0; i < boxes.length; i++) {
      const { left, right, top, bottom } = boxes[i];
      if (left < frame.left - 1 || right > frame.right + 1) found.outside.push(texts[i].textContent);
      for (const one of markers) {
        const across = Math.min(right, one.right) - Math.max(left, one.left);
        const down = Math.min(bottom - 2 * scale, one.bottom) - Math.max(top + 2 * scale, one.top);
        if (across > 2 && down > 2) found.covering.push(texts[i].textContent);
      }
      for (let j = 0; j < i; j++) {
        const [a, b] = [boxes[i], boxes[j]];
        const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) - 4 * scale;
        if (x > 0.5 && y > 0) found.meeting.push(texts[j].textContent + " | " + texts[i].textContent);
      }
    }
  }
  return found;
})()`;

/** Serious and critical findings of axe-core, which the page must hold. */
export const seriousBarriers = `axe.run().then(({ violations }) =>
  violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .map((v) => v.id + ": " + v.nodes[0].html.slice(0, 200)))`;

/** The XML parser's complaint about a text, or "". */
export function xmlProblem(xml: string): string {
  return `new DOMParser().parseFromString(${JSON.stringify(xml)}, "image/svg+xml").querySelector("parsererror")?.textContent ?? ""`;
}
