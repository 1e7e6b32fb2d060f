// A small study through the built command, from images to report, and every command that reads it.
import { execSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { beforeAll, describe, expect, it, test } from "vitest";
import type { MinimumRecord, StudyRecord } from "../../src/study/record.js";
import { crisp, emptyFolder, type Finished, start } from "./process.js";

/** `tiny`, made a few seconds long: strong noise moves the minima to large λ, where coding is quick. */
const small = [
  ...["run", "--preset", "tiny", "--features", "16,24,32", "--left-out", "48", "--seed", "7", "--noise", "0.8"],
  ...[
    "--training-images",
    "128",
    "--test-images",
    "24",
    "--set",
    "learning.images=128",
    "--set",
    "learning.heldOut=32",
  ],
  ...["--set", "sweep.factor=1.5", "--set", "sweep.tolerance=0.1", "--set", "sweep.pilotImages=16"],
];
const escapeCode = "\u001b";
const cwd = emptyFolder();
let json: Finished;
let record: StudyRecord & { report: string };

beforeAll(async () => {
  json = await crisp([...small, "--out", "a", "--json"], { cwd });
  expect(json.stderr.match(/^error.*/m)).toBeNull();
  record = JSON.parse(json.stdout);
});

describe("crisp run", () => {
  it("--json prints one line and nothing else on stdout", () => {
    expect(json.status).toBe(0);
    expect(json.stdout.trimEnd().split("\n").length).toBe(1);
    expect(record.schemaVersion).toBe(2);
    expect(Object.keys(record)).toEqual(
      expect.arrayContaining(["study", "minima", "location", "value", "lambda", "activeUnits", "prediction"]),
    );
    expect(isAbsolute(record.report) && existsSync(record.report)).toBe(true);
  });

  it("each size has a row; numbers are there exactly when the minimum is interior", () => {
    expect(record.minima.map((minimum) => [minimum.features, minimum.systemSize, minimum.leftOut])).toEqual([
      [16, 4096, false],
      [24, 6144, false],
      [32, 8192, false],
      [48, 12288, true],
    ]);
    for (const minimum of record.minima) expect(numbersOf(minimum)).toEqual(minimum.status === "interior");
  });

  it("STUDY/scaling.json is the record", () => {
    const { report: _report, ...rest } = record;
    expect(JSON.parse(readFileSync(join(cwd, "a", "scaling.json"), "utf8"))).toMatchObject(rest);
  });

  it("messages go to stderr without escape codes, the seed and a row per size among them", () => {
    expect(json.stderr).toContain("seed 7");
    expect(json.stderr).not.toContain(escapeCode);
    for (const { features } of record.minima) expect(json.stderr).toMatch(new RegExp(`^ +${features} `, "m"));
  });

  it("run again, it ends at once with the same words", async () => {
    const again = await crisp([...small, "--out", "a", "--json"], { cwd });
    expect(again).toMatchObject({ status: 0, stdout: json.stdout });
  });

  it("without --json, stdout has the table, the prediction and the path of the report", async () => {
    const { status, stdout } = await crisp([...small, "--out", "a"], { cwd });
    expect(status).toBe(0);
    expect(stdout.split("\n")[0]).toMatch(/features +L +best λ +% active +% error/);
    expect(stdout).toContain("measured, left out of the fits");
    expect(stdout).toMatch(/^ +48 .*predicted$/m);
    expect(stdout).toContain(`Report: ${record.report}`);
    expect(stdout).not.toContain(escapeCode);
  });

  it("a dry run tells the items and writes nothing", async () => {
    const empty = emptyFolder();
    const { status, stdout } = await crisp([...small, "--dry-run", "--json"], { cwd: empty });
    expect(status).toBe(0);
    const { dryRun, items, cached, seconds, memoryBytes, diskBytes, out } = JSON.parse(stdout);
    expect({ dryRun, cached, out }).toEqual({ dryRun: true, cached: 0, out: join(empty, "crisp-leaves-tiny") });
    expect(Math.min(items, seconds, memoryBytes, diskBytes)).toBeGreaterThan(0);
    expect(existsSync(out)).toBe(false);
  });

  it("interrupted, it says how to go on, ends with 130, and then reaches the same result", async () => {
    const words = [...small, "--out", "b", "--json"];
    const running = start(words, { cwd });
    await running.said("Starting the study");
    running.kill("SIGINT");
    const stopped = await running.finished;
    expect({ status: stopped.status, stdout: stopped.stdout }).toEqual({ status: 130, stdout: "" });
    const [, command] = /Go on with:\n {2}(.*)/.exec(stopped.stderr)!;
    const finished = execSync(command, { cwd, encoding: "utf8", stdio: "pipe" });
    const { report: _b, ...second } = JSON.parse(finished);
    const { report: _a, ...first } = record;
    expect({ ...second, name: "" }).toEqual({ ...first, name: "" });
  });
});

describe("commands on a finished study", () => {
  it("status: finished, all items done", async () => {
    const { status, stdout } = await crisp(["status", "a", "--json"], { cwd });
    const found = JSON.parse(stdout);
    expect([status, found.schemaVersion, found.finished, found.done]).toEqual([0, 2, true, found.items]);
    expect(found.rows.length).toBe(4);
  });

  it("fit: the same record from the stored results", async () => {
    const { status, stdout } = await crisp(["fit", "a", "--json"], { cwd });
    expect(status).toBe(0);
    const { report: _report, ...rest } = record;
    expect(JSON.parse(stdout)).toMatchObject(rest);
  });

  it("report: prints the path of a file that is there", async () => {
    const { status, stdout } = await crisp(["report", "a"], { cwd });
    expect([status, existsSync(stdout.trim())]).toEqual([0, true]);
  });

  it("predict: one entry per size", async () => {
    const { status, stdout } = await crisp(["predict", "a", "--features", "64,128", "--no-train", "--json"], { cwd });
    expect(status).toBe(0);
    const { predictions } = JSON.parse(stdout) as { predictions: { features: number; systemSize: number }[] };
    expect(predictions.map(({ features, systemSize }) => [features, systemSize])).toEqual([
      [64, 16384],
      [128, 32768],
    ]);
  });

  it("a folder without a study is refused, and stdout stays empty", async () => {
    for (const words of [["status"], ["fit"], ["report"], ["predict", "--features", "32"]]) {
      const { status, stdout, stderr } = await crisp([words[0], "nowhere", ...words.slice(1)], { cwd });
      expect([words[0], [2, 3, 4].includes(status ?? 0), stdout]).toEqual([words[0], true, ""]);
      expect(stderr).toMatch(/^error: .*nowhere/);
    }
  });
});

describe("commands without a study", () => {
  it("train writes the atoms and a picture of them", async () => {
    const words = ["train", "--preset", "tiny", "--features", "8", "--training-images", "96", "--out", "t", "--json"];
    const sets = ["--set", "learning.images=64", "--set", "learning.heldOut=32"];
    const { status, stdout, stderr } = await crisp([...words, ...sets], { cwd });
    expect([status, stderr.match(/^error.*/m)]).toEqual([0, null]);
    const { dictionary, tableau, features, seed } = JSON.parse(stdout);
    expect([features, seed, isAbsolute(dictionary), isAbsolute(tableau)]).toEqual([8, 1, true, true]);
  });

  it("data names the images it found", async () => {
    const { status, stdout } = await crisp(["data", "leaves", "--test-images", "20", "--json"], { cwd });
    const { source, test, height, width, channels } = JSON.parse(stdout);
    expect([status, source, test, height, width, channels]).toEqual([0, "leaves", 20, 32, 32, 3]);
  });

  it("doctor finds this machine fit and proves its kernel", async () => {
    const { status, stdout } = await crisp(["doctor", "--json"]);
    const { ok, checks } = JSON.parse(stdout);
    expect([status, ok]).toEqual([0, true]);
    expect(checks.map((check: { name: string }) => check.name)).toContain("kernel");
  });
});

/** true if all numbers of a row are there, false if none is. */
function numbersOf({ lambda, percentActive, activeUnits, value }: MinimumRecord): boolean | "some" {
  const there = [lambda, percentActive, activeUnits, value].filter((estimate) => estimate !== null).length;
  return there === 4 ? true : there === 0 ? false : "some";
}

test("crisp status writes the optima as crisp run does, and tells results that are kept to be taken over", async () => {
  const table = (text: string) =>
    text.slice(text.indexOf("features"), text.indexOf("\n\n", text.indexOf("features"))).trim();
  const ran = await crisp([...small, "--out", "a"], { cwd });
  const { stdout } = await crisp(["status", "a"], { cwd });
  expect(table(`${stdout}\n\n`)).toBe(table(ran.stdout));
  const kept = await crisp(["status", resolve(import.meta.dirname, "../../docs/results/cifar10-paper/trained")]);
  expect(kept.stdout).toBe("trained: 27 results, no study under way; --reuse takes them over\n");
});

test("noise in grey levels is warned of before anything is computed", async () => {
  const { status, stderr } = await crisp(["run", "--preset", "tiny", "--noise", "25", "--dry-run"], { cwd });
  expect([status, stderr]).toEqual([0, expect.stringContaining("warning: noise is 25")]);
});

describe("without a cluster", () => {
  const small = ["run", "--preset", "tiny", "--executor", "slurm"];
  const [nowhere, unset] = [emptyFolder(), emptyFolder()];
  writeFileSync(join(unset, "slurm.conf"), "");
  const login = "Run this on a login node of the cluster, or run the study without --executor slurm.";

  async function refused(env: Record<string, string>, says: string) {
    for (const words of [[], ["--dry-run"]]) {
      const cwd = emptyFolder();
      const { status, stdout, stderr } = await crisp([...small, ...words], { cwd, env });
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toContain(says);
      expect(stderr).toContain(login);
      expect(readdirSync(cwd)).toEqual([]);
    }
  }

  it("--executor slurm is refused before anything is written, where there is no Slurm", async () => {
    await refused({ PATH: nowhere }, "squeue is not here; the commands of Slurm are needed.");
  });

  it.skipIf(!existsSync("/usr/bin/squeue"))("and where Slurm is installed, but not set up", async () => {
    await refused({ SLURM_CONF: join(unset, "slurm.conf") }, "Slurm is installed here, but no cluster answers: ");
  });

  it("crisp cancel says of a study that ran here that it has no jobs", async () => {
    const { status, stdout } = await crisp(["cancel", "a"], { cwd, env: { PATH: nowhere } });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "a has no jobs on a cluster; nothing was ended.\n" });
  });
});
