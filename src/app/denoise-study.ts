/**
 * A study's network at its critical point: the dictionary of a size and the λ
 * of its least error, measured where the study swept it. A size never swept is
 * trained with the study's settings; its active units are extrapolated and λ
 * is the one that gives them on held-out training images (study/prediction.ts).
 * Dictionary and codings are kept in the study's folder, so the second time is quick.
 */

import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import { growsImages, nameOf, type SizeName, sameSize, sizeWords } from "../study/axis.js";
import { dictionaryItem } from "../study/plan.js";
import { predictSizes } from "../study/predict-size.js";
import type { StudySettings } from "../study/settings.js";
import { demandDenoising } from "../tasks/problems/registry.js";
import { type Network, scaledOptimum, shippedCalibration } from "./denoise-network.js";
import { storedDictionaries } from "./given-dictionaries.js";
import type { Platform } from "./platform.js";
import { networkWith } from "./predicted-network.js";
import { readStudy } from "./read-study.js";
import { inSession, type StudyRequest } from "./session.js";
import { readRecord } from "./study-files.js";

export type StudyNetworkRequest = Omit<StudyRequest, "settings" | "out" | "command"> & {
  readonly study: string;
  /** Size to use; by default the study's largest. Where images grow, the study's own number of features. */
  readonly features: number | null;
};

/** What a study's network is operated at. */
export type CriticalPoint = {
  readonly features: number;
  /** Side of the images λ* belongs to; only where images grow. */
  readonly imageSize?: number;
  /** λ* and the study's noise, in units of the normalised image. */
  readonly lambda: number;
  readonly sigma: number;
  readonly source: "measured" | "predicted";
};

/** @throws CrispError `incomplete` for an unfinished study, `check` where the study allows no prediction */
export async function studyNetwork(
  request: StudyNetworkRequest,
  platform: Platform,
): Promise<{ network: Network; point: CriticalPoint }> {
  const folder = platform.files.paths.resolve(request.study);
  const { sizes, plan } = await readStudy(folder, platform);
  const { settings } = plan;
  demandDenoising(settings.task, "crisp denoise takes the best λ of a study");
  const name = askedSize(request, sizes, settings);
  const size = sizes.find((known) => sameSize(known, name));
  const measured =
    size && (await readRecord(folder, platform)).minima.find((minimum) => sameSize(minimum, name))?.lambda;
  const { atoms, lambda } =
    size && measured
      ? { atoms: size.atoms.get(0)!, lambda: measured.value }
      : await predictedOptimum(request, { folder, sizes, plan, name }, platform);
  const point = { ...name, lambda, sigma: settings.noise, source: measured ? "measured" : "predicted" } as const;
  const { patch, stride, rectified } = settings;
  const title = `the dictionary of ${counted(name.features, "atom")} of ${request.study}`;
  const lambdaPerSigma = scaledOptimum(point, await shippedCalibration(platform));
  return { network: { name: title, atoms, patch, stride, rectified, lambdaPerSigma }, point };
}

/** @throws CrispError `usage` where the network would be trained first; as `studyNetwork` */
export async function demandNetwork(
  { folder: study, features = null }: { readonly folder: string; readonly features?: number | null },
  platform: Platform,
): Promise<void> {
  const folder = platform.files.paths.resolve(study);
  const { sizes, plan } = await readStudy(folder, platform);
  const name = askedSize({ features, study }, sizes, plan.settings);
  if ((await readRecord(folder, platform)).minima.some((minimum) => sameSize(minimum, name) && minimum.lambda)) return;
  throw new CrispError(
    "usage",
    `${study} has no measured λ at ${sizeWords(name)}; without --dry-run that network would be made first. Make it with "crisp predict ${study} --features ${name.features}", whose --dry-run says how long it takes.`,
  );
}

type Asked = Awaited<ReturnType<typeof readStudy>> & { readonly folder: string; readonly name: SizeName };

/** The size whose λ* is used: the one asked for, else the largest. All sides share the dictionaries where images grow. */
function askedSize(
  { features, study }: Pick<StudyNetworkRequest, "features" | "study">,
  sizes: readonly SizeName[],
  settings: StudySettings,
) {
  const largest = nameOf(sizes[sizes.length - 1]);
  if (features === null || features === largest.features) return largest;
  if (!growsImages(settings)) return { features };
  throw new CrispError(
    "usage",
    `--features is ${features}; ${study} grew its images, so its dictionaries have ${counted(largest.features, "atom")}. Leave --features out.`,
  );
}

async function predictedOptimum(request: StudyNetworkRequest, asked: Asked, platform: Platform) {
  const { folder, sizes, plan, name } = asked;
  const [{ activeUnits }] = predictSizes(sizes, plan, [name]);
  if (activeUnits === null) {
    throw new CrispError(
      "check",
      `${request.study} allows no prediction at ${sizeWords(name)}: too few sizes have a least error. ${name.imageSize === undefined ? `Choose one of ${sizes.map((size) => size.features).join(", ")} with --features.` : "Run it on a wider range of λ (sweep.largest, sweep.smallest)."}`,
    );
  }
  dictionaryItem(plan, name.features, 0); // refuses a size that cannot be made, before images are opened
  const dictionaries = storedDictionaries(plan);
  const { settings } = plan;
  const session = { ...request, settings, dictionaries, out: folder, command: "crisp denoise" };
  const { atoms, lambda } = await inSession(
    { ...session, purpose: "denoise" },
    ({ context }) => networkWith(activeUnits, name, context),
    platform,
  );
  return { atoms, lambda: lambda.value };
}
