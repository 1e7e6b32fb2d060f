/**
 * Text in figures: 13 px, marked up as sentences are, with a paper halo where it
 * stands on marks. Every text knows its box, so labels can be moved apart.
 */
import { element, escapeText, type Run, runs } from "../markup.js";
import { lineWidth } from "./widths.js";

/** Size of all text in figures, px; raised text is 12, lowered 10. */
const textSize = 13;

/** What of a line stands at its place. */
export type Anchor = "start" | "middle" | "end";

/** A rectangle in pixels, y down. */
export type Box = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

/** How a line of text stands and looks. */
type TextOptions = {
  readonly anchor?: Anchor;
  /** Ink for findings, grey for scales and notes. */
  readonly grey?: boolean;
  /** A 4 px ring of paper, for labels that stand among marks. */
  readonly halo?: boolean;
};

/** Width in pixels of a marked-up line. */
export function textWidth(marked: string): number {
  return flatRuns(marked).reduce((sum, run) => sum + lineWidth(run.text, runSize(run), run.bold), 0);
}

function runSize(run: Run): number {
  return run.kind === "raised" ? 12 : run.kind === "lowered" ? 10 : textSize;
}

/** Runs with bold and grey opened up, so that a variable inside bold is a run of its own. */
function flatRuns(marked: string, bold = false, grey = false): readonly (Run & { bold: boolean; grey: boolean })[] {
  return runs(marked).flatMap((run) => {
    if (run.kind === "bold") return flatRuns(run.text, true, grey);
    if (run.kind === "grey") return flatRuns(run.text, bold, true);
    return [{ ...run, bold, grey }];
  });
}

/** One line of text whose baseline starts (or is centred, or ends) at (x, y). */
export function text([x, y]: readonly [number, number], marked: string, options: TextOptions = {}): string {
  const names = ["t", options.grey ? "t2" : "", options.halo ? "halo" : ""].filter(Boolean).join(" ");
  const anchor = options.anchor === undefined || options.anchor === "start" ? null : options.anchor;
  const inner = flatRuns(marked).map(tspan).join("");
  return element("text", { x, y, class: names, "text-anchor": anchor }, inner);
}

function tspan(run: Run & { bold: boolean; grey: boolean }): string {
  const names = [run.bold ? "b" : "", run.grey ? "t2" : "", run.kind === "italic" ? "i" : ""].filter(Boolean).join(" ");
  if (run.kind === "raised" || run.kind === "lowered") {
    const shift = run.kind === "raised" ? "4" : "-3";
    const size = runSize(run);
    return element("tspan", { "baseline-shift": shift, "font-size": size, class: names || null }, escapeText(run.text));
  }
  return names === "" ? escapeText(run.text) : element("tspan", { class: names }, escapeText(run.text));
}

/** Where a line of text stands: letters reach from 11 px above the baseline to 4 px below it. */
export function textBox([x, y]: readonly [number, number], marked: string, anchor: Anchor = "start"): Box {
  const width = textWidth(marked);
  const left = anchor === "start" ? x : anchor === "middle" ? x - width / 2 : x - width;
  return { left, right: left + width, top: y - 11, bottom: y + 4 };
}
