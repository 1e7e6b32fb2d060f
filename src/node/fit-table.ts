/** fit.json, report.html and the figures of a fitted table, in a folder. */
import { arch, cpus, platform } from "node:os";
import { join } from "node:path";
import { type TableReportInput, tableFigures, tableReport } from "../report/table-report.js";
import type { TableRecord } from "../scaling/table.js";
import { replaceFile } from "./files.js";
import { reportFonts } from "./fonts.js";
import { packageVersion } from "./version.js";

/** Writes the files; returns the absolute path of report.html. */
export async function writeTableReport(
  folder: string,
  record: TableRecord,
  origin: { readonly name: string; readonly command: string },
): Promise<string> {
  const input: TableReportInput = {
    record,
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
  await replaceFile(join(folder, "fit.json"), `${JSON.stringify(record, null, 2)}\n`);
  for (const [file, svg] of Object.entries(tableFigures(input))) await replaceFile(join(folder, "figures", file), svg);
  const path = join(folder, "report.html");
  await replaceFile(path, tableReport(input));
  return path;
}
