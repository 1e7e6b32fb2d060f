// The study's folder: whole results or none, damage found, one process at a time.
import { mkdirSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { claimFolder, manifestOf, readManifest } from "../../src/app/manifest.js";
import { packStudy } from "../../src/app/pack.js";
import * as stores from "../../src/app/store.js";
import { contentKey } from "../../src/core/key.js";
import { tensor } from "../../src/core/tensor.js";
import { startTraining } from "../../src/learning/train.js";
import { nodePlatform } from "../../src/node/platform.js";
import { decodeState, encodeState } from "../../src/study/items/files.js";
import type { SweepItem } from "../../src/study/items/sweep.js";
import type { TrainItem } from "../../src/study/items/train.js";
import { firstRound } from "../../src/study/plan.js";
import { addPoint, emptyPoints } from "../../src/tasks/points.js";
import { barImages, plan, settings } from "../study/fixtures.js";

function openStore(folder: string, onAlarm: (message: string) => void) {
  mkdirSync(folder, { recursive: true });
  return stores.openStore(folder, onAlarm, nodePlatform);
}
const partPath = (folder: string, item: SweepItem) => join(folder, stores.partPath(item));
const summaryPath = (folder: string, id: string) => join(folder, stores.summaryPath(id));
let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "crisp-store-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const units = firstRound(plan);
const trainItem = units.find((unit): unit is TrainItem => unit.kind === "train")!;
const sweepItem = units.find((unit): unit is SweepItem => unit.kind === "sweep")!;
const atoms = tensor(
  [4, 4, 4, 1],
  Float32Array.from({ length: 64 }, (_, i) => Math.fround(Math.sin(i))),
);
const trained = { atoms, imagesSeen: 64, plateau: false, deadAtoms: 0, leadingShare: 0.3, looks: [] };

function points() {
  const columns = emptyPoints(2);
  for (const image of [0, 1]) {
    const numbers = { squaredError: 0.1 + image, squaredResidual: 1 / 3, l1: Math.PI, gap: 1e-3, iterations: 4 };
    addPoint(columns, { image, lambda: 0.5, active: 3, converged: true, ...numbers });
  }
  const { length, ...rest } = columns;
  return rest;
}

test("results come back bit for bit, and equal results give equal files", async () => {
  const folders = [join(root, "a"), join(root, "b")];
  for (const folder of folders) {
    const store = openStore(folder, () => {});
    expect(await store.read(trainItem)).toBeNull();
    await store.write(trainItem, trained);
    await store.write(sweepItem, points());
    expect(await store.read(trainItem)).toEqual(trained);
    expect(await store.read(sweepItem)).toEqual(points());
  }
  for (const path of [partPath, (f: string, u: typeof sweepItem) => summaryPath(f, u.id)]) {
    expect(await readFile(path(folders[0], sweepItem))).toEqual(await readFile(path(folders[1], sweepItem)));
  }
});

test("a damaged part, a damaged summary and a missing part are each named, with what to do", async () => {
  const folder = join(root, "damaged");
  const store = openStore(folder, () => {});
  await store.write(sweepItem, points());
  const part = partPath(folder, sweepItem);
  const bytes = await readFile(part);
  bytes[40] ^= 1;
  await writeFile(part, bytes);
  await expect(store.read(sweepItem)).rejects.toThrow(/has sha256 .* Remove .* and run again/);
  await rm(part);
  await expect(store.read(sweepItem)).rejects.toThrow(/is missing/);
  await writeFile(
    summaryPath(folder, sweepItem.id),
    (await readFile(summaryPath(folder, sweepItem.id), "utf8")).replace('"points":2', '"points":3'),
  );
  await expect(store.read(sweepItem)).rejects.toMatchObject({ code: "checksum" });
});

test("a sound result under another's name is refused, and so is one whose numbers lie where others do", async () => {
  const folder = join(root, "swapped");
  const store = openStore(folder, () => {});
  const other = units.find((unit): unit is SweepItem => unit.kind === "sweep" && unit !== sweepItem)!;
  await store.write(sweepItem, points());
  await store.write(other, points());
  const [mine, theirs] = [sweepItem, other].map(({ id }) => summaryPath(folder, id));
  const text = await readFile(mine, "utf8");
  await writeFile(theirs, text);
  await expect(store.read(other)).rejects.toMatchObject({
    code: "checksum",
    message: expect.stringContaining(`is the result of another item, ${sweepItem.id}`),
  });
  // Sealed anew, as only someone with a purpose does: the numbers still must be this item's, inside the folder.
  const { checksum: _, ...summary } = JSON.parse(text);
  for (const changed of [
    { ...summary, kind: "show" },
    { ...summary, part: { ...summary.part, file: "../elsewhere.parquet" } },
  ]) {
    await writeFile(mine, JSON.stringify({ ...changed, checksum: contentKey(changed) }));
    await expect(store.read(sweepItem)).rejects.toThrow(
      /is of kind show|names the numbers of another item, \.\.\/else/,
    );
  }
});

test("who can make items again takes damaged results away, says so, and leaves sound ones and those of a living maker", async () => {
  const folder = join(root, "mended");
  const alarms: string[] = [];
  const written = openStore(folder, () => {});
  await written.write(trainItem, trained);
  await written.write(sweepItem, points());
  const sound = await readFile(partPath(folder, sweepItem));
  await writeFile(partPath(folder, sweepItem), sound.subarray(1));
  const store = stores.mendingStore(folder, (message) => alarms.push(message), nodePlatform);
  const release = await written.claim(sweepItem);
  expect(await store.has(sweepItem)).toBe(false);
  expect([await written.has(sweepItem), alarms]).toEqual([true, []]); // its maker will see to it
  await release!();
  expect(await store.has(sweepItem)).toBe(false);
  expect([await written.has(sweepItem), await store.read(sweepItem)]).toEqual([false, null]);
  expect(alarms).toEqual([expect.stringMatching(/parquet has sha256 .* taken away, and its item done again/)]);
  await store.write(sweepItem, points());
  expect(await readFile(partPath(folder, sweepItem))).toEqual(sound);
  expect([await store.has(sweepItem), await store.has(trainItem), alarms.length]).toEqual([true, true, 1]);
});

test("a part left by a killed process is kept if equal, replaced with an alarm if not", async () => {
  const folder = join(root, "killed");
  const alarms: string[] = [];
  const store = openStore(folder, (message) => void alarms.push(message));
  await store.write(sweepItem, points());
  await rm(summaryPath(folder, sweepItem.id));
  await store.write(sweepItem, points());
  expect(alarms).toEqual([]);
  await rm(summaryPath(folder, sweepItem.id));
  await writeFile(partPath(folder, sweepItem), "half a fi");
  await store.write(sweepItem, points());
  expect(alarms).toHaveLength(1);
  expect(await store.read(sweepItem)).toEqual(points());
});

test("what killed processes left half-written is removed, and nothing else", async () => {
  const folder = join(root, "strays");
  await openStore(folder, () => {}).write(sweepItem, points());
  const before = await readdir(folder, { recursive: true });
  await writeFile(join(folder, "results", `.x.json.7-0a.tmp`), "half");
  await nodePlatform.studies.removeStrays(folder);
  expect(await readdir(folder, { recursive: true })).toEqual(before);
});

test("a round's units are written once; another plan for the round is refused", async () => {
  const store = openStore(join(root, "rounds"), () => {});
  await store.recordRound(1, units);
  await store.recordRound(1, units);
  await expect(store.recordRound(1, units.slice(1))).rejects.toMatchObject({ code: "store" });
});

test("of several checkpoints the sound ones are read; a finished training leaves none", async () => {
  const folder = join(root, "checkpoints");
  const alarms: string[] = [];
  const store = openStore(folder, (message) => void alarms.push(message));
  const state = { ...startTraining(atoms), imagesSeen: 32, mean: Float64Array.of(1 / 3, 2, 0, 4) };
  await store.writeCheckpoint(trainItem, encodeState(state));
  const [name] = await readdir(join(folder, "checkpoints"));
  const further = (await readFile(join(folder, "checkpoints", name)))
    .toString("latin1")
    .replace("imagesSeen", "imagesseen");
  await writeFile(join(folder, "checkpoints", `${trainItem.id}.99`), further, "latin1");
  const sound = await store.readCheckpoints(trainItem);
  expect(sound.map((bytes) => decodeState(bytes, "a checkpoint"))).toEqual([state]);
  expect(alarms).toHaveLength(1);
  await store.write(trainItem, trained);
  expect(await readdir(join(folder, "checkpoints"))).toEqual([]);
});

test("checkpoints that a process left, killed after its result, go once the result is proven; a damaged one keeps them", async () => {
  const folder = join(root, "left");
  await openStore(folder, () => {}).write(trainItem, trained);
  const left = join(folder, "checkpoints", `${trainItem.id}.99`);
  const mending = () => stores.mendingStore(folder, () => {}, nodePlatform);
  await mkdir(join(folder, "checkpoints"), { recursive: true });
  await writeFile(left, "of a training that is done");
  expect(await mending().has(trainItem)).toBe(true);
  expect(await readdir(join(folder, "checkpoints"))).toEqual([]);
  await writeFile(left, "to go on from");
  await writeFile(join(folder, stores.partPath(trainItem)), "other bytes");
  expect(await mending().has(trainItem)).toBe(false);
  expect(await readFile(left, "utf8")).toBe("to go on from");
});

test("a folder is one study's: other settings, foreign files and a changed manifest are refused", async () => {
  const manifest = manifestOf(settings, barImages(60), { family: "reference-1" });
  const folder = join(root, "claimed");
  expect(await claimFolder(folder, manifest, nodePlatform)).toEqual({ resumed: false });
  expect(await claimFolder(folder, manifest, nodePlatform)).toEqual({ resumed: true });
  const other = manifestOf({ ...settings, noise: 0.25 }, barImages(60), { family: "reference-1" });
  await expect(claimFolder(folder, other, nodePlatform)).rejects.toThrow(
    `noise is 0.4, asked for 0.25. Choose --out NEW --reuse ${folder}, which takes over every result`,
  );
  const kernel = manifestOf(settings, barImages(60), { family: "reference-2" });
  await expect(claimFolder(folder, kernel, nodePlatform)).rejects.toThrow(/reference-2". Choose another --out, or/);
  await mkdir(join(root, "foreign"));
  await writeFile(join(root, "foreign", "thesis.tex"), "");
  await expect(claimFolder(join(root, "foreign"), manifest, nodePlatform)).rejects.toThrow(
    /thesis.tex.*no manifest.json/,
  );
  expect(await readdir(join(root, "foreign"))).toEqual(["thesis.tex"]);
  await writeFile(
    join(folder, "manifest.json"),
    (await readFile(join(folder, "manifest.json"), "utf8")).replace("0.4", "0.3"),
  );
  await expect(readManifest(folder, nodePlatform)).rejects.toMatchObject({ code: "checksum" });
  await writeFile(join(root, "file"), "");
  await expect(claimFolder(join(root, "file"), manifest, nodePlatform)).rejects.toMatchObject({ code: "store" });
});

test("a study is locked for other processes while its holder lives, and free again after", async () => {
  const folder = join(root, "locked");
  const unlock = await nodePlatform.studies.lock(folder);
  await expect(nodePlatform.studies.lock(folder)).rejects.toMatchObject({ code: "busy" });
  await unlock();
  await writeFile(
    join(folder, "lock"),
    JSON.stringify({ pid: 2 ** 22 + 1, host: (await import("node:os")).hostname(), born: "1" }),
  );
  const taken = await nodePlatform.studies.lock(folder);
  await taken();
  await writeFile(join(folder, "lock"), JSON.stringify({ pid: 1, host: "elsewhere", born: "1" }));
  await expect(nodePlatform.studies.lock(folder)).rejects.toThrow(/process 1 on elsewhere/);
});

test("an item is claimed by one; a claim from another machine is taken over once it was not renewed for two minutes", async () => {
  const folder = join(root, "with-claims");
  await mkdir(folder);
  const claim = () => nodePlatform.studies.claim(folder, "0a");
  const path = join(folder, "claims", "0a");
  const both = await Promise.all([claim(), claim()]);
  expect(both.filter((release) => release === null)).toHaveLength(1);
  for (const release of both) await release?.();
  expect(await readdir(join(folder, "claims"))).toEqual([]);
  await writeFile(path, JSON.stringify({ pid: 1, host: "elsewhere", born: "1", hold: "x" }));
  expect(await claim()).toBeNull();
  const old = Date.now() / 1000 - 121;
  await utimes(path, old, old);
  const mine = await claim();
  expect(mine).not.toBeNull();
  await mine!();
});

test("a study is held while a living process holds it or an item of it", async () => {
  const folder = join(root, "held");
  await mkdir(folder);
  const isHeld = () => nodePlatform.studies.isHeld(folder);
  expect(await isHeld()).toBe(false);
  for (const hold of [() => nodePlatform.studies.lock(folder), () => nodePlatform.studies.claim(folder, "0a")]) {
    const release = await hold();
    expect(await isHeld()).toBe(true);
    await release!();
    expect(await isHeld()).toBe(false);
  }
  const path = join(folder, "claims", "0b");
  const host = (await import("node:os")).hostname();
  await writeFile(path, JSON.stringify({ pid: 2 ** 22 + 1, host, born: "1", hold: "x" })); // killed
  expect(await isHeld()).toBe(false);
  await writeFile(path, JSON.stringify({ pid: 1, host: "elsewhere", born: "1", hold: "x" }));
  expect(await isHeld()).toBe(true);
  const old = Date.now() / 1000 - 200;
  await utimes(path, old, old);
  expect(await isHeld()).toBe(false);
});

test("a pack on this machine's disk gives back what was packed, and names the file with a flipped bit", async () => {
  const [folder, out] = [join(root, "unpacked"), join(root, "packed")];
  await claimFolder(folder, manifestOf(settings, barImages(60), { family: "reference" }), nodePlatform);
  const store = openStore(folder, () => {});
  await store.recordRound(1, [trainItem, sweepItem]);
  await store.write(trainItem, trained);
  await store.write(sweepItem, points());
  await packStudy({ study: folder, out }, nodePlatform);
  expect((await readdir(out)).sort()).toEqual([
    ...["arrays.safetensors", "items-1.ndjson", "manifest.json", "pack.json", "results.parquet"],
  ]);
  const packed = openStore(out, () => {});
  expect([await packed.has(trainItem), await packed.has(sweepItem)]).toEqual([true, true]);
  expect(await packed.read(trainItem)).toEqual(trained);
  expect(await packed.read(sweepItem)).toEqual(points());
  const path = join(out, "results.parquet");
  const bytes = await readFile(path);
  bytes[100] ^= 4;
  await writeFile(path, bytes);
  await expect(openStore(out, () => {}).read(sweepItem)).rejects.toMatchObject({
    code: "checksum",
    message: expect.stringContaining(path),
  });
});
