/**
 * `crisp fit STUDY | TABLE`: a folder is a study, whose stored results are
 * analysed again; a file is anyone's table of curves.
 */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import { isNamed } from "../formats/format.js";
import { refitStudy, writeTableReport } from "../node/app/results.js";
import { printFigures } from "../node/print-figures.js";
import { readTable } from "../node/table-file.js";
import { wordsOf } from "../report/names.js";
import { type CrossingRecord, fitCrossingColumns } from "../scaling/crossing-table.js";
import { fitColumns, type TableRecord } from "../scaling/table.js";
import { commandText } from "./command-line.js";
import type { Context } from "./context.js";
import { crossingLinesOf } from "./crossing-summary.js";
import {
  askedOf,
  columnsOf,
  type FitOptions,
  lawChoiceOf,
  lawOptions,
  namesOf,
  refuseTableOptions,
} from "./fit-options.js";
import { printJson, printText } from "./output.js";
import { figureKindsOf, figuresOption } from "./report.js";
import { optimumTable, verdictLines } from "./summary.js";
import { tableLinesOf } from "./table-summary.js";
import { durationText } from "./words.js";

/** Adds the command. */
export function addFit(program: Command, context: Context): void {
  program
    .command("fit")
    .summary("scaling analysis of a study's stored results, or of any table")
    .description(
      "With the folder of a study: finds the minima and fits their scaling again from the stored results; codes nothing. With a table (CSV, NDJSON or Parquet; columns size, control, value and perhaps replicate, error, x): fits how the extremum of its curves scales with size, or where its curves cross.",
    )
    .argument("<study-or-table>", "folder of a study, or file of a table")
    .option("--extremum <kind>", "of a table: min, max, or none for curves that cross (default: min)")
    .option("--control-scale <scale>", "of a table: log or linear (default: log)")
    .option("--critical <x>", "of a table: critical point; fits the distance from it and holds it in the collapse")
    .option("--columns <pairs>", "of a table: names of its columns, such as size=L,control=T,value=chi")
    .option("--sizes-from <n>", "of a table: leave smaller sizes out")
    .option("--value-exponent <b>", "of curves that cross: b of value ~ size^b, a number or free (default: 0)")
    .option("--correction <omega>", "of curves that cross: fit c of the factor 1 + c size^-omega")
    .option(
      "--scaled-range <low,high>",
      "of curves that cross: collapse only points in this range of the scaled control",
    )
    .option(...lawOptions.laws)
    .option(...lawOptions.exclude)
    .option("--size-name <name>", "of a table: what the size is called in figures, tables and sentences, such as L")
    .option("--control-name <name>", "of a table: what the control is called, such as T")
    .option("--value-name <name>", "of a table: what the value is called, such as chi")
    .option("--out <dir>", "of a table: write fit.json, report.html and the figures there")
    .option(figuresOption[0], `of a table, with --out: ${figuresOption[1]}`)
    .option("--json", "print the record as one line of JSON")
    .action(async (source: string, options: FitOptions) => {
      if (isTable(source)) return fitTableFile(source, options, context);
      refuseTableOptions(source, options);
      const record = await refitStudy(resolve(source), lawChoiceOf(options));
      if (options.json) return printJson(record);
      for (const warning of record.warnings) context.terminal.warning(warning);
      printText([...optimumTable(record), "", ...verdictLines(record)].join("\n"));
    });
}

/** A table of fewer rows is fitted within seconds. */
const manyRows = 1e5;

function isTable(source: string): boolean {
  if (existsSync(source)) return !statSync(source).isDirectory();
  if (!isNamed(source, "table")) return false;
  throw new CrispError(
    "data",
    `${source} cannot be read: it does not exist; a table or the folder of a study is needed. Check the path.`,
  );
}

async function fitTableFile(source: string, options: FitOptions, context: Context): Promise<void> {
  const asked = askedOf(options);
  const names = namesOf(options);
  const kinds = figureKindsOf(options.figures);
  if (kinds.length > 0 && options.out === undefined)
    throw new CrispError("usage", "--figures is given without --out, where figures are written. Add --out DIR.");
  const { columns, warnings, notes } = await readTable(source, columnsOf(options.columns));
  for (const note of notes) context.terminal.message(`note: ${note}`);
  const rows = columns.value.length;
  // 10⁶ rows with their collapse: 18 s of one core (bench/table.ts); crossings are not measured.
  const usually = asked.kind === "crossings" ? "" : `, usually ${durationText(rows * 1.8e-5)}`;
  if (rows >= manyRows) context.terminal.message(`Fitting ${counted(rows, "row")}${usually}.`);
  const fitted = withFile(basename(source), () =>
    asked.kind === "crossings" ? fitCrossingColumns(columns, asked.options) : fitColumns(columns, asked.options),
  );
  const record = { ...fitted, ...(names && { names }), warnings: [...warnings, ...fitted.warnings] };
  const report =
    options.out === undefined
      ? null
      : await writeTableReport(resolve(options.out), record, {
          name: basename(source),
          command: commandText(context.argv),
        });
  if (report !== null && kinds.length > 0)
    await printFigures(join(dirname(report), "figures"), kinds, context.environment);
  if (options.json) printJson(report === null ? record : { ...record, report });
  else {
    for (const warning of record.warnings) context.terminal.warning(wordsOf(record).own(warning));
    const lines = "kind" in record ? crossingLinesOf(record) : tableLinesOf(record);
    printText([...lines, ...(report === null ? [] : ["", report])].join("\n"));
  }
  demandFinding(source, record);
}

/** What the library says of rows names no file, as they may come from anywhere. */
function withFile<T>(name: string, fit: () => T): T {
  try {
    return fit();
  } catch (error) {
    if (error instanceof CrispError && error.code === "data")
      throw new CrispError("data", `${name}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Whether a collapse leaves ν or x_c that was not given: noise has a best collapse too, with both undetermined. */
function tellsMore({ collapse, options }: CrossingRecord): boolean {
  return collapse !== null && (collapse.nu !== null || (collapse.critical !== null && options.critical === null));
}

/** A script that goes on with a fit must not go on with nothing: an undecided law is an answer, no extremum at all is none. */
function demandFinding(source: string, record: TableRecord | CrossingRecord): void {
  const found =
    "kind" in record
      ? record.crossings.some(({ control }) => control !== null) || tellsMore(record)
      : record.extrema.some(({ status }) => status === "interior") || record.value.powerLaw !== null;
  if (found) return;
  const missing =
    "kind" in record
      ? "no neighbouring sizes cross and no collapse tells x_c or ν"
      : "no size has an extremum inside its controls, there is no law and no collapse";
  throw new CrispError(
    "check",
    `${basename(source)}: nothing was found: ${missing}. One of them is needed for a result. See what the warnings advise, or measure nearer to where the curves turn or cross.`,
  );
}
