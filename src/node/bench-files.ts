/** bench.json, bench.html and the figures of a bench, in a folder. */
import { join } from "node:path";
import { benchFigures, benchPage } from "../report/bench-report.js";
import type { BenchRecord } from "../tasks/bench/record.js";
import { replaceFile } from "./files.js";
import { reportFonts } from "./fonts.js";
import { nodePlatform } from "./platform.js";

/** Writes the files; returns the absolute path of bench.html. */
export async function writeBench(folder: string, record: BenchRecord, command: string): Promise<string> {
  const fonts = await reportFonts();
  await replaceFile(join(folder, "bench.json"), `${JSON.stringify({ schemaVersion: 2, ...record }, null, 1)}\n`);
  for (const [name, text] of Object.entries(benchFigures(record, fonts)))
    await replaceFile(join(folder, "figures", name), text);
  const path = join(folder, "bench.html");
  await replaceFile(path, benchPage(record, { origin: nodePlatform.origin(command), fonts }));
  return path;
}
