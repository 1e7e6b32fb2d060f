/** The contract for running tasks: in threads, in this process, in a page. Results do not depend on which, or how many. */
import type { Dictionary } from "../coding/dictionary.js";
import type { Engine } from "../coding/engine.js";
import { type Task, type Tools, toolbox } from "./task.js";

/**
 * A dictionary under a name. Equal names must mean equal atoms and geometry: a worker that holds
 * the name is not sent the atoms again.
 */
export type Held = { readonly id: string; readonly dictionary: Dictionary };

/** Runs tasks, several at a time. */
export interface Executor {
  readonly workers: number;
  /** Numeric-kernel family of its coordinate solver, part of every key. */
  readonly family: string;
  /** Runs a task with a network; tasks of one network may run at the same time. */
  run<Input, Result>(task: Task<Input, Result>, held: Held, input: Input): Promise<Result>;
  /** Ends the workers; tasks under way are lost. */
  close(): Promise<void>;
}

/** Tasks one after the other in this thread, on the engines given; the first engine names the family. */
export function inlineExecutor(engines: readonly Engine[], now: () => number): Executor {
  const box = toolbox(engines, now);
  let held: { readonly id: string; readonly tools: Tools } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return {
    workers: 1,
    family: engines[0].family,
    run(task, { id, dictionary }, input) {
      const running = last.then(() => {
        if (held?.id !== id) held = { id, tools: box.hold(dictionary) };
        return task.run(held.tools, input);
      });
      last = running.catch(() => {});
      return running;
    },
    async close() {
      for (const engine of engines) engine.close();
    },
  };
}
