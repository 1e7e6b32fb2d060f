/** A study followed from its folder, in memory; test/cli/watch.test.ts follows real ones. */
import { beforeAll, describe, expect, test } from "vitest";
import { type Analyser, openAnalyser } from "../../src/app/analyser.js";
import type { LoggedEvent } from "../../src/app/events.js";
import { followStudy } from "../../src/app/follow-study.js";
import { emptySeen, itemsOf, keepLearned } from "../../src/app/followed.js";
import { manifestOf, planOf } from "../../src/app/manifest.js";
import { packStudy } from "../../src/app/pack.js";
import { followProgress } from "../../src/app/progress.js";
import { runStudy } from "../../src/app/run-study.js";
import { plannedItems, readRecord } from "../../src/app/study-files.js";
import { progressLine, secondsSoFar, sessionsOf } from "../../src/app/watched-progress.js";
import { sha256Hex } from "../../src/core/key.js";
import { tensor } from "../../src/core/tensor.js";
import { allSizes } from "../../src/study/axis.js";
import { firstRound } from "../../src/study/plan.js";
import { barImages, settings } from "../study/fixtures.js";
import { memoryPlatform } from "./memory-platform.js";

const own = {
  ...settings,
  features: [4],
  leftOut: [],
  replicates: 1,
  testImages: 30,
  learning: { ...settings.learning, images: 16 },
};
const images = tensor([1, 8, 8, 1], new Float32Array(64));
/** Changes to an analyser: what is told of it. */
type Change = (analyser: Analyser) => Partial<Analyser>;
let finished: ReadonlyMap<string, Uint8Array>;

/** All that a study left behind but its record, so that it is analysed here. */
function unfinished(change: Change = () => ({}), all = finished) {
  const contents = new Map([...all].filter(([name]) => !/scaling|report/.test(name)));
  const platform = memoryPlatform(contents, barImages(60), images);
  const follower = followStudy("study", platform, (out, plan) => {
    const analyser = openAnalyser(out, plan, platform);
    return { ...analyser, ...change(analyser) };
  });
  return { contents, follower };
}

/** A finished study, a clock to be moved on, and the names of the files that were read since. */
function watched() {
  const contents = new Map(finished);
  const platform = memoryPlatform(contents, barImages(60), images);
  const read: string[] = [];
  const clock = { now: 0 };
  const noting = <T>(work: (path: string) => Promise<T>) => {
    return (path: string) => {
      read.push(path);
      return work(path);
    };
  };
  const { files } = platform;
  const noted = { ...files, read: noting(files.read), readIfThere: noting(files.readIfThere) };
  const studies = { ...platform.studies, files: () => noted };
  const noted_ = { ...platform, files: noted, studies, now: () => clock.now };
  const follower = followStudy("study", noted_, (out, plan) => openAnalyser(out, plan, platform));
  const look = async () => {
    clock.now += 10;
    read.length = 0;
    await follower.read(60);
    await settled();
    return read.map((path) => path.replace("study/", ""));
  };
  return { contents, follower, look };
}

/** Lets work that was begun and not awaited come to its end. */
const settled = () => new Promise((done) => setTimeout(done));

/** What a study left behind. */
async function studied(of: typeof settings): Promise<ReadonlyMap<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>();
  const signal = new AbortController().signal;
  const request = { settings: of, out: "study", workers: 1, signal, command: "crisp run", onEvent() {} };
  await runStudy(request, memoryPlatform(contents, barImages(60), images));
  return contents;
}

beforeAll(async () => {
  finished = await studied(own);
});

test("sizes that are done are analysed once", async () => {
  let analyses = 0;
  const { follower } = unfinished(({ record }) => ({
    record() {
      analyses++;
      return record();
    },
  }));
  for (let i = 0; i < 3; i++) {
    await follower.read(60);
    await settled();
  }
  expect([analyses, follower.trouble()]).toEqual([1, null]);
  expect((await follower.view())!.study.minima.map(({ features }) => features)).toEqual([4]);
});

test("a curve of which only the pilot is measured is told as one of held-out training images", async () => {
  const platform = memoryPlatform(new Map(finished), barImages(60), images);
  const sweeps = (await plannedItems("study", platform)).filter((item) => "role" in item && item.role !== "pilot");
  const piloted = new Map([...finished].filter(([name]) => !sweeps.some(({ id }) => name.includes(id))));
  expect(piloted.size).toBeLessThan(finished.size);
  const pilotedIn = async (all: ReadonlyMap<string, Uint8Array>) => {
    const { follower } = unfinished(undefined, all);
    await follower.read(60);
    const { study, live } = (await follower.view())!;
    expect(study.curves.map(({ features }) => features)).toEqual([4]);
    return live!.piloted;
  };
  expect([await pilotedIn(piloted), await pilotedIn(finished)]).toEqual([[4], []]);
});

