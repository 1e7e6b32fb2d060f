// A study that takes over the finished items of a smaller one.
import { beforeAll, expect, test } from "vitest";
import { estimateMeasured } from "../../src/app/estimate-study.js";
import type { Platform } from "../../src/app/platform.js";
import { inSession, type StudyEvent } from "../../src/app/session.js";
import { tensor } from "../../src/core/tensor.js";
import type { StudySettings } from "../../src/study/settings.js";
import { conductStudy } from "../../src/study/study.js";
import { barImages, settings } from "../study/fixtures.js";
import { memoryPlatform } from "./memory-platform.js";

const learning = { ...settings.learning, images: 16 };
const sizes = { features: [4, 6, 8], leftOut: [] };
const sweep = { ...settings.sweep, factor: 1.7, tolerance: 0.1, pilotImages: 8, below: 2 };
const small: StudySettings = { ...settings, ...sizes, learning, sweep, replicates: 1, testImages: 50 };
const big: StudySettings = { ...small, replicates: 2, testImages: 60 };

const contents = new Map<string, Uint8Array>();
const images = barImages(60);
const platform = memoryPlatform(contents, images, tensor([1, 8, 8, 1]));

async function run(asked: StudySettings, out: string, reuse?: string, where: Platform = platform) {
  const events: StudyEvent[] = [];
  const signal = new AbortController().signal;
  const onEvent = (event: StudyEvent) => void events.push(event);
  const request = { settings: asked, out, reuse, workers: 1, signal, command: "crisp run", onEvent };
  await inSession({ ...request, purpose: "study" }, ({ context }) => conductStudy(context), where);
  const last = events.filter((event) => event.kind === "progress").at(-1)!;
  return { ...last, notes: events.flatMap((event) => (event.kind === "note" ? event.message : [])) };
}

/** Every file of a study but those that tell of time and machine. */
function filesOf(out: string): Map<string, Uint8Array> {
  const own = [...contents].filter(([name]) => name.startsWith(`${out}/`));
  return new Map(
    own
      .map(([name, bytes]) => [name.slice(out.length), bytes] as const)
      .filter(([name]) => !/events|report|figures/.test(name)),
  );
}

beforeAll(async () => {
  await run(small, "small");
  await run(big, "alone");
}, 60_000);

test("a larger study computes only what a smaller one lacks and ends in the bytes it has alone", async () => {
  const before = filesOf("small");
  const both = [...filesOf("alone").keys()].filter((name) => /results.*\.json/.test(name) && before.has(name));
  const { cached, done, notes } = await run(big, "grown", "small");
  // Each look at the clock is a second later: so this machine is measured at once.
  let now = 0;
  const planned = await estimateMeasured(
    { settings: big, out: "planned", workers: 1, reuse: "small" },
    { ...platform, processor: () => now++ },
  );
  expect(planned.cached).toBe(9); // as below; not what is planned from results that are still lacking
  expect(filesOf("planned").size).toBe(0);
  expect(both.length).toBeGreaterThan(8); // three dictionaries, three pilots, 50 images at three sizes
  expect(cached).toBe(both.length);
  expect(done - cached).toBeGreaterThan(8); // three dictionaries, then 60 images with them, and 10 with the others
  expect(notes).toContain(`${both.length} results taken over from small.`);
  expect(filesOf("grown")).toEqual(filesOf("alone"));
  expect(filesOf("small")).toEqual(before);
}, 60_000);

test("a damaged result of the other study is named, not taken", async () => {
  const [name, bytes] = [...contents].find(([path]) => /^small\/dictionaries\//.test(path))!;
  contents.set(
    name,
    bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte)),
  );
  await expect(run(big, "damaged", "small")).rejects.toMatchObject({
    code: "checksum",
    message: expect.stringContaining(name),
  });
  contents.set(name, bytes);
});

test("a study of other images, and a folder that is none, are refused before anything is written", async () => {
  const other = memoryPlatform(contents, { ...images, hash: "others" }, tensor([1, 8, 8, 1]));
  await expect(run(big, "new", "small", other)).rejects.toMatchObject({
    code: "store",
    message: expect.stringMatching(/--reuse small: its results are of images leaves \(bars\), this study's of/),
  });
  await expect(run(big, "new", "nowhere")).rejects.toMatchObject({ code: "store" });
  expect(filesOf("new").size).toBe(0);
});
