// A study on a cluster step by step, with no machine behind it: a cluster here only says which items it took.
import { beforeAll, expect, test, vi } from "vitest";
import { awaitStudy, cancelStudy, nextStep, storedRequest, submitStudy, usualChoices } from "../../src/app/cluster.js";
import { lastSubmission, readState, writeState } from "../../src/app/cluster-files.js";
import { readEvents } from "../../src/app/events.js";
import { failuresIn, writeFailure } from "../../src/app/failures.js";
import type { GivenDictionaries } from "../../src/app/given-dictionaries.js";
import { type Cluster, folderGone, type Platform, type Submitting } from "../../src/app/platform.js";
import { runStudy } from "../../src/app/run-study.js";
import type { StudyEvent } from "../../src/app/session.js";
import { plannedItems, readRecord } from "../../src/app/study-files.js";
import { workItems } from "../../src/app/work-items.js";
import { tensor } from "../../src/core/tensor.js";
import { barImages, settings } from "../study/fixtures.js";
import { memoryPlatform } from "./memory-platform.js";

const images = tensor([1, 8, 8, 1], new Float32Array(64));
const running = { signal: new AbortController().signal, onEvent() {} };
const own = { ...settings, replicates: 1, learning: { ...settings.learning, images: 16 } };
const choices = { ...usualChoices, bundleMinutes: 1e-6, laws: { exclude: ["log-power-law"] } };
const { command, laws } = choices;
const request = { ...running, settings: own, out: "study", workers: 1, command, laws, choices };
const idsOf = ({ bundles }: Submitting) => [...bundles.first, ...bundles.next].flat().map(({ id }) => id);

/** A cluster that takes the items that `takes` picks, and never does any. */
function clusterOf(takes: (ids: readonly string[]) => readonly string[]): Cluster {
  return {
    jobs: async () => ({ waiting: 0, running: 0 }),
    submit: async (_, number, work) => new Map(takes(idsOf(work)).map((id) => [id, `logs/${number}.log`])),
    release: async () => {},
    cancel: async () => {},
  };
}

const all = clusterOf((ids) => ids);
const none = clusterOf(() => []);

const submitted = new Map<string, Uint8Array>();
beforeAll(async () => {
  let processor = 0;
  // Each look at the clock is a second later: so this machine is measured at once.
  const platform = { ...memoryPlatform(submitted, barImages(60), images), processor: () => processor++ };
  expect(await submitStudy(request, all, platform)).toBe(true);
});

/** The study after its first submission. */
const begun = () => memoryPlatform(new Map(submitted), barImages(60), images);

test("how often an item was tried is not forgotten where the cluster does not take it; after three times it failed", async () => {
  const platform = begun();
  const attempts = async () => {
    const { items } = (await lastSubmission("study", platform))!;
    return Object.values(items).map(({ attempt }) => attempt);
  };
  expect(new Set(await attempts())).toEqual(new Set([1]));
  await nextStep("study", running, { cluster: clusterOf(([first]) => [first]), platform });
  expect((await attempts()).sort().slice(-2)).toEqual([1, 2]);
  await nextStep("study", running, { cluster: all, platform });
  expect((await attempts()).sort().slice(-2)).toEqual([2, 3]);
  await nextStep("study", running, { cluster: all, platform });
  expect(await failuresIn("study", platform)).toMatchObject([{ message: expect.stringContaining("ended 3 times") }]);
});

test("what needs a dictionary that failed is submitted once another process has made it", async () => {
  const platform = begun();
  const items = await plannedItems("study", platform);
  const training = items.find(({ kind }) => kind === "train")!;
  const sweep = items.find((item) => "dictionary" in item && item.dictionary === training.id)!;
  await platform.files.replace("study/bundle.ndjson", JSON.stringify(training));
  const work = { ...running, ...{ study: "study", bundle: "bundle.ndjson", workers: 1, command, log: "" } };
  await workItems({ ...work, onMessage() {} }, platform);
  await writeFailure("study", { id: training.id, label: "", message: "", log: "" }, platform);
  await nextStep("study", running, { cluster: all, platform });
  expect(Object.keys((await lastSubmission("study", platform))!.items)).toContain(sweep.id);
});

test("a task's session in the log has the study's own command, with which it goes on", async () => {
  const platform = begun();
  await platform.files.replace("study/bundle.ndjson", "");
  const work = { ...running, study: "study", bundle: "bundle.ndjson", workers: 1, log: "" };
  await workItems({ ...work, command: "crisp work study --bundle bundle.ndjson", onMessage() {} }, platform);
  const sessions = (await readEvents("study", platform)).filter((event) => event.kind === "session");
  expect(sessions.map((session) => session.command)).toEqual([command, command]);
});

test("a step that another process took leaves the last submission as it is", async () => {
  const platform = begun();
  const before = await lastSubmission("study", platform);
  await nextStep("study", running, { cluster: none, platform });
  expect(await lastSubmission("study", platform)).toEqual(before);
});

