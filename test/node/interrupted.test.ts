// A study that is stopped twice, met by another version of the kernel, or whose items two processes make at once.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { openStore } from "../../src/app/store.js";
import { contentKey } from "../../src/core/key.js";
import { nodePlatform } from "../../src/node/platform.js";
import { crisp, emptyFolder, start } from "../cli/process.js";
import { fingerprint, studyWords } from "./small-study.js";

const cwd = emptyFolder();
const at = (...parts: string[]) => join(cwd, ...parts);
const pause = (seconds: number) => new Promise((go) => setTimeout(go, 1000 * seconds));

beforeAll(async () => {
  const done = await crisp([...studyWords, "--out", "straight"], { cwd });
  expect(done.status, done.stderr).toBe(0);
});

/** A new folder with the manifest of the study. */
function begun(name: string): string {
  mkdirSync(at(name));
  copyFileSync(at("straight", "manifest.json"), at(name, "manifest.json"));
  return name;
}

test("Ctrl-C twice ends at once, without waiting for an item; what is stored is whole", async () => {
  // Every sweep takes some 20 seconds. After the first dictionary both workers begin one at once: the second Ctrl-C
  // comes long before the end that the first one waits for.
  const words = [
    ...["run", "--preset", "tiny", "--features", "256,384,512", "--left-out", "none", "--atoms", "random"],
    ...["--training-images", "80", "--test-images", "50", "--set", "sweep.tolerance=1e-6", "--workers", "2"],
  ];
  const run = start([...words, "--out", "long"], { cwd });
  const claims = () => (existsSync(at("long", "claims")) ? readdirSync(at("long", "claims")) : []);
  const items = () =>
    readFileSync(at("long", "items-1.ndjson"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const coding = () => claims().filter((id) => items().find((item) => item.id === id)?.kind === "sweep");
  while (coding().length < 2) await pause(0.02);
  run.kill("SIGINT");
  await run.said("once more to stop at once");
  await pause(1.1);
  run.kill("SIGINT");
  const { status, stderr } = await run.finished;
  expect(status).toBe(130);
  expect(stderr).not.toContain("Go on with"); // as after one
  const store = openStore(at("long"), () => {}, nodePlatform);
  for (const id of await store.ids()) expect(await store.stored(id)).not.toBeNull();
  // The dead process holds nothing for the next one.
  const next = start([...words, "--out", "long"], { cwd });
  await next.said("Going on with the study");
  next.kill("SIGKILL");
  await next.finished;
});

test("a study of another kernel is refused by run and by a task of a cluster, and left as it is", async () => {
  const path = at(begun("older"), "manifest.json");
  const { schemaVersion, study, kind, ...body } = JSON.parse(readFileSync(path, "utf8"));
  const older = { ...body, family: "wasm-1" };
  writeFileSync(path, `${JSON.stringify({ schemaVersion, kind, study: contentKey(older), ...older })}\n`);
  writeFileSync(at("older", "bundle.ndjson"), readFileSync(at("straight", "items-1.ndjson")));
  const before = fingerprint(at("older"));
  const run = await crisp([...studyWords, "--out", "older"], { cwd });
  const task = await crisp(["work", "older", "--bundle", "bundle.ndjson"], { cwd });
  for (const { status, stderr } of [run, task]) {
    expect(status, stderr).toBe(2);
    expect(stderr).toMatch(new RegExp(`wasm-1.*${body.family}|${body.family}.*wasm-1`));
  }
  expect(fingerprint(at("older"))).toEqual(before);
});

test("an item that two processes make at once, neither knowing of the other, ends in the same bytes", async () => {
  begun("both");
  const lines = readFileSync(at("straight", "items-1.ndjson"), "utf8").trim().split("\n");
  const training = lines.find((line) => JSON.parse(line).kind === "train")!;
  const { id } = JSON.parse(training) as { id: string };
  writeFileSync(at("both", "bundle.ndjson"), `${training}\n`);
  const work = () => start(["work", "both", "--bundle", "bundle.ndjson"], { cwd });
  const first = work();
  // The claim is lost, as where machines do not see each other's files for a while.
  while (!existsSync(at("both", "claims", id))) await pause(0.002);
  first.kill("SIGSTOP");
  rmSync(at("both", "claims", id));
  const second = work();
  while (!existsSync(at("both", "claims", id))) await pause(0.002);
  first.kill("SIGCONT");
  const ends = await Promise.all([first.finished, second.finished]);
  for (const { status, stderr } of ends) {
    expect(status, stderr).toBe(0);
    expect(stderr).toContain(`has made ${id}`);
    expect(stderr).not.toContain("replaced");
  }
  const straight = fingerprint(at("straight"));
  const made = Object.entries(fingerprint(at("both"))).filter(([name]) => /^(results|dictionaries)/.test(name));
  expect(made).toHaveLength(2);
  for (const [name, hash] of made) expect(hash).toBe(straight[name]);
});
