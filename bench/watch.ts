/**
 * The live view of a study of 10,000 items, written by the project's own store with planted results: seconds until the
 * page is there and until all that has landed is read, frames while 200 items land a second, memory of page and
 * server. Needs a build. node bench/run.mjs watch [-- ITEMS]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Page } from "playwright-core";
import { claimFolder, manifestOf, planOf } from "../src/app/manifest.js";
import type { Platform } from "../src/app/platform.js";
import { refitStudy } from "../src/app/read-study.js";
import { openStore } from "../src/app/store.js";
import { draws } from "../src/core/random.js";
import { tensor } from "../src/core/tensor.js";
import { nodePlatform } from "../src/node/platform.js";
import type { SweepItem } from "../src/study/items/sweep.js";
import type { TrainItem } from "../src/study/items/train.js";
import { itemImages, type PlanContext } from "../src/study/plan.js";
import type { StudySettings } from "../src/study/settings.js";
import { conductStudy } from "../src/study/study.js";
import type { Item } from "../src/work/item.js";
import type { Runner } from "../src/work/runner.js";
import { barImages, settings as small } from "../test/study/fixtures.js";
import { memoryOf, openBrowser, ownTime, quantiles, timedSession } from "./chromium.js";
import { plantedPoints } from "./planted-study.js";

const items = Number(process.argv[2] ?? 10_000);
const [sizes, replicates] = [[16, 24, 32, 48, 64, 96, 128, 192, 256, 384], 10];
/** Items that land a second, in how many pieces, and for how many seconds it is looked at. */
const [rate, pieces, seconds] = [200, 10, 20];

const settings: StudySettings = {
  ...small,
  ...{ features: sizes.slice(0, -1), leftOut: sizes.slice(-1), replicates },
  testImages: itemImages * Math.round(items / (sizes.length * replicates)),
  sweep: { ...small.sweep, factor: 1.6, tolerance: 0.01 },
};

/** Ports that write without flushing, in a tenth of the time. */
const platform: Platform = {
  ...nodePlatform,
  origin: (command) => ({ version: "0", machine: cpus()[0].model, node: process.version, command, date: "" }),
  studies: {
    ...nodePlatform.studies,
    files: (place) => ({
      ...nodePlatform.studies.files(place),
      async writeFirst(path, content) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, content);
        return "written";
      },
    }),
  },
};

/** Atoms of noise, or points whose least error moves as L^-0.3 and differs by image and seed. */
function planted(item: Item, plan: PlanContext): unknown {
  if (item.kind === "train") {
    const { geometry: g } = item as TrainItem;
    const looks = [20, 40].map((imagesSeen) => ({
      ...{ imagesSeen, energy: 30 + 20 / imagesSeen, percentError: 30, deadAtoms: 0, redrawn: 0 },
    }));
    const draw = draws({ seed: 1, purpose: 1 }, g.features);
    const atoms = tensor([g.features, g.patch[0], g.patch[1], g.channels]);
    atoms.data.forEach((_, i) => {
      atoms.data[i] = draw.gaussian();
    });
    return { atoms, imagesSeen: 40, plateau: false, deadAtoms: 0, leadingShare: 0.1, looks };
  }
  return plantedPoints(item as SweepItem, plan);
}

