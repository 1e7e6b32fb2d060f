// A study cleared: what nothing needs goes, all else stays, and the study ends in the bytes it had.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { clearStudy } from "../../src/app/gc.js";
import { openStore } from "../../src/app/store.js";
import { nodePlatform } from "../../src/node/platform.js";
import { crisp, emptyFolder } from "../cli/process.js";
import { fingerprint, studyWords } from "./small-study.js";

const cwd = emptyFolder();
const at = (...parts: string[]) => join(cwd, ...parts);
const all = { dryRun: false, logs: true, results: true };
/** No process has this number: the kernel's own limit is 4,194,304. */
const gone = 99_999_999;
/** As crisp transition leaves one. */
const other = { id: "1".repeat(64), kind: "transition", family: "" };
const otherFiles = ["json", "transition.json"].map((ending) => `results/11/${other.id}.${ending}`);
let clean: Record<string, string> = {};
let training = "";

beforeAll(async () => {
  const done = await crisp([...studyWords, "--out", "straight"], { cwd });
  expect(done.status, done.stderr).toBe(0);
  clean = fingerprint(at("straight"));
  training = readdirSync(at("straight", "dictionaries"), { recursive: true, encoding: "utf8" })
    .find((name) => name.endsWith(".safetensors"))!
    .slice(3, 67);
});

/** A copy of the finished study, with rubbish of every kind. */
async function littered(name: string): Promise<string> {
  cpSync(at("straight"), at(name), { recursive: true });
  for (const folder of ["checkpoints", "claims", "logs", "slurm/1", "results/00"])
    mkdirSync(at(name, folder), { recursive: true });
  writeFileSync(at(name, "checkpoints", `${training}.1`), "of a training that is done");
  writeFileSync(at(name, "checkpoints", `${"0".repeat(64)}.1`), "of one that is not");
  writeFileSync(at(name, "claims", training), JSON.stringify({ pid: gone, host: hostname(), born: "1", hold: "1" }));
  // Of another machine, where nobody sees whether its process lives: too young to be removed.
  writeFileSync(at(name, `.scaling.json.${gone}-${"0".repeat(20)}.tmp`), "half");
  writeFileSync(at(name, `.scaling.json.${gone}-0.tmp`), "half, of an early version");
  writeFileSync(at(name, "units-1.ndjson"), "");
  writeFileSync(at(name, "results", "00", `${"0".repeat(64)}.parquet`), "numbers");
  await openStore(at(name), () => {}, nodePlatform).write(other, { kind: "redraw", images: [] });
  writeFileSync(at(name, "logs", "7.log"), "said");
  writeFileSync(at(name, "slurm", "1", "next.sh"), "done");
  return at(name);
}

const kept = [`checkpoints/${"0".repeat(64)}.1`, `.scaling.json.${gone}-${"0".repeat(20)}.tmp`];

test("all that nothing needs is removed and counted, and the study's bytes stay; --dry-run removes nothing", async () => {
  const study = await littered("cleared");
  const before = readdirSync(study, { recursive: true }).sort();
  const told = await clearStudy({ ...all, study, dryRun: true }, nodePlatform);
  expect(readdirSync(study, { recursive: true }).sort()).toEqual(before);
  expect(told.map(({ what, files, bytes }) => [what, files.length, bytes])).toEqual([
    ["left by killed processes", 2, 25 + readFileSync(join(study, "claims", training)).length],
    ["checkpoints of finished trainings", 1, 26],
    ["lists of items of an earlier version", 1, 0],
    ["numbers without a summary", 1, 7],
    ["results of other commands", 2, expect.any(Number)],
    ["scripts and logs of a cluster", 2, 8],
  ]);
  // A summary goes before its numbers: killed in between, no result without numbers is left.
  expect(told.find(({ what }) => what === "results of other commands")!.files).toEqual(otherFiles);
  expect(await clearStudy({ ...all, study }, nodePlatform)).toEqual(told);
  const left = fingerprint(study);
  for (const name of kept) {
    expect(left[name]).toBeDefined();
    delete left[name];
  }
  expect(left).toEqual(clean);
  expect(await clearStudy({ ...all, study }, nodePlatform)).toEqual([]);
});

