/**
 * report.html of a study and its figures as SVG: everything it shows is read
 * back from the study's folder, so a report can be made again at any time.
 */
import { percentError } from "../coding/metrics.js";
import { slice, type Tensor } from "../core/tensor.js";
import {
  type Picture,
  type Provenance,
  type ReportInput,
  type Showcase,
  studyFigures,
  studyReport,
} from "../report/index.js";
import { dateText } from "../report/numbers.js";
import type { ShowItem } from "../study/items/show.js";
import { dictionaryItem, type PlanContext } from "../study/plan.js";
import type { StudyRecord } from "../study/record.js";
import { showItem, shownMinimum } from "../study/showcase.js";
import type { Shown } from "../tasks/show.js";
import type { Item } from "../work/item.js";
import { type LoggedEvent, type Purpose, processOf, readEvents } from "./events.js";
import { planOf } from "./manifest.js";
import type { Platform } from "./platform.js";
import { readProtocol } from "./protocol.js";
import { openStore } from "./store.js";
import { knownManifest, readRecord } from "./study-files.js";
import { readTransition } from "./transition.js";

/** Pictures shown: enough to judge, few enough to look at. */
const shownPictures = 4;

/** Writes report.html and figures/*.svg; returns the absolute path of the report. */
export async function writeReport(folder: string, platform: Platform): Promise<string> {
  const files = platform.studies.files(folder);
  const { join, resolve } = files.paths;
  const out = resolve(folder);
  const input = await reportInput(out, platform);
  for (const [name, text] of Object.entries(studyFigures(input))) await files.replace(join(out, "figures", name), text);
  const path = join(out, "report.html");
  await files.replace(path, studyReport(input));
  return path;
}

/** All that the report of a finished study is made of. @throws CrispError `incomplete` if it has no record yet */
export async function reportInput(out: string, platform: Platform): Promise<ReportInput> {
  const study = await readRecord(out, platform);
  const unsealed: string[] = [];
  const transition = await readTransition(out, platform, (warning) => void unsealed.push(warning));
  const protocol = await readProtocol(out, platform, (warning) => void unsealed.push(warning));
  return {
    study: { ...study, warnings: [...study.warnings, ...unsealed] },
    transition,
    protocol,
    showcase: await readShowcase(out, study, platform),
    provenance: await provenanceOf(out, platform),
    fonts: await platform.fonts(),
  };
}

/** The stored dictionary, use of atoms and pictures of the size shown; null when no size has a minimum. */
async function readShowcase(out: string, study: StudyRecord, platform: Platform): Promise<Showcase | null> {
  const minimum = shownMinimum(study.minima);
  if (!minimum) return null;
  const context: PlanContext = planOf(await knownManifest(out, platform));
  const store = openStore(out, () => {}, platform);
  const wanted = showItem(context, minimum);
  const shown = await store.read(wanted);
  const dictionary: Item<{ readonly atoms: Tensor }> = dictionaryItem(context, minimum.features, 0);
  const trained = await store.read(dictionary);
  if (!shown || !trained) return null;
  return {
    tableau: {
      features: minimum.features,
      atoms: trained.atoms,
      use: Array.from(shown.use.data),
      lambda: wanted.lambda,
    },
    pictures: Array.from({ length: Math.min(shownPictures, shown.clean.shape[0]) }, (_, i) =>
      pictureOf(shown, wanted, i),
    ),
  };
}

function pictureOf(shown: Shown, { features, lambda }: ShowItem, i: number): Picture {
  const [, height, width, channels] = shown.clean.shape;
  const [, rows, columns] = shown.map.shape;
  const clean = slice(shown.clean, i);
  const noisy = slice(shown.noisy, i);
  const denoised = slice(shown.reconstruction, i);
  return {
    index: i,
    features,
    lambda,
    percentErrorNoisy: percentError(clean, noisy)!,
    percentErrorDenoised: percentError(clean, denoised)!, // flat images are never shown
    ...{ height, width, channels, rows, columns },
    clean,
    noisy,
    denoised,
    residual: noisy.map((value, n) => value - denoised[n]),
    activityMap: slice(shown.map, i),
  };
}

/** From the study's events: the latest session's machine, and the seconds of all of them. */
export async function provenanceOf(out: string, platform: Platform): Promise<Provenance> {
  const events = await readEvents(out, platform);
  const sessions = events.filter((event) => event.kind === "session");
  const made = spentOn(events, "study");
  const tested = spentOn(events, "transition");
  const last = made.last ?? sessions.at(-1);
  const date = last === undefined ? platform.date() : new Date(last.time);
  return {
    version: last?.version ?? "unknown",
    engine: (await knownManifest(out, platform)).family,
    machine: last?.machine ?? "unknown",
    node: last?.node ?? platform.origin("").node,
    seconds: made.seconds,
    workers: last?.workers ?? 1,
    command: last?.command ?? `crisp report ${platform.files.paths.basename(out)}`,
    ...(tested.last && { tests: { command: tested.last.command, seconds: tested.seconds } }),
    date: dateText(date),
    packages: platform.packages(),
  };
}

/** The last session of a purpose, and the seconds of all such sessions: an end belongs to its process's last beginning. */
function spentOn(events: readonly LoggedEvent[], purpose: Purpose) {
  const passing = new Map<string, boolean>();
  let last: Extract<LoggedEvent, { kind: "session" }> | undefined;
  let seconds = 0;
  for (const event of events) {
    if (event.kind === "session") {
      passing.set(processOf(event), event.purpose === purpose);
      if (event.purpose === purpose) last = event;
    } else if (event.kind === "end" && passing.get(processOf(event))) seconds += event.seconds;
  }
  return { last, seconds };
}
