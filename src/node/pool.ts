/**
 * The executor of one machine: worker threads, each with its own kernel. A free
 * worker takes the first waiting task whose dictionary it already holds, else
 * the first of all; which worker does what changes no answer.
 */
import { Worker } from "node:worker_threads";
import { CrispError } from "../core/errors.js";
import type { Executor, Held } from "../work/executor.js";
import type { Task } from "../work/task.js";
import { builtFile } from "./kernel.js";
import type { WorkerReply, WorkerRequest } from "./worker.js";

type Waiting = {
  readonly held: Held;
  readonly kind: string;
  readonly input: unknown;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
};

type Member = { thread: Worker; held: string | null; busy: Waiting | null };

/** Starts `workers` threads and waits until each has compiled its kernel; if one fails to start, none is left. */
export async function openPool(workers: number): Promise<Executor> {
  const starts = await Promise.allSettled(Array.from({ length: workers }, startThread));
  const started = starts.flatMap((start) => (start.status === "fulfilled" ? start.value : []));
  const failed = starts.find((start) => start.status === "rejected");
  if (failed) {
    await Promise.all(started.map(({ thread }) => thread.terminate()));
    throw failed.reason;
  }
  return new Pool(
    started.map(({ thread }) => ({ thread, held: null, busy: null })),
    started[0].family,
  );
}

class Pool implements Executor {
  private readonly queue: Waiting[] = [];
  /** Why no thread can be had any more; every later task is refused with it. */
  private broken: unknown = null;
  private closed = false;

  constructor(
    private readonly members: readonly Member[],
    readonly family: string,
  ) {
    for (const member of members) this.listen(member);
  }

  get workers(): number {
    return this.members.length;
  }

  run<Input, Result>({ kind }: Task<Input, Result>, held: Held, input: Input): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.broken) return reject(this.broken);
      this.queue.push({ held, kind, input, resolve: resolve as (answer: unknown) => void, reject });
      for (const member of this.members) this.assign(member);
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.members.map(({ thread }) => thread.terminate()));
  }

  private assign(member: Member): void {
    const { queue } = this;
    if (member.busy || queue.length === 0) return;
    const known = queue.findIndex(({ held }) => held.id === member.held);
    const [next] = queue.splice(Math.max(0, known), 1);
    const { held, kind, input } = next;
    const request: WorkerRequest = known < 0 ? { dictionary: held.dictionary, kind, input } : { kind, input };
    member.held = held.id;
    member.busy = next;
    member.thread.postMessage(request);
  }

  private receive(member: Member, reply: WorkerReply): void {
    const { busy } = member;
    member.busy = null;
    if ("answer" in reply) busy?.resolve(reply.answer);
    else if ("failure" in reply)
      busy?.reject(new CrispError(reply.failure.code, reply.failure.message, { cause: reply.failure.stack }));
    this.assign(member);
  }

  private listen(member: Member): void {
    const { thread } = member;
    let reason: Error | undefined;
    thread.on("message", (reply: WorkerReply) => this.receive(member, reply));
    thread.on("error", (error: Error) => {
      reason = error;
    });
    thread.on("exit", () => this.closed || this.replace(member, threadEnded(reason)));
  }

  /** A thread that ended while it did a task, mostly out of memory, fails that task only; without a task the next would end too. */
  private async replace(member: Member, failure: CrispError): Promise<void> {
    const { busy } = member;
    if (!busy) return this.fail(failure);
    try {
      const { thread } = await startThread();
      Object.assign(member, { thread, held: null, busy: null });
      if (this.closed) return void thread.terminate();
      this.listen(member);
      busy.reject(failure);
      this.assign(member);
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.broken ??= error;
    for (const waiting of [...this.members.flatMap(({ busy }) => busy ?? []), ...this.queue.splice(0)])
      waiting.reject(error);
  }
}

function threadEnded(reason: Error | undefined): CrispError {
  const { code, message } = (reason ?? {}) as NodeJS.ErrnoException;
  if (code !== "ERR_WORKER_OUT_OF_MEMORY")
    return new CrispError("internal", `a worker thread ended: ${message ?? "by itself"}.`, { cause: reason });
  const advice = "Give each more (NODE_OPTIONS=--max-old-space-size=4096, in MB), or try fewer --workers.";
  return new CrispError("internal", `a worker thread ran out of memory (${message}). ${advice}`);
}

/** A thread whose kernel is ready, and its numeric family. */
function startThread(): Promise<{ thread: Worker; family: string }> {
  const thread = new Worker(builtFile("worker.js"));
  return new Promise((resolve, reject) => {
    thread.once("error", reject);
    thread.once("exit", () => reject(new CrispError("internal", "a worker thread ended before it was ready.")));
    thread.once("message", (reply: WorkerReply) => {
      thread.removeAllListeners("error").removeAllListeners("exit");
      if ("ready" in reply) resolve({ thread, family: reply.ready });
      else reject(new CrispError("internal", "a worker thread did not start."));
    });
  });
}
