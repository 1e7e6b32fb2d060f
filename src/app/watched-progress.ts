/** How far a study is that another process works on, from its plan and its log: the line on top, and the starts of the command. */
import { counted } from "../core/words.js";
import type { Live } from "../report/input.js";
import { duration, whole } from "../report/numbers.js";
import type { PlanContext } from "../study/plan.js";
import type { Item } from "../work/item.js";
import type { readEvents } from "./events.js";
import { followProgress } from "./progress.js";

type Events = Awaited<ReturnType<typeof readEvents>>;
type Session = Extract<Events[number], { kind: "session" }>;

type Known = {
  readonly items: readonly Item[];
  readonly done: ReadonlySet<string>;
  readonly events: Events;
  readonly finished: boolean;
};

/** Seconds without a line in the log after which that is said: a training of many atoms takes minutes. */
const silence = 600;

/** "212 of 360 items, about 3 min left", or why nothing is left or nothing happens. */
export function progressLine({ items, done, events, finished }: Known, plan: PlanContext): string {
  if (finished) return `Finished: ${counted(items.length, "item")}.`;
  const count = `${whole(done.size)} of ${counted(items.length, "item")}`;
  const { session, own, outcome } = lastSession(events);
  if (session === undefined) return `${count}; no process works on it yet.`;
  if (outcome !== null)
    return `${count}; ${outcome === "failed" ? "it failed" : "stopped"}. To go on: ${session.command}`;
  if (items.length > 0 && done.size >= items.length) return `${count}, the next round or the analysis comes now.`;
  const idle = Date.now() / 1000 - seconds(events[events.length - 1]);
  const silent = idle < silence ? "" : `; nothing has landed for ${duration(idle)}`;
  return `${count}, about ${duration(left({ items, done, own, session }, plan))} left${silent}`;
}

/** Seconds that work under way has taken so far; 0 where none is. */
export function secondsSoFar(events: Events): number {
  const { session, outcome } = lastSession(events);
  return session === undefined || outcome !== null ? 0 : Date.now() / 1000 - seconds(session);
}

/** The last start of the study's command, the items it logged, and how it ended: null while it has not. */
function lastSession(events: Events) {
  const from = events.findLastIndex((event) => event.kind === "session" && event.purpose === "study");
  const session = events[from] as Session | undefined;
  const since = events.slice(from + 1).filter(({ pid }) => pid === session?.pid);
  const own = new Set(since.flatMap((event) => (event.kind === "item" ? [event.id] : [])));
  const end = since.find((event) => event.kind === "end");
  return { session, own, outcome: end?.kind === "end" ? end.outcome : null };
}

/** Seconds left as the process itself reckons them, but for the machine's pace, which it has measured. */
function left(of: Pick<Known, "items" | "done"> & { own: ReadonlySet<string>; session: Session }, plan: PlanContext) {
  let clock = seconds(of.session);
  const follow = followProgress(plan, { workers: of.session.workers, sweeps: true, now: () => clock });
  follow.round(1, of.items);
  for (const item of of.items) if (of.done.has(item.id)) follow.item(item, !of.own.has(item.id));
  clock = Date.now() / 1000;
  return follow.round(1, []).secondsLeft ?? 0;
}

function seconds({ time }: Events[number]): number {
  return Date.parse(time) / 1000;
}

/** Every start of a command in the study's folder, and how it ended. */
export function sessionsOf(events: Events): Live["sessions"] {
  return events.flatMap((event, i) => {
    if (event.kind !== "session") return [];
    const next = events.findIndex((other, j) => j > i && other.kind === "session" && other.pid === event.pid);
    const own = events.slice(i + 1, next < 0 ? undefined : next).filter(({ pid }) => pid === event.pid);
    const end = own.find((other) => other.kind === "end");
    return [
      {
        began: event.time.slice(0, 16).replace("T", " "),
        machine: event.machine,
        workers: event.workers,
        items: own.filter(({ kind }) => kind === "item" || kind === "unit").length,
        outcome: end?.kind === "end" ? end.outcome : null,
      },
    ];
  });
}
