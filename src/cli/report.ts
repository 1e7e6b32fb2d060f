/** `crisp report STUDY`: report.html again from a finished study. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { writeReport } from "../node/app.js";
import { printJson, printText } from "./output.js";

export function addReport(program: Command): void {
  program
    .command("report")
    .summary("one offline HTML file of a finished study")
    .description("Writes report.html, one offline file, and each figure as SVG, from a finished study.")
    .argument("<study>", "folder of a finished study")
    .option("--json", "print the path as one line of JSON")
    .action(async (study: string, options: { json?: boolean }) => {
      const report = await writeReport(resolve(study));
      if (options.json) printJson({ report });
      else printText(report);
    });
}
