/** The analysis of a study in a thread of its own: of a large one it takes longer than a page may stand still. */
import { existsSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { CrispError, failureOf } from "../core/errors.js";
import { analyseStudy } from "../study/analyse.js";
import type { PlanContext } from "../study/plan.js";
import type { StudyRecord } from "../study/record.js";
import type { SizeResults } from "../study/study.js";
import { builtFile } from "./kernel.js";

type Work = { readonly analyse: readonly SizeResults[]; readonly plan: PlanContext };
type Reply = { readonly record: StudyRecord } | { readonly failure: ReturnType<typeof failureOf> };

const work = isMainThread ? null : (workerData as Partial<Work> | null);
if (work?.analyse && work.plan) parentPort?.postMessage(reply(work as Work));

function reply({ analyse, plan }: Work): Reply {
  try {
    return { record: analyseStudy(analyse, plan) };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

/** `analyseStudy` beside this thread. @throws CrispError as it does */
export function analyseBeside(analyse: readonly SizeResults[], plan: PlanContext): Promise<StudyRecord> {
  const file = builtFile("analyser.js");
  if (!existsSync(file)) throw new CrispError("internal", `${file} is missing. Run "npm run build".`);
  return new Promise((done, fail) => {
    const worker = new Worker(file, { workerData: { analyse, plan } satisfies Work });
    worker.once("error", fail).once("message", (message: Reply) => {
      if ("record" in message) done(message.record);
      else fail(new CrispError(message.failure.code, message.failure.message));
    });
    worker.unref();
  });
}
