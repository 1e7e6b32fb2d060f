/**
 * What commands say they take, beside the processor time that they take, on this machine and with one
 * worker; processor time, so that other work on the machine disturbs little. Studies are `tiny`: of the
 * drawn leaves, and of a folder of pictures.
 *
 *   npm run build && PICTURES=FOLDER node bench/run.mjs estimates [-- NAME …]
 *
 * FOLDER holds some 40 photographs or more. Names choose rows; all rows of a study need its `run`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const pictures = process.env.PICTURES;
if (pictures === undefined) throw new Error("PICTURES is not set. Name a folder of photographs.");
const cli = resolve("dist/cli.js");
const work = resolve(`.cache/bench/estimates-${process.pid}`);
mkdirSync(work, { recursive: true });

/** Said by the process itself when it ends: what all its threads took. */
const hook = `data:text/javascript,process.on("exit",()=>{const u=process.cpuUsage();process._rawDebug("processor "+(u.user+u.system)/1e6)})`;

function crisp(words: readonly string[]): { readonly stdout: string; readonly seconds: number } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", hook, cli, ...words, "--workers", "1"], {
    ...{ cwd: work, encoding: "utf8", maxBuffer: 1e9 },
  });
  if (status !== 0 && status !== 5)
    throw new Error(`crisp ${words.join(" ")}: status ${status}\n${stderr.slice(-2000)}`);
  return { stdout, seconds: Number(/processor ([\d.]+)/.exec(stderr)![1]) };
}

const few = readdirSync(pictures).sort().slice(0, 5);
const photographs = few.map((name) => join(resolve(pictures), name));
const atoms = join("folder-64", "dictionary.safetensors");
const coding = ["encode", resolve(pictures), "--dictionary", atoms, "--json"];
const rows: readonly (readonly [name: string, words: readonly string[]])[] = [
  ["run leaves", ["run", "--preset", "tiny", "--out", "leaves", "--json"]],
  ["run folder", ["run", "--preset", "tiny", "--data", resolve(pictures), "--out", "folder", "--json"]],
  ["train leaves", ["train", "--features", "64", "--preset", "tiny", "--out", "leaves-64", "--json"]],
  ["train folder", ["train", "--features", "64", "--data", resolve(pictures), "--out", "folder-64", "--json"]],
  ["transition leaves", ["transition", "leaves", "--json"]],
  ["transition folder", ["transition", "folder", "--json"]],
  ["protocol leaves", ["protocol", "leaves", "--largest", "32", "--steps", "400,1000", "--json"]],
  ["predict leaves", ["predict", "leaves", "--features", "128", "--json"]],
  ["predict verified", ["predict", "folder", "--features", "48", "--verify", "--json"]],
  ["denoise", ["denoise", ...photographs, "--sigma", "25", "--out", "clean", "--json"]],
  ["denoise fast", ["denoise", ...photographs, "--sigma", "25", "--quality", "fast", "--out", "fast", "--json"]],
  ["denoise sure", ["denoise", photographs[0], "--lambda", "sure", "--out", "sure.png", "--json"]],
  ["encode 0.5", [...coding, "--lambda", "0.5", "--count", "5"]],
  ["encode 0.01", [...coding, "--lambda", "0.01", "--count", "1"]],
];

const wanted = process.argv.slice(2);
console.log("| | said, s | taken, s | said ÷ taken |\n|---|---|---|---|");
for (const [name, words] of rows) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const said = JSON.parse(crisp([...words, "--dry-run"]).stdout).seconds as number;
  const { seconds } = crisp(words);
  console.log(`| ${name} | ${said.toPrecision(3)} | ${seconds.toPrecision(3)} | ${(said / seconds).toFixed(2)} |`);
}
if (existsSync(work)) console.log(`\nLeft in ${work}.`);
