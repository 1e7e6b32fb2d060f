/** A finished study's results on this machine: read, fitted again, compared and reported; and a fitted table's report. */
import { type CompareRequest, compareFolders as compare } from "../../app/compare.js";
import { writeTableReport as reportTable, type TableToReport } from "../../app/fit-table.js";
import { type ReadOptions, readStudy as read, refitStudy as refit } from "../../app/read-study.js";
import { writeReport as report } from "../../app/study-report.js";
import type { LawChoice } from "../../scaling/law-choice.js";
import type { CompareRecord } from "../../study/compare-record.js";
import type { StudyRecord } from "../../study/record.js";
import { nodePlatform as here } from "../platform.js";

/** All results of a finished study. @throws CrispError `incomplete` when one is missing */
export const readStudy = (folder: string, options?: ReadOptions): ReturnType<typeof read> =>
  read(folder, here, options);

/** The scaling analysis again from the stored results; scaling.json is written anew. */
export const refitStudy = (folder: string, laws?: LawChoice): Promise<StudyRecord> => refit(folder, here, laws);

/** Two finished studies side by side. @throws CrispError `incomplete`, or `usage` for two of different measures */
export const compareFolders = (request: CompareRequest): Promise<CompareRecord> => compare(request, here);

/** Writes report.html and figures/*.svg; returns the absolute path of the report. */
export const writeReport = (folder: string): Promise<string> => report(folder, here);

/** Writes fit.json, report.html and the figures of a fitted table; returns the path of report.html. */
export const writeTableReport = (
  folder: string,
  record: TableToReport["record"],
  origin: { readonly name: string; readonly command: string },
): Promise<string> => reportTable(folder, { record, ...origin }, here);
