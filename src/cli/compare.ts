/** `crisp compare A B`: optima and exponents of two finished studies side by side. */
import type { Command } from "commander";
import { compareFolders } from "../node/app/results.js";
import { compareFinding, compareWarnings, ownLawLines, pairedText, scatterLines } from "../report/compare.js";
import { formOf, inPercent, pText, whole } from "../report/numbers.js";
import type { ComparedQuantity, CompareRecord } from "../study/compare-record.js";
import { commandText } from "./command-line.js";
import type { Context } from "./context.js";
import { printJson, printText } from "./output.js";
import { tableLines } from "./table.js";
import { estimateText } from "./words.js";

export function addCompare(program: Command, context: Context): void {
  program
    .command("compare")
    .summary("optima and exponents of two finished studies side by side")
    .description(
      "Optima and exponents of two finished studies side by side, with 95% intervals of what the second has more. Where both measured the same images under the same noise, their errors are joint, and what they share cancels. It reads only.",
    )
    .argument("<first>", "folder of a finished study")
    .argument("<second>", "folder of another")
    .option("--out <dir>", "write compare.json, report.html and the figures there")
    .option("--json", "print the record as one line of JSON")
    .action(async (first: string, second: string, { out, json }: { out?: string; json?: boolean }) => {
      const record = await compareFolders({ first, second, out, command: commandText(context.argv) });
      for (const warning of compareWarnings(record)) context.terminal.warning(warning);
      if (json) printJson(record);
      else printText(compareLines(record).join("\n"));
    });
}

const names = { location: "% active", value: "% error", lambda: "best λ", activeUnits: "active units" } as const;
const quantities = ["location", "value", "lambda", "activeUnits"] as const;

/** Slopes first, then each quantity size by size. */
export function compareLines(record: CompareRecord): readonly string[] {
  const [a, b] = record.studies.map(({ name }) => name);
  const slopes = quantities.map((of) => {
    const { slopes: both, difference } = record[of];
    const p = difference === null ? "–" : pText(difference.p);
    return [names[of], ...both.map((one) => estimateText(one)), estimateText(difference), p];
  });
  return [
    compareFinding(record),
    ...ownLawLines(record),
    ...scatterLines(record),
    pairedText(record),
    ...record.differing.map((line) => `differs: ${line}`),
    "",
    ...tableLines(["slope of", a, b, "difference", "p"], slopes),
    ...quantities.flatMap((of) => ["", names[of], ...sizeLines(record[of], [a, b])]),
  ];
}

function sizeLines({ sizes }: ComparedQuantity, studies: readonly string[]): readonly string[] {
  const forms = [formOf(sizes.map(({ first }) => first)), formOf(sizes.map(({ second }) => second))];
  const rows = sizes.map(({ systemSize, first, second, ratio }) => [
    whole(systemSize),
    estimateText(first, forms[0]),
    estimateText(second, forms[1]),
    ratio === null ? "–" : `${estimateText(inPercent(ratio.relative))} %`,
    ratio === null ? "–" : pText(ratio.p),
  ]);
  return tableLines(["L", ...studies, "difference", "p"], rows);
}
