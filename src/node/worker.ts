/**
 * A worker thread: engines of its own, tasks in, answers out. It remembers
 * the dictionary it was last given, so that a dictionary crosses only once.
 */
import { parentPort } from "node:worker_threads";
import type { Dictionary } from "../coding/dictionary.js";
import { CrispError, failureOf } from "../core/errors.js";
import { openEngines } from "../engine/open.js";
import { taskOf } from "../tasks/registry.js";
import { type Tools, toolbox } from "../work/task.js";
import { kernelModule } from "./kernel.js";

/** `dictionary` is absent when the worker has it already. */
export type WorkerRequest = { readonly dictionary?: Dictionary; readonly kind: string; readonly input: unknown };

export type WorkerReply =
  | { readonly ready: string }
  | { readonly answer: unknown }
  | { readonly failure: ReturnType<typeof failureOf> };

const port = parentPort;
if (port) {
  const engines = await openEngines({ kernel: kernelModule });
  const box = toolbox(engines, () => performance.now() / 1000);
  let tools: Tools | undefined;
  port.on("message", async ({ dictionary, kind, input }: WorkerRequest) => {
    try {
      if (dictionary) tools = box.hold(dictionary);
      if (!tools) throw new CrispError("internal", "a task came before any dictionary.");
      const answer = await taskOf(kind).run(tools, input as never);
      port.postMessage({ answer } satisfies WorkerReply);
    } catch (error) {
      port.postMessage({ failure: failureOf(error) } satisfies WorkerReply);
    }
  });
  port.postMessage({ ready: engines[0].family } satisfies WorkerReply);
}
