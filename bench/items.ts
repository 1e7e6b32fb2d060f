// What a study of many items costs beside its work: planning a round of them, telling how far the study is, and
// analysing it; seconds and memory, each in a process of its own, on the real store with results of a planted curve.
// Also what one item costs the store, written as a run writes it. node bench/run.mjs items [-- ITEMS [FOLDER]]
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { submitStudy, usualChoices } from "../src/app/cluster.js";
import { clearStudy } from "../src/app/gc.js";
import { claimFolder, manifestOf, planOf } from "../src/app/manifest.js";
import { packStudy } from "../src/app/pack.js";
import type { Platform } from "../src/app/platform.js";
import { refitStudy } from "../src/app/read-study.js";
import { openStore } from "../src/app/store.js";
import { knownManifest, studyStatus } from "../src/app/study-files.js";
import { tensor } from "../src/core/tensor.js";
import { referenceEngine } from "../src/engine/reference/engine.js";
import { nodePlatform } from "../src/node/platform.js";
import { type Script, scriptsOnly, slurmCluster } from "../src/node/slurm/cluster.js";
import type { DictionaryItem } from "../src/study/items/registry.js";
import type { SweepItem } from "../src/study/items/sweep.js";
import { itemImages, type PlanContext } from "../src/study/plan.js";
import type { StudySettings } from "../src/study/settings.js";
import { conductStudy } from "../src/study/study.js";
import { inlineExecutor } from "../src/work/executor.js";
import type { Item } from "../src/work/item.js";
import type { Runner } from "../src/work/runner.js";
import type { ItemStore } from "../src/work/store.js";
import { barImages, settings as small } from "../test/study/fixtures.js";
import { plantedPoints } from "./planted-study.js";

const [phase, folder, asked] = process.argv[2] === "phase" ? process.argv.slice(3) : ["all", "", ""];
const sizes = [16, 24, 32, 48, 64, 96, 128, 192, 256, 384];
const replicates = 50;

/** Sizes and seeds of a large study, and as many test images as make up so many items; a grid of about nine λ's. */
function settingsOf(items: number): StudySettings {
  const images = itemImages * Math.max(1, Math.round(items / (sizes.length * replicates)));
  return {
    ...small,
    ...{ features: sizes.slice(0, -1), leftOut: sizes.slice(-1), replicates, testImages: images },
    sweep: { ...small.sweep, factor: 1.6, tolerance: 0.01 },
  };
}

/** Ports that open no image and code with the plain loops; `flushed` false: files are only written, in a tenth of the time. */
function platformOf({ flushed }: { readonly flushed: boolean }): Platform {
  const { studies, images } = nodePlatform;
  const plain = (path: string, content: Uint8Array | string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  };
  return {
    ...nodePlatform,
    images: { ...images, open: async () => barImages(60) },
    // The bundle of a bench lies where no package.json is.
    origin: (command) => ({ version: "0", machine: "", node: process.version, command, date: "" }),
    openExecutor: async () => inlineExecutor([referenceEngine()], nodePlatform.now),
    studies: {
      ...studies,
      files: (place) => {
        const files = studies.files(place);
        const writeFirst = async (path: string, content: Uint8Array | string) => {
          plain(path, content);
          return "written" as const;
        };
        return flushed ? files : { ...files, writeFirst };
      },
    },
  };
}

/** A dictionary of the right size, or points whose least error moves as L^-0.3 and differs by image and seed. */
function planted(item: Item, plan: PlanContext): unknown {
  if (item.kind === "train") {
    const { geometry: g } = item as Extract<DictionaryItem, { kind: "train" }>;
    const looks = [{ imagesSeen: 40, energy: 30, percentError: 30, deadAtoms: 0, redrawn: 0 }];
    const atoms = tensor([g.features, g.patch[0], g.patch[1], g.channels]);
    return { atoms, imagesSeen: 40, plateau: false, deadAtoms: 0, leadingShare: 0.1, looks };
  }
  return plantedPoints(item as SweepItem, plan);
}

class Enough extends Error {}

/** Fills the folder up to the sweeps, or to its end. */
async function fill(until: "sweeps" | "end"): Promise<void> {
  const platform = platformOf({ flushed: false });
  const plan = planOf(await knownManifest(folder, platform));
  const store = openStore(folder, console.error, platform);
  const runner: Runner = {
    async run(items, done) {
      if (until === "sweeps" && items.some((item) => (item as Item & { role?: string }).role === "curve"))
        throw new Enough();
      for (const item of items) {
        if (!(await store.has(item))) await store.write(item, planted(item, plan));
        await done(item, false);
      }
    },
  };
  await conductStudy({ ...plan, store, runner, progress: { onItem() {}, onRound() {}, onCurve() {} } }).catch(
    (error) => {
      if (!(error instanceof Enough)) throw error;
    },
  );
}

