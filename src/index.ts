/**
 * Sparse coding without files: images, networks, solvers with a certificate, learning of
 * dictionaries, and the arrays' formats, on any JavaScript engine.
 *
 * ```ts
 * import { imagePath, normalised, noisy, patchAtoms, posterGeometry } from "crisp-sparse";
 * ```
 *
 * A network is a `Dictionary` (geometry and atoms). An `Engine` prepares it to a coder, which
 * codes one image at falling λ's by `imagePath`, or many by `eachImage`; every `Coding` carries
 * its relative duality gap. `referenceEngine` is the readable loops; the fast kernel is opened
 * by `openKernel` of `crisp-sparse/node`. Errors are `CrispError`, with a stable `code`.
 *
 * @module crisp-sparse
 */
export * from "./coding/batch.js";
export * from "./coding/codes.js";
export * from "./coding/dictionary.js";
export * from "./coding/engine.js";
export { type Network, networkOf } from "./coding/operator.js";
export * from "./coding/solver.js";
export { type Growth, type Knee, kneeTimeStep, type TimeStep, tutorialTimeStep } from "./coding/time-step.js";
export * from "./core/errors.js";
export * from "./core/geometry.js";
export * from "./core/random.js";
export * from "./core/tensor.js";
export * from "./engine/open.js";
export { referenceEngine } from "./engine/reference/engine.js";
export { openWasm, type WasmSolvers, wasmEngine } from "./engine/wasm/engine.js";
export type { KernelModule } from "./engine/wasm/kernel.js";
export type { WasmSolver } from "./engine/wasm/solve.js";
export * from "./formats/npy.js";
export * from "./formats/npz.js";
export * from "./formats/pvp.js";
export * from "./formats/safetensors.js";
export * from "./images/image-set.js";
export * from "./images/noise.js";
export * from "./images/normalise.js";
export { type Constraint, constrain, constraintNames, unitNorm } from "./learning/constraint.js";
export { addGradient, type CodedImage, emptyGradient, type Gradient } from "./learning/gradient.js";
export { type Ending, type Look, type Schedule, scheduleNames } from "./learning/schedule.js";
export * from "./learning/start.js";
export * from "./learning/train.js";
export { type Learned, type RuleName, ruleNames, type UpdateRule } from "./learning/update.js";
export type { Made } from "./study/items/atoms.js";
export type { Trained } from "./study/items/train.js";
export type { GivenDictionary, PlanContext } from "./study/plan.js";
export * from "./study/record.js";
export * from "./study/settings.js";
export { conductStudy, type SizeResults, type StudyContext } from "./study/study.js";
export { type Executor, type Held, inlineExecutor } from "./work/executor.js";
export type { Item } from "./work/item.js";
export type { Runner } from "./work/runner.js";
export type { ItemStore } from "./work/store.js";
export type { Asked, Prepared, Task, Tools } from "./work/task.js";
