/** What a page and its workers hold in memory once their garbage is gone: heaps, array buffers, WebAssembly. */
import type { CDPSession, Page } from "playwright-core";

/** Bytes of one thread. */
export type Held = {
  /** Objects of JavaScript. */
  readonly heap: number;
  /** Array buffers and long texts. */
  readonly buffers: number;
  /** All WebAssembly memories. */
  readonly wasm: number;
};

/** Of the page's own thread, and of all its workers together. */
export type HeldByPage = { readonly page: Held; readonly workers: Held; readonly threads: number };

/** Asks a thread of the DevTools protocol. */
type Ask = (method: string, params?: object) => Promise<never>;

/** Follows the workers of a page that is yet to be opened; `held` may be called again and again. */
export async function openMemory(page: Page): Promise<{ held(): Promise<HeldByPage> }> {
  const session = await page.context().newCDPSession(page);
  const workers = await followWorkers(session);
  return {
    async held() {
      const own = await heldBy((method, params) => session.send(method as never, params as never));
      const theirs = await Promise.all(workers().map(heldBy));
      const sum = (name: keyof Held) => theirs.reduce((all, one) => all + one[name], 0);
      const all = { heap: sum("heap"), buffers: sum("buffers"), wasm: sum("wasm") };
      return { page: own, workers: all, threads: theirs.length };
    },
  };
}

/** Moves all three sliders of the explorer as a hand does that does not wait, then waits until all is quiet. */
export async function moveOften(page: Page, moves: number, milliseconds: number): Promise<void> {
  await page.evaluate(
    async ([count, pause]) => {
      const values = (i: number) => [30 + ((i * 37) % 100), (i * 3 + (i % 2)) % 6, 5 + (i % 10)];
      for (let i = 0; i < count; i++) {
        const input = document.getElementById(["lambda", "features", "sigma"][i % 3]) as HTMLInputElement;
        input.value = String(values(i)[i % 3]);
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((done) => setTimeout(done, pause));
      }
    },
    [moves, milliseconds],
  );
  await quiet(page);
}

/** Until the explorer's sentence and curve figure have stayed as they are for two seconds: nothing is measured any more. */
async function quiet(page: Page): Promise<void> {
  let before = "";
  for (let same = 0; same < 4; ) {
    await page.waitForTimeout(500);
    const now = await page.locator("#now").innerText();
    const drawn = now + (await page.locator("#curve").innerHTML());
    same = drawn === before && !/Measuring|Loading/.test(now) ? same + 1 : 0;
    before = drawn;
  }
}

/** Workers have no session of their own in Playwright: their messages are carried by the page's. */
async function followWorkers(session: CDPSession): Promise<() => readonly Ask[]> {
  const asks = new Map<string, Ask>();
  const waiting = new Map<number, (answer: never) => void>();
  let ids = 0;
  session.on("Target.attachedToTarget", ({ sessionId }) => {
    asks.set(sessionId, (method, params = {}) => {
      const message = JSON.stringify({ id: ++ids, method, params });
      const answer = new Promise<never>((done) => waiting.set(ids, done));
      return session.send("Target.sendMessageToTarget", { sessionId, message }).then(() => answer);
    });
  });
  session.on("Target.detachedFromTarget", ({ sessionId }) => asks.delete(sessionId));
  session.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, result } = JSON.parse(message);
    waiting.get(id)?.(result as never);
    waiting.delete(id);
  });
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  return () => [...asks.values()];
}

async function heldBy(ask: Ask): Promise<Held> {
  await ask("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize } = (await ask("Runtime.getHeapUsage")) as never as Record<string, number>;
  return { heap: usedSize, buffers: backingStorageSize, wasm: await wasmBytes(ask) };
}

type Remote = { readonly objectId: string; readonly value: number };

async function wasmBytes(ask: Ask): Promise<number> {
  const { result } = (await ask("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" })) as {
    result: Remote;
  };
  const { objects } = (await ask("Runtime.queryObjects", { prototypeObjectId: result.objectId })) as {
    objects: Remote;
  };
  const functionDeclaration =
    "function () { return this.reduce((bytes, memory) => bytes + memory.buffer.byteLength, 0); }";
  const of = { objectId: objects.objectId, functionDeclaration, returnByValue: true };
  const { result: bytes } = (await ask("Runtime.callFunctionOn", of)) as { result: Remote };
  await ask("Runtime.releaseObject", { objectId: objects.objectId });
  return bytes.value;
}
