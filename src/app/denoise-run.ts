/** `crisp denoise` from request to result: network, workers, then one picture after the other. */
import { CrispError } from "../core/errors.js";
import { tensorSha256 } from "../core/key.js";
import { type DenoiseChoices, openDenoiser, type Watch } from "./denoise.js";
import { type DenoisedFile, denoiseFile, denoiseFiles } from "./denoise-files.js";
import {
  dictionaryNetwork,
  type Network,
  type OwnDictionary,
  shippedCalibration,
  shippedNetwork,
} from "./denoise-network.js";
import { type CriticalPoint, studyNetwork } from "./denoise-study.js";
import type { Platform } from "./platform.js";
import type { StudyEvent } from "./session.js";

/** What is to be denoised, with what, and where to. */
export type DenoiseRequest = DenoiseChoices & {
  /** A picture or a folder. */
  readonly input: string;
  readonly out: string | null;
  readonly reference: string | null;
  /** A dictionary of the user's own, or null. */
  readonly dictionary: OwnDictionary | null;
  readonly study: { readonly folder: string; readonly features: number | null; readonly from?: string } | null;
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Told of notes and warnings. */
  onEvent(event: StudyEvent): void;
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
};

/** @throws CrispError `incomplete` when the signal stops it; pictures done by then are written */
export async function denoisePictures(request: DenoiseRequest, platform: Platform): Promise<DenoiseResult> {
  const places = {
    out: request.out,
    reference: request.reference,
    onSkip: (names: readonly string[]) => request.onEvent({ kind: "warning", message: skippedText(names) }),
  };
  const files = await denoiseFiles(request.input, places, platform);
  const { network, point } = await networkFor(request, platform);
  const executor = await platform.openExecutor(request.workers);
  const stop = () => void executor.close();
  request.signal.addEventListener("abort", stop, { once: true });
  try {
    const denoiser = openDenoiser(network, executor, { ...request, calibration: await shippedCalibration(platform) });
    const pictures: DenoisedFile[] = [];
    for (const file of files) {
      demandGoing(request.signal);
      const watch: Watch = {
        onSearch: (codings) => request.onSearch?.({ input: file.input, codings }),
        onWindow(done, total) {
          demandGoing(request.signal);
          request.onProgress?.({ input: file.input, done, total });
        },
      };
      const work = denoiseFile(file, { denoiser, watch }, platform);
      pictures.push(await Promise.race([work, aborted(request.signal)]));
      request.onPicture?.(pictures[pictures.length - 1]);
    }
    const { name, atoms } = network;
    return { network: { name, features: atoms.shape[0], atoms: tensorSha256(atoms) }, point, pictures };
  } finally {
    request.signal.removeEventListener("abort", stop);
    await executor.close();
  }
}

function skippedText(names: readonly string[]): string {
  const others = names.length === 1 ? "" : ` and ${names.length - 1} more`;
  return `${names[0]}${others} passed over: written by an earlier call. Name a picture by itself to denoise it again.`;
}

async function networkFor(
  request: DenoiseRequest,
  platform: Platform,
): Promise<{ network: Network; point: CriticalPoint | null }> {
  const { study, dictionary } = request;
  if (study !== null) return studyNetwork({ ...request, ...study, study: study.folder }, platform);
  if (dictionary === null) return { network: await shippedNetwork(platform), point: null };
  const { network, assumed } = await dictionaryNetwork(dictionary, platform);
  if (assumed !== null) request.onEvent({ kind: "note", message: assumed });
  return { network, point: null };
}

function demandGoing(signal: AbortSignal): void {
  if (signal.aborted) throw new CrispError("incomplete", "stopped before the end. Run the same command again.");
}

/** Never resolves; rejects when the signal comes. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(new CrispError("incomplete", "stopped before the end. Run the same command again."));
    });
  });
}
