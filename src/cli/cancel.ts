/** `crisp cancel STUDY`: the jobs of a study end; what is finished is kept. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { counted } from "../core/words.js";
import { cancelOnSlurm } from "../node/app/cluster.js";
import { printJson, printText } from "./output.js";

/** Adds the command. */
export function addCancel(program: Command): void {
  program
    .command("cancel")
    .summary("end the jobs of a study on a cluster")
    .description("Ends the jobs of a study on Slurm. What is finished is kept; the study's command goes on from there.")
    .argument("<study>", "folder of a study")
    .option("--json", "print the result as one line of JSON")
    .action(async (study: string, options: { json?: boolean }) => {
      const { waiting, running } = await cancelOnSlurm(resolve(study));
      if (options.json) return printJson({ study: resolve(study), waiting, running });
      if (running + waiting === 0) return printText(`${study} has no jobs on a cluster; nothing was ended.`);
      const were = running + waiting === 1 ? "was" : "were";
      printText(`${study}: ${counted(running, "running task")} and ${waiting} waiting ${were} ended.`);
    });
}
