/**
 * Reports and figures from records: plain data in, text of HTML and SVG out.
 *
 * ```ts
 * import { studyFigures, studyReport } from "crisp-sparse/report";
 * ```
 *
 * `studyReport` and `studyFigures` draw a study's record (`readRecord` of `crisp-sparse/node`),
 * `tableReport` and `tableFigures` what `fitTable` found. Every page is one file without
 * scripts or requests.
 *
 * @module crisp-sparse/report
 */
export { studyFigures } from "./figures.js";
export type { FontFace, Origin, Picture, Provenance, ReportInput, Showcase, Tableau } from "./input.js";
export { studyReport } from "./report.js";
export { type TableReportInput, tableFigures, tableReport } from "./table-report.js";
