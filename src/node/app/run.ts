/** Runs a study on this machine, and tells before it what that takes. */
import {
  type EstimateRequest,
  estimateStudy as estimate,
  estimateMeasured as measuredStudy,
} from "../../app/estimate-study.js";
import type { StudyOptions } from "../../app/front-door.js";
import { runStudy as run } from "../../app/run-study.js";
import { studyRequest } from "../../app/study-request.js";
import type { StudyEstimate } from "../../study/estimate.js";
import type { StudyRecord } from "../../study/record.js";
import type { StudySettings } from "../../study/settings.js";
import { nodePlatform as here } from "../platform.js";

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

/** What a study will take, and how much of it a folder holds. @throws CrispError `store` when `out` is something else than a study */
export const estimateStudy = (
  settings: StudySettings,
  workers: number,
  places: Omit<EstimateRequest, "workers"> = {},
): Promise<StudyEstimate & { readonly cached: number }> => estimate(settings, { workers, ...places }, here);

/** What a study will take on this machine, measured for two seconds with its own images. @throws as `runStudy` before it begins */
export const estimateMeasured = (work: Parameters<typeof measuredStudy>[0]): ReturnType<typeof measuredStudy> =>
  measuredStudy(work, here);
