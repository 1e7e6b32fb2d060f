/**
 * `crisp transition STUDY`: the tests for a phase transition on a finished
 * study. Measurements go to the study's own store, so a stopped run goes on and
 * more images or draws reuse what is there; the result is STUDY/transition.json.
 */

import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import { growsImages } from "../study/axis.js";
import { analyseTransition } from "../study/transition/analyse.js";
import { conductTransition } from "../study/transition/conduct.js";
import { type TransitionOptions, transitionItems } from "../study/transition/plan.js";
import type { TransitionRecord } from "../study/transition/record.js";
import { demandDenoising } from "../tasks/problems/registry.js";
import { estimateItems, measuredPlan, type WorkEstimate } from "./estimate-work.js";
import { storedDictionaries } from "./given-dictionaries.js";
import type { Platform } from "./platform.js";
import { readStudy } from "./read-study.js";
import { type RecordCheck, readRecordFile, writeRecordFile } from "./record-file.js";
import { inSession, type Session, type StudyRequest } from "./session.js";
import { readRecord } from "./study-files.js";

/** A finished study to test for a phase transition. */
export type TransitionRequest = Omit<StudyRequest, "settings" | "out"> & TransitionOptions & { readonly study: string };

/**
 * Measures what is missing and writes transition.json.
 *
 * @throws CrispError `incomplete` for an unfinished study, or when the signal stops it; `check` without any minimum
 */
export async function testTransition(request: TransitionRequest, platform: Platform): Promise<TransitionRecord> {
  const { files } = platform;
  const { out, record, sizes, plan, items, options } = await planned(request, platform);
  const dictionaries = storedDictionaries(plan);
  const asked = { ...request, settings: plan.settings, dictionaries, out, purpose: "transition" } as const;
  async function work({ context }: Session): Promise<TransitionRecord> {
    const measured = await conductTransition(items, context);
    const { version, node } = platform.origin(request.command);
    const provenance = { version, family: plan.family, node };
    const found = analyseTransition({ record, results: sizes, plan, measured }, { ...options, provenance });
    await writeRecordFile(files.paths.join(out, "transition.json"), found, platform.studies.files(out));
    return found;
  }
  return inSession(asked, work, platform);
}

/** What the tests take from where they are, found out without doing them. @throws as `testTransition` */
export async function estimateTransition(request: TransitionRequest, platform: Platform): Promise<WorkEstimate> {
  const { out, plan, items } = await planned(request, platform);
  const { settings, dictionaries: given } = plan;
  const measured = await measuredPlan({ ...request, settings, given, out, purpose: "transition" }, platform);
  return estimateItems(items, measured, request.workers);
}

/** The finished study and the items of its tests. */
async function planned(request: TransitionRequest, platform: Platform) {
  const out = platform.files.paths.resolve(request.study);
  const record = await readRecord(out, platform);
  demandDenoising(record.settings.task, "crisp transition asks what the theory says");
  if (growsImages(record.settings)) {
    throw new CrispError(
      "usage",
      `${request.study} grew its images at ${counted(record.settings.features[0], "feature")}; the tests compare networks of different numbers of features. Run "crisp transition" on a study without --size-axis image; what growing images show is in this study's own report.`,
    );
  }
  const { sizes, plan } = await readStudy(out, platform);
  const options = { images: request.images, draws: request.draws };
  const items = transitionItems(plan, record.minima, options);
  if (items.length === 0) {
    throw new CrispError(
      "check",
      `${request.study} has no size with a least error inside its grid; the tests need one at least. Sweep a wider range of λ.`,
    );
  }
  return { out, record, sizes, plan, items, options };
}

/** transition.json of a study; null where the tests were not run. @throws CrispError `checksum` if it is damaged */
export function readTransition(
  folder: string,
  { studies }: Platform,
  onUnsealed?: (warning: string) => void,
): Promise<TransitionRecord | null> {
  const files = studies.files(folder);
  const check: RecordCheck<TransitionRecord> = {
    fault: ({ schemaVersion, tests }) =>
      schemaVersion === 1 && Array.isArray(tests) ? null : "it holds no record of version 1",
    advice: `Run "crisp transition ${folder}" to make it again.`,
    onUnsealed,
  };
  return readRecordFile(files.paths.join(files.paths.resolve(folder), "transition.json"), check, files);
}
