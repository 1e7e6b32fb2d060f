// crisp encode through the built command: the exact call, its numbers, its files, and what it refuses.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { ImageRecord } from "../../src/app/encode.js";
import { fistaCoder } from "../../src/coding/fista.js";
import type { Geometry } from "../../src/core/geometry.js";
import { slice, tensor } from "../../src/core/tensor.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { encodePng } from "../../src/formats/png.js";
import { encodePvpWeights } from "../../src/formats/pvp.js";
import { readCodes } from "../../src/node/code-files.js";
import { gaussianDictionary, gaussianImage, rule } from "../coding/networks.js";
import { crisp, emptyFolder, start } from "./process.js";

const geometry: Geometry = {
  height: 14,
  width: 11,
  channels: 3,
  patch: [5, 4],
  stride: [2, 2],
  boundary: "crop",
  features: 6,
};
const cwd = emptyFolder();
const images = tensor([3, 14, 11, 3]);
for (let i = 0; i < 3; i++) slice(images, i).set(gaussianImage(geometry, i + 1));
/** Atoms of norm 1, 1.5, 2 …: used as stored unless --normalise-atoms is given. */
const atoms = uneven(gaussianDictionary(geometry).atoms.data);
const call = ["encode", "images.npy", "--dictionary", "dictionary.npy", "--stride", "2", "--boundary", "crop"];
const exact = [...call, "--lambda", "2,1,0.5,0.25", "--tolerance", "1e-6", "--json"];

function uneven(data: Float32Array) {
  const length = data.length / geometry.features;
  return tensor(
    [6, 5, 4, 3],
    data.map((w, i) => w * (1 + Math.floor(i / length) / 2)),
  );
}

/** [n, height, width, channels] → [n, channels, height, width]. */
function channelsFirst({ shape: [n, h, w, c], data }: typeof images) {
  const planes = Float32Array.from(data, (_, i) => {
    const [image, channel, pixel] = [Math.floor(i / (h * w * c)), Math.floor(i / (h * w)) % c, i % (h * w)];
    return data[(image * h * w + pixel) * c + channel];
  });
  return tensor([n, c, h, w], planes);
}

async function encoded(words: readonly string[]): Promise<readonly ImageRecord[]> {
  const { status, stdout, stderr } = await crisp(words, { cwd });
  expect({ status, errors: stderr.match(/^error.*/m) }).toEqual({ status: 0, errors: null });
  expect(stdout.trimEnd().split("\n").length).toBe(1);
  const { schemaVersion, images: records } = JSON.parse(stdout);
  expect(schemaVersion).toBe(2);
  return records;
}

/** Everything but the time it took. */
function untimed(records: readonly ImageRecord[]) {
  return records.map(({ lambdas, ...rest }) => ({ ...rest, lambdas: lambdas.map(({ seconds: _, ...of }) => of) }));
}

let records: readonly ImageRecord[];

beforeAll(async () => {
  writeFileSync(join(cwd, "images.npy"), encodeNpy({ shape: images.shape, data: Float64Array.from(images.data) }));
  writeFileSync(join(cwd, "dictionary.npy"), encodeNpy(atoms));
  writeFileSync(join(cwd, "images-nchw.npy"), encodeNpy(channelsFirst(images)));
  writeFileSync(join(cwd, "picture.npy"), encodeNpy({ shape: [14, 11, 3], data: new Float64Array(462).fill(1) }));
  writeFileSync(join(cwd, "grey.npy"), encodeNpy({ shape: [2, 4, 4], data: new Float64Array(32).fill(0.25) }));
  writeFileSync(join(cwd, "dictionary-nchw.npy"), encodeNpy(channelsFirst(atoms)));
  records = await encoded(exact);
});

