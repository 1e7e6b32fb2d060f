/** How far a study is that another process works on, from its plan and its log: the line on top, and the starts of the command. */
import { counted } from "../core/words.js";
import type { Live } from "../report/input.js";
import { duration, whole } from "../report/numbers.js";
import { expectedItems } from "../study/estimate.js";
import type { PlanContext } from "../study/plan.js";
import type { Item } from "../work/item.js";
import { type LoggedEvent, processOf } from "./events.js";
import { followProgress } from "./progress.js";

type Session = Extract<LoggedEvent, { kind: "session" }>;
type End = Extract<LoggedEvent, { kind: "end" }>;

type Known = {
  readonly items: readonly Item[];
  readonly done: ReadonlySet<string>;
  readonly events: readonly LoggedEvent[];
  readonly finished: boolean;
};

/** When it is looked, and whether a living process holds the study or an item of it then. */
export type Moment = { readonly date: Date; readonly held: boolean };

/** Seconds without a line in the log after which that is said: a training of many atoms takes minutes. */
const silence = 600;
/** Seconds after its last line in which a process is taken to work though it holds nothing: it may be between two items. */
const between = 60;

/** "212 of about 360 items, about 3 min left", or why nothing is left or nothing happens. */
export function progressLine(known: Known, plan: PlanContext, moment: Moment): string {
  const { items, done, events, finished } = known;
  if (finished) return `Finished: ${counted(items.length, "item")}.`;
  const count = `${whole(done.size)} of about ${counted(expectedItems(plan, items.length), "item")}`;
  const starts = startsOf(events).filter(({ session }) => session.purpose === "study");
  const last = starts.at(-1);
  if (last === undefined) return `${count}; no process works on it yet.`;
  const working = atWork(starts, moment);
  if (working.length === 0) return `${count}; ${endOf(last)}. To go on: ${last.session.command}`;
  if (items.length > 0 && done.size >= items.length) return `${count}, the next round or the analysis comes now.`;
  const idle = seconds(moment.date) - seconds(events[events.length - 1].time);
  const silent = idle < silence ? "" : `; nothing has landed for ${duration(idle)}`;
  return `${count}, about ${duration(left({ items, done, events, working, date: moment.date }, plan))} left${silent}`;
}

/** Seconds that work under way has taken so far, of its newest process; 0 where none is. */
export function secondsSoFar(events: readonly LoggedEvent[], moment: Moment): number {
  const starts = startsOf(events).filter(({ session }) => session.purpose === "study");
  const newest = atWork(starts, moment).at(-1);
  return newest === undefined ? 0 : seconds(moment.date) - seconds(newest.session.time);
}

/** A start of a command: its session, where in the log it stands, what its process logged since, and how it ended. */
type Start = {
  readonly session: Session;
  readonly at: number;
  items: number;
  last: string;
  end: End | null;
};

/** All starts. A process has one session after the other, so a line belongs to the last start of its process. */
function startsOf(events: readonly LoggedEvent[]): Start[] {
  const starts: Start[] = [];
  const newest = new Map<string, Start>();
  events.forEach((event, at) => {
    if (event.kind === "session") {
      const start: Start = { session: event, at, items: 0, last: event.time, end: null };
      starts.push(start);
      newest.set(processOf(event), start);
      return;
    }
    const own = newest.get(processOf(event));
    if (own === undefined) return;
    own.last = event.time;
    if (event.kind === "item" || event.kind === "unit") own.items++;
    if (event.kind === "end") own.end ??= event;
  });
  return starts;
}

/**
 * Starts that have not ended, while a living process holds something of the study or one of them has just logged: of
 * several processes (`crisp run --join`, a cluster) one may end, or be killed without a word, and the others go on.
 */
function atWork(starts: readonly Start[], { date, held }: Moment): readonly Start[] {
  const open = starts.filter(({ end }) => end === null);
  const isYoung = open.some(({ last }) => seconds(date) - seconds(last) < between);
  return held || isYoung ? open : [];
}

function endOf({ end }: Start): string {
  if (end === null) return "its process is gone without a word";
  return end.outcome === "failed" ? "it failed" : "stopped";
}

type Working = Pick<Known, "items" | "done" | "events"> & { readonly working: readonly Start[]; readonly date: Date };

/**
 * Seconds left as a process reckons them, but for the machine's pace, which it has measured: from what all
 * processes made since the newest of them began.
 */
function left({ items, done, events, working, date }: Working, plan: PlanContext): number {
  const newest = working[working.length - 1];
  const made = new Set(events.slice(newest.at).flatMap((event) => (event.kind === "item" ? [event.id] : [])));
  let clock = seconds(newest.session.time);
  const workers = working.reduce((sum, { session }) => sum + session.workers, 0);
  const follow = followProgress(plan, { workers, sweeps: true, now: () => clock });
  follow.round(1, items);
  for (const item of items) if (done.has(item.id)) follow.item(item, !made.has(item.id));
  clock = seconds(date);
  return follow.round(1, []).secondsLeft ?? 0;
}

function seconds(moment: string | Date): number {
  return new Date(moment).getTime() / 1000;
}

/** Every start of a command in the study's folder, and how it ended. */
export function sessionsOf(events: readonly LoggedEvent[]): Live["sessions"] {
  return startsOf(events).map(({ session, items, end }) => ({
    began: session.time.slice(0, 16).replace("T", " "),
    machine: session.machine,
    workers: session.workers,
    items,
    outcome: end?.outcome ?? null,
  }));
}
