/** `crisp predict STUDY --features N`: the optimum expected at sizes never swept. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { predictSize } from "../node/predict-sizes.js";
import { readRecord } from "../node/study-files.js";
import type { Context } from "./context.js";
import { printJson, printText } from "./output.js";
import { predictionTable } from "./summary.js";
import { wholeFeatures } from "./train.js";

export function addPredict(program: Command, context: Context): void {
  program
    .command("predict")
    .summary("active units, percent active and error expected at another size")
    .description(
      "What a finished study expects at other sizes, each number with the 95% interval of one newly trained network. λ is given by its own law only; the better one, at which the expected units are active, needs the trained network: crisp denoise --study finds it.",
    )
    .argument("<study>", "folder of a finished study")
    .requiredOption("--features <list>", "sizes to predict, such as 1024 or 1024,2048")
    .option("--json", "print the predictions as one line of JSON")
    .action(async (study: string, options: { features: string; json?: boolean }) => {
      const sizes = options.features.split(",").map(wholeFeatures);
      const predictions = await predictSize(resolve(study), sizes);
      for (const warning of (await readRecord(resolve(study))).warnings) context.terminal.warning(warning);
      if (options.json) return printJson({ predictions });
      printText(predictionTable(predictions).join("\n"));
    });
}