describe("crisp encode", () => {
  it.each([
    ["crop", false],
    ["crop", true],
    ["full", false],
    ["full", true],
  ] as const)(
    "boundary %s, signed %s: energies are FISTA's within 1e-6, the gap within the tolerance",
    async (boundary, signed) => {
      const words = exact.map((word) => (word === "crop" ? boundary : word));
      const found = await encoded(signed ? [...words, "--signed"] : words);
      const fista = fistaCoder({ geometry: { ...geometry, boundary }, atoms });
      expect(found.map(({ index }) => index)).toEqual([0, 1, 2]);
      const best = [...fista.path(slice(images, 1), [2, 1, 0.5, 0.25], rule(1e-9, !signed))];
      for (const [l, coding] of best.entries()) {
        const { lambda, energy, relativeGap, active, percentError, converged } = found[1].lambdas[l];
        expect([lambda, converged]).toEqual([coding.lambda, true]);
        expect(Math.abs(energy / coding.energy - 1)).toBeLessThan(1e-6);
        expect(relativeGap).toBeLessThanOrEqual(1e-6);
        expect(Math.abs(active - coding.code.index.length)).toBeLessThanOrEqual(1);
        expect(percentError).toBeGreaterThan(0);
      }
    },
  );

  it("the record has every field, and percentError is of image and reconstruction", () => {
    const of = records[0].lambdas[0];
    expect(Object.keys(of).sort()).toEqual([
      "active",
      "certificate",
      "converged",
      "cost",
      "energy",
      "engine",
      "iterations",
      "l1",
      "lambda",
      "percentError",
      "reconstructionError",
      "relativeGap",
      "seconds",
      "solver",
    ]);
    expect(of.engine).toBe("reference"); // 1e-6 is finer than float32 proves
    // crop counts image pixels only: ½‖s − ŝ‖² gives both
    const power = slice(images, 0).reduce((sum, s) => sum + s * s, 0);
    expect(of.percentError! / (100 * Math.sqrt((2 * of.reconstructionError) / power))).toBeCloseTo(1, 5);
    expect(of.energy).toBeCloseTo(of.reconstructionError + of.lambda * of.l1, 9);
  });

  it("the JSON names network, rule, atoms and version; what nobody named is said to be assumed", async () => {
    const told = await crisp([...exact, "--signed", "--normalise-atoms"], { cwd });
    const { images: _, dictionary, version, ...rest } = JSON.parse(told.stdout);
    expect(rest).toEqual({
      schemaVersion: 2,
      geometry,
      mask: null,
      rule: { threshold: { kind: "soft", rectified: false }, tolerance: 1e-6 },
    });
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(told.stderr).not.toContain("assumed");
    const plain = await crisp(["encode", "images.npy", "--dictionary", "dictionary.npy", "--lambda", "2", "--json"], {
      cwd,
    });
    expect(plain.stderr).toContain("assumed: stride 2×2 (--stride), boundary crop (--boundary)");
    expect(JSON.parse(plain.stdout).dictionary).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(plain.stdout).dictionary).not.toBe(dictionary); // atoms of other norm
  });

  it("no bit depends on the number of workers, the layout or the order of the λ's", async () => {
    expect(untimed(await encoded([...exact, "--workers", "1"]))).toEqual(untimed(records));
    expect(untimed(await encoded([...exact, "--workers", "3"]))).toEqual(untimed(records));
    const first = exact.map((word) => word.replace(".npy", "-nchw.npy"));
    for (const layout of [["--layout", "nchw", "--atoms-layout", "nchw"], []])
      expect(untimed(await encoded([...first, ...layout]))).toEqual(untimed(records));
    const mixed = exact.map((word) => word.replace("dictionary.npy", "dictionary-nchw.npy"));
    expect(untimed(await encoded(mixed))).toEqual(untimed(records));
    const unordered = await encoded(exact.map((word) => (word === "2,1,0.5,0.25" ? "0.5,2,0.25,1" : word)));
    expect(unordered[2].lambdas.map(({ lambda }) => lambda)).toEqual([0.5, 2, 0.25, 1]);
    const sorted = unordered.map((record) => ({ ...record, lambdas: [1, 3, 0, 2].map((l) => record.lambdas[l]) }));
    expect(untimed(sorted)).toEqual(untimed(records));
  });

  it("grey images in three axes are several, whatever the order of the atoms' axes", async () => {
    const [n, length] = [4, 16 * 16];
    const grey = Float64Array.from({ length: n * length }, (_, i) => Math.sin(i * i));
    const weights = Float64Array.from({ length: 6 * 16 }, (_, i) => Math.cos(3 * i * i));
    writeFileSync(join(cwd, "grey.npy"), encodeNpy({ shape: [n, 16, 16], data: grey }));
    // Channels last these atoms are 1×4 of 4 channels, as which they would fit one image of 16×16×4.
    writeFileSync(join(cwd, "first.npy"), encodeNpy({ shape: [6, 1, 4, 4], data: weights }));
    const words = ["encode", "grey.npy", "--dictionary", "first.npy", "--lambda", "1", "--json"];
    const found = await encoded(words);
    expect(found.length).toBe(n);
    expect(untimed(found)).toEqual(untimed(await encoded([...words, "--atoms-layout", "nchw"])));
  });

  it("says of atoms that fit in both orders how they are read, unless the axes are named", async () => {
    writeFileSync(join(cwd, "cube.npy"), encodeNpy(gaussianDictionary({ ...geometry, patch: [3, 3] }).atoms));
    const words = ["encode", "images.npy", "--dictionary", "cube.npy", "--lambda", "9"];
    expect((await crisp(words, { cwd })).stderr).toContain("cube.npy: either order of axes fits; channels");
    expect((await crisp([...words, "--atoms-layout", "nhwc"], { cwd })).stderr).not.toContain("either order");
  });

  it("codes written as .npz and .parquet are the same, .pvp those of one λ", async () => {
    for (const name of ["codes.npz", "codes.parquet"]) await encoded([...exact, "--out", name]);
    await encoded([...exact, "--out", "dense.npz", "--dense"]);
    const codes = await readCodes(join(cwd, "codes.npz"));
    expect(codes.size).toEqual({ rows: 7, columns: 6, features: 6 });
    expect(codes.lambdas).toEqual([2, 1, 0.5, 0.25]);
    expect(codes.codes[5].index.length).toBe(records[1].lambdas[1].active);
    expect(await readCodes(join(cwd, "codes.parquet"))).toEqual(codes);
    expect(await readCodes(join(cwd, "dense.npz"))).toEqual(codes);
    await encoded([...call, "--lambda", "2", "--tolerance", "1e-6", "--json", "--out", "codes.pvp"]);
    const one = await readCodes(join(cwd, "codes.pvp"));
    // Images as they are have nothing to lose; of normalised ones .pvp loses mean and deviation, .npz does not.
    const lost = "codes.pvp cannot hold the mean and deviation that are taken out of each image";
    for (const [more, says] of [
      [["--out", "codes.pvp"], false],
      [["--out", "codes.pvp", "--normalise"], true],
      [["--out", "codes.npz", "--normalise"], false],
    ] as const) {
      const { stderr } = await crisp([...call, "--lambda", "2", ...more, "--dry-run"], { cwd });
      expect(stderr.includes(lost)).toBe(says);
    }
    expect(one.codes).toEqual([0, 4, 8].map((i) => codes.codes[i]));
  });

  it("--normalise and --normalise-atoms change what is coded, --noise what is coded but not what the error is against", async () => {
    const scaled = images.data.map((s, i) => 100 * s + 7 * (1 + Math.floor(i / 462)));
    writeFileSync(join(cwd, "scaled.npy"), encodeNpy({ shape: images.shape, data: scaled }));
    const words = (file: string, ...more: string[]) => [
      "encode",
      file,
      "--dictionary",
      "dictionary.npy",
      "--lambda",
      "1",
      "--tolerance",
      "1e-4",
      "--json",
      ...more,
    ];
    const [plain, same] = [
      await encoded(words("images.npy", "--normalise")),
      await encoded(words("scaled.npy", "--normalise")),
    ];
    for (const i of [0, 1, 2]) expect(same[i].lambdas[0].energy / plain[i].lambdas[0].energy).toBeCloseTo(1, 4);
    writeFileSync(join(cwd, "weights.pvp"), encodePvpWeights(gaussianDictionary(geometry).atoms));
    const unit = await encoded(words("images.npy", "--normalise-atoms"));
    const stored = await encoded([
      "encode",
      "images.npy",
      "--dictionary",
      "weights.pvp",
      "--lambda",
      "1",
      "--tolerance",
      "1e-4",
      "--json",
    ]);
    for (const i of [0, 1, 2]) expect(unit[i].lambdas[0].energy / stored[i].lambdas[0].energy).toBeCloseTo(1, 5);
    const [quiet, noisy] = [await encoded(words("images.npy")), await encoded(words("images.npy", "--noise", "1"))];
    expect(noisy[0].lambdas[0].percentError!).toBeGreaterThan(quiet[0].lambdas[0].percentError!);
    expect(untimed(await encoded(words("images.npy", "--noise", "1", "--workers", "1")))).toEqual(untimed(noisy));
  });

  it("a folder of pictures of several sizes is coded picture by picture, normalised, named", async () => {
    mkdirSync(join(cwd, "pictures"));
    const picture = (height: number, width: number) =>
      encodePng({
        height,
        width,
        channels: 3,
        bytes: Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * i * 7) % 256),
      });
    writeFileSync(join(cwd, "pictures/a.png"), picture(14, 11));
    writeFileSync(join(cwd, "pictures/b.png"), picture(9, 20));
    writeFileSync(join(cwd, "pictures/c.png"), picture(14, 11));
    const words = ["encode", "pictures", "--dictionary", "dictionary.npy", "--lambda", "1", "--json"];
    const found = untimed(await encoded(words));
    expect(found.map(({ index, name }) => [index, name])).toEqual([
      [0, "a.png"],
      [1, "b.png"],
      [2, "c.png"],
    ]);
    expect({ ...found[2], index: 0, name: "a.png" }).toEqual(found[0]);
    expect(
      untimed(await encoded(words.map((word) => (word === "pictures" ? "pictures/b.png" : word))))[0].lambdas,
    ).toEqual(found[1].lambdas);
    const { status, stderr } = await crisp([...words, "--out", "codes.npz"], { cwd });
    expect(status).toBe(2);
    expect(stderr).toContain("14×11 and of 9×20");
  });

  it("without --json a table of means goes to stdout", async () => {
    const { status, stdout } = await crisp([...call, "--lambda", "2,0.5"], { cwd });
    expect(status).toBe(0);
    expect(stdout).toContain("3 images, the first 14×11×3; 6 atoms");
    expect(stdout).toMatch(/^stride 2×2, boundary crop, a ≥ 0, tolerance 0\.01; atoms [0-9a-f]{16}…, crisp \d/m);
    expect(stdout).toMatch(/^ +0\.5 +\d+\.\d{3} +\d+\.\d +\d+\.\d\d +\d\.\de-\d+$/m);
  });
});