test("sizes analysed one after the other have the record of all at once, each read once", async () => {
  const contents = new Map(await studied({ ...own, features: [2, 3] }));
  const platform = memoryPlatform(contents, barImages(60), images);
  const plan = planOf(JSON.parse(new TextDecoder().decode(contents.get("study/manifest.json")!)));
  const seen = { ...emptySeen(), items: await plannedItems("study", platform) };
  for (const { id } of seen.items) seen.done.add(id);
  const sizes = allSizes(plan.settings).map((size) => ({ ...size, items: itemsOf(seen, size) }));
  const read: string[] = [];
  const files = platform.studies.files("study");
  const readIfThere = (path: string) => {
    read.push(path);
    return files.readIfThere(path);
  };
  const studies = { ...platform.studies, files: () => ({ ...files, readIfThere }) };
  const analyser = openAnalyser("study", plan, { ...platform, studies });
  for (let n = 1; n <= sizes.length; n++) await analyser.read(sizes.slice(0, n));
  const results = read.filter((path) => /results|dictionaries/.test(path));
  expect([new Set(results).size, results.length > 9]).toEqual([results.length, true]);
  expect(await analyser.record()).toEqual(await readRecord("study", platform));
});

test("an analysis that fails is said as long as there is no other", async () => {
  let analyses = 0;
  const { follower } = unfinished(() => ({
    record() {
      analyses++;
      return Promise.reject(new Error("out of memory"));
    },
  }));
  for (let i = 0; i < 3; i++) {
    await follower.read(60);
    await settled();
  }
  expect([analyses, follower.trouble()]).toEqual([1, "study: analysis failed: out of memory."]);
});

test("one analysis runs at a time", async () => {
  let analyses = 0;
  const { follower, contents } = unfinished(() => ({
    read() {
      analyses++;
      return new Promise(() => {});
    },
  }));
  await follower.read(60);
  await settled();
  contents.set("study/items-99.ndjson", new Uint8Array(0)); // another round: other results to analyse
  await follower.read(60);
  await settled();
  expect(analyses).toBe(1);
});

test("a result that goes before it is analysed is said until it is back", async () => {
  let analyses = 0;
  const [name, bytes] = [...finished].find(([path]) => /results\/.*\.json$/.test(path))!;
  const { follower, contents } = unfinished(({ read, record }) => ({
    read(sizes) {
      if (analyses === 0 && !gone) contents.delete(name);
      gone = true;
      return read(sizes);
    },
    record() {
      analyses++;
      return record();
    },
  }));
  let gone = false;
  const look = async () => {
    await follower.read(60);
    await settled();
    return follower.trouble();
  };
  expect(await look()).toMatch(/was there and is gone/);
  expect(await look()).toMatch(/was there and is gone/);
  contents.set(name, bytes);
  expect(await look()).toBe(null);
  expect(analyses).toBe(1);
});

test("a damaged record is said, and the study is shown from its results until it is mended", async () => {
  const { contents, follower, look } = watched();
  const sound = contents.get("study/scaling.json")!;
  contents.set("study/scaling.json", sound.slice(0, 40));
  await look();
  await look();
  expect(follower.trouble()).toMatch(/scaling\.json is damaged/);
  expect((await follower.view())!.study.minima.map(({ features }) => features)).toEqual([4]);
  contents.set("study/scaling.json", sound);
  await look();
  expect([follower.trouble(), follower.finished()]).toEqual([null, true]);
});

test("a packed study is followed; a damaged pack is said until it is copied again", async () => {
  const both = new Map(finished);
  await packStudy({ study: "study", out: "packed" }, memoryPlatform(both, barImages(60), images));
  const pack = [...both].filter(([name]) => name.startsWith("packed/"));
  const { contents, follower } = unfinished(
    undefined,
    new Map(pack.map(([name, bytes]) => [name.replace("packed", "study"), bytes])),
  );
  const sound = contents.get("study/results.parquet")!;
  contents.set("study/results.parquet", sound.slice(1));
  const look = async () => {
    await follower.read(60);
    await settled();
    return follower.trouble();
  };
  expect(await look()).toMatch(/results\.parquet has sha256/);
  contents.set("study/results.parquet", sound);
  expect(await look()).toBe(null);
  await look();
  expect((await follower.view())!.study.minima.map(({ features }) => features)).toEqual([4]);
});