/** What `crisp run --executor slurm` does before it submits. */
async function planning(): Promise<string> {
  const platform = platformOf({ flushed: true });
  const scripts: Script[] = [];
  const request = {
    ...{ settings: settingsOf(Number(asked)), out: folder, workers: 1, command: "crisp run", onEvent() {} },
    ...{ signal: new AbortController().signal, choices: usualChoices },
  };
  await submitStudy(
    request,
    scriptsOnly(slurmCluster(platform.studies.files), platform.studies.files, scripts),
    platform,
  );
  return `${scripts.length} scripts`;
}

/** Milliseconds of what one item costs the store, flushed as in a run: medians of three times 300 items, with the least and the most. */
async function itemCosts(): Promise<string> {
  const plan = planOf(await knownManifest(folder, nodePlatform));
  const place = join(folder, "one-by-one");
  const made = await plantedItems(openStore(place, console.error, nodePlatform), plan);
  const times: Record<string, number[]> = { claim: [], write: [], has: [], read: [] };
  for (let time = 0; time < 3; time++) {
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place);
    const store = openStore(place, console.error, nodePlatform);
    const ms = async (name: string, work: (item: Item, result: unknown) => Promise<unknown>) => {
      const began = performance.now();
      for (const [item, result] of made) await work(item, result);
      times[name].push((performance.now() - began) / made.length);
    };
    await ms("claim", async (item) => (await store.claim(item))?.());
    await ms("write", (item, result) => store.write(item, result));
    await ms("has", (item) => store.has(item));
    await ms("read", (item) => store.read(item));
  }
  rmSync(place, { recursive: true });
  const said = Object.entries(times).map(([name, found]) => {
    const [least, median, most] = found.sort((a, b) => a - b).map((one) => one.toFixed(2));
    return `${name} ${median} (${least} to ${most})`;
  });
  return `per item, ms: ${said.join(", ")}`;
}

/** 300 sweeps with their results. */
async function plantedItems(store: ItemStore, plan: PlanContext): Promise<readonly [Item, unknown][]> {
  mkdirSync(join(folder, "one-by-one"));
  const made: [Item, unknown][] = [];
  const runner: Runner = {
    async run(items, done) {
      for (const item of items) {
        const result = planted(item, plan);
        if (item.kind === "sweep") made.push([item, result]);
        await store.write(item, result);
        if (made.length === 300) throw new Enough();
        await done(item, false);
      }
    },
  };
  await conductStudy({ ...plan, store, runner, progress: { onItem() {}, onRound() {}, onCurve() {} } }).catch(() => {});
  return made;
}

const phases: Readonly<Record<string, () => Promise<unknown>>> = {
  "fill to the sweeps": () => fill("sweeps"),
  planning,
  "fill to the end": () => fill("end"),
  status: async () => {
    const { done, items } = await studyStatus(folder, nodePlatform);
    return `${done} of ${items} items`;
  },
  analysis: async () => `${(await refitStudy(folder, nodePlatform)).certificate.codings} codings`,
  // The scripts of the planning were never submitted.
  gc: async () => {
    rmSync(join(folder, "slurm"), { recursive: true });
    await clearStudy({ study: folder, dryRun: true, logs: false, results: false }, nodePlatform);
  },
  pack: async () => `${(await packStudy({ study: folder, out: `${folder}-packed` }, nodePlatform)).results} results`,
  "analysis of the pack": async () =>
    `${(await refitStudy(`${folder}-packed`, nodePlatform)).certificate.codings} codings`,
  "status of the pack": async () => `${(await studyStatus(`${folder}-packed`, nodePlatform)).done} items`,
  "one by one": itemCosts,
};

async function inPhase(): Promise<void> {
  const began = performance.now();
  const said = await phases[phase]();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const processor = ((userCPUTime + systemCPUTime) / 1e6).toFixed(1);
  console.log(`| ${phase} | ${seconds} | ${processor} | ${(maxRSS / 2 ** 20).toFixed(2)} | ${said ?? ""} |`);
}

async function all(): Promise<void> {
  const items = Number(process.argv[2] ?? 100_000);
  const place = mkdtempSync(join(process.argv[3] ?? tmpdir(), "crisp-items-"));
  const study = join(place, "study");
  const { family } = referenceEngine();
  await claimFolder(study, manifestOf(settingsOf(items), barImages(60), { family }), nodePlatform);
  console.log("| phase | seconds | of a processor | GiB | |\n|---|---|---|---|---|");
  try {
    for (const name of Object.keys(phases)) {
      const words = ["--max-old-space-size=4096", fileURLToPath(import.meta.url), "phase", name, study, `${items}`];
      if (spawnSync(process.execPath, words, { stdio: "inherit" }).status !== 0) process.exitCode = 1;
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

await (phase === "all" ? all() : inPhase());