const fixture = (name: string) => resolve(import.meta.dirname, "../fixtures", name);

describe("crisp encode refuses in words", () => {
  const swap = (from: string, to: string) => exact.map((word) => (word === from ? to : word));
  const cases: readonly [claim: string, words: readonly string[], status: number, says: readonly string[]][] = [
    ["a NaN pixel", swap("images.npy", "nan.npy"), 3, ["nan.npy: image 1, row 2, column 3, channel 1 is NaN"]],
    ["an infinite atom", swap("dictionary.npy", "infinite.npy"), 3, ["infinite.npy: value 7 of atom 2 is Infinity"]],
    [
      "channels that disagree as the axes are named",
      [...swap("images.npy", "images-nchw.npy"), "--layout", "nhwc"],
      3,
      ["3×14×11", "leave --layout out, or give nchw."],
    ],
    [
      "one picture in colour with grey atoms",
      ["encode", "picture.npy", "--dictionary", "grey.npy", "--lambda", "1"],
      3,
      ["one image of 14×11 with 3 channels", "have 1;"],
    ],
    ["a structured file", swap("images.npy", fixture("npy/structured.npy")), 3, ["a structured type", "f2, f4, f8"]],
    [
      "images that are not there",
      swap("images.npy", "nowhere.npy"),
      3,
      ["nowhere.npy cannot be read: it does not exist"],
    ],
    [
      "images that are no file",
      swap("images.npy", "nowhere"),
      3,
      ["nowhere cannot be read: it does not exist", "cifar10"],
    ],
    ["a dictionary of another kind", swap("dictionary.npy", "dictionary.txt"), 2, ["dictionary.txt", ".safetensors"]],
    [
      "activity as a dictionary",
      swap("dictionary.npy", fixture("openpv/soft-A.pvp")),
      3,
      ["dense activity", "file type 5"],
    ],
    ["a λ of zero", swap("2,1,0.5,0.25", "1,0"), 2, ["--lambda", "0 was given", "above 0"]],
    ["a λ twice", swap("2,1,0.5,0.25", "1,0.5,1"), 2, ["--lambda is 1,0.5,1, which holds 1 twice"]],
    ["a λ that is not a number", swap("2,1,0.5,0.25", "1,,2"), 2, ["--lambda", "nothing was given"]],
    ["a tolerance float64 cannot prove", swap("1e-6", "1e-14"), 2, ["--tolerance is 1e-14", "1e-12"]],
    [
      "a stride of zero",
      ["encode", "images.npy", "--dictionary", "dictionary.npy", "--lambda", "1", "--stride", "0"],
      2,
      ["--stride is 0"],
    ],
    ["a misspelt boundary", swap("crop", "corp"), 2, ["--boundary is corp", "Did you mean crop?"]],
    ["several λ's in a .pvp", [...exact, "--out", "codes.pvp"], 2, ["one λ", "4 were asked for"]],
    ["dense codes nowhere", [...exact, "--dense"], 2, ["--dense", "--out"]],
    ["no dictionary", ["encode", "images.npy", "--lambda", "1"], 2, ["--dictionary"]],
    ["no λ", ["encode", "images.npy", "--dictionary", "dictionary.npy"], 2, ["--lambda"]],
  ];

  beforeAll(() => {
    const broken = images.data.slice();
    broken[462 + 2 * 33 + 3 * 3 + 1] = Number.NaN;
    writeFileSync(join(cwd, "dictionary.txt"), "");
    writeFileSync(join(cwd, "nan.npy"), encodeNpy({ shape: images.shape, data: broken }));
    const infinite = atoms.data.slice();
    infinite[2 * 60 + 7] = Number.POSITIVE_INFINITY;
    writeFileSync(join(cwd, "infinite.npy"), encodeNpy({ shape: atoms.shape, data: infinite }));
  });

  it.each(cases)("%s", async (_claim, words, status, says) => {
    const found = await crisp(words, { cwd });
    expect({ status: found.status, stdout: found.stdout }).toEqual({ status, stdout: "" });
    expect(found.stderr).toMatch(/^error: /m);
    for (const part of says) expect(found.stderr).toContain(part);
  });

  it("what is assumed or looks wrong is said before coding, by --dry-run too; norms too, unless they are made 1", async () => {
    const levels = images.data.map((value) => Math.max(0, Math.min(255, Math.round(128 + 40 * value))));
    writeFileSync(join(cwd, "levels.npy"), encodeNpy(tensor(images.shape, levels)));
    const words = ["encode", "levels.npy", "--dictionary", "dictionary.npy", "--lambda", "1", "--dry-run"];
    const { status, stderr } = await crisp(words, { cwd });
    expect(status).toBe(0);
    expect(stderr).toContain("assumed: stride 2×2");
    expect(stderr).toContain("Add --normalise to give each image");
    expect(stderr).toContain("have norms from 1.00 to 3.50");
    const normalised = await crisp([...words, "--normalise-atoms", "--normalise"], { cwd });
    expect(normalised.stderr).not.toMatch(/norms from|--normalise /);
  });

  it("an image of zeros has no percent error: null, and a warning names it", async () => {
    writeFileSync(join(cwd, "zero.npy"), encodeNpy(tensor([1, 14, 11, 3])));
    const { status, stdout, stderr } = await crisp(swap("images.npy", "zero.npy"), { cwd });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).images[0].lambdas[0]).toMatchObject({
      energy: 0,
      active: 0,
      percentError: null,
      converged: true,
    });
    expect(stderr).toContain("the first of them image 0");
  });
});

