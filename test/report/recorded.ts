/**
 * The figures of a page as they are recorded: taken from its HTML, so that no
 * inner function need be known, one element a line, so that a change is a short
 * diff. The page's colours stand once, in figures.css beside the drawings.
 */
export type Width = "wide" | "narrow";

/** The drawings of a page at one width, in the order of the page; marks without a name (table keys) are left out. */
export function figuresOf(page: string, width: Width): readonly string[] {
  const shown = new RegExp(`<div class="at-${width}">(<svg .*?</svg>)</div>`, "gs");
  return [...page.matchAll(shown)].map(([, svg]) => svg);
}

/** A drawing as the text of its file. Pixels are left to drawing.test.ts: only their place and size are kept. */
export function recordedText(svg: string): string {
  const lines = svg
    .replace(/data:image\/png;base64,[A-Za-z0-9+/=]+/g, "pixels.png")
    .replace(/<(?=(?:path|rect|circle|line|text|g|image|style)\b|\/svg|\/g>)/g, "\n<");
  return `<?xml-stylesheet type="text/css" href="figures.css"?>\n${lines}\n`;
}
