// What work still takes, found out without doing it; and where a study's images are looked for.
import { expect, test } from "vitest";
import { estimateItems, measuredPlan } from "../../src/app/estimate-work.js";
import { logEvent } from "../../src/app/events.js";
import type { Platform } from "../../src/app/platform.js";
import { runStudy } from "../../src/app/run-study.js";
import { placeOf } from "../../src/app/study-images.js";
import { CrispError } from "../../src/core/errors.js";
import { tensor } from "../../src/core/tensor.js";
import { secondsOf } from "../../src/study/estimate.js";
import { firstRound } from "../../src/study/plan.js";
import { barImages, settings } from "../study/fixtures.js";
import { memoryPlatform } from "./memory-platform.js";

const few = {
  learning: { ...settings.learning, images: 16, heldOut: 8 },
  sweep: { ...settings.sweep, pilotImages: 8 },
};
const own = { ...settings, ...few, noise: 1, features: [4, 6, 8], leftOut: [], replicates: 1, testImages: 20 };
const base = { settings: own, out: "study", workers: 1 };

/** Ports whose clock moves at each look, so that measuring ends soon. */
function ports(contents = new Map<string, Uint8Array>()): Platform {
  let clock = 0;
  return { ...memoryPlatform(contents, barImages(60), tensor([1, 8, 8, 1])), processor: () => (clock += 0.2) };
}

test("what is lacking is added up by the pace that was measured, for the workers there are; what is done is counted", async () => {
  const contents = new Map<string, Uint8Array>();
  const platform = ports(contents);
  const measured = await measuredPlan({ ...base, purpose: "study" }, platform);
  expect(contents.size).toBe(0);
  expect(measured.plan.pace!.paths.length).toBe(2);
  const items = firstRound(measured.plan);
  const all = await estimateItems(items, measured, 2);
  const lacking = items.reduce((sum, item) => sum + secondsOf(item, measured.plan), 0);
  expect(all).toMatchObject({ items: items.length, done: 0, notes: [] });
  const one = await estimateItems(items, measured, 1);
  expect(one.seconds - all.seconds).toBeCloseTo(lacking / 2, 9);
  const signal = new AbortController().signal;
  await runStudy({ ...base, signal, command: "crisp run", onEvent() {} }, platform);
  const again = await estimateItems(
    items,
    { ...measured, ...(await measuredPlan({ ...base, purpose: "study" }, platform)) },
    1,
  );
  expect(again.done).toBe(items.length);
  expect(again.seconds).toBeCloseTo(one.seconds - lacking, 9);
  // Another study than the folder holds would be refused by the work itself.
  const other = measuredPlan({ ...base, settings: { ...own, seed: 4 }, purpose: "study" }, platform);
  await expect(other).rejects.toMatchObject({ code: "store" });
}, 60_000);

test("CIFAR-10 that is still to be fetched is measured on leaves, which is said; other images must be there", async () => {
  const open = () => Promise.reject(new CrispError("data", "not here"));
  const platform = ports();
  const without = { ...platform, images: { ...platform.images, open } };
  const cifar = { ...own, data: "cifar10", size: 32, testImages: 0, atoms: "random" } as const;
  const { notes, plan } = await measuredPlan({ ...base, settings: cifar, purpose: "training" }, without);
  expect(notes).toEqual([expect.stringContaining("begins by fetching it")]);
  expect(plan.images).toMatchObject({ height: 32, width: 32, channels: 3 });
  await expect(measuredPlan({ ...base, purpose: "study" }, without)).rejects.toThrow("not here");
  await expect(measuredPlan({ ...base, settings: cifar, from: "x", purpose: "study" }, without)).rejects.toThrow(
    "not here",
  );
}, 60_000);

test("images that were moved since the study ran are missed by the name of their place; --from names the new one", async () => {
  const contents = new Map([["pictures/a.png", new Uint8Array([1])]]);
  const platform = ports(contents);
  const origin = { machine: "", node: "", version: "", command: "crisp run", workers: 1 };
  const event = { kind: "session", purpose: "study", ...origin, from: "pictures" } as const;
  await logEvent("study", event, platform);
  const wanted = { settings: { ...own, data: "folder" } as const, out: "study" };
  expect(await placeOf(wanted, platform)).toBe("pictures");
  contents.delete("pictures/a.png");
  contents.set("elsewhere/a.png", new Uint8Array([1]));
  await expect(placeOf(wanted, platform)).rejects.toMatchObject({
    code: "data",
    message:
      "the images of study were read from pictures, where nothing is any more. Name their place now with --from.",
  });
  expect(await placeOf({ ...wanted, from: "elsewhere" }, platform)).toBe("elsewhere");
  // CIFAR-10 may lie in the cache by now; leaves are drawn.
  expect(await placeOf({ ...wanted, settings: { ...own, data: "cifar10" } }, platform)).toBeUndefined();
  expect(await placeOf({ ...wanted, settings: own }, platform)).toBeUndefined();
});
