// crisp train: warm starts from files, growing, masks, and other rules stopped and resumed.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { tensor } from "../../src/core/tensor.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { encodePvpWeights } from "../../src/formats/pvp.js";
import { decodeSafetensors } from "../../src/formats/safetensors.js";
import { crisp, emptyFolder, start } from "./process.js";

const cwd = emptyFolder();
const sets = (...pairs: string[]) => pairs.flatMap((pair) => ["--set", pair]);
const small = [
  ...["train", "--preset", "tiny", "--training-images", "96", "--workers", "2", "--json"],
  ...sets("learning.images=64", "learning.heldOut=32"),
];
/** Steps so short that atoms stay what they were, up to rounding. */
const still = sets("learning.step=1e-6");

async function train(features: number, out: string, words: readonly string[]) {
  const done = await crisp([...small, "--features", String(features), "--out", out, ...words], { cwd });
  expect(done.status, done.stderr).toBe(0);
  const { dictionary } = JSON.parse(done.stdout) as { dictionary: string };
  const { data } = decodeSafetensors(readFileSync(dictionary), dictionary).tensors.atoms;
  return { file: dictionary, atoms: data as Float32Array };
}

async function refused(words: readonly string[]) {
  return crisp([...small, ...words], { cwd });
}

const noise = (length: number) => Float32Array.from({ length }, (_, i) => (i * 7919) % 1009);

let first: Awaited<ReturnType<typeof train>>;
beforeAll(async () => {
  first = await train(8, "first", []);
});

const distance = (a: Float32Array, b: Float32Array) => Math.max(...a.map((v, i) => Math.abs(v - b[i])));

describe("--start-from", () => {
  it("goes on from the atoms of a .safetensors, .npy or .pvp file alike", async () => {
    const atoms = tensor([8, 8, 8, 3], first.atoms);
    writeFileSync(join(cwd, "atoms.npy"), encodeNpy(atoms));
    writeFileSync(join(cwd, "atoms.pvp"), encodePvpWeights(atoms));
    const results = [];
    for (const file of [first.file, "atoms.npy", "atoms.pvp"])
      results.push(await train(8, `same-${results.length}`, ["--start-from", file, ...still]));
    expect(distance(results[0].atoms, first.atoms)).toBeLessThan(1e-4);
    expect(results[1].atoms).toEqual(results[0].atoms);
    expect(results[2].atoms).toEqual(results[0].atoms);
    const unlike = await train(8, "cold", [...still, "--seed", "2"]);
    expect(distance(unlike.atoms, first.atoms)).toBeGreaterThan(0.1);
  });

  it("keeps the atoms it is given and adds copies a tenth away from them", async () => {
    const { atoms } = await train(20, "grown", ["--start-from", first.file, ...still]);
    expect(distance(first.atoms, atoms.subarray(0, 8 * 192))).toBeLessThan(1e-4);
    const atom = (m: number) => atoms.subarray(m * 192, (m + 1) * 192);
    for (let m = 8; m < 20; m++) {
      const apart = Math.hypot(...atom(m).map((v, i) => v - atom(m % 8)[i]));
      // A step of 0.1 in any direction and back to unit norm; its cosine with the atom is 0 to ±0.3 of 192 values.
      expect(apart).toBeGreaterThan(0.09);
      expect(apart).toBeLessThan(0.11);
    }
    expect(distance(atom(8), atom(16))).toBeGreaterThan(0.01);
  });

  it("is part of what the folder holds: another dictionary in the same folder is refused, the same one is done", async () => {
    const again = ["--features", "8", "--out", "same-0", ...still];
    expect((await refused([...again, "--start-from", first.file])).status).toBe(0);
    const other = encodeNpy({ shape: [8, 8, 8, 3], data: first.atoms.map((v) => -v) });
    writeFileSync(join(cwd, "other.npy"), other);
    const { status, stderr } = await refused([...again, "--start-from", "other.npy"]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/learning\.start is "given:.*asked for "given:/)]);
  });

  it.each([
    ["more atoms than are asked for", ["--features", "4"], 3, /has 8 atoms, the network 4/],
    ["another patch", ["--features", "8", "--set", "patch=4"], 3, /8×8×3.*4×4×3/],
    [
      "another number of channels",
      ["--features", "8", "--data", "grey.npy"],
      3,
      /8×8×3.*8×8×1.*Give images of 3 channels/,
    ],
  ])("refuses %s before the folder is taken", async (_, words, code, message) => {
    writeFileSync(join(cwd, "grey.npy"), encodeNpy(tensor([120, 12, 12], noise(120 * 144))));
    const { status, stderr } = await refused([...words, "--start-from", first.file, "--out", "never"]);
    expect([status, stderr]).toEqual([code, expect.stringMatching(message)]);
    expect(existsSync(join(cwd, "never"))).toBe(false);
  });
});

