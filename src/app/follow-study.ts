/**
 * A study's folder followed from outside, while another process works in it or after: results are read as they land,
 * and kept as sums; sizes that are done are read again and analysed as a finished study is. Nothing is written.
 */
import { CrispError } from "../core/errors.js";
import { counted } from "../core/words.js";
import type { Provenance, ReportInput } from "../report/input.js";
import { analyseStudy } from "../study/analyse.js";
import { allSizes } from "../study/axis.js";
import { decodeState } from "../study/items/files.js";
import type { SweepItem } from "../study/items/sweep.js";
import type { TrainItem } from "../study/items/train.js";
import type { PlanContext } from "../study/plan.js";
import type { StudyRecord } from "../study/record.js";
import { sumsOf } from "../study/so-far.js";
import type { Item } from "../work/item.js";
import type { Analyser, OpenAnalyser } from "./analyser.js";
import { readLog } from "./events.js";
import { curvesOf, emptySeen, isMeasured, itemsOf, keepLearned, liveOf, withRest } from "./followed.js";
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

/** The last analysis: sizes that it is of, whether it runs, and how many were made. */
type Analysis = { asked: string; running: boolean; made: number; record: StudyRecord | null };

/** Milliseconds between two looks at checkpoints and at who works, and between two readings of a finished study. */
const slow = 5000;

/** What tells of a change: of these files only size and date are looked at, and they are read again where those differ. */
const told =
  /^((manifest|scaling|transition|protocol|pack)\.json|events\.ndjson|(items|units)-\d+\.ndjson|results\.parquet|arrays\.safetensors)$/;

const isOfPack = /^(pack\.json|results\.parquet|arrays\.safetensors)$/;

