// A study verified: equal bits are found equal, and one changed bit under a right checksum is found.
import { beforeAll, expect, test } from "vitest";
import { inSession } from "../../src/app/session.js";
import { type VerifyRequest, verifyStudy } from "../../src/app/verify.js";
import { contentKey, sha256Hex } from "../../src/core/key.js";
import { tensor } from "../../src/core/tensor.js";
import { conductStudy } from "../../src/study/study.js";
import { decodePoints, encodePoints } from "../../src/tasks/points-file.js";
import { barImages, settings } from "../study/fixtures.js";
import { memoryPlatform } from "./memory-platform.js";

const small = {
  ...settings,
  features: [4, 6, 8],
  leftOut: [],
  replicates: 1,
  learning: { ...settings.learning, images: 16 },
  sweep: { ...settings.sweep, factor: 1.7, tolerance: 0.1, pilotImages: 8, below: 2 },
};
const contents = new Map<string, Uint8Array>();
const platform = memoryPlatform(contents, barImages(60), tensor([1, 8, 8, 1]));
const signal = new AbortController().signal;
const asked: VerifyRequest = { study: "study", items: 99, trainings: 99, seed: 1, workers: 1, signal, onProgress() {} };

beforeAll(async () => {
  const request = { settings: small, out: "study", workers: 1, signal, command: "crisp run", onEvent() {} };
  await inSession({ ...request, purpose: "study" }, ({ context }) => conductStudy(context), platform);
}, 60_000);

/** Puts other bytes in place of an item's, under checksums that match them. */
function reseal(id: string, change: (bytes: Uint8Array) => Uint8Array): () => void {
  const path = `study/results/${id.slice(0, 2)}/${id}.json`;
  const { checksum: _, ...summary } = JSON.parse(new TextDecoder().decode(contents.get(path)));
  const file = `study/${summary.part.file}`;
  const before = [path, file].map((name) => [name, contents.get(name)!] as const);
  const bytes = change(contents.get(file)!.slice());
  summary.part = { ...summary.part, bytes: bytes.length, sha256: sha256Hex(bytes) };
  contents.set(file, bytes);
  contents.set(path, new TextEncoder().encode(JSON.stringify({ ...summary, checksum: contentKey(summary) })));
  return () => {
    for (const [name, content] of before) contents.set(name, content);
  };
}

test("every item of a sound study has equal bits, and the folder stays as it was", async () => {
  const before = new Map(contents);
  const { verified, finished } = await verifyStudy(asked, platform);
  expect(verified).toHaveLength(finished);
  expect(verified.filter(({ label }) => label.startsWith("training"))).toHaveLength(3);
  expect(verified.flatMap(({ differences }) => differences)).toEqual([]);
  expect(contents).toEqual(before);
});

test("one bit of one number, in a sweep or in an atom, is found and named", async () => {
  const { verified } = await verifyStudy({ ...asked, items: 1 }, platform);
  const [sweep] = verified.filter(({ label }) => label.includes("images"));
  const points = await decodePoints(contents.get(`study/results/${sweep.id.slice(0, 2)}/${sweep.id}.parquet`)!, "x");
  new Uint8Array(points.squaredError.buffer)[8] ^= 1; // the last bit of the second value
  const undo = reseal(sweep.id, () => encodePoints(points));
  const other = (await verifyStudy({ ...asked, items: 1, trainings: 0 }, platform)).verified;
  expect(other).toHaveLength(1);
  expect(other[0].differences).toEqual([
    expect.stringMatching(/^squaredError differs in 1 of \d+ values, first at 1 [\d.]+ in the folder and [\d.]+ now$/),
  ]);
  undo();

  const training = verified.find(({ label }) => label.startsWith("training"))!;
  const undoAtoms = reseal(training.id, (bytes) => bytes.with(bytes.length - 4, bytes.at(-4)! ^ 1));
  const trained = await verifyStudy({ ...asked, items: 0 }, platform);
  expect(trained.verified.filter(({ differences }) => differences.length > 0)).toEqual([
    { id: training.id, label: training.label, differences: [expect.stringMatching(/^atoms\.data differs in 1 of/)] },
  ]);
  undoAtoms();
});

test("the seed draws the items; asking for none, or with other images or another kernel, is an error", async () => {
  const drawn = async (seed: number) =>
    (await verifyStudy({ ...asked, seed, items: 2, trainings: 0 }, platform)).verified.map(({ id }) => id);
  expect(await drawn(1)).toEqual(await drawn(1));
  expect(await drawn(1)).not.toEqual(await drawn(2));
  await expect(verifyStudy({ ...asked, items: 0, trainings: 0 }, platform)).rejects.toMatchObject({
    code: "incomplete",
  });
  const others = memoryPlatform(contents, { ...barImages(60), hash: "others" }, tensor([1, 8, 8, 1]));
  await expect(verifyStudy(asked, others)).rejects.toMatchObject({ code: "store" });
  const newer = { ...platform, openExecutor: async () => ({ ...(await platform.openExecutor(1)), family: "other-1" }) };
  await expect(verifyStudy(asked, newer)).rejects.toMatchObject({ code: "store" });
});