describe("the folder of a single training", () => {
  it("is told from a study by every command that reads one, and by status how far it is", async () => {
    for (const command of ["report", "fit", "predict", "transition"]) {
      const words = command === "predict" ? ["predict", "first", "--features", "20"] : [command, "first"];
      const { status, stderr } = await crisp(words, { cwd });
      expect([command, status]).toEqual([command, 2]);
      expect(stderr).toMatch(
        /one dictionary of 8 atoms made by crisp train.*--dictionary .*first.dictionary\.safetensors/s,
      );
    }
    const { stdout } = await crisp(["status", "first"], { cwd });
    expect(stdout).toMatch(/^first: one dictionary of 8 atoms \(crisp train\), trained, [\d,]+ images seen\n$/);
  });
});

it("says how the training went, and takes one start only", async () => {
  const words = ["train", "--preset", "tiny", "--training-images", "96", "--workers", "2", "--features", "8"];
  const told = [...words, ...sets("learning.images=64", "learning.heldOut=32"), "--out", "first"];
  const { stdout } = await crisp(told, { cwd });
  expect(stdout).toMatch(
    /^Training: +[\d,]+ images seen, ended (on|short of) its plateau.*\nEnergy: +[\d.]+ on held-out images, /,
  );
  const { status, stderr } = await refused([
    ...["--features", "8", "--start-from", first.file, "--out", "never", ...sets("learning.start=random")],
  ]);
  expect([status, stderr]).toEqual([2, expect.stringMatching(/--start-from.*learning\.start random.*Leave one/)]);
});

describe("few images", () => {
  it("are refused with flags that work where they were asked for, and else make the preset smaller", async () => {
    writeFileSync(join(cwd, "few.npy"), encodeNpy(tensor([50, 12, 12], noise(50 * 144))));
    const words = [
      "train",
      "--preset",
      "tiny",
      "--features",
      "4",
      "--data",
      "few.npy",
      "--workers",
      "1",
      "--out",
      "few",
    ];
    const { status, stderr } = await crisp([...words, "--training-images", "40"], { cwd });
    expect(status).toBe(2);
    expect(stderr).toContain("learning.heldOut 48 + learning.minibatch 32");
    const flags = stderr.match(/lower these: (.*)\.$/m)![1].split(" ");
    const done = await crisp([...words, ...flags, ...sets("learning.images=20")], { cwd });
    expect(done.status, done.stderr).toBe(0);
    const fitted = await crisp([...words, ...sets("learning.images=20"), "--dry-run"], { cwd: join(cwd) });
    expect(fitted.stderr).toContain("trainingImages 40 (not 512)");
  });
});

describe("--mask", () => {
  const mask = (shape: readonly number[], value: (i: number) => number) =>
    encodeNpy({ shape, data: Uint8Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => value(i)) });

  it("hides pixels, is part of the folder's identity, and of one weight everywhere changes nothing but that", async () => {
    writeFileSync(
      join(cwd, "ones.npy"),
      mask([32, 32], () => 1),
    );
    writeFileSync(
      join(cwd, "half.npy"),
      mask([96, 32, 32], (i) => ((i >> 3) % 3 === 0 ? 0 : 1)),
    );
    const ones = await train(8, "ones", ["--mask", "ones.npy"]);
    expect(distance(ones.atoms, first.atoms)).toBeLessThan(1e-5); // the kernel sums weighted products in another order
    const half = await train(8, "half", ["--mask", "half.npy", "--set", "learning.rule=petavision"]);
    expect(distance(half.atoms, first.atoms)).toBeGreaterThan(0.01);
    const { status, stderr } = await refused(["--features", "8", "--out", "ones"]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/images\.mask is/)]);
  });
});

it.each([
  ["PetaVision's rule", "petavision", ["learning.rule=petavision", "learning.start=petavision"]],
  ["a budget", "budget", ["learning.rule=tangent-newton", "learning.schedule=budget", "learning.minibatch=8"]],
] as const)(
  "%s, stopped by SIGINT and taken up again by one worker, ends in the same bytes",
  async (_, name, learning) => {
    const words = [...sets(...learning, "learning.images=192", "learning.redraw=1"), "--features", "16"];
    const straight = await train(16, `straight-${name}`, words);
    const run = start([...small, ...words, "--out", `stopped-${name}`], { cwd });
    await run.said("Training 16");
    await new Promise((done) => setTimeout(done, 400));
    run.kill("SIGINT");
    expect([0, 130]).toContain((await run.finished).status);
    const resumed = await train(16, `stopped-${name}`, [...words, "--workers", "1"]);
    expect(resumed.atoms).toEqual(straight.atoms);
  },
  60_000,
);
