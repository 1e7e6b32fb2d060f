/** Entry point `crisp-sparse/scaling`: extrema of curves, how they scale with size, predictions. */
export type { CrossingCollapse, CrossingOptions } from "./crossing-collapse.js";
export { type CrossingPair, type CrossingRecord, fitCrossings } from "./crossing-table.js";
export type { ControlScale } from "./curves.js";
export type { Drift } from "./drift.js";
export { type Exponents, exponentsOf } from "./exponents.js";
export { type ExtremaOptions, extrema } from "./extrema.js";
export type { Difference } from "./held-out.js";
export { type LawChoice, lawNames } from "./law-choice.js";
export type { ExtremumKind } from "./minimum.js";
export { type Prediction, type PredictOptions, predictAt } from "./predict.js";
export { fitScaling, type ScalingOptions, scalingOf } from "./scaling.js";
export {
  fitTable,
  type HeldOutSize,
  type MeanCurve,
  type SlopeFrom,
  type TableOptions,
  type TableRecord,
  type TableRow,
} from "./table.js";
export type { TableCollapse } from "./table-collapse.js";
export * from "./types.js";
