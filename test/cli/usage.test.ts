// Bad input at the command line: each ends with its own status, an empty stdout
// and a message that gives the value found and what to do. Nothing is written.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { crisp, emptyFolder } from "./process.js";

const run = (...words: string[]) => ["run", ...words];
const settings = (text: string) => ({ file: text, words: ["run", "study.yaml"] });

type Case = readonly [
  claim: string,
  given: readonly string[] | { file: string; words: string[] },
  says: readonly string[],
];

const cases: readonly Case[] = [
  ["an unknown command", ["rum"], ["unknown command 'rum'", "run"]],
  ["the beginning of a command", ["enc", "x.png"], ["unknown command 'enc'", "Did you mean encode?"]],
  [
    "a misspelt option that is needed",
    ["encode", "x.npy", "--dictionary", "d.npy", "--lamda", "1"],
    ["unknown option '--lamda'", "Did you mean --lambda?"],
  ],
  ["an option that is needed", ["encode", "x.npy", "--lambda", "1"], ["--dictionary is missing"]],
  ["an escape code in a path", ["run", "\u001b]0;title\u0007\u009b2J.yaml"], ["\\u001b]0;title\\u0007\\u009b2J.yaml"]],
  ["a name of a megabyte", ["run", "--preset", "x".repeat(100_000)], ["characters are left out", "preset"]],
  ["a misspelt option", run("--presets", "tiny"), ["--presets", "--preset"]],
  ["an unknown option on another command", ["status", "x", "--jsn"], ["--jsn", "--json"]],
  ["too many arguments", ["fit", "a", "b"], ["too many arguments"]],
  ["a misspelt preset", run("--preset", "quikc"), ["--preset", "quikc", "Did you mean quick?"]],
  ["a misspelt data set", run("--data", "leafs"), ["--data", "leafs", "leaves"]],
  ["data that is no folder", run("--data", "./nowhere"), ["--data", "./nowhere", "folder of pictures"]],
  ["data arrays without a file", run("--data", "arrays"), [".npy or .npz file", "--from PATH"]],
  ["pictures as they are", run("--no-normalise"), ["--no-normalise", "normalise is false", "arrays"]],
  ["a task that is not there", run("--task", "inpant"), ["--task: task.kind is inpant", "denoise or inpaint"]],
  ["λ for a study", run("--lambda", "0.3"), ["--lambda 0.3", "--set learning.lambda=0.3"]],
  ["data folder without a folder", run("--data", "folder"), ["--from PATH"]],
  ["a size of zero", run("--features", "16,0,64"), ["--features", "16,0,64", "positive whole number"]],
  ["a fractional size", run("--features", "16,24.5,64"), ["--features", "24.5"]],
  ["a size that is a word", run("--features", "16,many,64"), ["--features", "many"]],
  ["two sizes, through which any line goes", run("--features", "16,32"), ["--features", "at least three"]],
  ["a size named twice", run("--features", "16,32,32"), ["--features", "32 twice"]],
  ["a left-out size that is fitted too", run("--left-out", "64"), ["--left-out", "64", "features"]],
  ["λ of zero", run("--set", "learning.lambda=0"), ["--set", "learning.lambda is 0", "above 0"]],
  [
    "a negative λ at the end of the sweep",
    run("--set", "sweep.smallest=-1"),
    ["--set", "sweep.smallest is -1", "above 0"],
  ],
  ["a range of λ without room for a minimum", run("--set", "sweep.smallest=3.5"), ["sweep.smallest", "at least 5"]],
  ["a setting by its last word", run("--set", "lambda=0.3"), ["lambda", "learning.lambda"]],
  ["a last word that two settings share", run("--set", "tolerance=1"), ["learning.tolerance or sweep.tolerance"]],
  ["--set without a value", run("--set", "seed"), ["--set seed", "key=value"]],
  ["a seed that is not a number", run("--seed", "abc"), ["--seed", "abc", "whole number"]],
  ["an empty seed", run("--seed", ""), ["--seed", "whole number"]],
  ["a negative noise", run("--noise", "-1"), ["--noise", "-1"]],
  ["no workers", run("--workers", "0"), ["--workers", "0", "1 to 1,024"]],
  [
    "more images than CIFAR-10 has",
    run("--data", "cifar10", "--test-images", "20000"),
    ["--test-images", "20000", "10,000"],
  ],
  [
    "fewer images than training holds out",
    run("--training-images", "32"),
    ["--training-images", "32", "learning.heldOut"],
  ],
  ["a patch larger than the image", run("--set", "patch=40"), ["40×40", "32×32"]],
  ["sizes beyond this machine's memory", run("--features", "16,32,1000000"), ["1000000", "memory", "fewer features"]],
  ["a file that is not there", run("study.yml"), ["study.yml", "no such file"]],
  ["a file that is not YAML", settings("seed: [1\n"), ["study.yaml, line", "Correct the YAML"]],
  ["a file with a key twice", settings("seed: 1\nseed: 2\n"), ["study.yaml, line 2", "unique"]],
  ["a file that is a list", settings("- 1\n"), ["study.yaml", "settings by name"]],
  ["a misspelt key", settings("sede: 1\n"), ["study.yaml", "sede", "Did you mean seed?"]],
  ["a misspelt key in a group", settings("sweep:\n  largets: 4\n"), ["sweep.largets", "Did you mean sweep.largest?"]],
  ["a group given as a number", settings("learning: 3\n"), ["study.yaml", "learning is 3", "learning.lambda"]],
  ["a value of the wrong kind", settings("rectified: 7\n"), ["study.yaml", "rectified is 7", "true or false"]],
  ["train without a size", ["train"], ["--features"]],
  ["train with a size of zero", ["train", "--features", "0"], ["--features is 0"]],
  ["train with more atoms than memory holds", ["train", "--features", "1000000"], ["of memory", "fewer features"]],
  ["a folder in place of settings", ["run", "."], ["is a folder", "--out"]],
  [
    "denoise with a noise of zero",
    ["denoise", "x.png", "--sigma", "0"],
    ["--sigma: 0 was given", "above 0 and at most 255, or auto"],
  ],
  [
    "denoise with noise that is a word",
    ["denoise", "x.png", "--sigma", "much"],
    ["--sigma: much was given", "or auto"],
  ],
  ["denoise with a negative λ", ["denoise", "x.png", "--lambda", "-1"], ["--lambda: -1 was given", "above 0"]],
  ["denoise with no workers", ["denoise", "x.png", "--workers", "0"], ["--workers is 0", "from 1 to 1,024"]],
  ["a misspelt quality", ["denoise", "x.png", "--quality", "bets"], ["--quality is bets", "Did you mean best?"]],
  ["denoise at a size without a study", ["denoise", "x.png", "--features", "64"], ["--features 64", "--study"]],
  [
    "two networks to denoise with",
    ["denoise", "x", "--study", "a", "--dictionary", "b"],
    ["--study a", "--dictionary b"],
  ],
  ["predict at a size that is not a number", ["predict", "x", "--features", "big"], ["--features is big"]],
];

describe("bad input", () => {
  it.each(cases)("%s is refused with status 2", async (_claim, given, says) => {
    const cwd = emptyFolder();
    const words = "words" in given ? given.words : given;
    if ("file" in given) writeFileSync(join(cwd, "study.yaml"), given.file);
    const { status, stdout, stderr } = await crisp(words, { cwd });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^error: /);
    for (const part of says) expect(stderr).toContain(part);
    expect(stderr).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(stderr.length).toBeLessThan(4200);
    expect(readdirSync(cwd)).toEqual("file" in given ? ["study.yaml"] : []);
  });

  it("a variable that names no setting is refused, the nearest named", async () => {
    const { status, stderr } = await crisp(["run"], { cwd: emptyFolder(), env: { CRISP_SEEDS: "3" } });
    expect(status).toBe(2);
    expect(stderr).toContain("Did you mean CRISP_SEED?");
  });

  it("no command prints the help on stderr and is a usage error", async () => {
    const { status, stdout, stderr } = await crisp([]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("Usage: crisp");
  });

  it("help and version are results: status 0, on stdout", async () => {
    for (const words of [["--help"], ["run", "--help"], ["--version"]]) {
      const { status, stdout, stderr } = await crisp(words);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).not.toBe("");
    }
  });
});
