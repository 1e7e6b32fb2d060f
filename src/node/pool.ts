/**
 * The executor of one machine: worker threads, each with its own kernel. A free
 * worker takes the first waiting job whose dictionary it already holds, else
 * the first of all; which worker does what changes no answer.
 */
import { Worker } from "node:worker_threads";
import type { Dictionary } from "../coding/dictionary.js";
import { CrispError } from "../core/errors.js";
import type { Executor, Job } from "../study/job.js";
import { builtFile } from "./kernel.js";
import type { WorkerReply, WorkerRequest } from "./worker.js";

type Waiting = {
  readonly dictionary: Dictionary;
  readonly job: Job;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
};

type Member = { readonly thread: Worker; held: Dictionary | null; busy: Waiting | null };

/** Starts `workers` threads and waits until each has compiled its kernel. */
export async function openPool(workers: number): Promise<Executor> {
  const queue: Waiting[] = [];
  const started = await Promise.all(Array.from({ length: workers }, startMember));
  const members = started.map(({ member }) => member);
  let broken: unknown = null;

  function assign(member: Member): void {
    if (member.busy || queue.length === 0) return;
    const held = queue.findIndex(({ dictionary }) => dictionary.atoms === member.held?.atoms);
    const [next] = queue.splice(Math.max(0, held), 1);
    const request: WorkerRequest = held < 0 ? { dictionary: next.dictionary, job: next.job } : { job: next.job };
    member.held = next.dictionary;
    member.busy = next;
    member.thread.postMessage(request);
  }
  function receive(member: Member, reply: WorkerReply): void {
    const { busy } = member;
    member.busy = null;
    if ("answer" in reply) busy?.resolve(reply.answer);
    else if ("failure" in reply)
      busy?.reject(new CrispError(reply.failure.code, reply.failure.message, { cause: reply.failure.stack }));
    assign(member);
  }
  function fail(error: unknown): void {
    broken ??= error;
    for (const waiting of [...members.flatMap(({ busy }) => busy ?? []), ...queue.splice(0)]) waiting.reject(error);
  }
  for (const member of members) {
    member.thread.on("message", (reply: WorkerReply) => receive(member, reply));
    member.thread.on("error", fail);
    member.thread.on("exit", () => fail(new CrispError("internal", "a worker thread ended by itself.")));
  }
  return {
    workers,
    family: started[0].family,
    run<J extends Job>(dictionary: Dictionary, job: J) {
      return new Promise((resolve, reject) => {
        if (broken) return reject(broken);
        queue.push({ dictionary, job, resolve: resolve as (answer: unknown) => void, reject });
        for (const member of members) assign(member);
      });
    },
    async close() {
      for (const { thread } of members) thread.removeAllListeners("exit");
      await Promise.all(members.map(({ thread }) => thread.terminate()));
    },
  };
}

/** A thread whose kernel is ready, and its numeric family. */
function startMember(): Promise<{ member: Member; family: string }> {
  const thread = new Worker(builtFile("worker.js"));
  return new Promise((resolve, reject) => {
    thread.once("error", reject);
    thread.once("message", (reply: WorkerReply) => {
      thread.removeListener("error", reject);
      if ("ready" in reply) resolve({ member: { thread, held: null, busy: null }, family: reply.ready });
      else reject(new CrispError("internal", "a worker thread did not start."));
    });
  });
}
