// `crisp train --objective denoise` as a user runs it: clean pictures in, a model that crisp denoise takes out.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { draws, purpose } from "../../src/core/random.js";
import { encodePng } from "../../src/formats/png.js";
import { leavesPicture } from "../../src/images/leaves.js";
import { crisp, emptyFolder, start } from "./process.js";

const cwd = emptyFolder();
const size = { height: 48, width: 56, channels: 1 as const };
const leaf = (n: number) => leavesPicture({ seed: 9, ...size }, "test", n);

beforeAll(() => {
  mkdirSync(join(cwd, "clean"));
  for (const n of [0, 1, 2]) writeFileSync(join(cwd, `clean/${n}.png`), encodePng({ ...size, bytes: leaf(n) }));
  const draw = draws({ seed: 5, purpose: purpose.test }, 0);
  const bytes = leaf(3).map((value) => Math.max(0, Math.min(255, Math.round(value + 25 * draw.gaussian()))));
  writeFileSync(join(cwd, "noisy.png"), encodePng({ ...size, bytes }));
  writeFileSync(join(cwd, "truth.png"), encodePng({ ...size, bytes: leaf(3) }));
});

async function run(...words: string[]) {
  const { status, stdout, stderr } = await crisp([...words, "--json"], { cwd });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

it("a model trained in two stages denoises, and a repeated training gives the same model", async () => {
  const words = [
    "train",
    "--objective",
    "denoise",
    "--from",
    "clean",
    "--features",
    "64",
    "--patch",
    "6",
    "--steps",
    "30",
  ];
  const first = await run(...words, "--out", "a");
  expect(first).toMatchObject({ features: 64, side: 6, steps: 30, noise: [8, 60], pictures: 3 });
  expect((await run(...words, "--out", "b")).loss).toBe(first.loss);
  const second = await run(...words, "--stages-from", first.model, "--out", "c");
  const { pictures, network } = await run(
    ...["denoise", "noisy.png", "--sigma", "25", "--dictionary", second.model, "--reference", "truth.png"],
  );
  expect(network.features).toBe(64);
  expect(pictures[0].after.psnr).toBeGreaterThan(pictures[0].before.psnr + 2.5);
});

it("a training stopped by SIGINT goes on from its checkpoint, to the same bytes; no other takes it up", async () => {
  const words = ["train", "--objective", "denoise", "--from", "clean", "--features", "64", "--patch", "6"];
  const straight = await run(...words, "--steps", "30", "--out", "straight");
  const stopped = start([...words, "--steps", "30", "--out", "stopped"], { cwd });
  await stopped.said("10 of 30 steps");
  stopped.kill("SIGINT");
  expect((await stopped.finished).status).toBe(130);
  expect(readdirSync(join(cwd, "stopped"))).toEqual(["denoiser.checkpoint"]);
  const other = await crisp([...words, "--steps", "20", "--out", "stopped"], { cwd });
  expect([other.status, other.stderr]).toEqual([3, expect.stringContaining("checkpoint of another training")]);
  const resumed = await run(...words, "--steps", "30", "--out", "stopped");
  expect(readdirSync(join(cwd, "stopped"))).toEqual(["denoiser.safetensors"]);
  expect(readFileSync(resumed.model)).toEqual(readFileSync(straight.model));
}, 180_000);

it.each([
  ["an option of the other objective", ["--objective", "denoise", "--mask", "x.npy"], "--mask is given"],
  ["no pictures", ["--objective", "denoise"], "--from"],
  ["a side that is odd", ["--objective", "denoise", "--from", "clean", "--patch", "7"], "--patch is 7"],
  ["features that do not fit the vectors", ["--objective", "denoise", "--from", "clean", "--features", "50"], "64"],
  ["an objective that is none", ["--objective", "denoising"], "Did you mean denoise"],
  ["stages without the objective", ["--stages-from", "x"], "--stages-from is given"],
])("%s is refused with status 2", async (_claim, words, says) => {
  const { status, stderr } = await crisp(["train", "--features", "64", ...words], { cwd });
  expect(status).toBe(2);
  expect(stderr).toContain(says);
});
