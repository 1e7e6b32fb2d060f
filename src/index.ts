/** Entry point `crisp-sparse`: images, coding, learning and the plan of a study, on any JavaScript engine. */
export * from "./coding/dictionary.js";
export * from "./coding/engine.js";
export type { LcaOptions, LcaRecord } from "./coding/lca.js";
export type { Solver } from "./coding/solvers.js";
export { kneeTimeStep, type TimeStep, tutorialTimeStep } from "./coding/time-step.js";
export * from "./core/errors.js";
export * from "./core/geometry.js";
export * from "./core/random.js";
export * from "./core/tensor.js";
export { referenceEngine } from "./engine/reference/engine.js";
export { wasmEngine } from "./engine/wasm/engine.js";
export * from "./images/image-set.js";
export * from "./images/noise.js";
export * from "./images/normalise.js";
export * from "./learning/train.js";
export * from "./study/record.js";
export * from "./study/settings.js";
export { conductStudy } from "./study/study.js";
