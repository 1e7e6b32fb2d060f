/**
 * The explorer in Chromium: its bytes, the time to the first denoised picture and to its whole curve, how soon a moved
 * slider shows its number and picture, and what 1,000 moves leave in memory. node bench/run.mjs page
 */
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import type { BrowserContext, Page } from "playwright-core";
import { type Held, moveOften, openMemory } from "../test/browser/memory.js";
import { memoryOf, openBrowser, ownTime, timedSession } from "./chromium.js";

const file = resolve("docs/explorer.html");

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
    const session = await timedSession(page);
    await page.goto(`file://${file}`);
    const picture = await since(page, hasPicture);
    found.push({ picture, own: await ownTime(session), curve: await since(page, hasCurve) });
    await page.close();
  }
  return found;
}

/** Latencies of moves of λ over its whole range, at so many features, and the page's own processor time for one. */
async function latencies(page: Page, features: number, moves: number) {
  await page.goto("about:blank");
  await page.goto(`file://${file}#features=${features}`);
  await page.waitForFunction(hasCurve);
  await page.waitForTimeout(8000); // the curves of the other sizes
  const session = await timedSession(page);
  const before = await ownTime(session);
  const found: number[] = [];
  for (let i = 0; i < moves; i++)
    found.push((await page.evaluate(`(${move})("lambda", ${30 + ((i * 37) % 100)})`)) as number);
  const own = ((await ownTime(session)) - before) / moves;
  await session.detach();
  return { found, own };
}

function row(name: string, values: readonly number[], unit = "ms"): void {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(0);
  console.log(`${name.padEnd(38)} median ${at(0.5)} ${unit}, 95 % ${at(0.95)}, least ${at(0)}`);
}

const text = readFileSync(file);
console.log(`${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}`);
console.log(`docs/explorer.html: ${text.length} bytes, ${gzipSync(text, { level: 9 }).length} gzipped`);
const { context, close } = await openBrowser();
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
await page.close();
const [moves, megabytes] = [Number(process.argv[2] ?? 1000), (bytes: number) => (bytes / 1e6).toFixed(1)];
const fresh = await context.newPage();
const memory = await openMemory(fresh);
await fresh.goto(`file://${file}`);
await moveOften(fresh, 60, 100); // dictionaries unpacked, workers started
for (const told of ["after 60 moves", `after ${moves} more`]) {
  if (told !== "after 60 moves") await moveOften(fresh, moves, 100);
  const { page: own, workers, threads } = await memory.held();
  const { resident } = await memoryOf(context, fresh);
  const words = ({ heap, buffers, wasm }: Held) =>
    `heap ${megabytes(heap)} MB, buffers ${megabytes(buffers)} MB, WebAssembly ${megabytes(wasm)} MB`;
  console.log(`${told}: page ${words(own)}; ${threads} workers ${words(workers)}; process ${megabytes(resident)} MB`);
}
await close();
