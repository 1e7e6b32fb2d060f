// A study's folder on a real disk: nothing beyond a link, only regular files, and never made again at its old place.
import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { logEvent, readEvents } from "../../src/app/events.js";
import { claimFolder, manifestIn, manifestOf } from "../../src/app/manifest.js";
import { readProtocol } from "../../src/app/protocol.js";
import { openStore, partPath, summaryPath } from "../../src/app/store.js";
import { plannedItems, readRecord, writeRecord } from "../../src/app/study-files.js";
import { readTransition } from "../../src/app/transition.js";
import { nodePlatform as platform } from "../../src/node/platform.js";
import type { SweepItem } from "../../src/study/items/sweep.js";
import { firstRound } from "../../src/study/plan.js";
import type { StudyRecord } from "../../src/study/record.js";
import { emptyPoints } from "../../src/tasks/points.js";
import { crisp, emptyFolder, start } from "../cli/process.js";
import { barImages, plan, settings } from "../study/fixtures.js";

const root = emptyFolder();
const manifest = manifestOf(settings, barImages(1), { family: "reference-1" });
const items = firstRound(plan);
const item = items.find((one): one is SweepItem => one.kind === "sweep")!;
const { length: _, ...points } = emptyPoints(0);
const record = { schemaVersion: 2, minima: [], settings: {}, warnings: [] } as unknown as StudyRecord;
const event = { kind: "alarm", message: "" } as const;
const quiet = () => {};

/** A study of one result, and how each of its files is used. */
async function newStudy(name: string): Promise<string> {
  const folder = join(root, name);
  await claimFolder(folder, manifest, platform);
  const store = openStore(folder, quiet, platform);
  await store.recordRound(1, items);
  await store.write(item, points);
  await writeRecord(folder, record, platform);
  await logEvent(folder, event, platform);
  return folder;
}

type Use = (folder: string) => Promise<unknown>;
const store = (folder: string) => openStore(folder, quiet, platform);
const readResult: Use = (folder) => store(folder).read(item);
const writeResult: Use = (folder) => store(folder).write(item, points);

const uses: readonly [file: string, uses: readonly Use[]][] = [
  ["manifest.json", [(folder) => manifestIn(folder, platform), (folder) => claimFolder(folder, manifest, platform)]],
  ["items-1.ndjson", [(folder) => plannedItems(folder, platform), (folder) => store(folder).recordRound(1, items)]],
  [summaryPath(item.id), [readResult, writeResult, (folder) => store(folder).has(item)]],
  [partPath(item), [readResult, writeResult]],
  [dirname(partPath(item)), [readResult, writeResult]],
  ["results", [readResult, writeResult]],
  ["events.ndjson", [(folder) => readEvents(folder, platform), (folder) => logEvent(folder, event, platform)]],
  ["scaling.json", [(folder) => readRecord(folder, platform), (folder) => writeRecord(folder, record, platform)]],
  ["transition.json", [(folder) => readTransition(folder, platform)]],
  ["protocol.json", [(folder) => readProtocol(folder, platform)]],
  ["checkpoints", [(folder) => store(folder).readCheckpoints(item)]],
  ["checkpoints", [(folder) => store(folder).writeCheckpoint(item, new Uint8Array(3))]],
  ["figures/a.svg", [(folder) => platform.studies.files(folder).replace(join(folder, "figures/a.svg"), "<svg/>")]],
  ["lock", [(folder) => platform.studies.lock(folder)]],
];

/** What may lie where a file belongs; `away` is a file or folder outside the study. */
const intruders: Readonly<Record<string, (path: string, away: string) => void>> = {
  link: (path, away) => symlinkSync(away, path),
  pipe: (path) => void spawnSync("mkfifo", [path]),
};

