// A study packed into two files: read as the study itself, taken over by another, gone on with, and refused when damaged.
import { beforeAll, expect, test } from "vitest";
import { packStudy } from "../../src/app/pack.js";
import { refitStudy } from "../../src/app/read-study.js";
import { inSession, type StudyEvent } from "../../src/app/session.js";
import { openStore } from "../../src/app/store.js";
import { plannedItems, studyStatus } from "../../src/app/study-files.js";
import { tensor } from "../../src/core/tensor.js";
import type { StudySettings } from "../../src/study/settings.js";
import { conductStudy } from "../../src/study/study.js";
import { barImages, settings } from "../study/fixtures.js";
import { memoryPlatform } from "./memory-platform.js";

const learning = { ...settings.learning, images: 16 };
const sweep = { ...settings.sweep, factor: 1.7, tolerance: 0.1, pilotImages: 8, below: 2 };
const small: StudySettings = {
  ...{ ...settings, learning, sweep, replicates: 1, testImages: 50 },
  ...{ features: [4, 6, 8], leftOut: [] },
};
const contents = new Map<string, Uint8Array>();
const platform = memoryPlatform(contents, barImages(60), tensor([1, 8, 8, 1]));

/** Runs the study to its last result; how many it did not have, and what was told. */
async function run(out: string, reuse?: string): Promise<{ made: number; notes: readonly string[] }> {
  const events: StudyEvent[] = [];
  const onEvent = (event: StudyEvent) => void events.push(event);
  const request = { settings: small, out, reuse, workers: 1, command: "crisp run", onEvent };
  const signal = new AbortController().signal;
  await inSession({ ...request, signal, purpose: "study" }, ({ context }) => conductStudy(context), platform);
  const last = events.filter((event) => event.kind === "progress").at(-1)!;
  return { made: last.done - last.cached, notes: events.flatMap((one) => (one.kind === "note" ? one.message : [])) };
}

/** Every file of a folder but those that tell of time and machine. */
function filesOf(folder: string): Map<string, Uint8Array> {
  const own = [...contents].filter(([name]) => name.startsWith(`${folder}/`) && !name.includes("/events"));
  return new Map(own.map(([name, bytes]) => [name.slice(folder.length), bytes]));
}

beforeAll(async () => {
  await run("study");
  await refitStudy("study", platform);
  await packStudy({ study: "study", out: "packed" }, platform);
}, 60_000);

test("a pack is a few files, whatever the number of results, and is read as the study", async () => {
  const names = [...filesOf("packed").keys()].map((name) => name.slice(1));
  const { done, items, finished } = await studyStatus("packed", platform);
  const own = names.filter((name) => !/^items-\d+\.ndjson$/.test(name)).sort();
  expect(own).toEqual(["arrays.safetensors", "manifest.json", "pack.json", "results.parquet", "scaling.json"]);
  expect([done, finished]).toEqual([items, true]);
  const record = contents.get("packed/scaling.json")!;
  contents.delete("packed/scaling.json");
  await refitStudy("packed", platform);
  expect(contents.get("packed/scaling.json")).toEqual(record);
});

test("a study that takes a pack over computes nothing and has the bytes of the one that was packed", async () => {
  const { made, notes } = await run("again", "packed");
  await refitStudy("again", platform);
  const { items } = await studyStatus("study", platform);
  expect(made).toBe(0);
  expect(notes).toContain(`${items} results taken over from packed.`);
  expect(filesOf("again")).toEqual(filesOf("study"));
});

test("a pack of a pack has the same bytes", async () => {
  await packStudy({ study: "packed", out: "twice" }, platform);
  expect(filesOf("twice")).toEqual(filesOf("packed"));
});

test("what an unfinished pack of another study left is not taken for this one's", async () => {
  for (const name of ["scaling.json", "transition.json", "items-9.ndjson"])
    contents.set(`begun/${name}`, contents.get("study/items-1.ndjson")!);
  const record = contents.get("study/scaling.json")!;
  contents.delete("study/scaling.json");
  await packStudy({ study: "study", out: "begun" }, platform);
  contents.set("study/scaling.json", record);
  const names = (folder: string) => [...filesOf(folder).keys()].sort();
  expect(names("begun")).toEqual(names("packed").filter((name) => name !== "/scaling.json"));
});

test("an unfinished study goes on in its pack, and only what was missing is made", async () => {
  await run("part", "study");
  const items = await plannedItems("part", platform);
  const sweeps = items.filter(({ kind }) => kind === "sweep").slice(-2);
  for (const name of contents.keys())
    if (name.startsWith("part/") && sweeps.some(({ id }) => name.includes(id))) contents.delete(name);
  const { missing } = await packStudy({ study: "part", out: "part-packed" }, platform);
  expect(missing).toBe(2);
  expect((await run("part-packed")).made).toBe(2);
  await refitStudy("part-packed", platform);
  expect(contents.get("part-packed/scaling.json")).toEqual(contents.get("study/scaling.json"));
});

test.each(["results.parquet", "arrays.safetensors", "pack.json"])(
  "one flipped bit of %s is refused by name",
  async (file) => {
    const sound = contents.get(`packed/${file}`)!;
    const flipped = sound.slice();
    flipped[Math.floor(flipped.length / 2)] ^= 1;
    contents.set(`packed/${file}`, flipped);
    await expect(run("other", "packed")).rejects.toMatchObject({
      code: "checksum",
      message: expect.stringContaining(`packed/${file}`),
    });
    contents.set(`packed/${file}`, sound);
  },
);

test("a pack without its pack.json is no study without results, and a folder in use is not packed into", async () => {
  const record = contents.get("packed/pack.json")!;
  contents.delete("packed/pack.json");
  const item = (await plannedItems("packed", platform))[0];
  await expect(openStore("packed", () => {}, platform).has(item)).rejects.toMatchObject({ code: "checksum" });
  contents.set("packed/pack.json", record);
  await expect(packStudy({ study: "study", out: "again" }, platform)).rejects.toMatchObject({ code: "store" });
  const names = [...contents.keys()];
  await expect(packStudy({ study: "study", out: "study/pk" }, platform)).rejects.toThrow(
    "--out is study/pk, which lies in the study study; a packed study needs a folder outside.",
  );
  expect([...contents.keys()]).toEqual(names);
});
