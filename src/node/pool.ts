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

type Member = { readonly thread: Worker; held: string | null; busy: Waiting | null };

/** Starts `workers` threads and waits until each has compiled its kernel; if one fails to start, none is left. */
export async function openPool(workers: number): Promise<Executor> {
  const starts = await Promise.allSettled(Array.from({ length: workers }, startMember));
  const started = starts.flatMap((start) => (start.status === "fulfilled" ? start.value : []));
  const failed = starts.find((start) => start.status === "rejected");
  if (failed) {
    await Promise.all(started.map(({ member }) => member.thread.terminate()));
    throw failed.reason;
  }
  return new Pool(
    started.map(({ member }) => member),
    started[0].family,
  );
}

class Pool implements Executor {
  private readonly queue: Waiting[] = [];
  /** The first failure of a thread; every later task is refused with it. */
  private broken: unknown = null;

  constructor(
    private readonly members: readonly Member[],
    readonly family: string,
  ) {
    for (const member of members) {
      member.thread.on("message", (reply: WorkerReply) => this.receive(member, reply));
      member.thread.on("error", (error) => this.fail(error));
      member.thread.on("exit", () => this.fail(new CrispError("internal", "a worker thread ended by itself.")));
    }
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
    for (const { thread } of this.members) thread.removeAllListeners("exit");
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

  private fail(error: unknown): void {
    this.broken ??= error;
    for (const waiting of [...this.members.flatMap(({ busy }) => busy ?? []), ...this.queue.splice(0)])
      waiting.reject(error);
  }
}

/** A thread whose kernel is ready, and its numeric family. */
function startMember(): Promise<{ member: Member; family: string }> {
  const thread = new Worker(builtFile("worker.js"));
  return new Promise((resolve, reject) => {
    thread.once("error", reject);
    thread.once("exit", () => reject(new CrispError("internal", "a worker thread ended before it was ready.")));
    thread.once("message", (reply: WorkerReply) => {
      thread.removeAllListeners("error").removeAllListeners("exit");
      if ("ready" in reply) resolve({ member: { thread, held: null, busy: null }, family: reply.ready });
      else reject(new CrispError("internal", "a worker thread did not start."));
    });
  });
}