describe.skipIf(process.platform === "win32")("in place of a study's file", () => {
  for (const [kind, put] of Object.entries(intruders)) {
    it(`a ${kind} is refused by all who read or write it, and left as it is`, async () => {
      for (const [n, [file, all]] of uses.entries()) {
        const folder = await newStudy(`${kind}-${n}`);
        const [path, away] = [join(folder, file), join(root, `away-${kind}-${n}`)];
        mkdirSync(dirname(path), { recursive: true });
        if (existsSync(path)) renameSync(path, away);
        else mkdirSync(away);
        const before = listing(away);
        put(path, away);
        for (const use of all) {
          await expect(use(folder), file).rejects.toMatchObject({
            code: "store",
            message: expect.stringContaining(path),
          });
        }
        expect(lstatSync(path).isFile() || lstatSync(path).isDirectory(), file).toBe(false);
        expect(listing(away), file).toEqual(before);
      }
    });
  }

  it("a folder is refused as well", async () => {
    for (const [n, [file, all]] of uses.entries()) {
      if (!/\w\.\w+$|lock/.test(file)) continue;
      const folder = await newStudy(`folder-${n}`);
      rmSync(join(folder, file), { force: true });
      mkdirSync(join(folder, file), { recursive: true });
      for (const use of all.slice(0, 2)) await expect(use(folder), file).rejects.toThrow(/is a folder;/);
    }
  });
});

/** A file's bytes, or the names in a folder. */
function listing(path: string): unknown {
  return lstatSync(path).isDirectory() ? readdirSync(path, { recursive: true }) : readFileSync(path, "utf8");
}

describe.skipIf(process.platform === "win32")("links", () => {
  it("strays beyond them stay, whatever they are called, and a loop of them ends", async () => {
    const folder = await newStudy("strays");
    const away = join(root, "strays-away");
    mkdirSync(away);
    const name = ".thesis.tex.7-0a.tmp";
    for (const place of [away, join(folder, "results"), folder]) writeFileSync(join(place, name), "half");
    symlinkSync(away, join(folder, "results", "away"));
    symlinkSync(folder, join(folder, "results", "loop"));
    symlinkSync(join(away, name), join(folder, ".own.json.7-0b.tmp"));
    writeFileSync(join(folder, ".notes.tmp"), "mine");
    await platform.studies.removeStrays(folder);
    expect(readdirSync(away)).toEqual([name]);
    expect(readdirSync(folder).filter((found) => found.startsWith("."))).toEqual([".notes.tmp", ".own.json.7-0b.tmp"]);
    expect(existsSync(join(folder, "results", name))).toBe(false);
  });

  it("to the study's folder itself are followed", async () => {
    const folder = await newStudy("real");
    symlinkSync(folder, join(root, "by-link"));
    expect(await store(join(root, "by-link")).read(item)).toEqual(points);
    await writeRecord(join(root, "by-link"), record, platform);
    expect(await readRecord(folder, platform)).toEqual(record);
  });
});

describe("a study's folder that is gone", () => {
  let folder = "";
  let open: ReturnType<typeof store>;
  beforeAll(async () => {
    folder = await newStudy("gone");
    open = store(folder);
    expect(await open.has(item)).toBe(true);
    renameSync(folder, join(root, "moved"));
  });

  it("is not made again: whatever would be written ends with an error", async () => {
    const writes: Use[] = [
      () => open.write(item, points),
      () => open.writeCheckpoint(item, new Uint8Array(3)),
      () => logEvent(folder, event, platform),
      () => writeRecord(folder, record, platform),
    ];
    for (const write of writes)
      await expect(write(folder)).rejects.toMatchObject({
        code: "store",
        message: expect.stringMatching(/gone is no longer the folder .* moved or removed/),
      });
    expect(existsSync(folder)).toBe(false);
  });

  it("and another in its place is left alone", async () => {
    mkdirSync(folder);
    await expect(open.write(item, points)).rejects.toMatchObject({ code: "store" });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("ends crisp run in words and with a status, nothing at the old place", async () => {
    const words = ["run", "--preset", "tiny", "--features", "8,12,16", "--left-out", "24", "--workers", "1"];
    const smaller = [
      "--training-images",
      "64",
      "--test-images",
      "24",
      ...["learning.heldOut=16", "learning.images=128", "sweep.pilotImages=16"].flatMap((set) => ["--set", set]),
    ];
    const run = start([...words, ...smaller, "--out", "study"], { cwd: root });
    await run.said("Starting the study");
    while (!existsSync(join(root, "study", "dictionaries"))) await new Promise((done) => setTimeout(done, 20));
    renameSync(join(root, "study"), join(root, "elsewhere"));
    const { status, stderr } = await run.finished;
    expect(stderr).toMatch(/study is no longer the folder that this command began with: it was moved or removed/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(status).toBe(2);
    expect(existsSync(join(root, "study"))).toBe(false);
    expect((await crisp(["status", "elsewhere"], { cwd: root })).status).toBe(0);
  }, 120_000);
});
