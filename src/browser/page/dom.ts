/** Touching the document: the elements that the skeleton has, text and pictures written only where they change. */
/// <reference lib="dom" />
import type { Pixels } from "../../formats/png.js";
import { type FigureWidth, type Panel, panelFigure } from "../../report/svg/panel.js";

/** Tells whether any of what a view is drawn from differs from last time: it draws only then. */
export function openChanges(): (...now: readonly unknown[]) => boolean {
  let last: readonly unknown[] = [];
  return (...now) => {
    const same = now.length === last.length && now.every((one, i) => one === last[i]);
    last = now;
    return !same;
  };
}

/** An element of the skeleton (document.ts). */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

const written = new WeakMap<HTMLElement, string>();

/** Sets an element's inside, unless it is that already: selections, focus and readers keep their place. */
export function setHtml(id: string, html: string): void {
  const element = byId(id);
  if (written.get(element) === html) return;
  written.set(element, html);
  element.innerHTML = html;
}

/** Draws a panel into its place at the width that the place has; on paper that is a column. */
export function plot(id: string, panel: Panel, finding: string): void {
  setHtml(id, panelFigure(panel, figureWidth(id), finding));
}

/** Width of the drawing that a place asks for. */
export function figureWidth(id: string): FigureWidth {
  return matchMedia("print").matches || byId(id).clientWidth < 527 ? 368 : 528;
}

/** Draws pixels into a canvas, one to one. */
export function draw(canvas: HTMLCanvasElement, { width, height, bytes }: Pixels, label?: string): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.getContext("2d")?.putImageData(new ImageData(new Uint8ClampedArray(bytes), width, height), 0, 0);
  if (label !== undefined && canvas.getAttribute("aria-label") !== label) canvas.setAttribute("aria-label", label);
}

/** Moves a slider and writes its value, for those who listen too. */
export function setSlider(id: string, at: number, words: string): void {
  const input = byId<HTMLInputElement>(id);
  if (input.valueAsNumber !== at) input.value = String(at);
  input.style.setProperty("--at", `calc(9px + ${at / Number(input.max)} * (100% - 18px))`);
  if (input.getAttribute("aria-valuetext") !== words) input.setAttribute("aria-valuetext", words);
  setHtml(`${id}-value`, words);
}
