/** The figures of a study, each at both widths: the page and the files on their own draw from one list. */

import type { Estimate } from "../scaling/types.js";
import { growsImages } from "../study/axis.js";
import type { MinimumRecord, StudyRecord } from "../study/record.js";
import { costPanel } from "./figures/cost.js";
import { curvesPanel } from "./figures/curves.js";
import { type NetworkNumbers, networkFigure } from "./figures/network.js";
import { predictedRows, predictionFigure } from "./figures/prediction.js";
import { type SizePanel, type SizePoint, sizePanel } from "./figures/scaling.js";
import { chiPanel, fixedLambdaPanel, fluctuationPanel } from "./figures/transition.js";
import { concentration, usePanel } from "./figures/use.js";
import { curvesFinding, predictionFinding, scalingFinding } from "./findings.js";
import { atomsFigure, picturesFigure } from "./gallery.js";
import type { ReportInput } from "./input.js";
import { plainText } from "./markup.js";
import { listing, significant } from "./numbers.js";
import { countFound, type Size, sizesOf } from "./sizes.js";
import { figureFiles, standalone } from "./standalone.js";
import { bothWidths, type Panel, panelFigure, type TwoWidths } from "./svg/panel.js";
import { transitionFigures, transitionFinding } from "./transition.js";

/** Names of a study's figures; those of the files too. */
export type FigureName =
  | "error-against-percent-active"
  | (typeof scalingFigures)[number]
  | "prediction"
  | "cost-of-another-lambda"
  | (typeof transitionFigures)[number]
  | "use-of-atoms"
  | "network";

/** Panels a to d of Figure 2. */
export const scalingFigures = [
  "percent-active-against-size",
  "error-against-size",
  "lambda-against-size",
  "active-units-against-size",
] as const;

/** Figures by name. */
export type Figures = ReadonlyMap<FigureName, TwoWidths>;

/** File name → SVG text, for example "error-against-percent-active.svg". */
export function studyFigures(input: ReportInput): Record<string, string> {
  const { tableau = null, pictures = [] } = input.showcase ?? {};
  return {
    ...figureFiles(drawnFigures(input), input.fonts),
    ...(tableau !== null && { "atoms.svg": standalone(atomsFigure(tableau), input.fonts) }),
    ...(pictures.length > 0 && { "pictures.svg": standalone(picturesFigure(pictures[0]), input.fonts) }),
  };
}

/** Every figure the record allows; what has not been measured is absent, but for figures 1 and 2 (a, b), which say so. */
export function drawnFigures(input: ReportInput): Figures {
  const { study, showcase } = input;
  const { prediction } = study;
  const sizes = sizesOf(study);
  const found = new Map<FigureName, TwoWidths>();
  const add = (name: FigureName, finding: string, panel: Panel | null): void => {
    if (panel !== null)
      found.set(
        name,
        bothWidths((width) => panelFigure(panel, width, plainText(finding))),
      );
  };
  add("error-against-percent-active", curvesFinding(sizes), curvesPanel(sizes, emptyText(sizes)));
  scalingPanels(study, sizes).forEach((panel, i) => {
    add(scalingFigures[i], `${panel.y.title}. ${scalingFinding(study, sizes)}`, panel);
  });
  if (prediction !== null) {
    const finding = predictionFinding(study);
    if (predictedRows(prediction).length > 0)
      found.set(
        "prediction",
        bothWidths((width) => predictionFigure(prediction, width, plainText(finding))),
      );
    if (prediction.cost.curve.length > 2) add("cost-of-another-lambda", finding, costPanel(prediction, sizes));
  }
  if (input.transition) {
    const { transition } = input;
    const panels = [chiPanel(transition, sizes), fixedLambdaPanel(transition), fluctuationPanel(transition, sizes)];
    panels.forEach((panel, i) => void add(transitionFigures[i], transitionFinding(transition), panel));
  }
  const tableau = showcase?.tableau ?? null;
  if (tableau !== null) {
    const { first, share } = concentration(tableau);
    const finding = `The ${first} most used atoms do ${significant(share, 2)}% of the coding.`;
    // A third of the page, not half of it: its column stands beside the tableau.
    const draw = (width: number) => panelFigure(usePanel(tableau), width, finding);
    found.set("use-of-atoms", { wide: draw(344), narrow: draw(368) });
  }
  const network = networkNumbers(input, sizes);
  const finding = "The image gains noise; V1 codes what its reconstruction has not yet explained.";
  found.set(
    "network",
    bothWidths((width) => networkFigure(network, width, finding)),
  );
  return found;
}

