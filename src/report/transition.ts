/**
 * The section "Is it a phase transition?": a sentence, a line per test with what
 * it would have to show, the number found and its verdict, then three figures.
 */

import { capital } from "../core/words.js";
import type { Estimate } from "../scaling/types.js";
import type { Region, TransitionRecord, TransitionTest, TransitionVerdict } from "../study/transition/record.js";
import { type Cell, drawn, estimateCells, figure, numeric, pair, table } from "./html.js";
import { escapeText } from "./markup.js";
import { howMany, intervalText, inWords, placesBeside, significant, valueText, whole } from "./numbers.js";
import type { TwoWidths } from "./svg/panel.js";
import { verdictSymbol } from "./symbols.js";

/** Names of panels a to c. */
export const transitionFigures = [
  "susceptibility-against-lambda",
  "slope-at-fixed-lambda",
  "fluctuation-against-size",
] as const;

/** The tests that need more than a shifting minimum: critical behaviour proper. */
const critical = new Set([
  "susceptibility-size",
  "susceptibility-peak",
  "susceptibility-exponent",
  "spike",
  "fluctuation",
  "overlap",
  "cumulant",
  "relaxation",
]);

/** One sentence, claiming no more than the verdicts. */
export function transitionFinding({ tests }: TransitionRecord): string {
  const of = tests.filter(({ name }) => critical.has(name));
  const count = (verdict: TransitionVerdict) => of.filter((test) => test.verdict === verdict).length;
  const [pass, fail, open] = [count("pass"), count("fail"), count("undecided")];
  const all = inWords(of.length);
  if (pass === of.length) return `All ${all} signs of a phase transition are there.`;
  if (pass === 0 && fail === 0) return `Undecided: none of ${all} signs of a phase transition is decided.`;
  const parts = [`${howMany(pass)} of ${all} signs of a phase transition ${pass === 1 ? "is" : "are"} there`];
  if (fail > 0) parts.push(`${inWords(fail)} ${fail === 1 ? "is" : "are"} not`);
  if (open > 0) parts.push(`${inWords(open)} ${open === 1 ? "is" : "are"} undecided`);
  return `${parts.join(", ")}.`;
}

/** How the finding's count and the table's rows go together. */
function countedText({ tests }: TransitionRecord): string {
  const counted = tests.filter(({ name }) => critical.has(name)).length;
  const others = tests.length - counted;
  if (others === 0) return "";
  const [they, them] = others === 1 ? ["the other one is", "it"] : [`the other ${inWords(others)} are`, "them"];
  return ` Of ${inWords(tests.length)} rows the title counts the ${inWords(counted)} that need critical behaviour; ${they} not counted, since a shift with size alone can pass ${them}.`;
}

const words: Record<TransitionVerdict, string> = { pass: "Pass", fail: "Fail", undecided: "Undecided" };
const fullness = { pass: "full", undecided: "half", fail: "hollow" } as const;

/** The section; "" where the tests were not run. */
export function transitionSection(
  record: TransitionRecord | null,
  figures: ReadonlyMap<string, TwoWidths>,
  name: string,
): string {
  if (record === null) return "";
  const meaning = `A test passes where its whole 95% interval lies where a transition would put it. It fails where the whole interval lies elsewhere. Measured on ${whole(record.images)} test images and ${whole(record.draws)} draws of the noise at each size. a: the marker is at each best _λ_. b: the band is the slope at the minimum. Bars: 95%.${countedText(record)}`;
  const finding = `Is it a phase transition? ${transitionFinding(record)}`;
  const panels = transitionFigures.map((panel) => drawn(figures.get(panel)));
  const body = testTable(record) + pair(...panels, driveNote(record));
  return `<section>${figure({ name, finding, meaning, data: [sizeData(record), slopeData(record)] }, body)}</section>`;
}

/** A row per test: what a transition would show, the verdict, the number. */
function testTable({ tests }: TransitionRecord): string {
  const heads = [{ head: "It would have to show" }, { head: "Found" }, numeric("Number, 95%")];
  const rows = tests.map((test) => ({ cells: cellsOf(test) }));
  return table(heads, rows, { names: "transition" });
}

/** Words of the record are escaped, never read as markup. */
function cellsOf({ claim, quantity, note, estimate, verdict, region }: TransitionTest): readonly Cell[] {
  const small = note === "" ? capital(quantity) : `${capital(quantity)}; ${note}`;
  return [
    { html: `${escapeText(capital(claim))}<br><span class="note">${escapeText(small)}</span>` },
    { html: `${verdictSymbol(fullness[verdict], "fig key")}<b>${words[verdict]}</b>`, names: "verdict" },
    numberOf(estimate, region),
  ];
}

/** Value and interval to enough places to show on which side of the region they lie. */
function numberOf(estimate: Estimate | null, region: Region): Cell {
  if (estimate === null) return "~none~";
  const places = placesBeside(estimate, edgesOf(region));
  return { html: `${valueText(estimate, places)}<br> <span class="grey">${intervalText(estimate, places)}</span>` };
}

/** The values at which a verdict changes. */
export function edgesOf(region: Region): readonly number[] {
  return region.kind === "above" ? [region.low] : [region.low, region.high];
}

/** The two routes to the susceptibility and how well they agree. */
function driveNote({ drives }: TransitionRecord): string {
  if (drives.count === 0) return "";
  return `<p class="note">Susceptibility was measured in two ways: ${whole(drives.count)} driven units agree with the inverse of the active atoms’ overlaps within ${significant(drives.largestPercent, 2)}%; ${whole(drives.percentSwitched)}% of the drives changed the active set and are left out.</p>`;
}

/** What was measured at each size’s best λ. */
function sizeData({ sizes }: TransitionRecord): string {
  const rows = sizes.map((size) => {
    const focus = size.response.find(({ lambda }) => lambda === size.lambda);
    const estimates = [focus?.chi, focus?.slowest, size.spike, size.fluctuation, size.overlap];
    const recovery = size.recoveryPercent === null ? "" : significant(size.recoveryPercent, 3);
    return {
      cells: [
        whole(size.features),
        significant(size.lambda, 4),
        ...estimates.flatMap((e) => estimateCells(e)),
        recovery,
      ],
    };
  });
  const quantities = ["_χ_", "Slowest mode, _τ_", "Spike", "_L_·Var(_p_)", "Overlap _q_"];
  const heads = ["_λ_", ...quantities.flatMap((head) => [head, "95%"]), "Recovery line, %"].map(numeric);
  return table([{ head: "Features" }, ...heads], rows, { title: "At the best _λ_", plain: true });
}

function slopeData({ fixedLambda }: TransitionRecord): string {
  if (fixedLambda.length === 0) return "";
  const rows = fixedLambda.map(({ lambda, slope }) => ({ cells: [significant(lambda, 4), ...estimateCells(slope)] }));
  return table(["_λ_", "Slope", "95%"].map(numeric), rows, { title: "Slope at fixed _λ_", plain: true });
}
