/** Entry point `crisp-sparse/report`: a study's record in, one offline HTML file or its figures as SVG out. */
export { studyFigures } from "./figures.js";
export type { FontFace, Origin, Picture, Provenance, ReportInput, Showcase, Tableau } from "./input.js";
export { studyReport } from "./report.js";
export { type TableReportInput, tableFigures, tableReport } from "./table-report.js";
