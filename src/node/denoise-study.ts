/**
 * A study's network at its critical point: the dictionary of a size and the λ
 * of its least error, measured where the study swept it. A size never swept is
 * trained with the study's settings; its active units are extrapolated and λ
 * is the one that gives them on held-out training images (study/prediction.ts).
 * Dictionary and codings are kept in the study's folder, so the second time is quick.
 */
import { resolve } from "node:path";
import { CrispError } from "../core/errors.js";
import { dictionaryUnit } from "../study/plan.js";
import { predictSizes } from "../study/predict-size.js";
import { type Network, scaledOptimum } from "./denoise-network.js";
import { storedDictionaries } from "./given-dictionaries.js";
import { networkWith } from "./predicted-network.js";
import { readStudy } from "./read-study.js";
import { openSession, type StudyRequest } from "./session.js";
import { readRecord } from "./study-files.js";

export type StudyNetworkRequest = Omit<StudyRequest, "settings" | "out" | "command"> & {
  readonly study: string;
  /** Size to use; by default the study's largest. */
  readonly features: number | null;
};

/** What a study's network is operated at. */
export type CriticalPoint = {
  readonly features: number;
  /** λ* and the study's noise, in units of the normalised image. */
  readonly lambda: number;
  readonly sigma: number;
  readonly source: "measured" | "predicted";
};

/** @throws CrispError `incomplete` for an unfinished study, `check` where the study allows no prediction */
export async function studyNetwork(request: StudyNetworkRequest): Promise<{ network: Network; point: CriticalPoint }> {
  const folder = resolve(request.study);
  const { sizes, plan } = await readStudy(folder);
  const { settings } = plan;
  const features = request.features ?? sizes.at(-1)!.features;
  const size = sizes.find((known) => known.features === features);
  const measured = size && (await readRecord(folder)).minima.find((minimum) => minimum.features === features)?.lambda;
  const { atoms, lambda } =
    size && measured
      ? { atoms: size.atoms.get(0)!, lambda: measured.value }
      : await predictedOptimum(request, { folder, sizes, plan, features });
  const point = { features, lambda, sigma: settings.noise, source: measured ? "measured" : "predicted" } as const;
  const { patch, stride, rectified } = settings;
  const name = `the dictionary of ${features} atoms of ${request.study}`;
  const lambdaPerSigma = await scaledOptimum(point);
  return { network: { name, atoms, patch, stride, rectified, lambdaPerSigma }, point };
}

type Asked = Awaited<ReturnType<typeof readStudy>> & { readonly folder: string; readonly features: number };

async function predictedOptimum(request: StudyNetworkRequest, asked: Asked) {
  const { folder, sizes, plan, features } = asked;
  const [{ activeUnits }] = predictSizes(sizes, plan, [features]);
  if (activeUnits === null) {
    throw new CrispError(
      "check",
      `${request.study} allows no prediction at ${features} features: too few sizes have a least error. Choose one of ${sizes.map((size) => size.features).join(", ")} with --features.`,
    );
  }
  dictionaryUnit(plan, features, 0); // refuses a size that cannot be made, before images are opened
  const dictionaries = storedDictionaries(plan);
  const { settings } = plan;
  const session = await openSession({ ...request, settings, dictionaries, out: folder, command: "crisp denoise" });
  try {
    const { atoms, lambda } = await networkWith(activeUnits, features, session.context);
    return { atoms, lambda: lambda.value };
  } finally {
    await session.close();
  }
}
