// Sizes never swept: predicted, solved on their own network, and verified by sweeping them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { crisp, emptyFolder } from "./process.js";

const cwd = emptyFolder();
const study = ["--preset", "tiny", "--features", "8,12,16", "--left-out", "24", "--seed", "7"];
const short = ["--training-images", "128", "--test-images", "60"];
const less = ["--set", "learning.images=256", "--set", "learning.heldOut=32"];

async function predicted(...words: string[]) {
  const { status, stdout, stderr } = await crisp(["predict", "study", ...words, "--json"], { cwd });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout).predictions;
}

const results = () => readdirSync(join(cwd, "study/results"), { recursive: true }).length;

let before: string;
beforeAll(async () => {
  const { status, stderr } = await crisp(["run", ...study, ...short, ...less, "--out", "study"], { cwd });
  expect(status, stderr).toBe(0);
  before = readFileSync(join(cwd, "study/scaling.json"), "utf8");
});

test("--no-train trains nothing and gives λ by its own law only", async () => {
  const count = results();
  const [one] = await predicted("--features", "20", "--no-train");
  expect(one.lambda).toBeNull();
  expect(one.lambdaDirect.low).toBeLessThan(one.lambdaDirect.high);
  expect(one.growth).toMatchObject({ from: 24, overcompleteness: 20 / 12 });
  expect(results()).toBe(count);
});

test("a size is trained, solved, swept and compared; again, from the store, the same; the study is untouched", async () => {
  const [first] = await predicted("--features", "20", "--verify");
  expect(first.swept).toBe(false);
  expect(first.lambda.low).toBeLessThan(first.lambda.value);
  expect(first.expectedCost).toBeGreaterThan(0);
  const { verified } = first;
  // One seed and 60 images: the laws are rough, the least error is flat.
  expect(verified.strategies.predicted.cost).toBeLessThan(5);
  expect(verified.activeUnits.measured.value).toBeGreaterThan(0);
  expect(verified.lambda.difference.p).toBeGreaterThan(0);
  const count = results();
  expect(await predicted("--features", "20", "--verify")).toEqual([first]);
  expect(results()).toBe(count);
  expect(readFileSync(join(cwd, "study/scaling.json"), "utf8")).toBe(before);
});

test("a size that was swept is predicted from the others, and needs no work to be verified", async () => {
  const count = results();
  const [one] = await predicted("--features", "24", "--verify");
  const record = JSON.parse(before);
  expect(one.swept).toBe(true);
  expect(one.verified).toEqual(record.scores.leaveLargestOut);
  expect(results()).toBe(count);
});

test("in words: the numbers, the growth, the comparison and the costs", async () => {
  const { stdout } = await crisp(["predict", "study", "--features", "24", "--verify"], { cwd });
  expect(stdout).toMatch(/F = 24: .* units for each number of an image; from F = 16, units ×1.50, active units ×/);
  expect(stdout).toMatch(/F = 24 was swept by the study/);
  expect(stdout).toMatch(/p of agreement/);
  expect(stdout).toMatch(/the predicted active units +0\.\d+ /);
});

test.each([
  [["--images", "33"], "--images is 33; this study holds 32 images out of training"],
  [["--images", "none"], "--images is none; it must be a whole number"],
  [["--verify", "--no-train"], "--verify and --no-train are both given"],
])("%s is refused in words", async (words, message) => {
  const { status, stderr, stdout } = await crisp(["predict", "study", "--features", "20", ...words], { cwd });
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(message);
});
