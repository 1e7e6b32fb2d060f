/** The figures of a study, each at both widths: the page and the files on their own draw from one list. */

import { growsImages } from "../study/axis.js";
import { posterOf } from "../study/poster.js";
import type { ProtocolRecord } from "../study/protocol/record.js";
import type { StudyRecord } from "../study/record.js";
import type { TransitionRecord } from "../study/transition/record.js";
import { curvesFinding, predictionFinding, scalingFinding } from "./captions.js";
import { costPanel } from "./figures/cost.js";
import { curvesPanel } from "./figures/curves.js";
import { type NetworkNumbers, networkFigure } from "./figures/network.js";
import { predictedRows, predictionFigure, predictionNumbers } from "./figures/prediction.js";
import { type SizePoint, sizePanel } from "./figures/scaling.js";
import { chiPanel, fixedLambdaPanel, fluctuationPanel } from "./figures/transition.js";
import { useFinding, usePanel } from "./figures/use.js";
import { atomsFigure, picturesFigure } from "./gallery.js";
import type { ReportInput, Tableau } from "./input.js";
import { trainingDrawing, type trainingFigure } from "./live.js";
import { plainText } from "./markup.js";
import { listing, whole } from "./numbers.js";
import { protocolFigures, protocolFinding, protocolPanels } from "./protocol.js";
import { shownLaw } from "./size-law.js";
import { countFound, type Size, sizesOf } from "./sizes.js";
import { figureFiles, standalone } from "./standalone.js";
import { bothWidths, type Drawing, drawAll, panelFigure, type TwoWidths } from "./svg/panel.js";
import { transitionFigures, transitionFinding } from "./transition.js";

/** Names of a study's figures; those of the files too. */
type FigureName =
  | "error-against-percent-active"
  | typeof trainingFigure
  | (typeof scalingFigures)[number]
  | "prediction"
  | "cost-of-another-lambda"
  | (typeof transitionFigures)[number]
  | (typeof protocolFigures)[number]
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

/** File name → text: figures as SVG, their numbers as CSV; "error-against-percent-active.svg". */
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
  const { study, transition, protocol, showcase } = input;
  const sizes = sizesOf(study, input.live?.bars);
  const found = drawAll([
    curvesDrawing(sizes),
    ...trainingDrawing(input.live ?? null, sizes),
    ...scalingDrawings(study, sizes),
    ...costDrawing(study, sizes),
    ...(transition ? transitionDrawings(transition, sizes) : []),
    ...(protocol ? protocolDrawings(protocol) : []),
  ]);
  const { prediction } = study;
  if (prediction !== null && predictedRows(prediction).length > 0) {
    const finding = plainText(predictionFinding(study));
    found.set("prediction", {
      ...bothWidths((width) => predictionFigure(prediction, width, { finding, letter: "a" })),
      alone: predictionFigure(prediction, 528, { finding }),
      data: predictionNumbers(prediction),
    });
  }
  if (showcase?.tableau) found.set("use-of-atoms", useFigure(showcase.tableau));
  const network = networkNumbers(input, sizes);
  const finding = "The image gains noise; V1 codes what its reconstruction has not yet explained.";
  found.set(
    "network",
    bothWidths((width) => networkFigure(network, width, finding)),
  );
  return found;
}

/** Drawn even while nothing is measured: then its axes and a sentence. */
function curvesDrawing(sizes: readonly Size[]): Drawing<FigureName> {
  const points = Math.max(0, ...sizes.map((size) => size.points.length));
  const empty = `No minimum yet: ${points === 0 ? "no" : points} _λ_ measured`;
  return ["error-against-percent-active", plainText(curvesFinding(sizes)), curvesPanel(sizes, empty)];
}

