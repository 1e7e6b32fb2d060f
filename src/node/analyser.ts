/** The analysis of a study in a thread of its own: of a large one it takes longer than a page may stand still. */
import { existsSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { type Analyser, type DoneSize, openAnalyser } from "../app/analyser.js";
import { CrispError, failureOf } from "../core/errors.js";
import type { PlanContext } from "../study/plan.js";
import type { StudyRecord } from "../study/record.js";
import { builtFile } from "./kernel.js";
import { nodePlatform } from "./platform.js";

type Study = { readonly analyse: string; readonly plan: PlanContext };
/** Sizes to be read; or null, for the record of those that were. */
type Request = readonly DoneSize[] | null;
type Reply = { readonly record: StudyRecord | null } | { readonly failure: ReturnType<typeof failureOf> };

const study = isMainThread ? null : (workerData as Partial<Study> | null);
if (study?.analyse !== undefined && study.plan) serve(study as Study);

function serve({ analyse, plan }: Study): void {
  const { read, record } = openAnalyser(analyse, plan, nodePlatform);
  const answer = async (sizes: Request) => (sizes === null ? record() : read(sizes).then(() => null));
  parentPort!.on("message", (request: Request) => {
    answer(request).then(
      (found) => parentPort!.postMessage({ record: found } satisfies Reply),
      (error) => parentPort!.postMessage({ failure: failureOf(error) } satisfies Reply),
    );
  });
}

/** `openAnalyser` beside this thread; one request at a time. @throws CrispError `internal` where the package is not built */
export function analyserBeside(out: string, plan: PlanContext): Analyser {
  const file = builtFile("analyser.js");
  if (!existsSync(file)) throw new CrispError("internal", `${file} is missing. Run "npm run build".`);
  let worker: Worker | undefined;
  let waiting: { done(record: StudyRecord | null): void; fail(error: Error): void } | undefined;

  function begin(): Worker {
    const begun = new Worker(file, { workerData: { analyse: out, plan } satisfies Study });
    begun.unref();
    begun.on("message", (reply: Reply) => {
      if ("record" in reply) waiting?.done(reply.record);
      else waiting?.fail(new CrispError(reply.failure.code, reply.failure.message));
    });
    begun.once("error", (error) => {
      worker = undefined; // out of memory, say: the next request begins anew
      waiting?.fail(error);
    });
    return begun;
  }
  function ask(request: Request): Promise<StudyRecord | null> {
    return new Promise((done, fail) => {
      waiting = { done, fail };
      worker ??= begin();
      worker.postMessage(request);
    });
  }
  return {
    read: async (sizes) => void (await ask(sizes)),
    record: async () => (await ask(null))!,
    close: () => void worker?.terminate(),
  };
}
