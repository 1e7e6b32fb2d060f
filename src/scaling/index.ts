/** Entry point `crisp-sparse/scaling`: extrema of curves, how they scale with size, predictions. */
export { exponentsOf } from "./exponents.js";
export { extrema } from "./extrema.js";
export { predictAt } from "./predict.js";
export { fitScaling, scalingOf } from "./scaling.js";
export { fitTable, type TableOptions, type TableRecord, type TableRow } from "./table.js";
export * from "./types.js";
