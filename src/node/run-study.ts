/**
 * A study on this machine, from images to a report: every round run
 * (study/study.ts), the record written, the report made. All of it may be
 * interrupted and repeated.
 */
import { resolve } from "node:path";
import { analyseStudy } from "../study/analyse.js";
import type { StudyRecord } from "../study/record.js";
import { showcaseOf, shownMinimum } from "../study/showcase.js";
import { conductStudy } from "../study/study.js";
import { inSession, type Session, type StudyRequest } from "./session.js";
import { writeRecord } from "./study-files.js";
import { writeReport } from "./study-report.js";

/** Runs or resumes a study to its end. @throws CrispError `incomplete` when the signal stops it; everything done is kept */
export async function runStudy(request: StudyRequest): Promise<{ record: StudyRecord; report: string }> {
  const record = await inSession(request, "study", conductAndAnalyse);
  // After the session's end, whose seconds the report shows.
  return { record, report: await writeReport(resolve(request.out)) };
}

async function conductAndAnalyse({ out, context }: Session): Promise<StudyRecord> {
  const record = analyseStudy(await conductStudy(context), context);
  const minimum = shownMinimum(record.minima);
  if (minimum) await showcaseOf(context, minimum);
  await writeRecord(out, record);
  return record;
}
