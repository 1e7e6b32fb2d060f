/** `crisp report STUDY`: report.html again from a finished study. */
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { refitStudy, writeReport } from "../node/app/results.js";
import { type FigureKind, figureKinds, printFigures } from "../node/print-figures.js";
import type { Context } from "./context.js";
import { type FitOptions, lawChoiceOf, lawOptions } from "./fit-options.js";
import { oneOf } from "./option-values.js";
import { printJson, printText } from "./output.js";

/** The formats that --figures names besides SVG. @throws CrispError `usage` for another word */
export function figureKindsOf(text: string | undefined): readonly FigureKind[] {
  const words = text === undefined ? [] : text.split(",").map((word) => word.trim());
  return [...new Set(words)].map((word) => oneOf("--figures", word, figureKinds));
}

/** The option of the commands that write figures. */
export const figuresOption = [
  "--figures <kinds>",
  "also draw each figure as png (300 dpi) or pdf, or png,pdf, with an installed browser",
] as const;

type ReportOptions = Pick<FitOptions, "laws" | "exclude" | "json" | "figures">;

export function addReport(program: Command, { environment }: Context): void {
  program
    .command("report")
    .summary("one offline HTML file of a finished study")
    .description(
      "Writes report.html, one offline file, and each figure as SVG with its numbers as CSV, from a finished study.",
    )
    .argument("<study>", "folder of a finished study")
    .option(...figuresOption)
    .option(...lawOptions.laws)
    .option(...lawOptions.exclude)
    .option("--json", "print the path as one line of JSON")
    .action(async (study: string, options: ReportOptions) => {
      const kinds = figureKindsOf(options.figures);
      const laws = lawChoiceOf(options);
      if (laws !== undefined) await refitStudy(resolve(study), laws);
      const report = await writeReport(resolve(study));
      if (kinds.length > 0) await printFigures(join(dirname(report), "figures"), kinds, environment);
      if (options.json) printJson({ report });
      else printText(report);
    });
}
