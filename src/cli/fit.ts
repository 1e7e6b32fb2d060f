/** `crisp fit STUDY`: the scaling analysis once more from the stored results. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { refitStudy } from "../node/read-study.js";
import type { Context } from "./context.js";
import { printJson, printText } from "./output.js";
import { optimumTable, verdictLines } from "./summary.js";

export function addFit(program: Command, context: Context): void {
  program
    .command("fit")
    .summary("minima and power laws again from a study's stored results")
    .description("Finds the minima and fits their scaling again from the stored results; codes nothing.")
    .argument("<study>", "folder of a study")
    .option("--json", "print the study's record as one line of JSON")
    .action(async (study: string, options: { json?: boolean }) => {
      const record = await refitStudy(resolve(study));
      if (options.json) return printJson(record);
      for (const warning of record.warnings) context.terminal.warning(warning);
      printText([...optimumTable(record), "", ...verdictLines(record)].join("\n"));
    });
}
