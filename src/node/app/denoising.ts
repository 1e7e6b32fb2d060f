/** Denoises pictures on this machine. */
import type { DenoisingEstimate } from "../../app/denoise-pace.js";
import {
  type DenoiseRequest,
  type DenoiseResult,
  denoisePictures as denoise,
  estimateDenoising as denoisingWork,
} from "../../app/denoise-run.js";
import { nodePlatform as here } from "../platform.js";

/** @throws CrispError `incomplete` when the signal stops it; pictures done by then are written */
export const denoisePictures = (request: DenoiseRequest): Promise<DenoiseResult> => denoise(request, here);

/** How long denoising will take on this machine, from the first pictures. @throws as `denoisePictures` before it begins */
export const estimateDenoising = (request: DenoiseRequest): Promise<DenoisingEstimate & { readonly network: string }> =>
  denoisingWork(request, here);
