/**
 * A worker thread: one kernel of its own, jobs in, answers out. It remembers
 * the dictionary it was last given, so that a dictionary crosses only once.
 */
import { parentPort } from "node:worker_threads";
import type { Dictionary } from "../coding/dictionary.js";
import { CrispError, type ErrorCode } from "../core/errors.js";
import { type Answer, type Job, perform } from "../study/job.js";
import { kernelModule } from "./kernel.js";
import { openCoders } from "./solver-coders.js";

/** `dictionary` is absent when the worker has it already. */
export type WorkerRequest = { readonly dictionary?: Dictionary; readonly job: Job };

export type WorkerReply =
  | { readonly ready: string }
  | { readonly answer: Answer[Job["kind"]] }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string; readonly stack?: string } };

const port = parentPort;
if (port) {
  const coders = openCoders(await kernelModule());
  port.on("message", ({ dictionary, job }: WorkerRequest) => {
    try {
      if (dictionary) coders.hold(dictionary);
      port.postMessage({ answer: perform(coders.coderFor(job), job, coders.seen) } satisfies WorkerReply);
    } catch (error) {
      port.postMessage({ failure: described(error) } satisfies WorkerReply);
    }
  });
  port.postMessage({ ready: coders.family } satisfies WorkerReply);
}

function described(error: unknown) {
  const code: ErrorCode = error instanceof CrispError ? error.code : "internal";
  return {
    code,
    message: error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? error.stack : undefined,
  };
}
