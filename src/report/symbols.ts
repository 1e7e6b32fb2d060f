/** Small symbols inside text: the marker that a size wears, and the three circles of a verdict. */
import type { Cell } from "./html.js";
import { type Dress, marker } from "./svg/marks.js";

/** Full: it holds. Half: open. Hollow: it does not hold. Each stands beside its word, never alone. */
type Fullness = "full" | "half" | "hollow";

const circle = (names: string) => `<circle cx="7" cy="7" r="5" class="${names}"/>`;
const circles: Readonly<Record<Fullness, string>> = {
  full: circle("symbol"),
  half: `${circle("hollow")}<path d="M7 2A5 5 0 0 0 7 12Z" class="symbol"/>`,
  hollow: circle("hollow"),
};

/** ●, ◐ or ○, drawn, because the fonts lack them. */
export function verdictSymbol(fullness: Fullness, names = "fig"): string {
  return `<svg class="${names}" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">${circles[fullness]}</svg>`;
}

/** The head of a size's row: its marker and its name. */
export function sizeCell(dress: Dress, name: string | number): Cell {
  const mark = marker([8, 8], dress, 5);
  return {
    html: `<svg class="fig key" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">${mark}</svg>${name}`,
  };
}
