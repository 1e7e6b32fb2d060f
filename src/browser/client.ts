/**
 * The page's side of its workers: a worker for each lane, started from inlined text when first asked. In a named lane
 * a newer request takes the place of the older one; requests without a lane are answered in their order.
 */
import { CrispError, type ErrorCode } from "../core/errors.js";
import { bytesOf } from "./base64.js";
import type { AnswerOf, InputOf, Kind, PointOf } from "./handlers.js";
import type { FromWorker, ToWorker } from "./messages.js";

/** The text of the worker, written here by scripts/browser.mjs. */
declare const CRISP_WORKER: string;

/** What an AbortSignal is to those who listen; so named, the types need nothing of the DOM. */
export type Signal = {
  readonly aborted: boolean;
  /** Tells the listener when the work is given up. */
  addEventListener(type: "abort", listener: () => void): void;
  /** Tells it no more. */
  removeEventListener(type: "abort", listener: () => void): void;
};

export type AskOptions<K extends Kind> = {
  /** A request of the same lane that is not answered yet is given up for this one. */
  readonly lane?: string;
  /** Gives the request up. */
  readonly signal?: Signal;
  /** Told of each point while the request is under way. */
  onPoint?(point: PointOf<K>): void;
};

/** Asks workers, and ends them. */
export type Client = {
  /** @throws CrispError of the handler; `incomplete` when given up; `internal` when the worker broke down; `usage` without SIMD */
  ask<K extends Kind>(kind: K, input: InputOf<K>, options?: AskOptions<K>): Promise<AnswerOf<K>>;
  /** Ends the workers; requests under way are given up. The next request starts new ones. */
  close(): void;
};

/**
 * Least milliseconds that a worker has to hear that the request it works on was given up, before another takes its
 * place. It has as long as it took to begin, where that was longer: another would take as long again, so waiting costs
 * at most as much as it saves, on a slow phone too.
 */
const leastPatience = 100;

/** A client of workers that run this text. */
export function openClient(script: string = CRISP_WORKER): Client {
  const lanes = new Map<string, Lane>();
  return {
    async ask(kind, input, { lane = "", signal, onPoint } = {}) {
      const open = lanes.get(lane) ?? openLane(script);
      lanes.set(lane, open);
      if (lane !== "") open.giveUp("a newer request took its place. Wait for that one.");
      return open.ask({ kind, input, signal, onPoint: onPoint as Waiting["onPoint"] }) as never;
    },
    close() {
      for (const lane of lanes.values()) lane.close();
      lanes.clear();
    },
  };
}

type Waiting = {
  readonly request: { readonly id: number; readonly kind: Kind; readonly input: unknown };
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: CrispError) => void;
  readonly onPoint: ((point: unknown) => void) | undefined;
  /** Points handed on, and those that a worker started again sends once more. */
  seen: number;
  skip: number;
};

type Ask = Pick<Waiting["request"], "kind" | "input"> &
  Pick<Waiting, "onPoint"> & { readonly signal: Signal | undefined };

type Lane = {
  ask(of: Ask): Promise<unknown>;
  giveUp(why: string): void;
  close(): void;
};

