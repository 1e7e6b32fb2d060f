/** Entry point `crisp-sparse/report`: a study's record in, one offline HTML file or its figures as SVG out. */
export type { FontFace, Picture, Provenance, ReportInput, Showcase, Tableau } from "./input.js";
export { studyReport } from "./report.js";
export { studyFigures } from "./standalone.js";
export { type TableReportInput, tableFigures, tableReport } from "./table-report.js";
