/** `crisp denoise` from request to result: network, workers, then one picture after the other. */
import { CrispError, type ErrorCode } from "../core/errors.js";
import { tensorSha256 } from "../core/key.js";
import { type DenoiseChoices, type Denoiser, openDenoiser, type Watch } from "./denoise.js";
import { type DenoisedFile, type DenoiseFile, denoiseFile, denoiseFiles } from "./denoise-files.js";
import type { OwnDictionary } from "./denoise-network.js";
import type { CriticalPoint } from "./denoise-study.js";
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
  const { input, signal, workers = platform.cores } = request;
  const onEvent = request.onEvent ?? (() => {});
  const places = {
    out: request.out ?? null,
    reference: request.reference ?? null,
    onSkip: (message: string) => onEvent({ kind: "warning", message }),
  };
  const files = await denoiseFiles(typeof input === "string" ? [input] : input, places, platform);
  const choices = choicesOf(request);
  const { name, atoms, point, open } = await wayFor({ ...request, ...choices, onEvent, workers }, platform);
  const executor = await platform.openExecutor(workers);
  const stop = () => void executor.close();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const denoiser = openDenoiser(open(executor), choices);
    const about = { name, features: atoms.shape[0], atoms: tensorSha256(atoms) };
    return { network: about, point, ...(await denoiseAll(files, { denoiser, request }, platform)) };
  } finally {
    signal?.removeEventListener("abort", stop);
    await executor.close();
  }
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
