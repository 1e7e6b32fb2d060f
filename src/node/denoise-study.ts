/**
 * A study's network at its critical point: the dictionary of a size and the λ
 * of its least error, measured where the study swept it. A size never swept is
 * trained with the study's settings; its active units are extrapolated and λ
 * is the one that gives them on held-out training images (study/prediction.ts).
 * Dictionary and codings are kept in the study's folder, so the second time is quick.
 */
import { resolve } from "node:path";
import { CrispError } from "../core/errors.js";
import { predictSizes } from "../study/analyse.js";
import { lambdasBetween } from "../study/grid.js";
import { pilotUnits, trainUnit } from "../study/plan.js";
import { lambdaFor } from "../study/prediction.js";
import type { Trained } from "../study/store.js";
import { pilotResult, type SizeResults, type StudyContext, trainWithCheckpoints } from "../study/study.js";
import { sweepUnitResult } from "../study/work.js";
import { type Network, scaledOptimum } from "./denoise-network.js";
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
      ? { atoms: size.trained.get(0)!.atoms, lambda: measured.value }
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
  const session = await openSession({ ...request, settings: plan.settings, out: folder, command: "crisp denoise" });
  try {
    const { context } = session;
    const trained = await trainedSize(context, features);
    const size = { features, trained: new Map([[0, trained]]), pilot: [], sweep: new Map(), cost: [] };
    return { atoms: trained.atoms, lambda: await lambdaWith(activeUnits, size, context) };
  } finally {
    await session.close();
  }
}

async function trainedSize(context: StudyContext, features: number): Promise<Trained> {
  const unit = trainUnit(context, features, 0);
  const found = await context.store.read(unit);
  if (found) return found;
  const trained = await trainWithCheckpoints(unit, context);
  await context.store.write(unit, trained);
  return trained;
}

/** λ's of one piece of the search, from the largest down. */
const piece = 6;

/** λ at which held-out images have this many active units; the path goes down until it is reached. */
async function lambdaWith(
  units: Parameters<typeof lambdaFor>[0],
  size: SizeResults,
  context: StudyContext,
): Promise<number> {
  const { sweep } = context.settings;
  for (let from = 0; ; from += piece) {
    const lambdas = lambdasBetween(sweep, from, from + piece);
    if (lambdas.length === 0) break;
    await codePilot(lambdas, size, context);
    // The interval's ends need not be reached: only the value is used.
    const found = lambdaFor({ value: units.value, low: units.value, high: units.value }, pilotResult(size, context));
    if (found) return found.value;
  }
  throw new CrispError(
    "check",
    `no λ from ${sweep.largest} down to ${sweep.smallest} gives ${units.value.toPrecision(3)} active units with ${size.features} features. Give --lambda.`,
  );
}

async function codePilot(lambdas: readonly number[], size: SizeResults, context: StudyContext): Promise<void> {
  const { atoms } = size.trained.get(0)!;
  for (const unit of pilotUnits(context, size.features, lambdas)) {
    const dictionary = { geometry: trainUnit(context, size.features, 0).geometry, atoms };
    const points = (await context.store.read(unit)) ?? (await sweepUnitResult(unit, dictionary, context.workshop));
    await context.store.write(unit, points);
    size.pilot.push(points);
  }
}
