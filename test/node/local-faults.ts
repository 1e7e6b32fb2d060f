// What may happen to a study on one machine, done to a real one at a moment drawn from a seed.
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join, sep } from "node:path";
import { draws, purpose } from "../../src/core/random.js";
import { crisp, type Finished, type ProcessOptions, start } from "../cli/process.js";

/** A study that suffers: its command, its folder, and draws from [0, 1). */
export type Victim = {
  readonly words: readonly string[];
  readonly out: string;
  /** Folder of the undisturbed study. */
  readonly straight: string;
  /** Results of the undisturbed study, by which moments are drawn: a busy machine then has the same ones. */
  readonly results: number;
  uniform(): number;
};

/** Does harm and mends it as the command's words say; what happened. The study can be run to its end after it. */
export type LocalFault = (victim: Victim) => Promise<string>;

export const localFaults: readonly (readonly [string, LocalFault])[] = [
  ["a killed run", killed],
  ["a flipped bit", (victim) => damaged(victim, flipBit)],
  ["a file cut off", (victim) => damaged(victim, cutOff)],
  ["too little memory", starved],
];

/** Faults that need libfaketime (Debian's package faketime). */
export const clockFaults: readonly (readonly [string, LocalFault])[] = [["a clock that jumps", clockJump]];

/** Faults that only root can do. */
export const rootFaults: readonly (readonly [string, LocalFault])[] = [
  ["a full disk", (victim) => onDisk(victim, { size: `${Math.floor(100 + 1000 * victim.uniform())}k` })],
  ["a disk that becomes read-only", (victim) => onDisk(victim, { size: "40m", readOnly: true })],
];

/** Draws of a seed. */
export function uniformOf(seed: number): () => number {
  const draw = draws({ seed, purpose: purpose.test }, 0);
  return () => draw.uniform();
}

const pause = (seconds: number) => new Promise((go) => setTimeout(go, 1000 * seconds));

/** Begins the study, waits for a moment at random, does something, and gives the command's end. */
async function until(victim: Victim, act: (run: ReturnType<typeof start>) => void, options?: ProcessOptions) {
  const run = start(victim.words, options);
  let ended = false;
  run.finished.then(() => {
    ended = true;
  });
  const moment = Math.floor(victim.results * victim.uniform());
  while (!ended && resultsIn(victim.out) < moment) await pause(0.01);
  await pause(0.3 * victim.uniform());
  act(run);
  return run.finished;
}

function resultsIn(study: string): number {
  const folder = join(study, "results");
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json")).length;
}

async function killed(victim: Victim): Promise<string> {
  for (let n = 0; n < 3; n++) await until(victim, (run) => run.kill("SIGKILL"));
  return "killed three times";
}

/**
 * One file of a study that was killed is damaged. The next command either does without it, or ends with words that
 * name it; they are followed: the file is removed, the manifest is taken from another folder of the same study.
 */
async function damaged(victim: Victim, damage: (path: string, uniform: () => number) => void): Promise<string> {
  await until(victim, (run) => run.kill("SIGKILL"));
  const file = anyFile(victim);
  if (!file) return "nothing written yet";
  const path = join(victim.out, file);
  damage(path, victim.uniform);
  const { status, stderr } = await crisp(victim.words);
  if (status === 0) return `${file}: ${/is taken away/.test(stderr) ? "made again" : "not needed"}`;
  if (!stderr.includes(file.split(sep).at(-1)!)) throw new Error(`${file} is damaged, and not named:\n${stderr}`);
  if (file === "manifest.json") copyFileSync(join(victim.straight, file), path);
  else rmSync(path);
  return `${file}: named (status ${status})`;
}

