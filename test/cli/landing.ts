/** A study that lands item by item when told: the files of a finished one, copied in the order in which they were made. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

type Event = { readonly kind: string; readonly id?: string; readonly time: string };

export type Landing = {
  readonly folder: string;
  /** Items that the study has in the end. */
  readonly items: number;
  /** Brings the next `n` items, with their rounds and lines of the log. */
  land(n: number): void;
  /** Brings all that is left: the record too. */
  finish(): void;
};

/** An empty study at `folder`, of which nothing has landed but its beginning. */
export function landing(finished: string, folder: string): Landing {
  const events: Event[] = readFileSync(join(finished, "events.ndjson"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const made = events.filter(({ kind }) => kind === "item");
  const rounds = readdirSync(finished)
    .filter((name) => /^items-\d+\.ndjson$/.test(name))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(finished, name), "utf8") }));
  let landed = 0;
  mkdirSync(folder, { recursive: true });
  cpSync(join(finished, "manifest.json"), join(folder, "manifest.json"));

  /** The log up to now, its times moved so that the last line is of this moment. */
  function writeLog(kept: readonly Event[]): void {
    const late = Date.now() - Date.parse(kept.at(-1)!.time);
    const lines = kept.map((event) => ({ ...event, time: new Date(Date.parse(event.time) + late).toISOString() }));
    writeFileSync(join(folder, "events.ndjson"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }
  function copy(name: string): void {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(join(finished, name), join(folder, name));
  }
  function bring(id: string): void {
    for (const round of rounds) if (round.text.includes(`"id":"${id}"`)) copy(round.name);
    for (const place of ["dictionaries", "results"]) {
      const inside = join(place, id.slice(0, 2));
      if (!existsSync(join(finished, inside))) continue;
      for (const name of readdirSync(join(finished, inside))) if (name.startsWith(id)) copy(join(inside, name));
    }
  }
  copy(rounds[0].name);
  writeLog(events.slice(0, 1));
  return {
    folder,
    items: made.length,
    land(n) {
      for (const { id } of made.slice(landed, landed + n)) bring(id!);
      landed = Math.min(made.length, landed + n);
      writeLog(
        events.filter((event) => event.kind !== "end" && (event.kind !== "item" || made.indexOf(event) < landed)),
      );
    },
    finish() {
      rmSync(folder, { recursive: true });
      cpSync(finished, folder, { recursive: true });
    },
  };
}
