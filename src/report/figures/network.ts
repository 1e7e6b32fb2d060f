/**
 * The network: Input → Noise → InputError → V1 → InputRecon and back to
 * InputError, as on the poster, with this study's sizes. The reconstruction is
 * scored against the clean input.
 */
import { area, line, type Point, polyline } from "../svg/marks.js";
import { type FigureWidth, svg } from "../svg/panel.js";
import { text } from "../svg/text.js";

/** What the boxes say of a study, as text. */
export type NetworkNumbers = {
  /** "32×32×3", or "32×32" where the channels are not known. */
  readonly image: string;
  readonly noise: string;
  readonly patch: string;
  readonly stride: string;
  /** "16×16 positions", "16 to 512 features". */
  readonly positions: string;
  readonly features: string;
};

type Place = { readonly x: number; readonly y: number; readonly w: number };
const boxHeight = 66;

/** The network's figure: two rows, or one column where it is narrow. */
export function networkFigure(numbers: NetworkNumbers, width: FigureWidth, finding: string): string {
  return width === 528 ? wide(numbers, finding) : narrow(numbers, finding);
}

/** Two rows: the image's way above; below, V1 and the reconstruction that goes back. */
function wide(n: NetworkNumbers, finding: string): string {
  const input = { x: 1, y: 4, w: 132 };
  const noise = { x: 198, y: 4, w: 132 };
  const error = { x: 395, y: 4, w: 132 };
  const v1 = { x: 395, y: 184, w: 132 };
  const recon = { x: 198, y: 184, w: 132 };
  const [top, low] = [4 + boxHeight / 2, 184 + boxHeight / 2];
  const body = [
    ...layers(n, { input, noise, error, v1, recon }),
    arrow([133, top], [198, top]),
    arrow([330, top], [395, top]),
    arrow([461, 70], [461, 184]),
    text([470, 132], "_Φ_^{T}"),
    arrow([395, low], [330, low]),
    text([362, 272], `_Φ_: ${n.patch} atoms, stride ${n.stride}`, { anchor: "middle" }),
    arrow([290, 184], [412, 70]),
    text([336, 132], "subtracted", { anchor: "end", grey: true }),
    line([198, low], [67, low], "fit dashed"),
    arrow([67, low], [67, 70], "fit dashed"),
    text([76, 132], "compared:", { grey: true }),
    text([76, 149], "percent error", { grey: true }),
  ];
  return svg({ width: 528, height: 280, finding }, ...body);
}

/** One column, the way back at the right. */
function narrow(n: NetworkNumbers, finding: string): string {
  const column = (i: number): Place => ({ x: 88, y: 8 + i * 104, w: 150 });
  const [input, noise, error, v1, recon] = [0, 1, 2, 3, 4].map(column);
  const mid = (place: Place) => place.y + boxHeight / 2;
  const down = (from: Place, to: Place) => arrow([163, from.y + boxHeight], [163, to.y]);
  /** From the middle of one box aside to x, then up to the middle of another: the last piece is an arrow. */
  const around = (x: number, [from, to]: readonly [Place, Place], names: string) => {
    const side = x > from.x ? from.x + from.w : from.x;
    const corners: Point[] = [
      [side, mid(from)],
      [x, mid(from)],
      [x, mid(to)],
    ];
    return polyline(corners, names) + arrow(corners[2], [side, mid(to)], names);
  };
  const body = [
    ...layers(n, { input, noise, error, v1, recon }),
    down(input, noise),
    down(noise, error),
    down(error, v1),
    down(v1, recon),
    text([173, error.y + 90], "_Φ_^{T}"),
    text([173, v1.y + 90], `_Φ_: ${n.patch} atoms, stride ${n.stride}`),
    around(352, [recon, error], "fit"),
    text([346, mid(error) - 8], "subtracted", { anchor: "end", grey: true }),
    around(16, [recon, input], "fit dashed"),
    text([22, mid(error) - 8], "compared:", { grey: true }),
    text([22, mid(error) + 9], "error", { grey: true }),
  ];
  return svg({ width: 368, height: 498, finding }, ...body);
}

type Places = Readonly<Record<"input" | "noise" | "error" | "v1" | "recon", Place>>;

function layers(n: NetworkNumbers, at: Places): readonly string[] {
  return [
    layer(at.input, ["**Input**", "image _s_", n.image]),
    layer(at.noise, ["**Noise**", "Gaussian", `_σ_ = ${n.noise}`]),
    layer(at.error, ["**InputError**", "noisy input", "− InputRecon"]),
    layer(at.v1, ["**V1**", `activity _a_, ${n.positions}`, n.features]),
    layer(at.recon, ["**InputRecon**", "_Φa_, the denoised", "image"]),
  ];
}

function layer({ x, y, w }: Place, lines: readonly string[]): string {
  const middle = x + w / 2;
  return (
    area([x, y], [x + w, y + boxHeight], "box") +
    lines.map((words, i) => text([middle, y + 20 + i * 18], words, { anchor: "middle" })).join("")
  );
}

/** A straight line with an open head. */
function arrow(from: Point, to: Point, names = "fit"): string {
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const wing = (turn: number) =>
    line(to, [to[0] - 8 * Math.cos(angle + turn), to[1] - 8 * Math.sin(angle + turn)], "fit");
  return line(from, to, names) + wing(0.42) + wing(-0.42);
}
