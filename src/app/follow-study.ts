/**
 * A study's folder followed from outside, while another process works in it or after: results are read once, as they
 * land, and kept as sums; sizes that are done are analysed as a finished study is. Nothing is written.
 */
import { CrispError } from "../core/errors.js";
import type { Provenance, ReportInput } from "../report/input.js";
import { analyseStudy } from "../study/analyse.js";
import { allSizes, growsImages } from "../study/axis.js";
import { decodeState } from "../study/items/files.js";
import type { SweepItem } from "../study/items/sweep.js";
import type { TrainItem } from "../study/items/train.js";
import { sameImages } from "../study/paired.js";
import type { PlanContext } from "../study/plan.js";
import type { StudyRecord } from "../study/record.js";
import { sumsOf } from "../study/so-far.js";
import type { SizeResults } from "../study/study.js";
import type { Item } from "../work/item.js";
import type { ItemStore } from "../work/store.js";
import { readEvents } from "./events.js";
import { curvesOf, emptySeen, isMeasured, liveOf, resultsOf, withRest } from "./followed.js";
import { manifestIn, planOf } from "./manifest.js";
import { folderGone, type Platform } from "./platform.js";
import { openStore } from "./store.js";
import { plannedItems, refuseTraining } from "./study-files.js";
import { provenanceOf, reportInput } from "./study-report.js";
import { progressLine, secondsSoFar } from "./watched-progress.js";

/** Follows one study. */
export type Follower = {
  /** Reads what is new, for about so many seconds at once; true while more waits. Faults of the folder are kept, not thrown. */
  read(seconds: number): Promise<boolean>;
  /** What is known; null before the study has begun. */
  view(): Promise<ReportInput | null>;
  /** What of the folder could not be read, in words; null where all could. */
  trouble(): string | null;
  /** Whether the study has its record. */
  finished(): boolean;
  /** Another text whenever `view` or `trouble` may have changed, but for the time left. */
  state(): string;
};

/** The record of the sizes given; where it takes long, another thread makes it. */
export type Analyse = (sizes: readonly SizeResults[], plan: PlanContext) => Promise<StudyRecord>;

/** Milliseconds between two looks at checkpoints, and at the records of a finished study. */
const slow = 5000;