/** A file of the study. In half of the draws first its kind, so that the many results do not hide the one manifest. */
function anyFile({ out, uniform }: Victim): string | undefined {
  if (!existsSync(out)) return undefined;
  const files = readdirSync(out, { recursive: true, encoding: "utf8" }).sort();
  const whole = files.filter((file) => statSync(join(out, file)).isFile() && statSync(join(out, file)).size > 0);
  const pick = <T>(list: readonly T[]) => list[Math.floor(list.length * uniform())];
  if (uniform() < 0.5) return pick(whole);
  const kind = pick([...new Set(whole.map(kindOf))]);
  return pick(whole.filter((file) => kindOf(file) === kind));
}

const kindOf = (file: string) => file.split(sep)[0].replace(/\d+/, "");

function flipBit(path: string, uniform: () => number): void {
  const bytes = readFileSync(path);
  bytes[Math.floor(bytes.length * uniform())] ^= 1 << Math.floor(8 * uniform());
  writeFileSync(path, bytes);
}

function cutOff(path: string, uniform: () => number): void {
  truncateSync(path, Math.floor(statSync(path).size * uniform()));
}

/** A heap that ends in the middle: a worker, or all, go without a word of ours. */
async function starved(victim: Victim): Promise<string> {
  const size = Math.floor(14 + 20 * victim.uniform());
  const { status } = await crisp(victim.words, { env: { NODE_OPTIONS: `--max-old-space-size=${size}` } });
  return `${size} MB of heap: status ${status ?? "none"}`;
}

/** Where Debian puts it. */
const faketime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
export const hasFaketime = existsSync(faketime);

/**
 * The clock of day jumps by up to three days, back or ahead, while the study runs, which goes on to its end; or it is
 * killed, and the next one sees times from its future or from long ago.
 */
async function clockJump(victim: Victim): Promise<string> {
  const clock = `${victim.out}.clock`;
  writeFileSync(clock, "+0\n");
  const env = {
    LD_PRELOAD: faketime,
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: "1",
    DONT_FAKE_MONOTONIC: "1",
  };
  const jump = Math.round(259_200 * (2 * victim.uniform() - 1));
  const kills = victim.uniform() < 0.5;
  const act = (run: ReturnType<typeof start>) => {
    writeFileSync(clock, `${jump < 0 ? "" : "+"}${jump}\n`);
    if (kills) run.kill("SIGKILL");
  };
  const { status, stderr } = await until(victim, act, { env });
  if (!kills && status !== 0) throw new Error(`the clock went by ${jump} s: status ${status}\n${stderr}`);
  if (kills) await crisp(victim.words, { env });
  return `by ${jump} s, ${kills ? "between two runs" : "within a run"}`;
}

/** The study's folder lies on a disk of its own, which runs full or becomes read-only; then there is room again. */
async function onDisk(
  victim: Victim,
  { size, readOnly = false }: { size: string; readOnly?: boolean },
): Promise<string> {
  mkdirSync(victim.out);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", victim.out]);
  const act = () => (readOnly ? remount(victim.out, "ro") : undefined);
  const ended = await until(victim, act);
  remount(victim.out, "rw,size=40m");
  if (ended.status !== 0) demandWords(ended, readOnly ? /read-only/i : /disk is full/);
  return `${readOnly ? "read-only" : size}: status ${ended.status}`;
}

/** While a file of the disk is being written it is busy, and does not become read-only; a moment later it does. */
function remount(folder: string, options: string): void {
  for (let tries = 1; ; tries++) {
    const env = { ...process.env, LC_ALL: "C" };
    const { status, stderr } = spawnSync("mount", ["-o", `remount,${options}`, folder], { encoding: "utf8", env });
    if (status === 0) return;
    if (tries === 100 || !/busy/.test(stderr)) throw new Error(stderr);
  }
}

/** @throws Error unless the command ended with words of its own */
function demandWords({ status, stderr }: Finished, words: RegExp): void {
  if (status === null || !words.test(stderr) || /\n\s+at /.test(stderr))
    throw new Error(`status ${status}:\n${stderr}`);
}
