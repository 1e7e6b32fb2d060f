/** The first screen: pictures, numbers, curve and atoms, from the state and what was measured. */
/// <reference lib="dom" />

import type { Dictionary } from "../../coding/dictionary.js";
import type { SparseCode } from "../../coding/engine.js";
import { percentError, psnr, squaredError } from "../../coding/metrics.js";
import { columnAxis, rowAxis } from "../../core/geometry.js";
import { slice, tensor } from "../../core/tensor.js";
import { counted } from "../../core/words.js";
import { numeric, table } from "../../report/html.js";
import { whole } from "../../report/numbers.js";
import { atomPixels, largestCount, type StripPicture, stripPixels } from "../../report/pictures.js";
import { leastOf, type SizeCurve } from "./curve.js";
import { type Axes, axesFor, curvePanel, reach } from "./curve-figure.js";
import { byId, draw, figureWidth, openChanges, plot, setHtml } from "./dom.js";
import type { Here, Results } from "./measure.js";
import { type ColourPicture, pictureWindows, type Sample } from "./pictures.js";
import type { State } from "./state.js";
import type { Stock } from "./stock.js";
import { nowSentence, percent, setting } from "./words.js";

/** Most atoms shown. */
const mostAtoms = 40;

/** Widest a picture is drawn in this window. */
export function pictureWidth(): number {
  if (matchMedia(pictureWindows[192]).matches) return 192;
  return matchMedia(pictureWindows[128]).matches ? 128 : 160;
}

/** Active units at each position, [rows, columns]. */
export function activityMap({ index }: SparseCode, { geometry }: Dictionary): Float32Array {
  const map = new Float32Array(rowAxis(geometry).count * columnAxis(geometry).count);
  for (const unit of index) map[Math.floor(unit / geometry.features)]++;
  return map;
}

/** A sample with a reconstruction of it and the code's map, as the strips of a report are drawn. */
export function stripOf(
  { picture, clean, noisy }: Sample,
  { denoised, code, dictionary }: { denoised: Float32Array; code: SparseCode; dictionary: Dictionary },
): StripPicture {
  return {
    height: picture.height,
    width: picture.width,
    channels: 3,
    clean,
    noisy,
    denoised,
    residual: noisy.map((value, i) => value - denoised[i]),
    activityMap: activityMap(code, dictionary),
    rows: rowAxis(dictionary.geometry).count,
    columns: columnAxis(dictionary.geometry).count,
  };
}

/** Peak signal-to-noise ratio in dB, in the picture's own 8 bits. */
function decibels({ clean, normalisation }: Sample, image: Float32Array): string {
  const error = squaredError(clean, image) * normalisation.deviation ** 2;
  return error === 0 ? "no noise" : `${psnr(error, clean.length).toFixed(2)}\u00a0dB`;
}

/**
 * Keeps what was drawn, so that only what changed is drawn again. Axes stand still while a slider is held, unless the
 * least error leaves them, as it does under much more or much less noise.
 */
