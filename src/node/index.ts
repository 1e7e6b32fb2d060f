/** Entry point `crisp-sparse/node`: studies, dictionaries and data sets on this machine's files and threads. */
export { readCodes, writeCodes } from "./code-files.js";
export { openImages } from "./data.js";
export { type DecodeRequest, decodeImages } from "./decode.js";
export { type DenoiseRequest, type DenoiseResult, denoisePictures } from "./denoise-run.js";
export { type DictionaryFile, type DictionaryOptions, readDictionary } from "./dictionary-files.js";
export { type EncodeRequest, type EncodeResult, encodeImages, type ImageRecord } from "./encode.js";
export { estimateStudy } from "./estimate-study.js";
export { type ImageRequest, type ImageSource, openImageSource } from "./image-source.js";
export { openKernel } from "./kernel.js";
export { openPool } from "./pool.js";
export { type PredictRequest, predictSize, predictStudy, type SizePrediction } from "./predict-sizes.js";
export { readStudy, refitStudy } from "./read-study.js";
export { runStudy } from "./run-study.js";
export type { StudyEvent, StudyRequest } from "./session.js";
export { readRecord, type StudyStatus, studyStatus } from "./study-files.js";
export { writeReport } from "./study-report.js";
export { type TrainResult, trainOne } from "./train-one.js";
export { readTransition, type TransitionRequest, testTransition } from "./transition.js";
