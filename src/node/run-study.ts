/**
 * A study on this machine, from images to a report: every round run
 * (study/study.ts), the record written, the report made. All of it may be
 * interrupted and repeated.
 */
import { CrispError } from "../core/errors.js";
import { analyseStudy } from "../study/analyse.js";
import type { StudyRecord } from "../study/record.js";
import { showcaseOf, shownMinimum } from "../study/showcase.js";
import { conductStudy } from "../study/study.js";
import { logEvent, machineName } from "./events.js";
import { openSession, type Session, type StudyRequest, seconds } from "./session.js";
import { writeRecord } from "./study-files.js";
import { writeReport } from "./study-report.js";
import { packageVersion } from "./version.js";

/** Runs or resumes a study to its end. @throws CrispError `incomplete` when the signal stops it; everything done is kept */
export async function runStudy(request: StudyRequest): Promise<{ record: StudyRecord; report: string }> {
  const session = await openSession(request);
  const { out } = session;
  const started = seconds();
  let outcome: "finished" | "stopped" | "failed" = "failed";
  try {
    await logEvent(out, { kind: "session", ...whereAndHow(request) });
    const record = await conductAndAnalyse(session);
    outcome = "finished";
    return await finished(session, record, seconds() - started);
  } catch (error) {
    if (error instanceof CrispError && error.code === "incomplete") outcome = "stopped";
    throw error;
  } finally {
    if (outcome !== "finished") await logEvent(out, { kind: "end", seconds: seconds() - started, outcome });
    await session.close();
  }
}

function whereAndHow({ workers, command }: StudyRequest) {
  return { machine: machineName(), node: process.version, version: packageVersion(), workers, command };
}

async function conductAndAnalyse({ context }: Session): Promise<StudyRecord> {
  const record = analyseStudy(await conductStudy(context), context);
  const minimum = shownMinimum(record.minima);
  if (minimum) await showcaseOf(context, minimum);
  return record;
}

async function finished({ out }: Session, record: StudyRecord, spent: number) {
  await writeRecord(out, record);
  await logEvent(out, { kind: "end", seconds: spent, outcome: "finished" });
  return { record, report: await writeReport(out) };
}