test("an unfinished study that was cleared ends in the same bytes, and its other results stay without --results", async () => {
  const study = await littered("unfinished");
  for (const name of ["scaling.json", "report.html", "logs", "slurm"]) rmSync(join(study, name), { recursive: true });
  const result = `results/${training.slice(0, 2)}/${training}.json`;
  rmSync(join(study, result));
  // The training is not finished now: its numbers are half a result, and its checkpoint is not rubbish.
  const done = await crisp(["gc", study, "--json"], { cwd });
  expect(done.status, done.stderr).toBe(0);
  expect(JSON.parse(done.stdout).removed.map(({ what }: { what: string }) => what)).toEqual([
    ...["left by killed processes", "lists of items of an earlier version", "numbers without a summary"],
  ]);
  expect(existsSync(join(study, "checkpoints", `${training}.1`))).toBe(true);
  rmSync(join(study, "checkpoints", `${training}.1`)); // it was never one
  const again = await crisp([...studyWords, "--out", study], { cwd });
  expect(again.status, again.stderr).toBe(0);
  const left = fingerprint(study);
  expect(otherFiles.map((name) => existsSync(join(study, name)))).toEqual([true, true]);
  for (const name of [...kept, ...otherFiles]) delete left[name];
  expect(left).toEqual(clean);
});

test("a study at work, one with a claim of a living process, and one whose jobs wait are left alone", async () => {
  const study = await littered("busy");
  const before = readdirSync(study, { recursive: true }).sort();
  const unlock = await nodePlatform.studies.lock(study);
  const refused = await crisp(["gc", study], { cwd });
  expect(refused.status).toBe(2);
  expect(refused.stderr).toMatch(/is working in this study/);
  await unlock();
  const release = await nodePlatform.studies.claim(study, "0a");
  await expect(clearStudy({ ...all, study }, nodePlatform)).rejects.toMatchObject({ code: "busy" });
  await release!();
  writeFileSync(join(study, "slurm", "state.json"), JSON.stringify({ state: "submitted" }));
  await expect(clearStudy({ ...all, study }, nodePlatform)).rejects.toMatchObject({ code: "busy" });
  rmSync(join(study, "slurm", "state.json"));
  expect(readdirSync(study, { recursive: true }).sort()).toEqual(before);
});

test("a link among the files is named and not followed, and a damaged result keeps its checkpoint", async () => {
  const study = await littered("linked");
  writeFileSync(at("precious"), "mine");
  symlinkSync(at("precious"), join(study, "checkpoints", `${training}.2`));
  await expect(clearStudy({ ...all, study }, nodePlatform)).rejects.toMatchObject({
    code: "store",
    message: expect.stringContaining(`${training}.2 is a symbolic link`),
  });
  rmSync(join(study, "checkpoints", `${training}.2`));
  const file = join(study, "dictionaries", training.slice(0, 2), `${training}.safetensors`);
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(file, bytes);
  await expect(clearStudy({ ...all, study }, nodePlatform)).rejects.toMatchObject({ code: "checksum" });
  expect(existsSync(join(study, "checkpoints", `${training}.1`))).toBe(true);
  expect(readFileSync(at("precious"), "utf8")).toBe("mine");
});

test("after crisp script a study is left alone, as its words say, until it is cancelled or finished", async () => {
  cpSync(at("straight"), at("scripted"), { recursive: true });
  rmSync(at("scripted", "scaling.json"));
  rmSync(at("scripted", `results/${training.slice(0, 2)}/${training}.json`));
  const script = async () => {
    const done = await crisp(["script", "scripted"], { cwd });
    expect(done.status, done.stderr).toBe(0);
    expect(done.stdout).toContain("sbatch");
  };
  await script();
  const refused = await crisp(["gc", "scripted"], { cwd });
  expect(refused.status).toBe(2);
  expect(refused.stderr).toMatch(/written by crisp script.*"crisp cancel .*scripted" ends/);
  // Where there is no Slurm, no job is here.
  const cancelled = await crisp(["cancel", "scripted"], { cwd, env: { PATH: emptyFolder() } });
  expect(cancelled.status, cancelled.stderr).toBe(0);
  expect((await crisp(["gc", "scripted"], { cwd })).status).toBe(0);
  // Its scripts are still needed: it is not finished.
  expect((await crisp(["gc", "scripted", "--logs"], { cwd })).status).toBe(4);
  expect(existsSync(at("scripted", "slurm", "1", "next.sh"))).toBe(true);
  await script();
  const finished = await crisp([...studyWords, "--out", "scripted"], { cwd });
  expect(finished.status, finished.stderr).toBe(0);
  expect((await crisp(["gc", "scripted", "--logs"], { cwd })).status).toBe(0);
  expect(fingerprint(at("scripted"))).toEqual(clean);
});