/** @throws CrispError `store` for the folder of a single training; everything later is `trouble` */
export function followStudy(out: string, platform: Platform, analyse: Analyse): Follower {
  const files = platform.studies.files(out);
  const { join } = files.paths;
  const store: ItemStore = openStore(out, () => {}, platform);
  const seen = emptySeen();
  const { done, sums, learned } = seen;
  const faults = new Map<string, string>();
  const analysis: { key: string; asked: string; record: StudyRecord | null } = { key: "", asked: "", record: null };
  const milliseconds = () => 1000 * platform.now();
  let plan: PlanContext | undefined;
  let provenance: Provenance | undefined;
  let rounds = 0;
  let complete: { readonly input: ReportInput; readonly at: number } | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  /** Work that may fail without ending anything; what failed is said until it succeeds. */
  async function trying(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      faults.delete(what);
    } catch (error) {
      if (!(error instanceof CrispError)) throw error;
      faults.set(what, error.message);
    }
  }

  async function readFolder(): Promise<void> {
    if (plan === undefined) {
      const manifest = await manifestIn(out, platform);
      if (!manifest) return;
      refuseTraining(out, manifest);
      plan = planOf(manifest);
    }
    if ((await files.kind(out)) === null) throw folderGone(out);
    const events = await readEvents(out, platform);
    if (!provenance || events.length !== seen.events.length) provenance = await provenanceOf(out, platform);
    seen.events = events;
    const names = await files.list(out);
    const found = names.filter((name) => /^(items|units)-\d+\.ndjson$/.test(name)).length;
    if (found !== rounds) seen.items = await plannedItems(out, platform);
    rounds = found;
    await readRecord(names.includes("scaling.json"));
  }

  async function readRecord(isThere: boolean): Promise<void> {
    if (!isThere) complete = undefined;
    else if (!complete || milliseconds() - complete.at > slow)
      complete = { input: await reportInput(out, platform), at: milliseconds() };
  }

  /** The IDs whose result is there, by the names in at most 256 folders: no file is asked for by itself. */
  async function present(): Promise<ReadonlySet<string>> {
    const results = join(out, "results");
    const names = await Promise.all((await files.list(results)).map((name) => files.list(join(results, name))));
    return new Set(names.flat().flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -5)] : [])));
  }

  async function readItem(item: Item, of: PlanContext): Promise<void> {
    if (item.kind === "sweep") {
      const sweep = item as SweepItem;
      const points = await store.read(sweep);
      if (points) sums.set(item.id, sumsOf(points, sweep, of));
    }
    if (item.kind === "train") {
      const trained = await store.read(item as TrainItem);
      if (trained) learned.set(item.id, { ...trained, trained });
    }
    done.add(item.id);
  }

  /** Results that have landed, until the time is up; true while more wait. */
  async function readResults(until: number, of: PlanContext): Promise<boolean> {
    const there = await present();
    for (const item of seen.items) {
      if (done.has(item.id) || !there.has(item.id)) continue;
      if (platform.now() > until) return true;
      await trying(item.id, () => readItem(item, of));
    }
    return false;
  }

  async function readCheckpoints(): Promise<void> {
    const names = await files.list(join(out, "checkpoints"));
    for (const item of seen.items) {
      if (item.kind !== "train" || done.has(item.id) || !names.some((name) => name.startsWith(item.id))) continue;
      for (const bytes of await store.readCheckpoints(item)) {
        const state = decodeState(bytes, item.id);
        if (state.imagesSeen >= (learned.get(item.id)?.imagesSeen ?? 0)) learned.set(item.id, state);
      }
    }
  }

  /** Analyses the sizes whose sweep is done, when there are others than before. */
  async function analyseMeasured(of: PlanContext): Promise<void> {
    const sizes = allSizes(of.settings).filter((size) => isMeasured(seen, size));
    const key = JSON.stringify([sizes, rounds]);
    if (sizes.length === 0 || key === analysis.asked) return;
    analysis.asked = key;
    const results = await Promise.all(sizes.map((size) => resultsOf(seen, size, store)));
    const record = analyse(growsImages(of.settings) ? sameImages(results) : results, of);
    record.then(
      (found) => Object.assign(analysis, { key, record: found }),
      (error) => void faults.set("analysis", error instanceof Error ? error.message : String(error)),
    );
  }

  return {
    async read(seconds) {
      const until = platform.now() + seconds;
      await trying("folder", readFolder);
      if (plan === undefined || faults.has("folder")) return false;
      const of = plan;
      let waits = false;
      await trying("results", async () => {
        waits = await readResults(until, of);
      });
      if (milliseconds() - lookedAt > slow) {
        await trying("checkpoints", readCheckpoints);
        lookedAt = milliseconds();
      }
      if (!waits && !complete) await trying("analysis", () => analyseMeasured(of));
      return waits;
    },
    async view() {
      if (plan === undefined || provenance === undefined) return null;
      const finished = complete !== undefined;
      const progress = progressLine({ ...seen, finished }, plan);
      const curves = curvesOf(seen, plan);
      const live = liveOf(seen, { finished, curves }, plan);
      if (complete) return { ...complete.input, progress, live };
      return {
        study: withRest(analysis.record ?? analyseStudy([], plan), seen, curves),
        ...{ showcase: null, progress, live },
        provenance: { ...provenance, seconds: provenance.seconds + secondsSoFar(seen.events) },
        fonts: await platform.fonts(),
      };
    },
    trouble: () => (faults.size === 0 ? null : [...new Set(faults.values())].slice(0, 3).join(" ")),
    finished: () => complete !== undefined,
    state: () =>
      JSON.stringify([
        ...[plan !== undefined, done.size, rounds, seen.events.length, analysis.key, complete?.at],
        ...[lookedAt, [...faults.values()]],
      ]),
  };
}
