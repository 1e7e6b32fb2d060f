/**
 * The network: Input → Noise → InputError → V1 → InputRecon and back to
 * InputError, as on the poster, with this study's sizes. The reconstruction is
 * compared with the clean input. Boxes and ways only: there are no axes.
 */
import { area, line, type Point, polyline } from "../svg/marks.js";
import { type FigureWidth, svg } from "../svg/panel.js";
import { type Anchor, text } from "../svg/text.js";

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

type Name = "input" | "noise" | "error" | "v1" | "recon";
/** A way from box to box through these corners, its head at the last. */
type Way = { readonly corners: readonly Point[]; readonly dashed?: boolean };
type Note = { readonly at: Point; readonly words: string; readonly anchor?: Anchor; readonly grey?: boolean };

/** Where everything stands at one width. */
type Layout = {
  readonly height: number;
  readonly boxWidth: number;
  /** Upper left corners. */
  readonly boxes: Readonly<Record<Name, Point>>;
  readonly ways: readonly Way[];
  readonly notes: (atoms: string) => readonly Note[];
};

const boxHeight = 66;

/** Two rows: the image's way above; below, V1 and the reconstruction that goes back. */
const wide: Layout = {
  height: 280,
  boxWidth: 132,
  boxes: { input: [1, 4], noise: [198, 4], error: [395, 4], v1: [395, 184], recon: [198, 184] },
  ways: [
    way(133, 37, 198, 37),
    way(330, 37, 395, 37),
    way(461, 70, 461, 184),
    way(395, 217, 330, 217),
    way(290, 184, 412, 70),
    { ...way(198, 217, 67, 217, 67, 70), dashed: true },
  ],
  notes: (atoms) => [
    { at: [470, 132], words: "_Φ_^{T}" },
    { at: [362, 272], words: atoms, anchor: "middle" },
    { at: [336, 132], words: "subtracted", anchor: "end", grey: true },
    { at: [76, 132], words: "compared:", grey: true },
    { at: [76, 149], words: "percent error", grey: true },
  ],
};

/** One column, 104 px from box to box; the ways back at its sides. */
const narrow: Layout = {
  height: 498,
  boxWidth: 150,
  boxes: { input: [88, 8], noise: [88, 112], error: [88, 216], v1: [88, 320], recon: [88, 424] },
  ways: [
    way(163, 74, 163, 112),
    way(163, 178, 163, 216),
    way(163, 282, 163, 320),
    way(163, 386, 163, 424),
    way(238, 457, 352, 457, 352, 249, 238, 249),
    { ...way(88, 457, 16, 457, 16, 41, 88, 41), dashed: true },
  ],
  notes: (atoms) => [
    { at: [173, 306], words: "_Φ_^{T}" },
    { at: [173, 410], words: atoms },
    { at: [346, 241], words: "subtracted", anchor: "end", grey: true },
    { at: [22, 241], words: "compared:", grey: true },
    { at: [22, 258], words: "error", grey: true },
  ],
};

/** A way through corners given as x and y in turn. */
function way(...flat: readonly number[]): Way {
  return { corners: Array.from({ length: flat.length / 2 }, (_, i): Point => [flat[2 * i], flat[2 * i + 1]]) };
}

/** The network's figure: two rows, or one column where it is narrow. */
export function networkFigure(numbers: NetworkNumbers, width: FigureWidth, finding: string): string {
  const { height, boxWidth, boxes, ways, notes } = width === 528 ? wide : narrow;
  const words = wordsOf(numbers);
  const names = Object.keys(boxes) as Name[];
  return svg(
    { width, height, finding },
    ...names.map((name) => box(boxes[name], boxWidth, words[name])),
    ...ways.map(arrow),
    ...notes(`_Φ_: ${numbers.patch} atoms, stride ${numbers.stride}`).map(({ at, words, ...look }) =>
      text(at, words, look),
    ),
  );
}

function wordsOf(n: NetworkNumbers): Readonly<Record<Name, readonly string[]>> {
  return {
    input: ["**Input**", "image _s_", n.image],
    noise: ["**Noise**", "Gaussian", `_σ_ = ${n.noise}`],
    error: ["**InputError**", "noisy input", "− InputRecon"],
    v1: ["**V1**", `activity _a_, ${n.positions}`, n.features],
    recon: ["**InputRecon**", "_Φa_, the denoised", "image"],
  };
}

function box([x, y]: Point, width: number, lines: readonly string[]): string {
  const words = lines.map((words, i) => text([x + width / 2, y + 20 + i * 18], words, { anchor: "middle" }));
  return area([x, y], [x + width, y + boxHeight], "box") + words.join("");
}

/** Straight pieces with an open head, two wings of 8 px at 24°. */
function arrow({ corners, dashed }: Way): string {
  const [from, to] = corners.slice(-2);
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const wing = (turn: number) =>
    line(to, [to[0] - 8 * Math.cos(angle + turn), to[1] - 8 * Math.sin(angle + turn)], "fit");
  return polyline(corners, dashed ? "fit dashed" : "fit") + wing(0.42) + wing(-0.42);
}
