/**
 * A study's folder followed from outside, while another process works in it or after: results are read as they land,
 * and kept as sums; sizes that are done are read again and analysed as a finished study is. Nothing is written.
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
import { curvesOf, emptySeen, isMeasured, keepLearned, liveOf, resultsOf, withRest } from "./followed.js";
import { type Manifest, manifestIn, planOf } from "./manifest.js";
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

/** The last analysis: sizes that it is of, whether it runs, and how many were made. */
type Analysis = { asked: string; running: boolean; made: number; record: StudyRecord | null };

/** Milliseconds between two looks at checkpoints, and at the records of a finished study. */
const slow = 5000;

/** @throws CrispError `store` for the folder of a single training; everything later is `trouble` */
export function followStudy(out: string, platform: Platform, analyse: Analyse): Follower {
  const files = platform.studies.files(out);
  const { join } = files.paths;
  const store: ItemStore = openStore(out, () => {}, platform);
  const seen = emptySeen();
  const { done, sums } = seen;
  const faults = new Map<string, string>();
  const analysis: Analysis = { asked: "", running: false, made: 0, record: null };
  const milliseconds = () => 1000 * platform.now();
  let study: string | undefined;
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
    const manifest = await manifestIn(out, platform);
    if (manifest) demandKnown(manifest);
    if (plan === undefined) return;
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

  /** The first manifest is the study's; a folder may be removed and begun again with other settings. */
  function demandKnown(manifest: Manifest): void {
    refuseTraining(out, manifest);
    study ??= manifest.study;
    plan ??= planOf(manifest);
    if (study === manifest.study) return;
    throw new CrispError(
      "store",
      `${out} holds another study than when this began. Run "crisp watch" again to see it.`,
    );
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
      if (points === null) return; // gone since it was listed
      sums.set(item.id, sumsOf(points, sweep, of));
    }
    if (item.kind === "train") {
      const trained = await store.read(item as TrainItem);
      if (trained === null) return;
      keepLearned(seen, item.id, { ...trained, trained });
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
      for (const bytes of await store.readCheckpoints(item)) keepLearned(seen, item.id, decodeState(bytes, item.id));
    }
  }

  /** Begins the analysis of the sizes whose sweep is done, when there are others than before; one at a time. */
  function analyseMeasured(of: PlanContext): void {
    const sizes = allSizes(of.settings).filter((size) => isMeasured(seen, size));
    const key = JSON.stringify([sizes, rounds]);
    if (sizes.length === 0 || key === analysis.asked || analysis.running) return;
    analysis.running = true;
    trying("analysis", async () => {
      const results = await Promise.all(sizes.map((size) => resultsOf(seen, size, store)));
      analysis.asked = key; // results that cannot be read are tried again, an analysis that fails would fail again
      analysis.record = await analyse(growsImages(of.settings) ? sameImages(results) : results, of);
      analysis.made++;
    })
      .catch((error: unknown) => faults.set("analysis", error instanceof Error ? error.message : String(error)))
      .finally(() => {
        analysis.running = false;
      });
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
      if (!waits && !complete) analyseMeasured(of);
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
        ...[plan !== undefined, done.size, rounds, seen.events.length, analysis.made, complete?.at],
        ...[lookedAt, [...faults.values()]],
      ]),
  };
}
