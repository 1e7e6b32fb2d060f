/** `crisp pack STUDY`: the study's folder with all its results in two files, for publication. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { counted } from "../core/words.js";
import { packStudy } from "../node/app/items.js";
import { printJson, printText } from "./output.js";
import { bytesText } from "./words.js";

/** Adds the command. */
export function addPack(program: Command): void {
  program
    .command("pack")
    .summary("a study with all results in two files, to publish or to move")
    .description(
      "Writes a new folder that holds the study with all its results in one Parquet and one safetensors file, with checksums. Every command takes the packed study as it takes the study.",
    )
    .argument("<study>", "folder of a study; it is only read")
    .option("--out <dir>", "folder of the packed study (default: STUDY-packed)")
    .option("--json", "print what was packed as one line of JSON")
    .action(async (study: string, { out, json }: { out?: string; json?: boolean }) => {
      const packed = await packStudy({ study: resolve(study), out: resolve(out ?? `${resolve(study)}-packed`) });
      if (json) return printJson(packed);
      const { results, missing, files } = packed;
      const open = missing > 0 ? `; ${counted(missing, "item")} had no result yet` : "";
      const sizes = files.map(({ file, bytes }) => `${file} ${bytesText(bytes)}`).join(", ");
      printText(`${packed.out}: ${counted(results, "result")} packed${open}. ${sizes}.`);
    });
}
