/** The use cases of app/ on this machine: each with the ports of node/platform.ts. What they do stands there. */
import {
  awaitStudy as awaited,
  type ClusterRequest,
  cancelStudy,
  nextStep,
  type OfStep,
  storedRequest as stored,
  submitStudy,
} from "../app/cluster.js";
import { writeState } from "../app/cluster-files.js";
import { type CompareRequest, compareFolders as compare } from "../app/compare.js";
import { type DecodeRequest, type DecodeResult, decodeImages as decode } from "../app/decode.js";
import type { DenoisingEstimate } from "../app/denoise-pace.js";
import {
  type DenoiseRequest,
  type DenoiseResult,
  denoisePictures as denoise,
  estimateDenoising as denoisingWork,
} from "../app/denoise-run.js";
import {
  type EncodeRequest,
  type EncodeResult,
  type EncodingEstimate,
  encodeImages as encode,
  estimateEncoding as encodingWork,
} from "../app/encode.js";
import {
  type EstimateRequest,
  estimateStudy as estimate,
  estimateMeasured as measuredStudy,
} from "../app/estimate-study.js";
import type { WorkEstimate } from "../app/estimate-work.js";
import { writeTableReport as reportTable, type TableToReport } from "../app/fit-table.js";
import {
  type EncodeOptions,
  encodeRequest,
  running,
  type StudyOptions,
  studyRequest,
  type WithDefaults,
} from "../app/front-door.js";
import { clearStudy as clear, type GcRequest, type Rubbish } from "../app/gc.js";
import { type PackRequest, type PackResult, packStudy as pack } from "../app/pack.js";
import {
  type PredictRequest,
  predictStudy as predict,
  estimatePrediction as predictionWork,
  predictSize as predictOne,
  type SizePrediction,
} from "../app/predict-sizes.js";
import {
  type ProtocolRequest,
  measureProtocol as protocol,
  estimateProtocol as protocolWork,
} from "../app/protocol.js";
import { type ReadOptions, readStudy as read, refitStudy as refit } from "../app/read-study.js";
import { runStudy as run } from "../app/run-study.js";
import { type ShowFilesRequest, showFile as show } from "../app/show-files.js";
import { readRecord as recordOf, type StudyStatus, studyStatus as status } from "../app/study-files.js";
import { writeReport as report } from "../app/study-report.js";
import {
  type TrainRequest,
  type TrainResult,
  trainOne as train,
  estimateTraining as trainingWork,
} from "../app/train.js";
import { type DenoiserRequest, type DenoiserResult, trainDenoiserFiles } from "../app/train-denoiser.js";
import {
  type TransitionRequest,
  testTransition as transition,
  readTransition as transitionOf,
  estimateTransition as transitionWork,
} from "../app/transition.js";
import { type VerifyRequest, type VerifyResult, verifyStudy as verify } from "../app/verify.js";
import { type WorkRequest, workItems as work } from "../app/work-items.js";
import { type DictionaryFile, type DictionaryOptions, decodeDictionary } from "../coding/dictionary-file.js";
import { openPatches } from "../engine/wasm/patches.js";
import type { LawChoice } from "../scaling/law-choice.js";
import type { CompareRecord } from "../study/compare-record.js";
import type { StudyEstimate } from "../study/estimate.js";
import type { PredictionForSize } from "../study/predict-size.js";
import type { ProtocolRecord } from "../study/protocol/record.js";
import type { StudyRecord } from "../study/record.js";
import type { StudySettings } from "../study/settings.js";
import type { TransitionRecord } from "../study/transition/record.js";
import { kernelModule } from "./kernel.js";
import { nodePlatform as here } from "./platform.js";
import { type Script, scriptsOnly, slurmCluster } from "./slurm/cluster.js";

const slurm = slurmCluster(here.studies.files);

/**
 * Runs or resumes a study to its end: its record, and the path of its report.
 *
 * @param options  preset, settings that differ from it, and folder; without them the preset `quick` on drawn images
 * @throws CrispError `usage` for a setting that is unknown or out of range, `data` for images that cannot be used,
 *   `store` or `busy` for a folder that cannot, `incomplete` when the signal stops it; everything done is kept
 */
export const runStudy = async (options: StudyOptions = {}): Promise<{ record: StudyRecord; report: string }> => {
  const request = studyRequest(options, here.cores);
  return run({ ...request, out: here.files.paths.resolve(request.out) }, here);
};