export function openBenchView(stock: Stock) {
  let drawn: { here: Here | null; width: number } = { here: null, width: 0 };
  let axes: Axes | null = null;
  const curveChanges = openChanges();

  function pictures(here: Here): void {
    const width = pictureWidth();
    if (drawn.here === here && drawn.width === width) return;
    drawn = { here, width };
    const { sample, code, reconstruction: denoised } = here;
    const dictionary = stock.dictionary(here.features, sample.picture);
    const strip = stripOf(sample, { denoised, code, dictionary });
    const pixels = stripPixels(strip, width);
    const most = largestCount(strip);
    draw(byId("clean"), pixels.clean, "The clean picture");
    draw(byId("noisy"), pixels.noisy, "The picture with noise");
    draw(byId("active"), pixels.activity, `Active units at each position, up to ${most}`);
    draw(byId("denoised"), pixels.denoised, "What the code reconstructs");
    draw(byId("residual"), pixels.residual, "The noisy picture less the reconstruction");
    const noise = percentError(sample.clean, sample.noisy) ?? 0;
    setHtml("clean-words", "the target");
    setHtml("noisy-words", `<b>${percent(noise)}</b> error, ${decibels(sample, sample.noisy)}`);
    setHtml("active-words", `dark <b>0</b> to bright <b>${most}</b>`);
    setHtml("denoised-words", `<b>${percent(here.percentError ?? 0)}</b> error, ${decibels(sample, denoised)}`);
    setHtml("residual-words", "noisy − denoised");
    atomsInUse(code, dictionary);
  }

  return {
    /** `held`: a slider is under the hand. */
    show(state: State, results: Results, { sample, held }: { sample: Sample; held: boolean }): void {
      const { here, curves } = results;
      const noise = percentError(sample.clean, sample.noisy) ?? 0;
      const own = curves.get(state.features);
      const least = own === undefined ? null : leastOf(own, "percentError");
      if (here !== null) {
        pictures(here);
        setHtml("now", nowSentence(state, here, { least, done: own?.done ?? false }));
      }
      const lost = axes !== null && least !== null && !reach(axes, [least.percentActive, least.value]);
      if (axes === null || (own?.done && (!held || lost))) axes = axesFor(curves, noise);
      numbers(own ?? null);
      const width = figureWidth("curve");
      if (!curveChanges(here, curves, state.features, noise, axes, width)) return;
      const at = here === null ? null : ([Math.max(here.percentActive, 0.02), here.percentError ?? 0] as const);
      const panel = curvePanel({ curves, chosen: state.features, here: at, noise, axes });
      plot("curve", panel, "Percent error against percent of active units, by dictionary size");
    },
    /** λ of the least error of the chosen size, to be marked on the slider; null while there is none. */
    bestLambda(state: State, { curves }: Results): number | null {
      const own = curves.get(state.features);
      return own === undefined || state.sigma === 0 ? null : (leastOf(own, "percentError")?.lambda ?? null);
    },
  };
}

/** The curve as a table, for those who do not see it; written while it is open. */
function numbers(curve: SizeCurve | null): void {
  if (curve === null || !byId<HTMLDetailsElement>("curve-data").open) return;
  const rows = curve.points.map(({ lambda, active, percentActive, percentError, surePercent }) => ({
    cells: [
      setting(lambda),
      whole(active),
      percent(percentActive),
      shownPercent(percentError),
      shownPercent(surePercent),
    ],
  }));
  const columns = ["_λ_", "Active units", "Percent active", "Percent error", "SURE"].map(numeric);
  setHtml("curve-numbers", table(columns, rows, { title: counted(curve.features, "feature"), plain: true }));
}

function shownPercent(value: number | null): string {
  return value === null ? "" : percent(value);
}

/** The most used atoms, each with the number of positions at which it is active. */
function atomsInUse({ index }: SparseCode, { geometry, atoms }: Dictionary): void {
  const uses = new Uint32Array(geometry.features);
  for (const unit of index) uses[unit % geometry.features]++;
  const order = [...uses.keys()].filter((m) => uses[m] > 0).sort((a, b) => uses[b] - uses[a] || a - b);
  const more = order.length > mostAtoms ? ` The ${mostAtoms} most used, with` : " With";
  setHtml("atoms-title", `${whole(order.length)} of ${counted(geometry.features, "atom")} in use.`);
  setHtml("atoms-words", `${more} how often each is active here.`);
  const list = byId("atoms");
  order.slice(0, mostAtoms).forEach((m, i) => {
    const item = list.children[i] ?? list.appendChild(itemOf());
    const tile = { atoms: tensor([1, ...atoms.shape.slice(1)], slice(atoms, m)), features: 1, use: [1] };
    draw(item.children[0] as HTMLCanvasElement, atomPixels({ ...tile, lambda: 0 }, [0, 1], 1), `Atom ${m + 1}`);
    item.children[1].textContent = whole(uses[m]);
  });
  while (list.children.length > Math.min(order.length, mostAtoms)) list.lastChild?.remove();
}

function itemOf(): HTMLElement {
  const item = document.createElement("li");
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  item.append(canvas, document.createElement("span"));
  return item;
}

/** The small pictures to choose from. */
export function drawThumb(id: string, { height, width, bytes }: ColourPicture): void {
  const pixels = new Uint8Array(height * width * 4);
  for (let i = 0; i < height * width; i++) pixels.set([bytes[3 * i], bytes[3 * i + 1], bytes[3 * i + 2], 255], 4 * i);
  draw(byId(id), { width, height, channels: 4, bytes: pixels });
}