function openLane(script: string): Lane {
  const waiting = new Map<number, Waiting>();
  /** Requests that the worker has not ended, in their order: it works on the first. */
  const sent = new Set<number>();
  let worker: PageWorker | undefined;
  let stopping: ReturnType<typeof setTimeout> | undefined;
  let [began, patience] = [0, Number.POSITIVE_INFINITY];
  let ids = 0;

  function fail(error: CrispError): void {
    const lost = [...waiting.values()];
    end();
    for (const { reject } of lost) reject(error);
  }
  function end(): void {
    worker?.terminate();
    worker = undefined;
    clearTimeout(stopping);
    stopping = undefined;
    patience = Number.POSITIVE_INFINITY;
    sent.clear();
    waiting.clear();
  }
  /** In place of a worker that does not hear. What others wait for begins again; the same points come, and are passed over. */
  function restart(): void {
    const kept = [...waiting.values()];
    end();
    for (const one of kept) {
      one.skip = one.seen;
      send(one);
    }
  }
  function send(one: Waiting): void {
    worker ??= begin(); // where there can be none it throws: then nothing waits
    waiting.set(one.request.id, one);
    sent.add(one.request.id);
    worker.postMessage({ ask: one.request });
  }
  function begin(): PageWorker {
    began = performance.now();
    return startWorker(script, { hear, fail });
  }
  /** Waits for a worker that works on what nobody waits for any more; one that has not begun is only waited for. */
  function watchHead(): void {
    const [head] = sent;
    if (stopping !== undefined || head === undefined || waiting.has(head) || patience === Number.POSITIVE_INFINITY)
      return;
    stopping = setTimeout(restart, patience);
  }
  function hear(message: FromWorker): void {
    if ("ready" in message) {
      patience = Math.max(leastPatience, performance.now() - began);
      watchHead();
      return;
    }
    const one = waiting.get(message.id);
    if ("point" in message) {
      if (one && one.skip > 0) one.skip--;
      else if (one) {
        one.seen++;
        one.onPoint?.(message.point);
      }
      return;
    }
    clearTimeout(stopping);
    stopping = undefined;
    sent.delete(message.id);
    waiting.delete(message.id);
    if ("answer" in message) one?.resolve(message.answer);
    if ("failure" in message) one?.reject(new CrispError(message.failure.code, message.failure.message));
    watchHead();
  }
  function drop(one: Waiting, why: string): void {
    const { id } = one.request;
    if (!waiting.delete(id)) return;
    one.reject(new CrispError("incomplete", `the request was given up: ${why}`));
    worker?.postMessage({ stop: id });
    watchHead();
  }
  return {
    async ask({ kind, input, signal, onPoint }) {
      if (signal?.aborted) throw new CrispError("incomplete", "the request was given up before it began. Ask again.");
      let onAbort = () => {};
      const answer = new Promise((resolve, reject) => {
        const one: Waiting = { request: { id: ++ids, kind, input }, resolve, reject, onPoint, seen: 0, skip: 0 };
        onAbort = () => drop(one, "its signal came. Ask again.");
        send(one);
      });
      signal?.addEventListener("abort", onAbort);
      // A signal may outlive many requests, and whoever listens to it keeps the input.
      return answer.finally(() => signal?.removeEventListener("abort", onAbort));
    },
    giveUp(why) {
      for (const one of waiting.values()) drop(one, why);
    },
    close: () => fail(new CrispError("incomplete", "the workers were closed before the answer came. Ask again.")),
  };
}

/** The part of a page's Worker in use. */
type PageWorker = {
  onmessage: ((event: { readonly data: FromWorker }) => void) | null;
  onerror: ((event: { readonly message?: string; preventDefault(): void }) => void) | null;
  onmessageerror: (() => void) | null;
  postMessage(message: ToWorker): void;
  terminate(): void;
};

type Ears = { hear(message: FromWorker): void; fail(error: CrispError): void };

/** Starts the text as a worker: by a Blob's address, which pages of file:// may use too. */
function startWorker(script: string, { hear, fail }: Ears): PageWorker {
  const { Worker } = globalThis as unknown as { Worker?: new (url: string) => PageWorker };
  if (Worker === undefined) throw refused("usage", "there are no workers here; a page of a browser has them");
  demandSimd();
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }) => {
    if ("ready" in data) URL.revokeObjectURL(url); // not after some seconds: a slow phone may still be reading it
    hear(data);
  };
  worker.onerror = (event) => {
    event.preventDefault(); // told by the error of those who wait
    fail(broken(event.message ?? "it could not be started"));
  };
  worker.onmessageerror = () => fail(broken("a message could not be read"));
  return worker;
}

function broken(why: string): CrispError {
  return refused("internal", `the worker broke down (${why}); what it was asked is lost. The next call starts another`);
}

function refused(code: ErrorCode, what: string): CrispError {
  return new CrispError(code, `${what}.`);
}

/** A module of one function that holds 128-bit vectors. */
const vectors = "AGFzbQEAAAABBQFgAAF7AwIBAAoKAQgAQQD9D/1iCw==";

/** @throws CrispError `usage` where WebAssembly has no 128-bit vectors: nothing else computes the same bits as fast */
function demandSimd(): void {
  if (typeof WebAssembly === "object" && WebAssembly.validate(bytesOf(vectors))) return;
  throw new CrispError(
    "usage",
    "this browser's WebAssembly has no 128-bit vectors (SIMD), which the kernel is made of; Chrome 91, Firefox 89 and Safari 16.4 and later have them. Open the page in one of those.",
  );
}
