/** A headless Chromium for benches: opened and cleared away, its memory, and quantiles of what was timed in it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type CDPSession, chromium, type Page } from "playwright-core";

const flags = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking";

/** A browser with a profile of its own. */
export async function openBrowser(): Promise<{ readonly context: BrowserContext; close(): Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), "crisp-bench-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: flags.split(" "),
    bypassCSP: true, // conditions are asked as text
  });
  async function close() {
    await context.close();
    rmSync(profile, { recursive: true });
  }
  return { context, close };
}

/** Bytes of a page. */
export type Memory = {
  /** JavaScript of the page itself, after its garbage is gone. */
  readonly heap: number;
  /** Of its process: the heaps of page and workers, their WebAssembly, pictures, the browser's own code. */
  readonly resident: number;
};

/** Memory of a page with its workers, garbage given back as far as Chromium does when memory is short. */
export async function memoryOf(context: BrowserContext, page: Page): Promise<Memory> {
  const session = await context.newCDPSession(page);
  await session.send("Memory.simulatePressureNotification", { level: "critical" });
  await session.send("HeapProfiler.collectGarbage");
  await page.waitForTimeout(1000);
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return { heap: usedSize, resident: await residentOf(context) };
}

/** Processor time of the page's own thread so far, in milliseconds; that of workers is not in it. */
export async function ownTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
}

/** A session in which `ownTime` can be asked. */
export async function timedSession(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return session;
}

/** Bytes of the largest renderer: that of the page under test, beside Chromium's spare one. */
async function residentOf(context: BrowserContext): Promise<number> {
  const session = await context.browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  return Math.max(...renderers.map(({ id }) => 1024 * residentKilobytes(id)));
}

function residentKilobytes(pid: number): number {
  return Number(/^Rss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
}

/** "median 17 ms, 95 % 18, most 40". */
export function quantiles(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(0);
  return `median ${at(0.5)} ms, 95 % ${at(0.95)}, most ${at(1)}`;
}
