/**
 * Scaling analysis of curves from anywhere: extrema, how they move with size, which laws the
 * data exclude, predictions. It knows nothing of neurons and touches no file.
 *
 * ```ts
 * import { fitTable } from "crisp-sparse/scaling";
 * ```
 *
 * The front door is `fitTable`: rows of size, control and value (perhaps replicate and error)
 * in, a `TableRecord` out; `fitCrossings` does it for curves that cross. `extrema`,
 * `fitScaling` and `predictAt` are its steps. docs/scaling.md has estimators and intervals.
 *
 * @module crisp-sparse/scaling
 */
export { CrispError, type ErrorCode } from "../core/errors.js";
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