test("another study in the folder is said, not mixed with the first", async () => {
  const { follower, contents } = unfinished();
  await follower.read(60);
  await settled();
  const other = manifestOf({ ...own, seed: own.seed + 1 }, barImages(60), { family: "reference" });
  contents.set("study/manifest.json", new TextEncoder().encode(JSON.stringify(other)));
  await follower.read(60);
  expect(follower.trouble()).toMatch(/^study holds another study than when this began/);
  contents.set("study/manifest.json", finished.get("study/manifest.json")!);
  await follower.read(60);
  expect(follower.trouble()).toBe(null);
});

test("a study that is begun again in its folder is followed from its beginning", async () => {
  const { follower, contents } = unfinished();
  await follower.read(60);
  await settled();
  const count = async () => (await follower.view())!.live!.stages.reduce((sum, { done }) => sum + done, 0);
  expect(await count()).toBeGreaterThan(2);
  expect((await follower.view())!.study.minima).toHaveLength(1);
  for (const name of contents.keys()) if (/(results|dictionaries)\/|items-[^1]/.test(name)) contents.delete(name);
  const manifest = new TextDecoder().decode(contents.get("study/manifest.json"));
  contents.set("study/manifest.json", new TextEncoder().encode(`${manifest}\n`));
  await follower.read(60);
  expect(await count()).toBe(0);
  expect((await follower.view())!.study.minima).toEqual([]);
});

test("the dictionary that changed last is the last; what is no news moves nothing", () => {
  const seen = emptySeen();
  const at = (imagesSeen: number) => ({ atoms: tensor([0], new Float32Array(0)), imagesSeen, looks: [] });
  keepLearned(seen, "a", at(10));
  keepLearned(seen, "b", at(10));
  keepLearned(seen, "a", at(20));
  keepLearned(seen, "b", at(10));
  expect([...seen.learned.keys()]).toEqual(["b", "a"]);
  expect(seen.learned.get("a")!.imagesSeen).toBe(20);
});

test("a finished study is read once; then a file is read again only where it was written anew", async () => {
  const { contents, follower, look } = watched();
  expect(await look()).toContain("scaling.json");
  expect(follower.finished()).toBe(true);
  for (let i = 0; i < 3; i++) expect(await look()).toEqual([]);
  const before = (await follower.view())!.provenance;
  const log = new TextDecoder().decode(contents.get("study/events.ndjson"));
  contents.set(
    "study/events.ndjson",
    new TextEncoder().encode(log.replaceAll('"machine":"none"', '"machine":"other"')),
  );
  expect(await look()).toContain("events.ndjson");
  expect([before.machine, (await follower.view())!.provenance.machine]).toEqual(["none", "other"]);
  expect(await look()).toEqual([]);
});

/** Lines that no command writes: half of one, no object, none of the fields that are asked for. */
const noEvents = [
  '{"time":"2026-01-01T00:00',
  "null",
  "7",
  "{}",
  '{"time":"no time","pid":1,"kind":"end","seconds":1}',
];

test("lines of the log that are no events are said, passed over, and forgotten when they are gone", async () => {
  const { contents, follower, look } = watched();
  const log = new TextDecoder().decode(contents.get("study/events.ndjson"));
  const put = (text: string) => void contents.set("study/events.ndjson", new TextEncoder().encode(text));
  const sessions = async () => (await follower.view())!.live!.sessions;
  await look();
  const before = await sessions();
  put(`${noEvents.join("\n")}\n${log}`);
  await look();
  expect(follower.trouble()).toMatch(/^events\.ndjson: line 1 and 4 more cannot be read/);
  expect(await sessions()).toEqual(before);
  put(`${log}{"time":"2026`); // being written
  await look();
  expect(follower.trouble()).toBe(null);
});

