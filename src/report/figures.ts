/** Which figures a record has, each at both widths: the page and the files on their own draw from one list. */

import { growsImages } from "../study/axis.js";
import type { StudyRecord } from "../study/record.js";
import { costFigure } from "./figures/cost.js";
import { curvesFigure } from "./figures/curves.js";
import { type NetworkNumbers, networkFigure } from "./figures/network.js";
import { predictedRows, predictionFigure } from "./figures/prediction.js";
import { type ScalingPanel, scalingFigure } from "./figures/scaling.js";
import { concentration, useFigure } from "./figures/use.js";
import { curvesFinding, predictionFinding, scalingFinding } from "./findings.js";
import type { TwoWidths } from "./html.js";
import type { ReportInput } from "./input.js";
import { plainText } from "./markup.js";
import { listing, significant } from "./numbers.js";
import { interior, type Size, sizesOf } from "./sizes.js";
import { type TransitionFigure, transitionFigures } from "./transition.js";

export type FigureName =
  | "error-against-percent-active"
  | "percent-active-against-size"
  | "error-against-size"
  | "lambda-against-size"
  | "active-units-against-size"
  | "prediction"
  | "cost-of-another-lambda"
  | "use-of-atoms"
  | "network"
  | TransitionFigure;

/** Every figure the record allows; what has not been measured is absent, but for figures 1 and 2 (a, b), which say so. */
export function drawnFigures(input: ReportInput): ReadonlyMap<FigureName, TwoWidths> {
  const { study, showcase } = input;
  const sizes = sizesOf(study);
  const found = new Map<FigureName, TwoWidths>();
  const first = plainText(curvesFinding(sizes));
  const empty = emptyText(sizes);
  found.set("error-against-percent-active", {
    wide: curvesFigure(sizes, 528, first, empty),
    narrow: curvesFigure(sizes, 368, first, empty),
  });
  for (const [name, panel] of panels(study).slice(0, countFound(sizes) > 0 ? 4 : 2)) {
    const finding = plainText(`${panel.title}. ${scalingFinding(study, sizes)}`);
    found.set(name, {
      wide: scalingFigure(sizes, panel, 528, finding),
      narrow: scalingFigure(sizes, panel, 368, finding),
    });
  }
  const { prediction } = study;
  if (prediction !== null && predictedRows(prediction).length > 0) {
    const finding = plainText(predictionFinding(study));
    found.set("prediction", {
      wide: predictionFigure(prediction, 528, finding),
      narrow: predictionFigure(prediction, 368, finding),
    });
  }
  if (prediction !== null && prediction.cost.curve.length > 2) {
    const finding = plainText(predictionFinding(study));
    found.set("cost-of-another-lambda", {
      wide: costFigure(prediction, sizes, 528, finding),
      narrow: costFigure(prediction, sizes, 368, finding),
    });
  }
  const tableau = showcase?.tableau ?? null;
  if (tableau !== null) {
    const { first: count, share } = concentration(tableau);
    const finding = `The ${count} most used atoms do ${significant(share, 2)}% of the coding.`;
    found.set("use-of-atoms", { wide: useFigure(tableau, 344, finding), narrow: useFigure(tableau, 368, finding) });
  }
  if (input.transition) for (const [name, both] of transitionFigures(input.transition, sizes)) found.set(name, both);
  const network = networkNumbers(input, sizes);
  const finding = "The image gains noise; V1 codes what its reconstruction has not yet explained.";
  found.set("network", { wide: networkFigure(network, 528, finding), narrow: networkFigure(network, 368, finding) });
  return found;
}

function emptyText(sizes: readonly Size[]): string {
  const points = Math.max(0, ...sizes.map((size) => size.points.length));
  return points === 0 ? "No minimum yet: no _λ_ measured" : `No minimum yet: ${points} _λ_ measured`;
}

/** Panels a to d of Figure 2. */
function panels(study: StudyRecord): readonly (readonly [FigureName, ScalingPanel])[] {
  const { poster } = study.exponents;
  const images = growsImages(study.settings);
  const theirs = (slope: number) => (images ? null : { slope, name: "poster’s slope" });
  return [
    [
      "percent-active-against-size",
      {
        panel: "a",
        title: "Percent active at the optimum",
        fit: study.location,
        quantity: (m) => m.percentActive,
        reference: images ? { slope: 0, name: "intensive: no slope" } : theirs(poster.locationSlope),
      },
    ],
    [
      "error-against-size",
      {
        panel: "b",
        title: "Percent error at the optimum",
        fit: study.value,
        quantity: (m) => m.percentError,
        reference: theirs(poster.valueSlope),
      },
    ],
    [
      "lambda-against-size",
      { panel: "c", title: "Best _λ_", fit: study.lambdaLocation, quantity: (m) => m.lambda, reference: null },
    ],
    [
      "active-units-against-size",
      {
        panel: "d",
        title: "Active units at the optimum, _k_",
        fit: study.activeUnits,
        quantity: (m) => m.activeUnits,
        reference: images ? { slope: 1, name: "_k_ in proportion to _L_" } : { slope: 0, name: "constant _k_" },
      },
    ],
  ];
}

function networkNumbers({ study, showcase }: ReportInput, sizes: readonly Size[]): NetworkNumbers {
  const picture = showcase?.pictures[0];
  const side = study.settings.data === "cifar10" ? 32 : study.settings.size;
  const image = picture ? `${picture.height}×${picture.width}×${picture.channels}` : `${side}×${side}`;
  const known = sizes.find((size) => size.systemSize !== null);
  const perFeature = known?.systemSize ? Math.round(known.systemSize / known.features) : null;
  const [first, last] = [sizes[0], sizes[sizes.length - 1]];
  const features =
    sizes.length === 0 || first === undefined
      ? ""
      : first.features === last.features
        ? `${first.features} features`
        : `${first.features} to ${last.features} features`;
  return {
    image,
    noise: String(study.settings.noise),
    patch: study.settings.patch.join("×"),
    stride: listing([...new Set(study.settings.stride.map(String))]),
    positions: picture ? `${picture.rows}×${picture.columns}` : perFeature ? `${perFeature} positions` : "maps",
    features,
  };
}

/** Sizes with a minimum. */
export function countFound(sizes: readonly Size[]): number {
  return sizes.filter((size) => interior(size) !== null).length;
}