function emptyText(sizes: readonly Size[]): string {
  const points = Math.max(0, ...sizes.map((size) => size.points.length));
  return points === 0 ? "No minimum yet: no _λ_ measured" : `No minimum yet: ${points} _λ_ measured`;
}

/** Panels a to d of Figure 2; only a and b while no size has a minimum. */
function scalingPanels(study: StudyRecord, sizes: readonly Size[]): readonly Panel[] {
  const { poster } = study.exponents;
  const images = growsImages(study.settings);
  const theirs = (slope: number) => (images ? null : { slope, name: "poster’s slope" });
  const intensive = { slope: 0, name: "intensive: no slope" };
  const units = images ? { slope: 1, name: "_k_ in proportion to _L_" } : { slope: 0, name: "constant _k_" };
  const xTitle = "System size _L_, units";
  const known = sizes.flatMap((size) => (size.systemSize === null ? [] : [size.systemSize]));
  const panel = (spec: Omit<SizePanel, "xTitle">, of: (m: MinimumRecord) => Estimate | null) =>
    sizePanel({ measured: measuredOf(sizes, of), known }, { ...spec, xTitle });
  return [
    panel(
      {
        letter: "a",
        title: "Percent active at the optimum",
        fit: study.location,
        reference: images ? intensive : theirs(poster.locationSlope),
      },
      (m) => m.percentActive,
    ),
    panel(
      {
        letter: "b",
        title: "Percent error at the optimum",
        fit: study.value,
        reference: theirs(poster.valueSlope),
      },
      (m) => m.percentError,
    ),
    panel({ letter: "c", title: "Best _λ_", fit: study.lambdaLocation }, (m) => m.lambda),
    panel(
      { letter: "d", title: "Active units at the optimum, _k_", fit: study.activeUnits, reference: units },
      (m) => m.activeUnits,
    ),
  ].slice(0, countFound(sizes) > 0 ? 4 : 2);
}

function measuredOf(sizes: readonly Size[], of: (m: MinimumRecord) => Estimate | null): readonly SizePoint[] {
  return sizes.flatMap(({ minimum: m, dress, leftOut }) => {
    const estimate = m === null || m.status !== "interior" ? null : of(m);
    if (m === null || estimate === null || estimate.value <= 0) return [];
    return [{ L: m.systemSize, estimate, dress, leftOut }];
  });
}

function networkNumbers({ study, showcase }: ReportInput, sizes: readonly Size[]): NetworkNumbers {
  const { settings } = study;
  const picture = showcase?.pictures[0];
  const side = settings.data === "cifar10" ? 32 : settings.size;
  const known = sizes.find((size) => size.systemSize !== null);
  const perFeature = known?.systemSize ? Math.round(known.systemSize / known.features) : null;
  const features = [...new Set([sizes[0], sizes[sizes.length - 1]].flatMap((size) => size?.features ?? []))];
  return {
    image: picture ? `${picture.height}×${picture.width}×${picture.channels}` : `${side}×${side}`,
    noise: String(settings.noise),
    patch: settings.patch.join("×"),
    stride: listing([...new Set(settings.stride.map(String))]),
    positions: picture ? `${picture.rows}×${picture.columns}` : perFeature ? `${perFeature} positions` : "maps",
    features: features.length === 0 ? "" : `${features.join(" to ")} features`,
  };
}
