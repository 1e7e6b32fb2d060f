/** fit.json, report.html and the figures of a fitted table, in a folder. */
import { crossingFigures, crossingReport } from "../report/crossing-report.js";
import { tableFigures, tableReport } from "../report/table-report.js";
import type { CrossingRecord } from "../scaling/crossing-table.js";
import type { TableRecord } from "../scaling/table.js";
import type { Platform } from "./platform.js";

/** A fitted table, and where it came from. */
export type TableToReport = {
  readonly record: TableRecord | CrossingRecord;
  readonly name: string;
  readonly command: string;
};

/** Writes the files; returns the absolute path of report.html. */
export async function writeTableReport(
  folder: string,
  { record, name, command }: TableToReport,
  platform: Platform,
): Promise<string> {
  const { files } = platform;
  const { join } = files.paths;
  const input = { name, provenance: platform.origin(command), fonts: await platform.fonts() };
  const [page, figures] =
    "kind" in record
      ? [crossingReport({ ...input, record }), crossingFigures({ ...input, record })]
      : [tableReport({ ...input, record }), tableFigures({ ...input, record })];
  await files.replace(join(folder, "fit.json"), `${JSON.stringify(record, null, 2)}\n`);
  for (const [file, text] of Object.entries(figures)) await files.replace(join(folder, "figures", file), text);
  const path = join(folder, "report.html");
  await files.replace(path, page);
  return path;
}
