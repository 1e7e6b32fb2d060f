/**
 * Beside the tableau: the share of positions at which each atom is active,
 * most used first, and how much of the coding the first atoms do.
 */
import { counted } from "../../core/words.js";
import type { Tableau } from "../input.js";
import { significant } from "../numbers.js";
import { placeLabels } from "../svg/labels.js";
import { boxesAlongLine, type Point, polyline } from "../svg/marks.js";
import type { Panel } from "../svg/panel.js";

/** The panel of a dictionary's use. */
export function usePanel(tableau: Tableau): Panel {
  const use = [...tableau.use].sort((a, b) => b - a).map((fraction) => 100 * fraction);
  const { share, first } = concentration(tableau);
  const [they, does] = first === 1 ? ["the most used atom", "does"] : [`the ${first} most used atoms`, "do"];
  const lines = [they, `**${does} ${significant(share, 2)}% of the coding**`];
  return {
    share: 0.8,
    room: { bottom: 0 },
    x: { title: "atom, by use", scale: "linear", domain: [1, Math.max(2, use.length)], ticks: atomTicks(use.length) },
    y: { title: "Positions at which it is active, %", scale: "linear", domain: [0, Math.max(use[0], 1e-6)] },
    data: { columns: ["atom, by use", "positions, %"], rows: use.map((percent, i) => [i + 1, percent]) },
    marks: ({ at, area }) => {
      const points = use.map((v, i): Point => at([i + 1, v]));
      const places = [0.3, 0.4, 0.5, 0.2].map((t) => ({
        x: area.left + t * (area.right - area.left),
        y: area.top + 0.3 * (area.bottom - area.top),
        anchor: "start" as const,
      }));
      return [polyline(points, "curve ink"), placeLabels([{ lines, places }], boxesAlongLine(points), area)];
    },
  };
}

function atomTicks(features: number): readonly number[] {
  const quarters = [0.25, 0.5, 0.75, 1].map((part) => Math.round(part * features));
  return [...new Set([1, ...quarters])].filter((n) => n >= 1);
}

/** The finding of the panel, and of the tableau beside it. */
export function useFinding(tableau: Tableau): string {
  const { first, share } = concentration(tableau);
  const [they, does] = first === 1 ? ["The", "does"] : [`The ${first}`, "do"];
  return `${they} most used of ${counted(tableau.features, "atom")} ${does} ${significant(share, 2)}% of the coding.`;
}

/** Share of all activity, in percent, that the eighth of the atoms used most (16 at most) carry. */
function concentration(tableau: Tableau): { readonly first: number; readonly share: number } {
  const sorted = [...tableau.use].sort((a, b) => b - a);
  const first = Math.max(1, Math.min(16, Math.round(tableau.features / 8)));
  const all = sorted.reduce((sum, v) => sum + v, 0);
  const top = sorted.slice(0, first).reduce((sum, v) => sum + v, 0);
  return { first, share: all > 0 ? (100 * top) / all : 0 };
}
