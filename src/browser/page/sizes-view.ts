/** The full-size study: its optima, the collapse by hand, what to expect elsewhere, the cost of being wrong. */
/// <reference lib="dom" />
import { linesPanel } from "../../report/figures/lines.js";
import { costDrawing, scalingDrawings } from "../../report/figures.js";
import { headline, standfirst, testLines } from "../../report/findings.js";
import { rich } from "../../report/markup.js";
import { estimateText, fixed, significant, valueText, whole } from "../../report/numbers.js";
import { testList } from "../../report/report.js";
import { sizesOf } from "../../report/sizes.js";
import { type Panel, panelFigure } from "../../report/svg/panel.js";
import type { StudyRecord } from "../../study/record.js";
import { byId, setHtml } from "./dom.js";
import { collapsed, type Exponents, expectedAt, openCollapse } from "./law.js";
import type { State } from "./state.js";

/** Draws a panel into its place at the width that the place has. */
export function plot(id: string, panel: Panel, finding: string): void {
  const width = byId(id).clientWidth < 527 ? 368 : 528;
  setHtml(id, panelFigure(panel, width, finding));
}

/** The section; the record is read when it is first shown. */
export function openSizesView(readStudy: () => StudyRecord) {
  let open: { study: StudyRecord; collapsing: ReturnType<typeof openCollapse> } | undefined;
  const opened = () => {
    if (open === undefined) {
      const study = readStudy();
      open = { study, collapsing: openCollapse(study) };
    }
    return open;
  };

  return {
    /** Exponents that a button sets. */
    exponents(which: "fitted" | "least" | "poster"): Exponents {
      const { study, collapsing } = opened();
      const { nu, gamma, poster } = study.exponents;
      if (which === "poster") return { nu: poster.nu, gamma: poster.gamma };
      return which === "least" ? collapsing.least() : { nu: nu?.value ?? -1, gamma: gamma?.value ?? 0 };
    },
    show({ nu, gamma, asked }: State): void {
      const { study, collapsing } = opened();
      const sizes = sizesOf(study);
      setHtml("sizes-title", rich(headline(study, sizes)));
      setHtml("sizes-words", `${rich(standfirst(study, sizes))} One seed so far: intervals are of the images alone.`);
      setHtml("tests", testList(testLines(study)));
      for (const [name, finding, panel] of scalingDrawings(study, sizes)) {
        if (name === "percent-active-against-size") plot("optima", { ...panel, letter: undefined }, finding);
        if (name === "error-against-size") plot("errors", { ...panel, letter: undefined }, finding);
      }
      for (const [, finding, panel] of costDrawing(study, sizes))
        plot("cost", { ...panel, letter: undefined }, finding);
      const dresses = sizes.filter(({ leftOut }) => !leftOut).map(({ dress, features }) => ({ dress, features }));
      const lines = collapsed(collapsing.family, { nu, gamma }).map((points, i) => ({
        name: `**${dresses[i].features}**`,
        dress: dresses[i].dress,
        points,
      }));
      plot("collapse", collapsePanel(lines), "The curves of eight sizes, scaled by the chosen exponents");
      setHtml("quality", qualityWords(collapsing.quality({ nu, gamma }), { nu, gamma }));
      setHtml("expected", expectedWords(study, asked));
    },
  };
}

/** Axes of the smallest size's curve, wide enough for what the sliders do; they hold still. */
function collapsePanel(lines: Parameters<typeof linesPanel>[0]): Panel {
  return linesPanel(lines, {
    share: 0.72,
    points: "markers",
    names: "key",
    x: { title: "Percent active, scaled (log scale)", scale: "log", domain: [3, 40] },
    y: { title: "Percent error, scaled", scale: "linear", domain: [20, 36] },
  });
}

function qualityWords(S: number, { nu, gamma }: Exponents): string {
  const slopes = `Slopes: percent active ~ <i>L</i><sup>${fixed(1 / nu, 3)}</sup>, error ~ <i>L</i><sup>${fixed(gamma / nu, 4)}</sup>.`;
  if (!Number.isFinite(S))
    return `<b>The curves hardly overlap.</b> Fewer than half of the points have another curve beside them. ${slopes}`;
  const verdict =
    S <= 1.5
      ? "They collapse within their errors."
      : S <= 3
        ? "Nearly within their errors."
        : "Above 3 they do not collapse: no exponents make these curves one within their errors.";
  return `<b>Quality <i>S</i> = ${significant(S, 3)}</b>: mean squared distance of a point from the other curves, in its errors; 1 is perfect (Houdayer and Hartmann 2004). ${verdict} ${slopes}`;
}

function expectedWords(study: StudyRecord, features: number): string {
  const found = expectedAt(study, features);
  if (found === null) return "<p>The study says nothing of other sizes.</p>";
  const { activeUnits, percentActive, systemSize, far } = found;
  const { prediction, exponents, minima } = study;
  const smallest = minima[0];
  const theirs =
    (smallest.percentActive?.value ?? 0) * (systemSize / smallest.systemSize) ** exponents.poster.locationSlope;
  const measured = minima.find((one) => one.features === features);
  const known = measured?.percentActive
    ? ` Measured: <b>${valueText(measured.percentActive)}%</b>${measured.leftOut ? ", a size that the line has not seen" : ""}.`
    : "";
  const warning = far ? " That is more than 8 times beyond the measured sizes: only if the line holds that far." : "";
  const p = study.location.p === null ? "" : ` (<i>p</i> = ${significant(study.location.p, 1)})`;
  return `<p><b>${whole(features)} features</b>, ${whole(systemSize)} units: <b>${estimateText(percentActive)}%</b> active at the best sparsity, ${estimateText(activeUnits)} units.${known}${warning}</p>
<p>From the straight line on log axes, 95% for one newly trained network. No law fits within the errors of these images${p}, so the interval is widened by the misfit. The poster’s slope from the smallest size would say ${significant(theirs, 3)}%.</p>
<p>Which <i>λ</i> gives that many active units, the network itself tells: <code>crisp predict STUDY --features ${features}</code>. At ${prediction?.features} features that <i>λ</i> cost less than 0.01% more error than the best.</p>`;
}
