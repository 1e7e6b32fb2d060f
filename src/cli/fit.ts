/**
 * `crisp fit STUDY | TABLE`: a folder is a study, whose stored results are
 * analysed again; a file is anyone's table of curves.
 */
import { existsSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Command } from "commander";
import { CrispError, nearestWord } from "../core/errors.js";
import { isNamed } from "../formats/format.js";
import { writeTableReport } from "../node/fit-table.js";
import { refitStudy } from "../node/read-study.js";
import { readTable } from "../node/table-file.js";
import { fitColumns, type TableOptions } from "../scaling/table.js";
import { commandText } from "./command-line.js";
import type { Context } from "./context.js";
import { printJson, printText } from "./output.js";
import { optimumTable, verdictLines } from "./summary.js";
import { tableLinesOf } from "./table-summary.js";

type Options = {
  readonly extremum?: string;
  readonly controlScale?: string;
  readonly critical?: string;
  readonly sizesFrom?: string;
  readonly out?: string;
  readonly json?: boolean;
};

export function addFit(program: Command, context: Context): void {
  program
    .command("fit")
    .summary("scaling analysis of a study's stored results, or of any table")
    .description(
      "With the folder of a study: finds the minima and fits their scaling again from the stored results; codes nothing. With a table (CSV, NDJSON or Parquet; columns size, control, value and perhaps replicate, error, x): fits how the extremum of its curves scales with size.",
    )
    .argument("<study-or-table>", "folder of a study, or file of a table")
    .option("--extremum <kind>", "of a table: min or max (default: min)")
    .option("--control-scale <scale>", "of a table: log or linear (default: log)")
    .option("--critical <x>", "of a table: critical point; fits the distance from it and holds it in the collapse")
    .option("--sizes-from <n>", "of a table: leave smaller sizes out")
    .option("--out <dir>", "of a table: write fit.json, report.html and the figures there")
    .option("--json", "print the record as one line of JSON")
    .action(async (source: string, options: Options) => {
      if (isTable(source)) return fitTableFile(source, options, context);
      refuseTableOptions(source, options);
      const record = await refitStudy(resolve(source));
      if (options.json) return printJson(record);
      for (const warning of record.warnings) context.terminal.warning(warning);
      printText([...optimumTable(record), "", ...verdictLines(record)].join("\n"));
    });
}

function isTable(source: string): boolean {
  if (existsSync(source)) return !statSync(source).isDirectory();
  if (!isNamed(source, "table")) return false;
  throw new CrispError("usage", `${source}: there is no such file. Give a table, or the folder of a study.`);
}

async function fitTableFile(source: string, options: Options, context: Context): Promise<void> {
  const chosen = tableOptions(options);
  const { columns, warnings } = await readTable(source);
  const fitted = fitColumns(columns, chosen);
  const record = {
    ...fitted,
    warnings: [...warnings, ...fitted.warnings, ...edgeHint(fitted.extrema, chosen.extremum)],
  };
  const report =
    options.out === undefined
      ? null
      : await writeTableReport(resolve(options.out), record, {
          name: basename(source),
          command: commandText(context.argv),
        });
  if (options.json) return printJson(report === null ? record : { ...record, report });
  for (const warning of record.warnings) context.terminal.warning(warning);
  printText([...tableLinesOf(record), ...(report === null ? [] : ["", report])].join("\n"));
}

/** Curves whose extremum lies at an edge at every size were probably read the wrong way up. */
function edgeHint(extrema: readonly { readonly status: string }[], extremum: "min" | "max" = "min"): readonly string[] {
  if (extrema.length === 0 || extrema.some(({ status }) => status !== "edge")) return [];
  const other = extremum === "min" ? "max" : "min";
  return [
    `No size has its ${extremum}imum inside its grid. If the curves have one of the other kind, use --extremum ${other}.`,
  ];
}

function refuseTableOptions(source: string, options: Options): void {
  const given = (["extremum", "controlScale", "critical", "sizesFrom", "out"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (given === undefined) return;
  const flag = `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new CrispError(
    "usage",
    `${flag} is for tables, and ${source} is no file; a study's own settings decide. Leave ${flag} out, or give a table.`,
  );
}

function tableOptions({ extremum, controlScale, critical, sizesFrom }: Options): TableOptions {
  return {
    ...(extremum === undefined ? {} : { extremum: oneOf("--extremum", extremum, ["min", "max"] as const) }),
    ...(controlScale === undefined
      ? {}
      : { controlScale: oneOf("--control-scale", controlScale, ["log", "linear"] as const) }),
    ...(critical === undefined ? {} : { critical: numberOf("--critical", critical) }),
    ...(sizesFrom === undefined ? {} : { sizesFrom: numberOf("--sizes-from", sizesFrom) }),
  };
}

function oneOf<T extends string>(flag: string, given: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === given);
  if (found !== undefined) return found;
  const near = nearestWord(given, allowed);
  throw new CrispError(
    "usage",
    `${flag} is ${given}; it may be ${allowed.join(" or ")}. ${near ? `Did you mean ${near}?` : "Choose one."}`,
  );
}

function numberOf(flag: string, given: string): number {
  const value = Number(given);
  if (given.trim() !== "" && Number.isFinite(value)) return value;
  throw new CrispError(
    "usage",
    `${flag} is ${given === "" ? "empty" : given}; it must be a number. Write it with a point.`,
  );
}
