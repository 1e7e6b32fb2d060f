/**
 * Damaged files through every reader: node .cache/fuzz/campaign.mjs COUNT SEED FIRST, by scripts/fuzz.mjs. The readers
 * work in a thread that is stopped where one spins or fills the memory; the campaign goes on with the next input.
 * An input is a function of seed and number, so that any one can be made again.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { CrispError } from "../../src/core/errors.js";
import { draws, purpose } from "../../src/core/random.js";
import { damaged } from "./damage.js";
import { type Reader, readers } from "./readers.js";

/** What became of an input: read to a value, refused by a CrispError, or a fault in words. */
type Outcome = "read" | "refused" | { readonly fault: string };
type Range = { readonly first: number; readonly end: number; readonly seed: number; readonly folder: string };

/** Of one input: seconds of processor time, seconds in all, bytes. */
const limits = { processor: 2, waiting: 60, memory: 512 * 2 ** 20 };

if (isMainThread) process.exitCode = await campaign(process.argv.slice(2).map(Number));
else await work(workerData as Range);

function inputOf(seed: number, n: number): { readonly reader: Reader; readonly bytes: Uint8Array } {
  const reader = readers[n % readers.length];
  const draw = draws({ seed, purpose: purpose.test }, n);
  return { reader, bytes: damaged(reader.sound[draw.whole(reader.sound.length)], draw) };
}

/** Reads the inputs of a range one after another, and tells of each when it begins and what became of it. */
async function work({ first, end, seed, folder }: Range): Promise<void> {
  for (let n = first; n < end; n++) {
    const { reader, bytes } = inputOf(seed, n);
    const place = join(folder, reader.kind.replace(" ", "-"));
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, reader.file), bytes);
    parentPort!.postMessage({ n });
    parentPort!.postMessage({ n, outcome: await outcomeOf(() => reader.read(join(place, reader.file))) });
  }
}

async function outcomeOf(read: () => Promise<void>): Promise<Outcome> {
  const before = { ...process.memoryUsage(), peak: process.resourceUsage().maxRSS };
  let outcome: Outcome = "read";
  try {
    await read();
  } catch (error) {
    const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
    outcome = error instanceof CrispError && error.code !== "internal" ? "refused" : { fault };
  }
  const peak = process.resourceUsage().maxRSS;
  const resident = peak > before.peak ? 1024 * peak - before.rss : 0;
  const taken = Math.max(resident, process.memoryUsage().arrayBuffers - before.arrayBuffers);
  return taken > limits.memory ? { fault: `it took ${Math.round(taken / 2 ** 20)} MB` } : outcome;
}

/** All inputs; prints the counts per kind. Returns the exit status: 0 where no input failed. */
async function campaign([count, seed, first]: readonly number[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "crisp-fuzz-"));
  const counts = new Map(readers.map(({ kind }) => [kind, { read: 0, refused: 0, failed: 0 }]));
  try {
    await checkSound(folder);
    for (let next = first; next < first + count; )
      next = await watched({ first: next, end: first + count, seed, folder }, (n, outcome) => {
        const { reader, bytes } = inputOf(seed, n);
        if (typeof outcome !== "string") report({ seed, n, reader, bytes, fault: outcome.fault });
        counts.get(reader.kind)![typeof outcome === "string" ? outcome : "failed"]++;
      });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.table(Object.fromEntries(counts));
  const failed = [...counts.values()].reduce((sum, one) => sum + one.failed, 0);
  console.log(`${count} inputs of seed ${seed}, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** A reader that refuses its sound files would be tested by nothing. */
async function checkSound(folder: string): Promise<void> {
  for (const { sound, file, read } of readers)
    for (const bytes of sound) {
      writeFileSync(join(folder, file), bytes);
      await read(join(folder, file));
    }
}

/** Runs a range in a thread until its end, or until an input has it stopped. Returns the input to go on with. */
function watched(range: Range, tell: (n: number, outcome: Outcome) => void): Promise<number> {
  const thread = new Worker(new URL(import.meta.url), {
    workerData: range,
    resourceLimits: { maxOldGenerationSizeMb: limits.memory / 2 ** 20 },
  });
  let begun = { n: range.first, processor: seconds(), time: performance.now() / 1000 };
  return new Promise((resolve) => {
    const stop = (fault: string) => {
      clearInterval(clock);
      thread
        .removeAllListeners("message")
        .removeAllListeners("exit")
        .on("error", () => {});
      tell(begun.n, { fault });
      void thread.terminate().then(() => resolve(begun.n + 1));
    };
    const clock = setInterval(() => {
      if (seconds() - begun.processor > limits.processor || performance.now() / 1000 - begun.time > limits.waiting)
        stop(`it was not read within ${limits.processor} s`);
    }, 200);
    thread.on("message", ({ n, outcome }: { n: number; outcome?: Outcome }) => {
      begun = { n: outcome === undefined ? n : n + 1, processor: seconds(), time: performance.now() / 1000 };
      if (outcome !== undefined) tell(n, outcome);
    });
    thread.once("error", (error) => stop(String(error)));
    thread.once("exit", () => {
      clearInterval(clock);
      resolve(range.end);
    });
  });
}

/** Processor time of all threads: a busy machine does not make it longer. */
function seconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function report(at: { seed: number; n: number; reader: Reader; bytes: Uint8Array; fault: string }): void {
  const file = resolve(`fuzz-${at.seed}-${at.n}${extname(at.reader.file)}`);
  writeFileSync(file, at.bytes);
  console.error(`FAILED: ${at.reader.kind}, seed ${at.seed}, input ${at.n}: ${at.fault}\n  Input: ${file}`);
  console.error(`  Again: npm run fuzz -- 1 ${at.seed} ${at.n}`);
}
