/** A study followed from its folder, in memory; test/cli/watch.test.ts follows real ones. */
import { beforeAll, expect, test } from "vitest";
import { type Analyse, followStudy } from "../../src/app/follow-study.js";
import { emptySeen, keepLearned } from "../../src/app/followed.js";
import { manifestOf } from "../../src/app/manifest.js";
import { runStudy } from "../../src/app/run-study.js";
import { tensor } from "../../src/core/tensor.js";
import { analyseStudy } from "../../src/study/analyse.js";
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
const here: Analyse = async (sizes, plan) => analyseStudy(sizes, plan);
let finished: ReadonlyMap<string, Uint8Array>;

/** All that a study left behind but its record, so that it is analysed here. */
function unfinished(analyse: Analyse) {
  const contents = new Map([...finished].filter(([name]) => !/scaling|report/.test(name)));
  return { contents, follower: followStudy("study", memoryPlatform(contents, barImages(60), images), analyse) };
}

/** Lets work that was begun and not awaited come to its end. */
const settled = () => new Promise((done) => setTimeout(done));

beforeAll(async () => {
  const contents = new Map<string, Uint8Array>();
  const request = {
    settings: own,
    out: "study",
    workers: 1,
    signal: new AbortController().signal,
    command: "crisp run",
  };
  await runStudy({ ...request, onEvent() {} }, memoryPlatform(contents, barImages(60), images));
  finished = contents;
});

test("sizes that are done are analysed once", async () => {
  let analyses = 0;
  const { follower } = unfinished((...of) => {
    analyses++;
    return here(...of);
  });
  for (let i = 0; i < 3; i++) {
    await follower.read(60);
    await settled();
  }
  expect([analyses, follower.trouble()]).toEqual([1, null]);
  expect((await follower.view())!.study.minima.map(({ features }) => features)).toEqual([4]);
});

test("an analysis that fails is said as long as there is no other", async () => {
  let analyses = 0;
  const { follower } = unfinished(() => {
    analyses++;
    return Promise.reject(new Error("out of memory"));
  });
  for (let i = 0; i < 3; i++) {
    await follower.read(60);
    await settled();
  }
  expect([analyses, follower.trouble()]).toEqual([1, "out of memory"]);
});

test("one analysis runs at a time", async () => {
  let analyses = 0;
  const { follower, contents } = unfinished(() => {
    analyses++;
    return new Promise(() => {});
  });
  await follower.read(60);
  await settled();
  contents.set("study/items-99.ndjson", new Uint8Array(0)); // another round: other results to analyse
  await follower.read(60);
  await settled();
  expect(analyses).toBe(1);
});

test("a result that is gone when it is read again is said until it is back", async () => {
  let analyses = 0;
  const { follower, contents } = unfinished((...of) => {
    analyses++;
    return here(...of);
  });
  const look = async () => {
    await follower.read(60);
    await settled();
    return follower.trouble();
  };
  expect(await look()).toBe(null);
  const [name, bytes] = [...finished].find(([path]) => /results\/.*\.json$/.test(path))!;
  contents.delete(name);
  contents.set("study/items-99.ndjson", new Uint8Array(0)); // another round: other results to analyse
  expect(await look()).toMatch(/was there and is gone/);
  expect(await look()).toMatch(/was there and is gone/);
  contents.set(name, bytes);
  expect(await look()).toBe(null);
  expect(analyses).toBe(2);
});

test("another study in the folder is said, not mixed with the first", async () => {
  const { follower, contents } = unfinished(here);
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
