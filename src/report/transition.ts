/**
 * The section "Is it a phase transition?": a sentence, a line a test with what
 * it would have to show, the number found and its verdict, then three figures.
 */
import type { Estimate } from "../scaling/types.js";
import type { Region, TransitionRecord, TransitionTest, TransitionVerdict } from "../study/transition/record.js";
import { chiFigure, fixedLambdaFigure, fluctuationFigure } from "./figures/transition.js";

import { type Cell, caption, dataBehind, type TwoWidths, table, twoWidths } from "./html.js";
import { escapeText } from "./markup.js";
import { intervalText, inWords, inWordsCapital, placesBeside, significant, valueText, whole } from "./numbers.js";
import type { Size } from "./sizes.js";

export type TransitionFigure = "susceptibility-against-lambda" | "slope-at-fixed-lambda" | "fluctuation-against-size";

/** Figures a to c that the record allows. */
export function transitionFigures(
  record: TransitionRecord,
  sizes: readonly Size[],
): ReadonlyMap<TransitionFigure, TwoWidths> {
  const finding = transitionFinding(record);
  const drawn: readonly (readonly [TransitionFigure, TwoWidths])[] = [
    ["susceptibility-against-lambda", both((width) => chiFigure(record, sizes, width, finding))],
    ["slope-at-fixed-lambda", both((width) => fixedLambdaFigure(record, width, finding))],
    ["fluctuation-against-size", both((width) => fluctuationFigure(record, sizes, width, finding))],
  ];
  return new Map(drawn.filter(([, { wide }]) => wide !== ""));
}

function both(draw: (width: 528 | 368) => string): TwoWidths {
  return { wide: draw(528), narrow: draw(368) };
}

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
  const parts = [
    `${pass === 0 ? "None" : inWordsCapital(pass)} of ${all} signs of a phase transition ${pass === 1 ? "is" : "are"} there`,
  ];
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
const symbols: Record<TransitionVerdict, string> = {
  pass: '<circle cx="7" cy="7" r="5" class="symbol"/>',
  undecided: '<circle cx="7" cy="7" r="5" class="hollow"/><path d="M7 2A5 5 0 0 0 7 12Z" class="symbol"/>',
  fail: '<circle cx="7" cy="7" r="5" class="hollow"/>',
};

/** The section; "" where the tests were not run. */
export function transitionSection(
  record: TransitionRecord | null,
  figures: ReadonlyMap<string, TwoWidths>,
  name: string,
): string {
  if (record === null) return "";
  const meaning = `Each test passes where its whole 95% interval lies where a transition would put it, fails where none of it does. Measured on ${whole(record.images)} test images and ${whole(record.draws)} draws of the noise at each size. a: marker at each best _λ_. b: band, the slope at the minimum.${countedText(record)}`;
  const panels = (
    ["susceptibility-against-lambda", "slope-at-fixed-lambda", "fluctuation-against-size"] as const
  ).flatMap((panel) => {
    const found = figures.get(panel);
    return found ? [`<div class="c6">${twoWidths(found.wide, found.narrow)}</div>`] : [];
  });
  const head = caption(name, `Is it a phase transition? ${transitionFinding(record)}`, meaning);
  if (record.drives.count > 0) panels.push(driveNote(record));
  const data = dataBehind(`Data behind ${name}`, sizeData(record), slopeData(record));
  return `<section><figure>${head}${testTable(record)}<div class="pair" style="margin-top:24px">${panels.join("")}</div>${data}</figure></section>`;
}

function testTable({ tests }: TransitionRecord): string {
  const columns = [{ head: "It would have to show" }, { head: "Found" }, { head: "Number, 95%", numeric: true }];
  return table(
    "",
    columns,
    tests.map((test) => ({ cells: cellsOf(test) })),
    "transition",
  );
}

function cellsOf({ claim, quantity, note, estimate, verdict, region }: TransitionTest): readonly Cell[] {
  const symbol = `<svg class="fig key" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">${symbols[verdict]}</svg>`;
  const small = note === "" ? capital(quantity) : `${capital(quantity)}; ${note}`;
  return [
    { html: `${escapeText(capital(claim))}<br><span class="note">${escapeText(small)}</span>` },
    { html: `${symbol}<b>${words[verdict]}</b>`, names: "verdict" },
    numberOf(estimate, region),
  ];
}

function numberOf(estimate: Estimate | null, region: Region): Cell {
  if (estimate === null) return "~none~";
  const places = placesBeside(estimate, edgesOf(region));
  return { html: `${valueText(estimate, places)}<br> <span class="grey">${intervalText(estimate, places)}</span>` };
}

/** The values at which a verdict changes. */
export function edgesOf(region: Region): readonly number[] {
  return region.kind === "above" ? [region.low] : [region.low, region.high];
}

const capital = (sentence: string) =>
  /^[a-z]/.test(sentence) ? sentence[0].toUpperCase() + sentence.slice(1) : sentence;

function driveNote({ drives }: TransitionRecord): string {
  const agree = `Susceptibility by two routes: ${whole(drives.count)} driven units agree with the inverse of the active atoms’ overlaps within ${significant(drives.largestPercent, 2)}%; ${whole(drives.percentSwitched)}% of the drives changed the active set and are left out.`;
  return `<p class="note c6">${agree}</p>`;
}

function sizeData({ sizes }: TransitionRecord): string {
  const cells = (e: Estimate | null) => (e === null ? ["", ""] : [valueText(e), intervalText(e)]);
  const rows = sizes.map((size) => {
    const focus = size.response.find(({ lambda }) => lambda === size.lambda);
    return {
      cells: [
        String(size.features),
        significant(size.lambda, 4),
        ...cells(focus?.chi ?? null),
        ...cells(focus?.slowest ?? null),
        ...cells(size.spike),
        ...cells(size.fluctuation),
        ...cells(size.overlap),
        size.recoveryPercent === null ? "" : significant(size.recoveryPercent, 3),
      ],
    };
  });
  const pair = (head: string) => [head, "95%"];
  const heads = [
    "_λ_",
    ...["_χ_", "Slowest mode, _τ_", "Spike", "_L_·Var(_p_)", "Overlap _q_"].flatMap(pair),
    "Recovery line, %",
  ];
  return table(
    "<b>At the best <i>λ</i></b>",
    [{ head: "Features" }, ...heads.map((head) => ({ head, numeric: true }))],
    rows,
  );
}

function slopeData({ fixedLambda }: TransitionRecord): string {
  if (fixedLambda.length === 0) return "";
  const rows = fixedLambda.map(({ lambda, slope }) => ({
    cells: [significant(lambda, 4), valueText(slope), intervalText(slope)],
  }));
  const heads = ["_λ_", "Slope", "95%"].map((head) => ({ head, numeric: true }));
  return table("<b>Slope at fixed <i>λ</i></b>", heads, rows);
}