/** Panels a to d of Figure 2; only a and b while no size has a minimum. */
export function scalingDrawings(study: StudyRecord, sizes: readonly Size[]): readonly Drawing<FigureName>[] {
  const poster = posterOf(study);
  const images = growsImages(study.settings);
  const theirs = (which: "locationSlope" | "valueSlope") =>
    poster === null ? null : { slope: poster[which], name: "poster’s slope" };
  const intensive = { slope: 0, name: "intensive: no slope" };
  const units = images ? { slope: 1, name: "_k_ in proportion to _L_" } : { slope: 0, name: "constant _k_" };
  const { location, value, lambda, activeUnits } = study;
  const panels = [
    {
      title: "Percent active at the optimum",
      of: "percentActive",
      fit: location,
      reference: images ? intensive : theirs("locationSlope"),
    },
    { title: "Percent error at the optimum", of: "value", fit: value, reference: theirs("valueSlope") },
    { title: "Best _λ_", of: "lambda", fit: lambda, reference: null },
    { title: "Active units at the optimum, _k_", of: "activeUnits", fit: activeUnits, reference: units },
  ] as const;
  const known = sizes.flatMap((size) => (size.systemSize === null ? [] : [size.systemSize]));
  return panels.slice(0, countFound(sizes) > 0 ? 4 : 2).map(({ of, fit, ...spec }, i) => {
    const measured = measuredOf(sizes, of);
    const panel = { ...spec, letter: "abcd"[i], xTitle: "System size _L_, units" };
    const finding = plainText(`${spec.title}. ${scalingFinding(study, sizes)}`);
    return [scalingFigures[i], finding, sizePanel({ measured, known }, { ...panel, law: shownLaw(fit, measured) })];
  });
}

/** Needs a curve of costs: three points at least. */
export function costDrawing(study: StudyRecord, sizes: readonly Size[]): readonly Drawing<FigureName>[] {
  const { prediction } = study;
  if (prediction === null || prediction.cost.curve.length < 3) return [];
  return [["cost-of-another-lambda", plainText(predictionFinding(study)), costPanel(prediction, sizes)]];
}

/** Panels a to c that the record allows. */
function transitionDrawings(record: TransitionRecord, sizes: readonly Size[]): readonly Drawing<FigureName>[] {
  const panels = [chiPanel(record, sizes), fixedLambdaPanel(record), fluctuationPanel(record, sizes)];
  const finding = plainText(transitionFinding(record));
  return panels.flatMap((panel, i) => (panel === null ? [] : [[transitionFigures[i], finding, panel]]));
}

function protocolDrawings(record: ProtocolRecord): readonly Drawing<FigureName>[] {
  const finding = plainText(protocolFinding(record));
  return protocolPanels(record).flatMap((panel, i) => (panel === null ? [] : [[protocolFigures[i], finding, panel]]));
}

/** A third of the page, not half of it: its column stands beside the tableau. */
function useFigure(tableau: Tableau): TwoWidths {
  const draw = (width: number) => panelFigure(usePanel(tableau), width, useFinding(tableau));
  return { wide: draw(344), narrow: draw(368), data: usePanel(tableau).data };
}

type Quantity = "percentActive" | "value" | "lambda" | "activeUnits";

/** The points of one quantity; a logarithmic axis has no place for a value of 0. */
function measuredOf(sizes: readonly Size[], of: Quantity): readonly SizePoint[] {
  return sizes.flatMap(({ minimum: m, dress, leftOut }) => {
    const estimate = m === null || m.status !== "interior" ? null : m[of];
    if (m === null || estimate === null || estimate.value <= 0) return [];
    return [{ L: m.systemSize, estimate, dress, leftOut }];
  });
}

/** From the showcase where there is one, else from the settings. */
function networkNumbers({ study, showcase }: ReportInput, sizes: readonly Size[]): NetworkNumbers {
  const { settings } = study;
  const picture = showcase?.pictures[0];
  const side = settings.data === "cifar10" ? 32 : settings.size;
  const known = sizes.find((size) => size.systemSize !== null);
  const perFeature = known?.systemSize ? Math.round(known.systemSize / known.features) : null;
  const features = [...new Set([sizes[0], sizes[sizes.length - 1]].flatMap((size) => size?.features ?? []))].map(whole);
  return {
    image: picture ? `${picture.height}×${picture.width}×${picture.channels}` : `${side}×${side}`,
    noise: String(settings.noise),
    patch: settings.patch.join("×"),
    stride: listing([...new Set(settings.stride.map(String))]),
    positions: picture ? `${picture.rows}×${picture.columns}` : perFeature ? `${whole(perFeature)} positions` : "maps",
    features: features.length === 0 ? "" : `${features.join(" to ")} features`,
  };
}
