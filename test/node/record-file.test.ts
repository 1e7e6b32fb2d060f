// Records read back from a study's folder: damage is named the same way for all, and the first versions are understood.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readEvents } from "../../src/app/events.js";
import { manifestIn, manifestOf } from "../../src/app/manifest.js";
import { writeRecordFile } from "../../src/app/record-file.js";
import { canonicalJson } from "../../src/core/key.js";
import { readTransition } from "../../src/node/app/measures.js";
import { readRecord, studyStatus } from "../../src/node/app/status.js";
import { nodePlatform } from "../../src/node/platform.js";
import { barImages, settings } from "../study/fixtures.js";
import { temporaryFolder } from "./fixtures.js";

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true }));

/** A folder that holds these files. */
function folderOf(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(root, name);
  mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

const study = manifestOf(settings, barImages(1), { family: "test" });
const training = manifestOf({ ...settings, testImages: 0 }, barImages(1), { family: "test", kind: "training" });

it("a record that is cut, of another version or changed is named with what to do; one that is not there is null", async () => {
  const manifest = canonicalJson(study);
  const cut = folderOf("cut", { "manifest.json": manifest, "scaling.json": '{"schema', "transition.json": "null" });
  await expect(readRecord(cut)).rejects.toMatchObject({
    code: "checksum",
    message: expect.stringMatching(/scaling\.json is damaged \(.*JSON.*\)\. Run "crisp fit .*cut" to make it again\.$/),
  });
  await expect(readTransition(cut)).rejects.toThrow(/transition\.json is damaged \(it holds no record\)/);
  writeFileSync(join(cut, "transition.json"), '{"schemaVersion":2,"tests":[]}');
  await expect(readTransition(cut)).rejects.toThrow(/holds no record of version 1\)\. Run "crisp transition/);
  rmSync(join(cut, "transition.json"));
  expect(await readTransition(cut)).toBeNull();
  const changed = folderOf("changed", { "manifest.json": manifest.replace('"noise":0.4', '"noise":0.5') });
  await expect(manifestIn(changed, nodePlatform)).rejects.toThrow(
    /manifest\.json is damaged \(it does not match its own key\)/,
  );
  expect(await manifestIn(root, nodePlatform)).toBeNull();
});

it("any digit of a record that is changed is found; one without a checksum is read with a warning", async () => {
  const folder = folderOf("digits", { "manifest.json": canonicalJson(study) });
  const path = join(folder, "scaling.json");
  const minima = [{ lambda: { value: 0.125, low: 0.1, high: 1e-7 } }];
  const record = { schemaVersion: 2, minima, settings: {}, warnings: [] };
  await writeRecordFile(path, record, nodePlatform.files);
  const sound = readFileSync(path, "utf8");
  expect(await readRecord(folder)).toEqual(record);
  for (const { index } of sound.matchAll(/\d/g)) {
    writeFileSync(path, `${sound.slice(0, index)}${(Number(sound[index]) + 1) % 10}${sound.slice(index + 1)}`);
    await expect(readRecord(folder), `digit ${index}`).rejects.toMatchObject({ code: "checksum" });
    await expect(studyStatus(folder), `digit ${index}`).rejects.toMatchObject({ code: "checksum" });
  }
  writeFileSync(path, canonicalJson(record));
  const warning = `${path} has no checksum: an earlier version wrote it, so it was not checked. Run "crisp fit ${folder}" to make it again.`;
  expect(await readRecord(folder)).toEqual({ ...record, warnings: [warning] });
  expect((await studyStatus(folder)).warnings).toEqual([warning]);
});

it("a sound record of another study is not this one's", async () => {
  const folder = folderOf("swapped", { "manifest.json": canonicalJson(study) });
  const record = { schemaVersion: 2, study: study.study, minima: [], settings: {}, warnings: [] };
  const path = join(folder, "scaling.json");
  await writeRecordFile(path, record, nodePlatform.files);
  expect(await readRecord(folder)).toEqual(record);
  await writeRecordFile(path, { ...record, study: training.study }, nodePlatform.files);
  await expect(readRecord(folder)).rejects.toThrow(
    /damaged \(it is the record of another study, \w{12}…\)\. Run "crisp fit/,
  );
  const { schemaVersion: _, ...rest } = study;
  writeFileSync(join(folder, "manifest.json"), canonicalJson({ schemaVersion: 2, ...rest }));
  expect(await readRecord(folder)).toMatchObject({ study: training.study });
});

it("a record without a part that every version has, or with a number that JSON cannot carry, is damaged", async () => {
  const folder = folderOf("parts", { "manifest.json": canonicalJson(study) });
  for (const schemaVersion of [1, 2]) {
    const whole = { schemaVersion, minima: [], settings: {}, warnings: [] };
    for (const part of ["minima", "settings", "warnings"]) {
      writeFileSync(join(folder, "scaling.json"), canonicalJson({ ...whole, [part]: 1 }));
      await expect(readRecord(folder), part).rejects.toThrow(/damaged \(it holds no record of version 1 or 2\)/);
    }
  }
  writeFileSync(join(folder, "manifest.json"), canonicalJson(study).replace('"noise":0.4', '"noise":1e999'));
  await expect(manifestIn(folder, nodePlatform)).rejects.toMatchObject({ code: "checksum" });
});

it("the folder of one dictionary says so, and one of the first versions is known by its settings", async () => {
  const { kind, ...first } = training;
  expect(kind).toBe("training");
  expect(manifestOf(settings, barImages(1), { family: "test" }).kind).toBeUndefined();
  for (const [name, manifest] of Object.entries({ now: training, first })) {
    const folder = folderOf(name, { "manifest.json": canonicalJson(manifest) });
    expect((await manifestIn(folder, nodePlatform))?.study).toBe(training.study);
    expect((await studyStatus(folder)).training).toEqual({ features: 4, imagesSeen: null });
    await expect(readRecord(folder)).rejects.toThrow(/holds one dictionary of 4 atoms made by crisp train/);
  }
});

it("a session of the first versions is a study's or its transition tests' by its command; later ones say it", async () => {
  const by = { time: "2026-01-01T00:00:00.000Z", pid: 1, machine: "m", node: "v20", version: "0", workers: 1 };
  const of = (command: string, purpose?: string) => JSON.stringify({ kind: "session", ...by, command, purpose });
  const lines = [of("crisp run --out s"), of("crisp transition s"), of("crisp predict s", "predict"), '{"kind":"se'];
  const folder = folderOf("log", { "events.ndjson": lines.join("\n") });
  const purposes = (await readEvents(folder, nodePlatform)).map((event) => event.kind === "session" && event.purpose);
  expect(purposes).toEqual(["study", "transition", "predict"]);
});