/** Submits to Slurm what a study lacks, unless it is in the queue already; false where nothing is lacking. */
export const submitToSlurm = (request: ClusterRequest): Promise<boolean> => submitStudy(request, slurm, here);

/** The record of a study that Slurm works on, when it is there. @throws CrispError for what ended it */
export const awaitSlurm = (request: ClusterRequest): ReturnType<typeof awaited> => awaited(request, slurm, here);

/** Writes the scripts that `submitToSlurm` would submit and returns them; submits nothing. */
export async function slurmScripts(request: ClusterRequest): Promise<readonly Script[]> {
  const scripts: Script[] = [];
  await submitStudy(request, scriptsOnly(slurm, here.studies.files, scripts), here);
  if (scripts.length > 0) await writeState(request.out, { state: "submitted", byHand: true }, here);
  return scripts;
}

/** A study's request as its folder has it, for Slurm. @throws CrispError `store` for a folder that holds none */
export const slurmRequest = (folder: string, running: OfStep): Promise<ClusterRequest> => stored(folder, running, here);

/** The next step of a study on Slurm, taken by the last job of the step before. */
export const advanceOnSlurm = (folder: string, running: OfStep): Promise<void> =>
  nextStep(folder, running, { cluster: slurm, platform: here });

/** Ends the jobs of a study; how many there were. */
export const cancelOnSlurm = (folder: string): ReturnType<typeof cancelStudy> => cancelStudy(folder, slurm, here);

/** A study's jobs in the queue. @throws CrispError `usage` where there is no Slurm, `incomplete` where it does not answer */
export const slurmJobs = (folder: string): ReturnType<typeof slurm.jobs> => slurm.jobs(folder, { once: true });

/** Makes the items of a bundle. @throws CrispError `incomplete` when the signal stops it */
export const workItems = (request: WorkRequest): Promise<void> => work(request, here);

/** Trains, or goes on training, one dictionary. @throws CrispError `incomplete` when the signal stops it */
export const trainOne = (request: WithDefaults<TrainRequest>): Promise<TrainResult> =>
  train({ ...request, ...running(request, here.cores) }, here);

/** Codes all images, and writes the codes if `out` is given. @throws as `encodeImages` of app/encode.ts */
export const encodeImages = async (options: EncodeOptions): Promise<EncodeResult> =>
  encode(encodeRequest(options, here.cores), here);

/** How long a coding will take on this machine, from pieces of its first image. @throws as `encodeImages` before it begins */
export const estimateEncoding = (request: EncodeRequest): Promise<EncodingEstimate> => encodingWork(request, here);

/** Writes the image of every code; its shape and units. @throws as `decodeImages` of app/decode.ts */
export const decodeImages = (request: DecodeRequest): Promise<DecodeResult> => decode(request, here);

/** @throws CrispError `incomplete` when the signal stops it; pictures done by then are written */
export const denoisePictures = (request: DenoiseRequest): Promise<DenoiseResult> => denoise(request, here);

/** How long denoising will take on this machine, from the first pictures. @throws as `denoisePictures` before it begins */
export const estimateDenoising = (request: DenoiseRequest): Promise<DenoisingEstimate & { readonly network: string }> =>
  denoisingWork(request, here);

/** @throws CrispError `incomplete` for an unfinished study or when stopped; everything done is kept */
export const predictStudy = (request: WithDefaults<PredictRequest>): Promise<SizePrediction[]> =>
  predict({ ...request, ...running(request, here.cores) }, here);

/** What only the study's laws say, at numbers of features, or at sides where images grew; trains and codes nothing. */
export const predictSize = (folder: string, sizes: readonly number[]): Promise<PredictionForSize[]> =>
  predictOne(folder, sizes, here);

/** Measures what is missing for the tests of a phase transition and writes transition.json. @throws CrispError `incomplete`, `check` */
export const testTransition = (request: WithDefaults<TransitionRequest>): Promise<TransitionRecord> =>
  transition({ ...request, ...running(request, here.cores) }, here);

/** Codes a study's networks as the authors do and writes protocol.json. @throws CrispError `incomplete`, `check` */
export const measureProtocol = (request: WithDefaults<ProtocolRequest>): Promise<ProtocolRecord> =>
  protocol({ ...request, ...running(request, here.cores) }, here);

