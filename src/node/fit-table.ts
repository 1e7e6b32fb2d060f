/** fit.json, report.html and the figures of a fitted table, in a folder. */
import { arch, cpus, platform } from "node:os";
import { join } from "node:path";
import { crossingFigures, crossingReport } from "../report/crossing-report.js";
import { tableFigures, tableReport } from "../report/table-report.js";
import type { CrossingRecord } from "../scaling/crossing-table.js";
import type { TableRecord } from "../scaling/table.js";
import { replaceFile } from "./files.js";
import { reportFonts } from "./fonts.js";
import { packageVersion } from "./version.js";

/** Writes the files; returns the absolute path of report.html. */
export async function writeTableReport(
  folder: string,
  record: TableRecord | CrossingRecord,
  origin: { readonly name: string; readonly command: string },
): Promise<string> {
  const input = {
    name: origin.name,
    provenance: {
      version: packageVersion(),
      machine: `${cpus()[0]?.model ?? "unknown"}, ${platform()} ${arch()}`,
      node: process.version,
      command: origin.command,
      date: new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" }),
    },
    fonts: await reportFonts(),
  };
  const [page, figures] =
    "kind" in record
      ? [crossingReport({ ...input, record }), crossingFigures({ ...input, record })]
      : [tableReport({ ...input, record }), tableFigures({ ...input, record })];
  await replaceFile(join(folder, "fit.json"), `${JSON.stringify(record, null, 2)}\n`);
  for (const [file, svg] of Object.entries(figures)) await replaceFile(join(folder, "figures", file), svg);
  const path = join(folder, "report.html");
  await replaceFile(path, page);
  return path;
}
