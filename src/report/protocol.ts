/**
 * The section "What the number of steps changes": percent active and percent error at the minimum against size,
 * a line for each number of steps of the LCA and one for the converged codes, with the slopes as their names.
 */
import { leastP } from "../scaling/compare.js";
import type { Estimate, ScalingFit } from "../scaling/types.js";
import { posterSource } from "../study/poster.js";
import type { ProtocolMinimum, ProtocolReading, ProtocolRecord } from "../study/protocol/record.js";
import { type Line, linesPanel } from "./figures/lines.js";
import { drawn, estimateCells, figure, numeric, pair, type Row, table } from "./html.js";
import { lineVerdict } from "./laws.js";
import { pText, quoted, significant, valueText, whole } from "./numbers.js";
import { dressOf } from "./sizes.js";
import type { Panel, TwoWidths } from "./svg/panel.js";

/** Names of panels a and b. */
export const protocolFigures = ["percent-active-by-steps", "error-by-steps"] as const;

const panels = [
  { letter: "a", of: "percentActive", fit: "location", title: "Percent active at the optimum" },
  { letter: "b", of: "value", fit: "value", title: "Percent error at the optimum" },
] as const;

/** Panels a and b; each null where fewer than two sizes have a minimum after any number of steps. */
export function protocolPanels(record: ProtocolRecord): readonly (Panel | null)[] {
  return panels.map(({ letter, of, fit, title }) => {
    const lines = record.readings.flatMap((reading, i): Line[] => {
      const measured = reading.minima.flatMap((minimum): [number, Estimate][] => {
        const estimate = minimum[of];
        return estimate === null ? [] : [[minimum.systemSize, estimate]];
      });
      if (measured.length < 2) return [];
      const slope = reading[fit].powerLaw?.exponent;
      return [
        {
          name: `${stepsText(reading)}${slope ? `: ${valueText(slope)}` : ""}`,
          dress: { ...dressOf(i, record.readings.length), hollow: reading.steps !== null },
          points: measured.map(([L, { value }]) => [L, value]),
          bars: measured.map(([, estimate]) => estimate),
        },
      ];
    });
    if (lines.length === 0) return null;
    return linesPanel(lines, {
      letter,
      share: 0.62,
      points: "markers",
      names: "beside",
      x: { title: "System size _L_, units", scale: "log" },
      y: { title, scale: "log" },
    });
  });
}

/** One sentence: the slope after the fewest and the most steps that have one, and converged. */
export function protocolFinding({ readings }: ProtocolRecord): string {
  const slopes = readings.flatMap((reading) => {
    const { powerLaw } = reading.location;
    return powerLaw
      ? [
          `${valueText(powerLaw.exponent)} ${reading.steps === null ? "converged" : `after ${stepsText(reading)}`}${lineVerdict(reading.location) === "does not fit" ? " (a straight line does not fit)" : ""}`,
        ]
      : [];
  });
  if (slopes.length === 0) return "No number of steps gives three sizes with a minimum.";
  return `Slope of percent active with the number of LCA steps: ${slopes.join(", ")}.`;
}

/** "250 steps", or "converged". */
function stepsText({ steps }: ProtocolReading): string {
  return steps === null ? "converged" : `${whole(steps)} steps`;
}

/** The section; "" where no protocol was measured. */
export function protocolSection(
  record: ProtocolRecord | null,
  figures: ReadonlyMap<string, TwoWidths>,
  name: string,
): string {
  if (record === null) return "";
  const { images, poster, timeStep, start } = record;
  const step =
    timeStep.kind === "fixed" ? "a fixed step" : `PetaVision’s adaptive step${timeStep.knee ? " with a knee" : ""}`;
  const theirs =
    poster === null
      ? ""
      : ` The slopes of the poster (${posterSource}) are ${quoted(poster.locationSlope)} and ${quoted(poster.valueSlope)}.`;
  const meaning = `The study’s dictionaries, first seed, on ${whole(images)} test images: LCA by ${step} from _V_ = ${start === "threshold" ? "_λ_" : "0"}, one run read at each number of steps, and the study’s converged codes of the same images.${theirs} Bars: 95%, of images alone.`;
  const shown = protocolFigures.map((panel) => drawn(figures.get(panel)));
  return `<section>${figure({ name, finding: protocolFinding(record), meaning, data: [minimaData(record)] }, pair(...shown) + stepsTable(record))}</section>`;
}

/** Slopes by number of steps. */
function stepsTable({ readings }: ProtocolRecord): string {
  const heads = ["Slope of percent active", "Slope of percent error"].flatMap((head) => [
    numeric(head),
    numeric("95%"),
    numeric("_p_"),
  ]);
  const rows = readings.map((reading) => ({
    cells: [
      stepsText(reading),
      ...[reading.location, reading.value].flatMap((fit) => [...estimateCells(fit.powerLaw?.exponent), testCell(fit)]),
    ],
  }));
  return table([{ head: "Steps" }, ...heads], rows, {
    title: "Slopes on log axes",
    note: `_p_ is that of the lack of fit of a straight line; it fits where it is above ${leastP}.`,
  });
}

function testCell(fit: ScalingFit): string {
  const verdict = lineVerdict(fit);
  return verdict === "does not fit" ? `${pText(fit.p!)}, ${verdict}` : verdict && pText(fit.p!);
}

/** Every minimum, or why there is none. */
function minimaData({ readings }: ProtocolRecord): string {
  const heads = ["Features", "_λ_", "% active", "95%", "% error", "95%", "Units ÷ converged", "Energy above, %"];
  const rows = readings.flatMap((reading) => reading.minima.map((minimum) => minimumRow(reading, minimum)));
  return table([{ head: "Steps" }, ...heads.map(numeric)], rows, { title: "Minima by number of steps", plain: true });
}

function minimumRow(reading: ProtocolReading, minimum: ProtocolMinimum): Row {
  const { features, status, lambda, percentActive, value, beside, diverged } = minimum;
  const lost = diverged.length === 0 ? "" : `, diverged at ${diverged.length} _λ_`;
  const found = lambda === null ? `${status === "edge" ? "at the edge" : "none"}${lost}` : significant(lambda.value, 3);
  const ratio = beside ? [significant(beside.activeRatio, 3), significant(beside.energyAbove, 2)] : ["", ""];
  return {
    cells: [
      stepsText(reading),
      whole(features),
      found,
      ...estimateCells(percentActive),
      ...estimateCells(value),
      ...ratio,
    ],
  };
}
