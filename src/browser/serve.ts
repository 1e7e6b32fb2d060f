/**
 * What a page's worker does: it holds the kernel, which is part of its very text (a page of file:// cannot fetch), and
 * answers requests by handlers, in their order; arrays of the answers are handed over, not copied.
 */
import { CrispError, failureOf } from "../core/errors.js";
import { openEngines } from "../engine/open.js";
import { bytesOf } from "./base64.js";
import { type Desk, desks, type Handler, Stopped } from "./desk.js";
import type { FromWorker, Request, ToWorker } from "./messages.js";

/** dist/kernel.wasm in base64, written here by scripts/browser.mjs. */
declare const CRISP_KERNEL: string;

/** The part of a worker's global scope in use. */
type Scope = {
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
  postMessage(message: FromWorker, handedOver?: readonly ArrayBufferLike[]): void;
};

/** Handlers by the name in a request. */
export type HandlerList = Readonly<Record<string, Handler<never, never, unknown>>>;

/** Answers the requests of the page that started this worker. */
export function serve(handlers: HandlerList): void {
  const scope = globalThis as unknown as Scope;
  /** Requests that wait or are under way. */
  const wanted = new Set<number>();
  const ready = openDesks();
  let last: Promise<void> = Promise.resolve();
  ready.then(
    () => scope.postMessage({ ready: true }),
    () => {},
  ); // what fails is told to whoever asks
  const post = (message: FromWorker) => scope.postMessage(message, [...buffersIn(message)]);

  async function answer({ id, kind, input }: Request): Promise<void> {
    try {
      const desk = (await ready)<unknown>(
        (point) => post({ id, point }),
        () => wanted.has(id),
      );
      await desk.pause();
      post({ id, answer: await handlerOf(handlers, kind)(desk, input) });
    } catch (error) {
      if (error instanceof Stopped) post({ id, stopped: true });
      else post({ id, failure: failureOf(error) });
    }
    wanted.delete(id);
  }
  scope.onmessage = ({ data }) => {
    if ("stop" in data) {
      wanted.delete(data.stop);
      return;
    }
    wanted.add(data.ask.id);
    last = last.then(() => answer(data.ask));
  };
}

async function openDesks() {
  const engines = await openEngines({ kernel: async () => new WebAssembly.Module(bytesOf(CRISP_KERNEL)) });
  return desks({ engines, now: () => performance.now() / 1000, messagesRead: looker() });
}

/** A message to ourselves comes after those that are there already. */
function looker(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const looks: (() => void)[] = [];
  (port1 as unknown as { onmessage: () => void }).onmessage = () => looks.shift()?.();
  return () =>
    new Promise((done) => {
      looks.push(done);
      port2.postMessage(0);
    });
}

function handlerOf(handlers: HandlerList, kind: string) {
  const found = handlers[kind];
  if (found) return found as unknown as (desk: Desk<unknown>, input: unknown) => Promise<unknown>;
  throw new CrispError("internal", `no handler is called ${kind}; there are ${Object.keys(handlers).join(", ")}.`);
}

/** The memory of every typed array in a record. */
function buffersIn(value: unknown, found = new Set<ArrayBufferLike>()): ReadonlySet<ArrayBufferLike> {
  if (ArrayBuffer.isView(value)) found.add(value.buffer);
  else if (typeof value === "object" && value !== null) for (const part of Object.values(value)) buffersIn(part, found);
  return found;
}
