/** `crisp denoise` from request to result: network, workers, then one picture after the other. */
import { CrispError, type ErrorCode } from "../core/errors.js";
import { tensorSha256 } from "../core/key.js";
import { type DenoiseChoices, type Denoiser, openDenoiser, type Watch } from "./denoise.js";
import { type DenoisedFile, type DenoiseFile, denoiseFile, denoiseFiles } from "./denoise-files.js";
import type { OwnDictionary } from "./denoise-network.js";
import { type DenoisingEstimate, denoisingPace, sizesOf } from "./denoise-pace.js";
import { type CriticalPoint, demandNetwork } from "./denoise-study.js";
import { wayFor } from "./denoise-way.js";
import type { Platform } from "./platform.js";
import type { StudyEvent } from "./session.js";

/** What is to be denoised, with what, and where to. */
export type DenoiseRequest = Partial<DenoiseChoices> & {
  /** A picture, a folder of them, or several of either. */
  readonly input: string | readonly string[];
  /** Default: beside the input, named …-denoised. */
  readonly out?: string | null;
  readonly reference?: string | null;
  /** A dictionary of the user's own; by default the shipped one. */
  readonly dictionary?: OwnDictionary | null;
  readonly study?: { readonly folder: string; readonly features?: number | null; readonly from?: string } | null;
  /** Worker threads; default one per core. The result does not depend on it. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  /** Told of notes and warnings. */
  onEvent?(event: StudyEvent): void;
  /** Told how long it will take, measured before it begins; of small pictures nothing. */
  onEstimate?(estimate: DenoisingEstimate): void;
  /** Told after each picture, and after each window of one. */
  onPicture?(file: DenoisedFile): void;
  /** Told of each coding that begins in the search for a picture's λ, which comes first. */
  onSearch?(progress: { readonly input: string; readonly codings: number }): void;
  /** Told after each window of a picture. */
  onProgress?(progress: { readonly input: string; readonly done: number; readonly total: number }): void;
};

/** What was denoised, picture by picture. */
export type DenoiseResult = {
  readonly network: {
    readonly name: string;
    readonly features: number;
    /** sha256 of the atoms, as in the codes that crisp encode writes. */
    readonly atoms: string;
  };
  /** Where a study operates the network; null without --study. */
  readonly point: CriticalPoint | null;
  readonly pictures: readonly DenoisedFile[];
  /** Pictures of several that could not be read or do not fit, and why; nothing is written for them. */
  readonly failed: readonly FailedFile[];
};

/** A picture that could not be denoised: its absolute path, and the error that names it. */
export type FailedFile = { readonly input: string; readonly code: ErrorCode; readonly message: string };

/**
 * Denoises pictures one after the other. A picture that cannot be read does not end the others;
 * where there is only one, its error is thrown.
 *
 * @throws CrispError `usage`, `data` for inputs, outputs or a network that cannot be used;
 *   `incomplete` when the signal stops it; pictures done by then are written
 */
export async function denoisePictures(request: DenoiseRequest, platform: Platform): Promise<DenoiseResult> {
  const { signal } = request;
  const files = await filesOf(request, platform);
  // Before minutes of coding are lost.
  const { paths, demandWritable } = platform.files;
  for (const folder of new Set(files.map(({ output }) => paths.dirname(output)))) await demandWritable(folder);
  const { choices, way, workers } = await wayOf(request, platform);
  const { name, atoms, point, open } = way;
  const executor = await platform.openExecutor(workers);
  const stop = () => void executor.close();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const cleaner = open(executor);
    const denoiser = openDenoiser(cleaner, choices);
    if (request.onEstimate) await tellEstimate(files, { cleaner, executor, choices, request }, platform);
    const about = { name, features: atoms.shape[0], atoms: tensorSha256(atoms) };
    return { network: about, point, ...(await denoiseAll(files, { denoiser, request }, platform)) };
  } finally {
    signal?.removeEventListener("abort", stop);
    await executor.close();
  }
}

/** What `denoisePictures` takes, found out without writing anything. @throws as `denoisePictures` before it begins */
export async function estimateDenoising(
  request: DenoiseRequest,
  platform: Platform,
): Promise<DenoisingEstimate & { readonly network: string }> {
  const files = await filesOf(request, platform);
  if (request.study) await demandNetwork(request.study, platform);
  const { choices, way, workers } = await wayOf(request, platform);
  const executor = await platform.openExecutor(workers);
  try {
    const sizes = await sizesOf(files, platform);
    const pace = await denoisingPace(sizes, { cleaner: way.open(executor), executor, choices }, platform);
    return { network: way.name, pictures: sizes.length, ...pace };
  } finally {
    await executor.close();
  }
}

function filesOf({ input, out = null, reference = null, onEvent }: DenoiseRequest, platform: Platform) {
  const onSkip = (message: string) => onEvent?.({ kind: "warning", message });
  return denoiseFiles(typeof input === "string" ? [input] : input, { out, reference, onSkip }, platform);
}

async function wayOf(request: DenoiseRequest, platform: Platform) {
  const { onEvent = () => {}, workers = platform.cores } = request;
  const choices = choicesOf(request);
  return { choices, workers, way: await wayFor({ ...request, ...choices, onEvent, workers }, platform) };
}

/** Megapixels that take seconds, and are not measured before. */
const untold = 1;

type AtWork = Parameters<typeof denoisingPace>[1] & { readonly request: DenoiseRequest };

async function tellEstimate(files: readonly DenoiseFile[], { request, ...tools }: AtWork, platform: Platform) {
  const sizes = await sizesOf(files, platform);
  const total = sizes.reduce((sum, { height, width }) => sum + height * width, 0);
  if (total <= untold * 1e6) return;
  const pace = await Promise.race([denoisingPace(sizes, tools, platform), aborted(request.signal)]);
  request.onEstimate?.({ pictures: sizes.length, ...pace });
}

/** σ from the picture, λ from the study or the picture, four codings. */
function choicesOf({ sigma = null, lambda = "auto", quality = "default" }: DenoiseRequest): DenoiseChoices {
  return { sigma, lambda, quality };
}

async function denoiseAll(
  files: readonly DenoiseFile[],
  { denoiser, request }: { readonly denoiser: Denoiser; readonly request: DenoiseRequest },
  platform: Platform,
): Promise<Pick<DenoiseResult, "pictures" | "failed">> {
  const pictures: DenoisedFile[] = [];
  const failed: FailedFile[] = [];
  for (const file of files) {
    const { input } = file;
    demandGoing(request.signal);
    const watch: Watch = {
      onSearch: (codings) => request.onSearch?.({ input, codings }),
      onWindow(done, total) {
        demandGoing(request.signal);
        request.onProgress?.({ input, done, total });
      },
    };
    try {
      const work = denoiseFile(file, { denoiser, watch }, platform);
      pictures.push(await Promise.race([work, aborted(request.signal)]));
      request.onPicture?.(pictures[pictures.length - 1]);
    } catch (error) {
      if (files.length === 1 || !isOfPicture(error)) throw error;
      failed.push({ input, code: error.code, message: error.message });
    }
  }
  return { pictures, failed };
}

/** Whether an error is of one picture and not of the work as a whole. */
function isOfPicture(error: unknown): error is CrispError {
  return error instanceof CrispError && (error.code === "data" || error.code === "shape");
}

function demandGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CrispError("incomplete", "stopped before the end. Run the same command again.");
}

/** Never resolves; rejects when the signal comes. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => {
      reject(new CrispError("incomplete", "stopped before the end. Run the same command again."));
    });
  });
}
