/** `crisp script STUDY`: the batch scripts of a study's next items; nothing is submitted. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { slurmRequest, slurmScripts } from "../node/app/cluster.js";
import { type Script, submittingLines } from "../node/slurm/cluster.js";
import { addClusterOptions, type ClusterOptions, choicesOf } from "./cluster-options.js";
import type { Context } from "./context.js";
import { workersOf } from "./option-values.js";
import { printJson, printText } from "./output.js";
import { resumable } from "./resumable.js";

type ScriptOptions = ClusterOptions & { readonly workers?: string; readonly json?: boolean };

/** Adds the command. */
export function addScript(program: Command, context: Context): void {
  const command = program
    .command("script")
    .summary("the batch scripts of a study for a cluster, submitted by hand")
    .description(
      "Writes the batch scripts and bundles of the items that a study lacks, and prints the scripts with the commands that submit them. Submits nothing.",
    )
    .argument("<study>", "folder of a study that was begun");
  addClusterOptions(command)
    .option("--workers <n>", "worker threads of a task (default: as last chosen, else 1)")
    .option("--json", "print the scripts as one line of JSON")
    .action((study: string, options: ScriptOptions) => scriptCommand(study, options, context));
}

async function scriptCommand(study: string, options: ScriptOptions, context: Context): Promise<void> {
  const scripts = await resumable(context, "Nothing was submitted.", async (signal) => {
    const threads = options.workers === undefined ? {} : { threads: workersOf(options.workers) };
    const choices = { ...choicesOf(options), ...threads };
    const request = await slurmRequest(resolve(study), { signal, onEvent: () => {}, choices });
    return slurmScripts(request);
  });
  if (options.json) printJson({ scripts: scripts.map(({ path, text }) => ({ path, text })) });
  else printText(scriptsText(scripts));
}

/** The scripts one after the other, then how they are submitted. */
export function scriptsText(scripts: readonly Script[]): string {
  if (scripts.length === 0) return "Nothing is lacking: the study is finished.";
  const texts = scripts.map(({ path, text }) => `# ${path}\n${text}`);
  return [...texts, "# Submit them with", ...submittingLines(scripts)].join("\n");
}
