/** What is measured of a finished study beside its sweep, on this machine. */
import type { WorkEstimate } from "../../app/estimate-work.js";
import { running, type WithDefaults } from "../../app/front-door.js";
import {
  type PredictRequest,
  predictStudy as predict,
  estimatePrediction as predictionWork,
  predictSize as predictOne,
  type SizePrediction,
} from "../../app/predict-sizes.js";
import {
  type ProtocolRequest,
  measureProtocol as protocol,
  estimateProtocol as protocolWork,
} from "../../app/protocol.js";
import {
  type TransitionRequest,
  testTransition as transition,
  readTransition as transitionOf,
  estimateTransition as transitionWork,
} from "../../app/transition.js";
import type { PredictionForSize } from "../../study/predict-size.js";
import type { ProtocolRecord } from "../../study/protocol/record.js";
import type { TransitionRecord } from "../../study/transition/record.js";
import { nodePlatform as here } from "../platform.js";

/** @throws CrispError `incomplete` for an unfinished study or when stopped; everything done is kept */
export const predictStudy = (request: WithDefaults<PredictRequest>): Promise<SizePrediction[]> =>
  predict({ ...request, ...running(request, here.cores) }, here);

/** What only the study's laws say, at numbers of features, or at sides where images grew; trains and codes nothing. */
export const predictSize = (folder: string, sizes: readonly number[]): Promise<PredictionForSize[]> =>
  predictOne(folder, sizes, here);

/** What a prediction takes from where it is; without `measure` no image is opened. @throws as `predictStudy` before it begins */
export const estimatePrediction = (
  request: PredictRequest,
  how: { readonly measure: boolean },
): Promise<WorkEstimate> => predictionWork(request, how, here);

/** Measures what is missing for the tests of a phase transition and writes transition.json. @throws CrispError `incomplete`, `check` */
export const testTransition = (request: WithDefaults<TransitionRequest>): Promise<TransitionRecord> =>
  transition({ ...request, ...running(request, here.cores) }, here);

/** transition.json of a study; null where the tests were not run. @throws CrispError `checksum` if it is damaged */
export const readTransition = (folder: string): Promise<TransitionRecord | null> => transitionOf(folder, here);

/** What the tests of a transition take from where they are. @throws as `testTransition` before it begins */
export const estimateTransition = (request: TransitionRequest): Promise<WorkEstimate> => transitionWork(request, here);

/** Codes a study's networks as the authors do and writes protocol.json. @throws CrispError `incomplete`, `check` */
export const measureProtocol = (request: WithDefaults<ProtocolRequest>): Promise<ProtocolRecord> =>
  protocol({ ...request, ...running(request, here.cores) }, here);

/** What the codings of a protocol take from where they are. @throws as `measureProtocol` before it begins */
export const estimateProtocol = (request: ProtocolRequest): Promise<WorkEstimate> => protocolWork(request, here);
