/**
 * The explorer in Chromium: its bytes, the time to the first denoised picture and to its whole curve, how soon a moved
 * slider shows its number and picture, and what 1,000 moves leave in memory. node bench/run.mjs page
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { type BrowserContext, type CDPSession, chromium, type Page } from "playwright-core";

const file = resolve("docs/explorer.html");
const flags = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking";

/** Milliseconds from the move of a slider to the frame after its number is there. Runs in the page. */
const move = `(id, value) => new Promise((done) => {
  const input = document.getElementById(id);
  const now = document.getElementById("now");
  const begin = performance.now();
  const watch = new MutationObserver(() => {
    watch.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begin)));
  });
  watch.observe(now, { childList: true, subtree: true, characterData: true });
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
})`;

/** Resolves with the milliseconds since the page was asked for, once a condition holds. */
async function since(page: Page, condition: string): Promise<number> {
  await page.waitForFunction(condition);
  return page.evaluate("performance.now()") as Promise<number>;
}

const hasPicture = `document.querySelector("#denoised-words b") !== null`;
const hasCurve = `/least for this picture|best sparsity/.test(document.getElementById("now").textContent)`;

/** Opens the page anew, as often as asked. */
async function openings(context: BrowserContext, times: number) {
  const found: { picture: number; own: number; curve: number }[] = [];
  for (let i = 0; i < times; i++) {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    await page.goto(`file://${file}`);
    const picture = await since(page, hasPicture);
    found.push({ picture, own: await ownTime(session), curve: await since(page, hasCurve) });
    await page.close();
  }
  return found;
}

/** Processor time of the page's own thread so far, in milliseconds; that of the workers is not in it. */
async function ownTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
}

/** Latencies of moves of λ over its whole range, at so many features, and the page's own processor time for one. */
async function latencies(page: Page, features: number, moves: number) {
  await page.goto("about:blank");
  await page.goto(`file://${file}#features=${features}`);
  await page.waitForFunction(hasCurve);
  await page.waitForTimeout(8000); // the curves of the other sizes
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const before = await ownTime(session);
  const found: number[] = [];
  for (let i = 0; i < moves; i++)
    found.push((await page.evaluate(`(${move})("lambda", ${30 + ((i * 37) % 100)})`)) as number);
  const own = ((await ownTime(session)) - before) / moves;
  await session.detach();
  return { found, own };
}

/** Bytes in use by the page's own heap after its garbage is gone. */
async function heap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}

/** What `moves` moves of all three sliders leave. */
async function growth(page: Page, moves: number): Promise<{ readonly before: number; readonly after: number }> {
  const some = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const [id, value] = [
        ["lambda", 30 + ((i * 37) % 100)],
        ["features", (i * 3) % 6],
        ["sigma", 5 + (i % 10)],
      ][i % 3];
      await page.evaluate(`(${move})("${id}", ${value})`);
    }
  };
  await some(60); // dictionaries unpacked, workers started
  const before = await heap(page);
  await some(moves);
  await page.waitForTimeout(2000);
  return { before, after: await heap(page) };
}

function row(name: string, values: readonly number[], unit = "ms"): void {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(0);
  console.log(`${name.padEnd(38)} median ${at(0.5)} ${unit}, 95 % ${at(0.95)}, least ${at(0)}`);
}

const text = readFileSync(file);
console.log(`${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}`);
console.log(`docs/explorer.html: ${text.length} bytes, ${gzipSync(text, { level: 9 }).length} gzipped`);
const profile = mkdtempSync(join(tmpdir(), "crisp-bench-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: flags.split(" "),
  bypassCSP: true, // conditions are asked as text
});
console.log(`Chromium ${context.browser()?.version() ?? ""}`);
const opened = await openings(context, 7);
row(
  "first denoised picture",
  opened.map(({ picture }) => picture),
);
row(
  "  of it the page's own thread",
  opened.map(({ own }) => own),
);
row(
  "curve of 128 features and its minimum",
  opened.map(({ curve }) => curve),
);
const page = await context.newPage();
for (const features of [16, 128, 512]) {
  const { found, own } = await latencies(page, features, 40);
  row(`λ moved, ${features} features`, found);
  console.log(`  of it the page's own thread: ${own.toFixed(0)} ms of processor time`);
}
const { before, after } = await growth(page, 1000);
console.log(`heap after 60 moves ${(before / 1e6).toFixed(1)} MB, after 1,000 more ${(after / 1e6).toFixed(1)} MB`);
await context.close();
rmSync(profile, { recursive: true });