test("a study that is cancelled while a step is taken stays cancelled", async () => {
  const platform = begun();
  const cluster = { ...all, cancel: () => writeState("study", { state: "submitted" }, platform) };
  await cancelStudy("study", cluster, platform);
  expect(await readState("study", platform)).toMatchObject({ state: "stopped", code: "incomplete" });
});

test.each(["the study is cancelled", "the step's own job is ended"])(
  "nothing is submitted where %s while a step is planned; the study's command submits it again",
  async (event) => {
    let processor = 0;
    const platform = { ...begun(), processor: () => processor++ };
    const stop = new AbortController();
    const taken: (readonly string[])[] = [];
    const cluster = clusterOf((ids) => {
      taken.push(ids);
      return ids;
    });
    const lock = async () => {
      if (event.startsWith("the study")) await cancelStudy("study", all, platform);
      else stop.abort();
      return async () => {};
    };
    const on = { cluster, platform: { ...platform, studies: { ...platform.studies, lock } } };
    await expect(nextStep("study", { ...running, signal: stop.signal }, on)).rejects.toThrow(/cancelled|stopped/);
    expect(taken).toEqual([]);
    expect(await submitStudy(request, cluster, platform)).toBe(true);
    expect(taken).toHaveLength(1);
    expect(await readState("study", platform)).toEqual({ state: "submitted" });
  },
);

test("the folder of a study that is awaited is not made again where it was moved away", async () => {
  let now = 0;
  const contents = new Map<string, Uint8Array>();
  const platform = { ...memoryPlatform(contents, barImages(60), images), now: () => (now += 11) };
  await expect(awaitStudy(request, all, platform)).rejects.toMatchObject(folderGone("study"));
  expect(contents.size).toBe(0);
});

test("a command that only waited has the laws that it asks for, and refuses the jobs of other dictionaries", async () => {
  const platform = memoryPlatform(new Map(), barImages(60), images);
  const few = { ...own, features: [4], leftOut: [], testImages: 30 };
  await runStudy({ ...request, settings: few, laws: undefined }, platform);
  await writeState("study", { state: "finished" }, platform);
  const { record } = await awaitStudy({ ...request, settings: few }, all, platform);
  expect(record.laws).toEqual(laws);
  expect((await readRecord("study", platform)).laws).toEqual(laws);
  const queue = { ...all, jobs: async () => ({ waiting: 1, running: 0 }) };
  expect(await submitStudy({ ...request, settings: few }, queue, platform)).toBe(true);
  const identities = [{ file: "a.npy", shape: [4, 3, 3, 1], replicate: 0, hash: "a" }];
  const dictionaries = { identities } as unknown as GivenDictionaries;
  await expect(submitStudy({ ...request, settings: few, dictionaries }, queue, platform)).rejects.toThrow(/a\.npy/);
});

test("choices for one step go before those of the study, whose others stay", async () => {
  const platform = begun();
  const { choices: now } = await storedRequest("study", { ...running, choices: { partition: "long" } }, platform);
  expect(now).toMatchObject({ ...choices, partition: "long" });
});

test("tasks that no node could begin are let go by the command that waits, which says so", async () => {
  let now = 0;
  const platform = { ...begun(), now: () => (now += 11) };
  const said: string[] = [];
  const onEvent = (event: StudyEvent) => void (event.kind === "note" && said.push(event.message));
  const cluster: Cluster = {
    ...all,
    jobs: async () => ({ waiting: 3, running: 0, held: 2 }),
    release: () => writeState("study", { state: "stopped", code: "incomplete", message: "let go" }, platform),
  };
  await expect(awaitStudy({ ...request, onEvent }, cluster, platform)).rejects.toThrow("let go");
  expect(said).toEqual(["A node could not begin 2 tasks, which Slurm held; let go again."]);
});

/** How often held tasks are let go until the waiting ends; `onRelease` may have items done. */
async function releasesOf(platform: Platform, onRelease: (count: number) => void): Promise<number> {
  let [now, released] = [0, 0];
  const cluster: Cluster = {
    ...all,
    jobs: async () => ({ waiting: 3, running: 0, held: 2 }),
    release: async () => onRelease(++released),
  };
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  try {
    const waiting = awaitStudy({ ...request, onEvent() {} }, cluster, { ...platform, now: () => now });
    let ended = false;
    const end = expect(waiting)
      .rejects.toThrow(/No node can begin 2 tasks.*run the same command again/)
      .finally(() => {
        ended = true;
      });
    for (; !ended && now < 10_000; now += 11) await vi.advanceTimersByTimeAsync(1000);
    await end;
    return released;
  } finally {
    vi.useRealTimers();
  }
}

test("tasks that are held again and again, and nothing done, end the waiting with words; the jobs stay", async () => {
  const platform = begun();
  expect(await releasesOf(platform, () => {})).toBe(10);
  expect(await readState("study", platform)).toEqual({ state: "submitted" });
});

test("as long as items are done, held tasks are let go again", async () => {
  const platform = begun();
  const ids = Object.keys((await lastSubmission("study", platform))!.items);
  const make = (id: string) => platform.files.replace(`study/results/${id.slice(0, 2)}/${id}.json`, "");
  expect(await releasesOf(platform, (count) => void (count === 7 && make(ids[0])))).toBe(17);
});