it("PetaVision's images and weights are read as they are", async () => {
  const words = [
    "encode",
    fixture("openpv/images.pvp"),
    "--dictionary",
    fixture("openpv/weights.pvp"),
    "--lambda",
    "0.5",
    "--json",
  ];
  const found = await encoded([...words, "--count", "2"]);
  // 100 steps of LCA end above the minimum that a gap of 1 % allows.
  const lines = readFileSync(fixture("openpv/soft-energy.csv"), "utf8").trim().split("\n");
  const last = lines.at(-1)!.split(",").map(Number);
  expect(found.length).toBe(2);
  for (const [i, { lambdas }] of found.entries()) expect(lambdas[0].energy).toBeLessThan(last[i + 1]);
});

describe("Ctrl-C", () => {
  it("ends with 130 while images are being coded, and writes nothing", async () => {
    const noise = tensor([60, 96, 96, 3]);
    for (let i = 0; i < 60; i++) slice(noise, i).set(gaussianImage({ ...geometry, height: 96, width: 96 }, i));
    writeFileSync(join(cwd, "large.npy"), encodeNpy(noise));
    const words = ["encode", "large.npy", ...call.slice(2), "--lambda", "0.01", "--tolerance", "1e-6"];
    const running = start([...words, "--out", "never.npz"], { cwd });
    await running.said("1 image of 60"); // the first of them is done
    running.kill("SIGINT");
    const { status, stderr } = await running.finished;
    expect(status, stderr).toBe(130);
    expect(existsSync(join(cwd, "never.npz"))).toBe(false);
  });
});