test("a checkpoint that is damaged or no checkpoint is said, and the others are shown", async () => {
  const { contents, follower } = unfinished();
  const [id] = [...contents.keys()].flatMap((name) => (/dictionaries\/../.test(name) ? [name.slice(-76, -12)] : []));
  contents.delete(`study/results/${id.slice(0, 2)}/${id}.json`);
  const body = new TextEncoder().encode("no checkpoint");
  const sealed = new Uint8Array([...new TextEncoder().encode(sha256Hex(body)), ...body]);
  contents.set(`study/checkpoints/${id}.7`, sealed);
  await follower.read(60);
  expect(follower.trouble()).toMatch(/safetensors|checkpoint/);
  expect((await follower.view())!.live!.stages.length).toBeGreaterThan(0);
  const damaged = unfinished();
  damaged.contents.delete(`study/results/${id.slice(0, 2)}/${id}.json`);
  damaged.contents.set(`study/checkpoints/${id}.7`, sealed.slice(1));
  await damaged.follower.read(60);
  expect(damaged.follower.trouble()).toMatch(/checkpoints\/.*\.7 is damaged/);
});

test("items without what an item has are said, and the page stays", async () => {
  const { contents, follower } = unfinished();
  await follower.read(60);
  const before = (await follower.view())!.study.curves;
  contents.set("study/items-9.ndjson", new TextEncoder().encode('{"id":"x"}\n'));
  await follower.read(60);
  expect((await follower.view())!.study.curves).toEqual(before);
  expect(follower.trouble()).toMatch(/no item is of kind undefined/);
  contents.delete("study/items-9.ndjson");
  await follower.read(60);
  await follower.view();
  expect(follower.trouble()).toBe(null);
});

describe("of several processes", () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString();
  const begins = (minute: number, pid: number, command = `crisp run ${pid}`): LoggedEvent => ({
    ...{ kind: "session", purpose: "study", time: at(minute), pid, workers: 1, command },
    ...{ machine: "m", node: "20", version: "1" },
  });
  const ends = (minute: number, pid: number): LoggedEvent => ({
    ...{ kind: "end", outcome: "stopped", time: at(minute), pid, seconds: 1 },
  });
  const plan = planOf(manifestOf(own, barImages(60), { family: "reference" }));
  const [items, done] = [firstRound(plan), new Set<string>()];
  const line = (events: readonly LoggedEvent[], minute: number, held: boolean) =>
    progressLine({ items, done, events, finished: false }, plan, { date: new Date(at(minute)), held });

  test("one ends and another works on: the study has not stopped", () => {
    expect(line([begins(0, 1), begins(1, 2), ends(30, 2)], 31, true)).toMatch(/^0 of about \d+ items, about .* left/);
  });
  test("two machines may give one number: the end of one process is not the other's", () => {
    const on = (host: string, event: LoggedEvent) => ({ ...event, host });
    const sessions = sessionsOf([on("a", begins(0, 1)), on("b", begins(1, 1)), on("a", ends(30, 1))]);
    expect(sessions.map(({ outcome }) => outcome)).toEqual(["stopped", null]);
  });
  test("items of rounds to come are counted as the run's own progress counts them", () => {
    const { total } = followProgress(plan, { workers: 1, sweeps: true, now: () => 0 }).round(1, items);
    expect(total).toBeGreaterThan(items.length);
    for (const [events, held] of [
      [[begins(0, 1)], true],
      [[begins(0, 1), ends(1, 1)], false],
    ] as const)
      expect(line(events, 2, held)).toMatch(new RegExp(`^0 of about ${total} items[,;]`));
  });
  test("all have ended: it has stopped, and the last one's command goes on", () => {
    const all = [begins(0, 1), begins(1, 2), ends(30, 2), ends(31, 1)];
    expect(line(all, 31, false)).toMatch(/; stopped\. To go on: crisp run 2$/);
  });
  test("one was killed long ago, the other ended: it has stopped", () => {
    expect(line([begins(0, 1), begins(100, 2), ends(130, 2)], 131, false)).toMatch(
      /; stopped\. To go on: crisp run 2$/,
    );
  });
  test("one that is gone without a word is said, once it can no longer be between two items", () => {
    expect(line([begins(0, 1)], 0.5, false)).toMatch(/about .* left$/);
    expect(line([begins(0, 1)], 2, false)).toMatch(/; its process is gone without a word\. To go on: crisp run 1$/);
  });
  test("silence is told by the clock that is given", () => {
    expect(line([begins(0, 1)], 9, true)).not.toContain("nothing has landed");
    expect(line([begins(0, 1)], 20, true)).toContain("nothing has landed for 20 min");
    expect(secondsSoFar([begins(0, 1)], { date: new Date(at(20)), held: true })).toBe(1200);
  });
});
