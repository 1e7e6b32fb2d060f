// Two runs, one or two workers, or runs killed again and again: the study ends in the same bytes.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { crisp, emptyFolder, start } from "../cli/process.js";
import { fingerprint as fingerprintOf, studyWords } from "./small-study.js";

/** With a size left out, whose cost is measured too. */
const small = [...studyWords, "--left-out", "24"];
const cwd = emptyFolder();
const fingerprint = (study: string) => fingerprintOf(join(cwd, study));

beforeAll(async () => {
  const done = await crisp([...small, "--out", "straight", "--workers", "2"], { cwd });
  expect(done.status, done.stderr).toBe(0);
});

test("one worker and two give byte-equal studies", async () => {
  const done = await crisp([...small, "--out", "single", "--workers", "1"], { cwd });
  expect(done.status, done.stderr).toBe(0);
  expect(fingerprint("single")).toEqual(fingerprint("straight"));
});

test("a study killed with SIGKILL at whatever moment, and started again, ends byte-equal", async () => {
  let kills = 0;
  for (let attempt = 0; ; attempt++) {
    const run = start([...small, "--out", "killed", "--workers", "2"], { cwd });
    const timer = setTimeout(() => run.kill("SIGKILL"), 600 * 1.5 ** attempt);
    const { status, stderr } = await run.finished;
    clearTimeout(timer);
    if (status === 0) break;
    expect(status, stderr).toBeNull(); // killed, not failed
    kills++;
  }
  expect(kills).toBeGreaterThan(2);
  expect(fingerprint("killed")).toEqual(fingerprint("straight"));
});

test("SIGINT ends with 130 and the command that goes on; that command finishes the study", async () => {
  const run = start([...small, "--out", "stopped"], { cwd });
  await run.said("Starting the study");
  while (!existsSync(join(cwd, "stopped", "results"))) await new Promise((done) => setTimeout(done, 20)); // work has begun
  run.kill("SIGINT");
  const { status, stderr } = await run.finished;
  expect(status).toBe(130);
  expect(stderr).toMatch(/Go on with:\n {2}node .*cli\.js run .*--out stopped/);
  expect((await crisp([...small, "--out", "stopped"], { cwd })).status).toBe(0);
  expect(fingerprint("stopped")).toEqual(fingerprint("straight"));
});

test("the report can be made again, and the analysis gives the same bytes again", async () => {
  const before = fingerprint("straight");
  expect((await crisp(["fit", "straight", "--json"], { cwd })).status).toBe(0);
  expect((await crisp(["report", "straight"], { cwd })).status).toBe(0);
  expect(fingerprint("straight")).toEqual(before);
});
