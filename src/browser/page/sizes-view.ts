/** The full-size study: its optima, the collapse by hand, what to expect elsewhere, the cost of being wrong. */
/// <reference lib="dom" />
import { grouped } from "../../core/words.js";
import { linesPanel } from "../../report/figures/lines.js";
import { costDrawing, scalingDrawings } from "../../report/figures.js";
import { testLines } from "../../report/findings.js";
import { testList } from "../../report/report.js";
import { sizesOf } from "../../report/sizes.js";
import type { Panel } from "../../report/svg/panel.js";
import type { StudyRecord } from "../../study/record.js";
import { byId, figureWidth, openChanges, plot, setHtml } from "./dom.js";
import { collapsed, type Exponents, openCollapse } from "./law.js";
import type { State } from "./state.js";
import { bestWords, collapseFinding, expectedWords, qualityWords, studyWords } from "./study-words.js";

/** The section; the record is read when it is first shown. */
export function openSizesView(readStudy: () => StudyRecord) {
  let open: { study: StudyRecord; collapsing: ReturnType<typeof openCollapse> } | undefined;
  const opened = () => {
    if (open === undefined) {
      const study = readStudy();
      const collapsing = openCollapse(study);
      open = { study, collapsing };
      // A quarter of a second of search (measured): the figures come first.
      setTimeout(() => setHtml("best-collapse", bestWords(collapsing.quality(collapsing.least()))));
    }
    return open;
  };

  const changes = openChanges();
  return {
    /** Exponents that a button sets; of those that a record has no fit of, none. */
    exponents(which: "fitted" | "least" | "poster"): Partial<Exponents> {
      const { study, collapsing } = opened();
      const { nu, gamma, poster } = study.exponents;
      if (which === "poster") return { nu: poster.nu, gamma: poster.gamma };
      return which === "least"
        ? collapsing.least()
        : { ...(nu && { nu: nu.value }), ...(gamma && { gamma: gamma.value }) };
    },
    show({ nu, gamma, asked }: State): void {
      if (!changes(nu, gamma, asked, figureWidth("optima"))) return;
      const { study, collapsing } = opened();
      const sizes = sizesOf(study);
      for (const [id, html] of Object.entries(studyWords(study))) setHtml(id, html);
      setHtml("tests", testList(testLines(study)));
      byId("fitted").hidden = study.exponents.nu === null && study.exponents.gamma === null;
      for (const [name, finding, panel] of scalingDrawings(study, sizes)) {
        if (name === "percent-active-against-size") plot("optima", { ...panel, letter: undefined }, finding);
        if (name === "error-against-size") plot("errors", { ...panel, letter: undefined }, finding);
      }
      for (const [, finding, panel] of costDrawing(study, sizes))
        plot("cost", { ...panel, letter: undefined }, finding);
      const dresses = sizes.filter(({ leftOut }) => !leftOut).map(({ dress, features }) => ({ dress, features }));
      const lines = collapsed(collapsing.family, { nu, gamma }).map((points, i) => ({
        name: `**${grouped(dresses[i].features)}**`,
        dress: dresses[i].dress,
        points,
      }));
      plot("collapse", collapsePanel(lines), collapseFinding(lines.length));
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
