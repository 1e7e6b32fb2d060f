/**
 * `crisp protocol STUDY`: the networks of a finished study coded as the authors code, for a fixed number of steps of
 * PetaVision's LCA, beside the study's converged codes. Measurements go to the study's own store, so a stopped run
 * goes on; the result is STUDY/protocol.json, and the report shows it.
 */
import { CrispError } from "../core/errors.js";
import { growsImages } from "../study/axis.js";
import type { SweepItem } from "../study/items/sweep.js";
import { analyseProtocol } from "../study/protocol/analyse.js";
import { type ProtocolOptions, protocolItems } from "../study/protocol/plan.js";
import type { ProtocolRecord } from "../study/protocol/record.js";
import { resultsOf } from "../study/study.js";
import type { Points } from "../tasks/points.js";
import { demandDenoising } from "../tasks/problems/registry.js";
import { estimateItems, measuredPlan, type WorkEstimate } from "./estimate-work.js";
import { storedDictionaries } from "./given-dictionaries.js";
import type { Platform } from "./platform.js";
import { readStudy } from "./read-study.js";
import { type RecordCheck, readRecordFile, writeRecordFile } from "./record-file.js";
import { inSession, type Session, type StudyRequest } from "./session.js";
import { readRecord } from "./study-files.js";

/** A finished study to code as the authors do. */
export type ProtocolRequest = Omit<StudyRequest, "settings" | "out"> & ProtocolOptions & { readonly study: string };

/**
 * Measures what is missing and writes protocol.json.
 *
 * @throws CrispError `incomplete` for an unfinished study, or when the signal stops it; `check` without any minimum
 */
export async function measureProtocol(request: ProtocolRequest, platform: Platform): Promise<ProtocolRecord> {
  const { out, record, plan, items, converged } = await planned(request, platform);
  const dictionaries = storedDictionaries(plan);
  const asked = { ...request, settings: plan.settings, dictionaries, out, purpose: "protocol" } as const;
  async function work({ context }: Session): Promise<ProtocolRecord> {
    context.progress.onRound(1, items);
    const points = await resultsOf(context, items);
    const measured = items.map((item, i) => ({ item, points: points[i] }));
    const { version, node } = platform.origin(request.command);
    const provenance = { version, family: plan.family, node };
    const { images, largest, reach, steps, timeStep } = request;
    const options = { images, largest, reach, steps, timeStep, provenance };
    const found = analyseProtocol({ record, converged, plan, measured }, options);
    await writeRecordFile(platform.files.paths.join(out, "protocol.json"), found, platform.studies.files(out));
    return found;
  }
  return inSession(asked, work, platform);
}

/** What the codings take from where they are, found out without doing them. @throws as `measureProtocol` */
export async function estimateProtocol(request: ProtocolRequest, platform: Platform): Promise<WorkEstimate> {
  const { out, plan, items } = await planned(request, platform);
  const { settings, dictionaries: given } = plan;
  const measured = await measuredPlan({ ...request, settings, given, out, purpose: "protocol" }, platform);
  return estimateItems(items, measured, request.workers);
}

/** The finished study, its own codes, and the items to be coded. */
async function planned(request: ProtocolRequest, platform: Platform) {
  const out = platform.files.paths.resolve(request.study);
  const record = await readRecord(out, platform);
  demandDenoising(record.settings.task, "crisp protocol repeats what the authors did");
  if (growsImages(record.settings)) {
    throw new CrispError(
      "usage",
      `${request.study} grew its images at ${record.settings.features[0]} features; the authors' networks differ by their features. Name a study without --size-axis image.`,
    );
  }
  const { converged, onPoints } = firstCodes(request.images);
  const { plan } = await readStudy(out, platform, { onPoints });
  const items = protocolItems(plan, record.minima, request);
  if (items.length > 0) return { out, record, plan, items, converged };
  throw new CrispError(
    "check",
    `${request.study} has no size of at most ${request.largest} features with a least error inside its grid; one is needed at least. Raise --largest, or sweep a wider range of λ.`,
  );
}

/** Keeps the study's own codes of the first images by the first seed, by features. */
function firstCodes(images: number) {
  const converged = new Map<number, Points[]>();
  const onPoints = ({ features, replicate, range }: SweepItem, points: Points) => {
    if (replicate > 0 || range.from >= images) return;
    converged.set(features, [...(converged.get(features) ?? []), points]);
  };
  return { converged, onPoints };
}

/** protocol.json of a study; null where it was not measured. @throws CrispError `checksum` if it is damaged */
export function readProtocol(
  folder: string,
  { studies }: Platform,
  onUnsealed?: (warning: string) => void,
): Promise<ProtocolRecord | null> {
  const files = studies.files(folder);
  const check: RecordCheck<ProtocolRecord> = {
    fault: ({ schemaVersion, readings }) =>
      schemaVersion === 1 && Array.isArray(readings) ? null : "it holds no record of version 1",
    advice: `Run "crisp protocol ${folder}" to make it again.`,
    onUnsealed,
  };
  return readRecordFile(files.paths.join(files.paths.resolve(folder), "protocol.json"), check, files);
}