/** Writes the study to `folder`; `pause` is waited for after each item, told how many there are. */
async function fill(folder: string, pause: (done: number) => Promise<void>): Promise<void> {
  const manifest = manifestOf(settings, barImages(60), { family: "reference" });
  await claimFolder(folder, manifest, nodePlatform);
  const plan = planOf(manifest);
  const store = openStore(folder, console.error, platform);
  const log = (event: object) =>
    appendFileSync(
      join(folder, "events.ndjson"),
      `${JSON.stringify({ time: new Date(), pid: process.pid, ...event })}\n`,
    );
  const { origin } = platform;
  log({ kind: "session", purpose: "study", workers: 2, from: undefined, ...origin("crisp run --out study") });
  let done = 0;
  const progress = { onItem() {}, onRound() {}, onCurve() {} };
  const run: Runner["run"] = async (all, onItem) => {
    for (const item of all) {
      await store.write(item, planted(item, plan));
      log({ kind: "item", id: item.id, stage: item.kind, seconds: 0.1 });
      await onItem(item, false);
      await pause(++done);
    }
  };
  await conductStudy({ ...plan, store, runner: { run }, progress });
  log({ kind: "end", seconds: 1, outcome: "finished" });
}

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** The served page of a study, and the process that serves it. */
async function serve(folder: string) {
  const server = spawn(process.execPath, ["dist/cli.js", "watch", folder, "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const line = await new Promise<string>((done) => server.stdout.once("data", (bytes) => done(String(bytes))));
  return { address: JSON.parse(line).address as string, server };
}

/** Milliseconds between two frames, over some seconds. */
function frames(page: Page, ms: number): Promise<number[]> {
  return page.evaluate(`new Promise((done) => {
    const found = []; let before = performance.now(); const end = before + ${ms};
    requestAnimationFrame(function next(now) { found.push(now - before); before = now; now < end ? requestAnimationFrame(next) : done(found); });
  })`);
}

/** Milliseconds after which the page was painted first, and after which its progress line holds the words. */
async function opened(page: Page, address: string, words: string) {
  await page.goto(address);
  await page.waitForFunction(
    `document.querySelector(".progress").textContent.includes(${JSON.stringify(words)})`,
    undefined,
    { timeout: 300_000 },
  );
  const paint = (await page.evaluate(`performance.getEntriesByName("first-contentful-paint")[0]?.startTime`)) as number;
  return { paint, read: (await page.evaluate("performance.now()")) as number };
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const resident = (pid: number) =>
  1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);

const place = mkdtempSync(join(tmpdir(), "crisp-watch-"));
const folder = join(place, "study");
const { context, close } = await openBrowser();
let served: ChildProcess | undefined;
try {
  console.log(
    `${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}, Chromium ${context.browser()?.version() ?? ""}`,
  );
  const held = items - rate * seconds;
  let landing = false;
  const began = performance.now();
  let written = 0;
  const all = fill(folder, async (done) => {
    written = done;
    while (done === held && !landing) await sleep(20);
    if (done > held && done % (rate / pieces) === 0) await sleep(1000 / pieces);
  });
  while (written < held) await sleep(20);
  console.log(`${held} items written in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  const { address, server } = await serve(folder);
  served = server;
  const page = await context.newPage();
  const first = await opened(page, address, `${held.toLocaleString("en")} of`);
  console.log(
    `first paint ${first.paint.toFixed(0)} ms; all ${held} results read and shown after ${(first.read / 1000).toFixed(1)} s`,
  );
  const cpu = () =>
    readFileSync(`/proc/${server.pid}/stat`, "utf8")
      .split(" ")
      .slice(13, 15)
      .reduce((sum, n) => sum + Number(n) / 100, 0);
  console.log(`nothing lands:         frame ${quantiles(await frames(page, 1000 * seconds))}`);
  const session = await timedSession(page);
  const own = await ownTime(session);
  const [spent, seen] = [cpu(), Number(await page.evaluate("document.documentElement.dataset.seen"))];
  landing = true;
  const moving = await frames(page, 1000 * seconds);
  const drawing = (await ownTime(session)) - own;
  const updates = Number(await page.evaluate("document.documentElement.dataset.seen")) - seen;
  console.log(
    `${rate} items a second:    frame ${quantiles(moving)}; ${updates} messages, ${(drawing / updates).toFixed(0)} ms of processor time each, server ${((100 * (cpu() - spent)) / seconds).toFixed(0)}% of a core`,
  );
  await all;
  await refitStudy(folder, nodePlatform);
  await page.waitForFunction(`document.querySelector(".progress").textContent.startsWith("Finished")`, undefined, {
    timeout: 300_000,
  });
  const idle = cpu();
  console.log(
    `finished:              frame ${quantiles(await frames(page, 1000 * seconds))}; server ${((100 * (cpu() - idle)) / seconds).toFixed(1)}% of a core`,
  );
  const memory = await memoryOf(context, page);
  console.log(
    `memory: page's heap ${megabytes(memory.heap)}, its process ${megabytes(memory.resident)}, server ${megabytes(resident(server.pid!))}`,
  );
} finally {
  served?.kill("SIGINT");
  await close();
  rmSync(place, { recursive: true, force: true });
}
