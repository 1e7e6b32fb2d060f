/**
 * A study on this machine, from images to a report: every round run
 * (study/study.ts), the record written, the report made. All of it may be
 * interrupted and repeated.
 */
import { canonicalJson } from "../core/key.js";
import { analyseStudy } from "../study/analyse.js";
import type { StudyRecord } from "../study/record.js";
import { showcaseOf, shownMinimum } from "../study/showcase.js";
import { conductStudy } from "../study/study.js";
import { settleState } from "./cluster-files.js";
import { clearFailures } from "./failures.js";
import type { Platform } from "./platform.js";
import { refitStudy } from "./read-study.js";
import { inSession, type Session, type StudyRequest } from "./session.js";
import { readRecord, recordedLaws, writeRecord } from "./study-files.js";
import { writeReport } from "./study-report.js";

/** Runs or resumes a study to its end. @throws CrispError `incomplete` when items failed or the signal stops it; everything done is kept */
export async function runStudy(
  request: StudyRequest,
  platform: Platform,
): Promise<{ record: StudyRecord; report: string }> {
  const record = await inSession(
    { ...request, purpose: "study" },
    async (session) => {
      await clearFailures(session.out, platform);
      return conductAndAnalyse(session, request, platform);
    },
    platform,
  );
  // After the session's end, whose seconds the report shows.
  const report = await writeReport(request.out, platform);
  await settleState(request.out, platform);
  return { record, report };
}

/**
 * A study that others have finished; analysed again where it was by other laws than are asked for, as by jobs that
 * an earlier command submitted.
 */
export async function finishedStudy(
  { out, laws }: Pick<StudyRequest, "out" | "laws">,
  platform: Platform,
): Promise<{ record: StudyRecord; report: string }> {
  const record = await readRecord(out, platform);
  if (laws === undefined || canonicalJson(record.laws ?? {}) === canonicalJson(laws))
    return { record, report: platform.files.paths.join(out, "report.html") };
  return { record: await refitStudy(out, platform, laws), report: await writeReport(out, platform) };
}

/** Said once, also where no progress is shown. */
const analysing = "Analysing the results: minima, laws, and their intervals (usually some seconds).";

/** Every round, the analysis, the pictures for the report, the record. */
export async function conductAndAnalyse(
  { out, context }: Pick<Session, "out" | "context">,
  { onEvent, laws }: Pick<StudyRequest, "onEvent" | "laws">,
  platform: Platform,
): Promise<StudyRecord> {
  const results = await conductStudy(context);
  onEvent({ kind: "note", message: analysing });
  const plan = { ...context, laws: laws ?? (await recordedLaws(out, platform)) };
  const record = analyseStudy(results, plan, context.progress.onAnalysis);
  const minimum = shownMinimum(record.minima);
  if (minimum) await showcaseOf(context, minimum);
  await writeRecord(out, record, platform);
  return record;
}