/** Two finished studies side by side. @throws CrispError `incomplete`, or `usage` for two of different measures */
export const compareFolders = (request: CompareRequest): Promise<CompareRecord> => compare(request, here);

/** transition.json of a study; null where the tests were not run. @throws CrispError `checksum` if it is damaged */
export const readTransition = (folder: string): Promise<TransitionRecord | null> => transitionOf(folder, here);

/** All results of a finished study. @throws CrispError `incomplete` when one is missing */
export const readStudy = (folder: string, options?: ReadOptions): ReturnType<typeof read> =>
  read(folder, here, options);

/** The scaling analysis again from the stored results; scaling.json is written anew. */
export const refitStudy = (folder: string, laws?: LawChoice): Promise<StudyRecord> => refit(folder, here, laws);

/** The record of a finished study. @throws CrispError `incomplete` if it has none yet */
export const readRecord = (folder: string): Promise<StudyRecord> => recordOf(folder, here);

/** Reads how far a study is, also while it runs. */
export const studyStatus = (folder: string): Promise<StudyStatus> => status(folder, here);

/** Computes some items of a study anew; the result says what differs. @throws CrispError `store`, `incomplete` */
export const verifyStudy = (request: VerifyRequest): Promise<VerifyResult> => verify(request, here);

/** Packs a study: its folder with all results in two files. @throws as `packStudy` of app/pack.ts */
export const packStudy = (request: PackRequest): Promise<PackResult> => pack(request, here);

/** Removes what no result of a study needs, and says what that is. @throws as `clearStudy` of app/gc.ts */
export const clearStudy = (request: GcRequest): Promise<readonly Rubbish[]> => clear(request, here);

/** What a file or folder holds, drawn with `out` and converted with `to`. @throws as `showFile` of app/show-files.ts */
export const showFile = (request: ShowFilesRequest): ReturnType<typeof show> => show(request, here);

/** Writes report.html and figures/*.svg; returns the absolute path of the report. */
export const writeReport = (folder: string): Promise<string> => report(folder, here);

/** Writes fit.json, report.html and the figures of a fitted table; returns the path of report.html. */
export const writeTableReport = (
  folder: string,
  record: TableToReport["record"],
  origin: { readonly name: string; readonly command: string },
): Promise<string> => reportTable(folder, { record, ...origin }, here);

/** What a study will take, and how much of it a folder holds. @throws CrispError `store` when `out` is something else than a study */
export const estimateStudy = (
  settings: StudySettings,
  workers: number,
  places: Omit<EstimateRequest, "workers"> = {},
): Promise<StudyEstimate & { readonly cached: number }> => estimate(settings, { workers, ...places }, here);

/** What a study will take on this machine, measured for two seconds with its own images. @throws as `runStudy` before it begins */
export const estimateMeasured = (work: Parameters<typeof measuredStudy>[0]): ReturnType<typeof measuredStudy> =>
  measuredStudy(work, here);

/** What a training takes from where it is. @throws as `trainOne` before it begins */
export const estimateTraining = (request: TrainRequest): Promise<WorkEstimate> => trainingWork(request, here);

/** What the codings of a protocol take from where they are. @throws as `measureProtocol` before it begins */
export const estimateProtocol = (request: ProtocolRequest): Promise<WorkEstimate> => protocolWork(request, here);

/** What the tests of a transition take from where they are. @throws as `testTransition` before it begins */
export const estimateTransition = (request: TransitionRequest): Promise<WorkEstimate> => transitionWork(request, here);

/** What a prediction takes from where it is; without `measure` no image is opened. @throws as `predictStudy` before it begins */
export const estimatePrediction = (
  request: PredictRequest,
  how: { readonly measure: boolean },
): Promise<WorkEstimate> => predictionWork(request, how, here);

/** The dictionary of a file. @throws CrispError `data` for a file that cannot be read or holds none */
export const readDictionary = async (path: string, options: DictionaryOptions = {}): Promise<DictionaryFile> =>
  decodeDictionary(await here.files.read(path), path, options);

/** A model for crisp denoise, trained in this thread. @throws CrispError `incomplete` when stopped; nothing is written then */
export async function trainDenoiserOn(request: DenoiserRequest): Promise<DenoiserResult> {
  const module = await kernelModule();
  return trainDenoiserFiles(request, (layout) => openPatches(module, layout), here);
}