/** @throws CrispError `store` for the folder of a single training; everything later is `trouble` */
export function followStudy(out: string, platform: Platform, openAnalyser: OpenAnalyser): Follower {
  const files = platform.studies.files(out);
  const { join } = files.paths;
  const alarms: string[] = [];
  const open = () => openStore(out, (message) => void alarms.push(message), platform);
  let store = open();
  const seen = emptySeen();
  const { done, sums } = seen;
  const faults = new Map<string, string>();
  const analysis: Analysis = { asked: "", running: false, made: 0, record: null };
  const milliseconds = () => 1000 * platform.now();
  let analyser: Analyser | undefined;
  let study: string | undefined;
  let plan: PlanContext | undefined;
  let provenance: Provenance | undefined;
  let rounds = 0;
  let stamps = "";
  let packed = "";
  /** Stamp of the manifest. */
  let begun: string | null = null;
  /** Items whose results were there when it was listed last, the next one at the end. */
  let waiting: Item[] = [];
  let held = false;
  let complete: { readonly input: ReportInput; readonly at: number; readonly stamps: string } | undefined;
  let shown: ReportInput | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;

  /** Work that may fail without ending anything, whatever a damaged file makes of it; what failed is said until it succeeds. */
  async function trying(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      faults.delete(what);
    } catch (error) {
      faults.set(
        what,
        error instanceof CrispError
          ? error.message
          : `${out}: ${what} failed: ${error instanceof Error ? error.message : error}.`,
      );
    }
  }

  async function readFolder(): Promise<void> {
    const names = await files.list(out);
    const found = names.filter((name) => told.test(name)).sort();
    const dated = await Promise.all(found.map(async (name) => [name, await files.stamp(join(out, name))]));
    const now = JSON.stringify(dated);
    const settled = complete === undefined || complete.stamps === now || milliseconds() - complete.at < slow;
    if (now === stamps && settled) return;
    const manifest = await manifestIn(out, platform);
    if (manifest) demandKnown(manifest);
    if (plan === undefined) return;
    forgetEarlier(dated.find(([name]) => name === "manifest.json")?.[1] ?? begun);
    if ((await files.kind(out)) === null) throw folderGone(out);
    const pack = JSON.stringify(dated.filter(([name]) => isOfPack.test(name!)));
    if (pack !== packed) store = open(); // what it knows of the pack's files no longer holds
    packed = pack;
    if (now !== stamps) await readLogged(found);
    // Of a study whose record is damaged the results are shown all the same.
    await trying("record", () => readRecord(names.includes("scaling.json"), now));
    if (!faults.has("record")) stamps = now;
  }

  /** The log, and the rounds. */
  async function readLogged(names: readonly string[]): Promise<void> {
    const { events, unreadable } = await readLog(out, platform);
    if (unreadable.length === 0) faults.delete("log");
    else faults.set("log", logFault(unreadable));
    if (!provenance || events.length !== seen.events.length) provenance = await provenanceOf(out, platform);
    seen.events = events;
    const found = names.filter((name) => /^(items|units)/.test(name)).length;
    if (found !== rounds) seen.items = await plannedItems(out, platform);
    rounds = found;
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

  /** It is written once: another one is that of the same study, begun again in a folder that was removed. */
  function forgetEarlier(written: string | null): void {
    if (begun !== null && written !== begun) {
      for (const known of [done, sums, seen.learned]) known.clear();
      [waiting, rounds] = [[], 0];
      Object.assign(analysis, { asked: "", record: null });
      if (!analysis.running) analyser?.close();
      if (!analysis.running) analyser = undefined;
    }
    begun = written;
  }

  async function readRecord(isThere: boolean, now: string): Promise<void> {
    if (!isThere) complete = undefined;
    else if (!complete || (complete.stamps !== now && milliseconds() - complete.at > slow))
      complete = { input: await reportInput(out, platform), at: milliseconds(), stamps: now };
    closeUnneeded();
  }

  /** A finished study has its record: what its analysis keeps would only fill memory. */
  function closeUnneeded(): void {
    if (complete === undefined || analysis.running) return;
    analyser?.close();
    analyser = undefined;
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

  /** Results that have landed, until the time is up; true while more wait. What is there is listed when all is read. */
  async function readResults(until: number, of: PlanContext): Promise<boolean> {
    if (waiting.length === 0 && done.size < seen.items.length) {
      const there = new Set(await store.ids());
      waiting = seen.items.filter(({ id }) => !done.has(id) && there.has(id)).reverse();
    }
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
      const next = item;
      await trying(next.id, () => readItem(next, of));
      if (platform.now() > until) break;
    }
    return waiting.length > 0;
  }

  /** Trainings under way. A checkpoint that is damaged is passed over, and said. */
  async function readCheckpoints(): Promise<void> {
    const names = await files.list(join(out, "checkpoints"));
    alarms.length = 0;
    for (const item of seen.items) {
      if (item.kind !== "train" || done.has(item.id) || !names.some((name) => name.startsWith(item.id))) continue;
      await trying(`checkpoint of ${item.id}`, async () => {
        for (const bytes of await store.readCheckpoints(item)) keepLearned(seen, item.id, decodeState(bytes, item.id));
      });
    }
    if (alarms.length > 0) throw new CrispError("checksum", alarms.join(" "));
  }

  /** Begins the analysis of the sizes whose sweep is done, when there are others than before; one at a time. */
  function analyseMeasured(of: PlanContext): void {
    const sizes = allSizes(of.settings).filter((size) => isMeasured(seen, size));
    const key = JSON.stringify([sizes, rounds]);
    if (sizes.length === 0 || key === analysis.asked || analysis.running) return;
    analysis.running = true;
    trying("analysis", async () => {
      analyser ??= openAnalyser(out, of);
      await analyser.read(sizes.map((size) => ({ ...size, items: itemsOf(seen, size) })));
      analysis.asked = key; // results that cannot be read are tried again, an analysis that fails would fail again
      analysis.record = await analyser.record();
      analysis.made++;
    }).finally(() => {
      analysis.running = false;
      closeUnneeded();
    });
  }

  async function viewNow(of: PlanContext, by: Provenance): Promise<ReportInput> {
    const moment = { date: platform.date(), held };
    const finished = complete !== undefined;
    const progress = progressLine({ ...seen, finished }, of, moment);
    const curves = curvesOf(seen, of);
    const live = liveOf(seen, { finished, curves }, of);
    if (complete) return { ...complete.input, progress, live };
    return {
      study: withRest(analysis.record ?? analyseStudy([], of), seen, curves),
      ...{ showcase: null, progress, live },
      provenance: { ...by, seconds: by.seconds + secondsSoFar(seen.events, moment) },
      fonts: await platform.fonts(),
    };
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
      if (milliseconds() - lookedAt > slow && !complete) {
        await trying("checkpoints", readCheckpoints);
        await trying("claims", async () => {
          held = await platform.studies.isHeld(out);
        });
        lookedAt = milliseconds();
      }
      if (!waits && !complete) analyseMeasured(of);
      return waits;
    },
    async view() {
      const [of, by] = [plan, provenance];
      if (of === undefined || by === undefined) return null;
      await trying("view", async () => {
        shown = await viewNow(of, by);
      });
      return shown;
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

/** The log tells of times and starts only: results and figures do without it. */
function logFault(lines: readonly number[]): string {
  const [first] = lines;
  const more = lines.length > 1 ? ` and ${counted(lines.length - 1, "more", "more")}` : "";
  return `events.ndjson: line ${first}${more} cannot be read and ${lines.length > 1 ? "are" : "is"} passed over: times and starts of commands may lack something, results do not. Remove what is no JSON from it.`;
}
