/** `crisp gc STUDY`: removes what no result of a study needs. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { counted } from "../core/words.js";
import { clearStudy } from "../node/app/items.js";
import { printJson, printText } from "./output.js";
import { bytesText } from "./words.js";

type GcOptions = {
  readonly dryRun?: boolean;
  readonly logs?: boolean;
  readonly results?: boolean;
  readonly json?: boolean;
};

/** Adds the command. */
export function addGc(program: Command): void {
  program
    .command("gc")
    .summary("remove what no result of a study needs")
    .description(
      "Removes checkpoints of finished trainings and what killed processes left in a study's folder, and says what and how much that is. It refuses while anybody works on the study.",
    )
    .argument("<study>", "folder of a study")
    .option("--dry-run", "say what would be removed, and remove nothing")
    .option("--logs", "also scripts, logs and errors of a cluster; the study must be finished")
    .option("--results", "also results of predict, transition, protocol and denoise; the study must be finished")
    .option("--json", "print what was removed as one line of JSON")
    .action((study: string, options: GcOptions) => gcCommand(study, options));
}

async function gcCommand(study: string, { dryRun = false, logs = false, results = false, json }: GcOptions) {
  const removed = await clearStudy({ study: resolve(study), dryRun, logs, results });
  if (json) return printJson({ study: resolve(study), dryRun, removed });
  const lines = removed.map(
    ({ what, files, bytes }) => `${what}: ${counted(files.length, "file")}, ${bytesText(bytes)}`,
  );
  const nothing = `${study}: nothing to remove.`;
  const end = dryRun ? "Nothing was removed: --dry-run." : `Removed from ${study}.`;
  printText(lines.length === 0 ? nothing : [...lines, end].join("\n"));
}
