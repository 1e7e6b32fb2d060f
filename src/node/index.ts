/**
 * The commands as functions, on this machine's files and threads: studies, dictionaries,
 * codes, pictures and data sets.
 *
 * ```ts
 * import { denoisePictures, encodeImages, runStudy, showFile } from "crisp-sparse/node";
 * ```
 *
 * The front door: `encodeImages` codes anyone's images with anyone's dictionary,
 * `denoisePictures` cleans pictures, `runStudy` runs or resumes a study. What has a default may
 * be left out. Paths count from the current folder; files are written whole or not at all; an
 * `AbortSignal` stops work with the error `incomplete`, and the same call goes on.
 *
 * @module crisp-sparse/node
 */

export type { CodingFiles } from "../app/coding-files.js";
export type { CompareRequest } from "../app/compare.js";
export type { DecodeRequest, DecodeResult } from "../app/decode.js";
export type { DenoiseChoices } from "../app/denoise.js";
export type { DenoisedFile } from "../app/denoise-files.js";
export type { OwnDictionary } from "../app/denoise-network.js";
export type { DenoiseRequest, DenoiseResult, FailedFile } from "../app/denoise-run.js";
export type { CriticalPoint } from "../app/denoise-study.js";
export type { EncodeRequest, EncodeResult, ImageRecord } from "../app/encode.js";
export type { EncodeOptions, Running, SomeSettings, StudyOptions, WithDefaults } from "../app/front-door.js";
export type { GivenDictionaries } from "../app/given-dictionaries.js";
export type { ImageRequest, ImageSize, ImageSource, ImageSpec, OpenOptions } from "../app/platform.js";
export type { PredictRequest, SizePrediction } from "../app/predict-sizes.js";
export type { ProgressReport } from "../app/progress.js";
export type { ProtocolRequest } from "../app/protocol.js";
export type { StudyEvent, StudyRequest } from "../app/session.js";
export type { Found, ShownAs, ShowRequest } from "../app/show.js";
export type { ShowFilesRequest } from "../app/show-files.js";
export type { StudyStatus } from "../app/study-files.js";
export type { TrainRequest, TrainResult } from "../app/train.js";
export type { TransitionRequest } from "../app/transition.js";
export type { VerifiedItem, VerifyRequest, VerifyResult } from "../app/verify.js";
export type { DictionaryFile, DictionaryOptions } from "../coding/dictionary-file.js";
export { CrispError, type ErrorCode } from "../core/errors.js";
export type { Layout } from "../formats/arrays.js";
export type { Shown } from "../report/shown.js";
export type { ProvisionalMinimum } from "../study/analyse.js";
export type { ComparedQuantity, ComparedSize, CompareRecord, SlopeDifference } from "../study/compare-record.js";
export type { StudyEstimate } from "../study/estimate.js";
export type { PredictionForSize } from "../study/predict-size.js";
export { type PresetName, presetNames } from "../study/presets.js";
export type { ProtocolOptions } from "../study/protocol/plan.js";
export type { ProtocolRecord } from "../study/protocol/record.js";
export type { TransitionOptions } from "../study/transition/plan.js";
export type { TransitionRecord } from "../study/transition/record.js";
export type { Encoded } from "../tasks/encode.js";
export { decodeImages, encodeImages, readDictionary } from "./app/coding.js";
export { denoisePictures } from "./app/denoising.js";
export { verifyStudy } from "./app/items.js";
export { measureProtocol, predictSize, predictStudy, readTransition, testTransition } from "./app/measures.js";
export { compareFolders, readStudy, refitStudy, writeReport } from "./app/results.js";
export { estimateStudy, runStudy } from "./app/run.js";
export { showFile } from "./app/showing.js";
export { readRecord, studyStatus } from "./app/status.js";
export { trainOne } from "./app/training.js";
export { readCodes, writeCodes } from "./code-files.js";
export { openImages } from "./data.js";
export { readGivenDictionaries } from "./given-dictionaries.js";
export { openImageSource } from "./image-source.js";
export { openKernel } from "./kernel.js";
export { openPool } from "./pool.js";
