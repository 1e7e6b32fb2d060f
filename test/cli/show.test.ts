// `crisp show` on every kind of file: what it says is what was written, drawings hold it, conversions keep the numbers.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeCodes } from "../../src/coding/code-file.js";
import { decodeDictionary } from "../../src/coding/dictionary-file.js";
import { tensorSha256 } from "../../src/core/key.js";
import { type Tensor, tensor } from "../../src/core/tensor.js";
import { decodeNpy, encodeNpy } from "../../src/formats/npy.js";
import { encodeNpz } from "../../src/formats/npz.js";
import { decodePicture } from "../../src/formats/picture-file.js";
import { encodePng } from "../../src/formats/png.js";
import { encodePvpDense, encodePvpWeights } from "../../src/formats/pvp.js";
import { encodeSafetensors } from "../../src/formats/safetensors.js";
import { readCodes } from "../../src/node/code-files.js";
import { addPoint, emptyPoints } from "../../src/tasks/points.js";
import { encodePoints } from "../../src/tasks/points-file.js";
import { crisp, emptyFolder } from "./process.js";

const cwd = emptyFolder();
const planted = (...shape: number[]): Tensor => {
  const all = tensor(shape);
  for (let i = 0; i < all.data.length; i++) all.data[i] = ((i * 37) % 101) / 50 - 1;
  return all;
};
/** Atoms of norms 1, 2, 3, … */
const atoms = tensor([5, 4, 4, 3]);
for (let m = 0; m < 5; m++) atoms.data[m * 48 + m] = m + 1;
const images = planted(3, 6, 5, 1);
// Two images at two λ's on 2×2×3 units: 1, 2, 0 and 3 active ones of 12.
const code = (...index: number[]) => ({ index: Uint32Array.from(index), value: Float32Array.from(index, () => 2) });
const set = {
  size: { rows: 2, columns: 2, features: 3 },
  images: 2,
  lambdas: [1, 0.5],
  codes: [code(0), code(0, 4), code(), code(1, 4, 7)],
};

async function show(...words: string[]) {
  const { status, stdout, stderr } = await crisp(["show", ...words, "--json"], { cwd });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

beforeAll(() => {
  const files: Record<string, Uint8Array | string> = {
    "atoms.pvp": encodePvpWeights(atoms, 7),
    "atoms.npz": encodeNpz({ atoms }),
    "atoms.npy": encodeNpy(atoms),
    "images.pvp": encodePvpDense(images),
    "decoded.npy": encodeNpy(planted(2, 3, 6, 5, 1)),
    "others.npz": encodeNpz({ a: images, b: atoms }),
    "two.safetensors": encodeSafetensors({ tensors: { a: atoms, b: atoms }, metadata: {} }),
    "codes.npz": encodeCodes("codes.npz", set),
    "codes.parquet": encodeCodes("codes.parquet", set),
    "grey.png": encodePng({ height: 9, width: 8, channels: 1, bytes: new Uint8Array(72).fill(9) }),
    "table.csv": "L,T,chi,chi_err\n8,1,2,1\n8,2,3,1\n16,1,5,1\n",
    "page.csv": "<!DOCTYPE html><html>",
    "text.bin": "nothing that is known",
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(cwd, name), bytes);
  mkdirSync(join(cwd, "folder"));
  writeFileSync(join(cwd, "folder/a.png"), files["grey.png"]);
  writeFileSync(join(cwd, "folder/b.gif"), "GIF89a");
});

describe("crisp show", () => {
  it.each(["atoms.pvp", "atoms.npz"])("%s is a dictionary: its size, norms and hash", async (name) => {
    expect(await show(name)).toMatchObject({
      ...{ kind: "dictionary", features: 5, patch: [4, 4], channels: 3, stride: null, boundary: null },
      norms: { smallest: 1, largest: 5 },
      atoms: tensorSha256(atoms),
    });
  });

  it("a model that denoises is shown by its atoms", async () => {
    const path = new URL("../../assets/denoise-grey.safetensors", import.meta.url).pathname;
    const { kind, features, channels, madeBy } = await show(path);
    expect([kind, features, channels]).toEqual(["dictionary", 256, 1]);
    expect(madeBy).toBe("Crisp, a model that denoises, of 1 stage");
  });

  it("an array is one, or a dictionary where that is said", async () => {
    const array = await show("atoms.npy");
    expect(array).toMatchObject({ kind: "array", shape: [5, 4, 4, 3], smallest: 0, largest: 5, mean: 15 / 240 });
    expect((await show("atoms.npy", "--as", "dictionary")).atoms).toBe(tensorSha256(atoms));
    const frames = await show("images.pvp");
    expect([frames.kind, frames.shape, frames.madeBy]).toEqual([
      "array",
      [3, 6, 5, 1],
      expect.stringContaining("3 frames"),
    ]);
  });

  it("an array is read in the axes in which it looks like pictures, which is said; --layout overrides", async () => {
    const shapes = {
      "first.npy": [5, 3, 8, 6],
      "last.npy": [5, 8, 6, 3],
      "maps.npy": [5, 4, 4, 16],
      "colour.npy": [9, 8, 3],
      "planes.npy": [3, 9, 8],
      "greys.npy": [4, 9, 8],
      "flat.npy": [9, 8],
    };
    for (const [name, shape] of Object.entries(shapes)) writeFileSync(join(cwd, name), encodeNpy(planted(...shape)));
    const readings = await Promise.all(Object.keys(shapes).map(async (name) => (await show(name)).readAs));
    expect(readings.map(({ layout, size }) => [layout, ...size])).toEqual([
      ["nchw", 5, 8, 6, 3],
      ["nhwc", 5, 8, 6, 3],
      ["nhwc", 5, 4, 4, 16],
      ["nhwc", 1, 9, 8, 3],
      ["nchw", 1, 9, 8, 3],
      ["nhwc", 4, 9, 8, 1],
      ["nhwc", 1, 9, 8, 1],
    ]);
    await show("first.npy", "--to", "moved.npy");
    // Image 2, channel 1, row 3, column 5 of 5×3×8×6 becomes row 3, column 5, channel 1.
    const moved = decodeNpy(readFileSync(join(cwd, "moved.npy")), "moved");
    expect(moved.shape).toEqual([5, 8, 6, 3]);
    expect(moved.data[((2 * 8 + 3) * 6 + 5) * 3 + 1]).toBe(planted(5, 3, 8, 6).data[((2 * 3 + 1) * 8 + 3) * 6 + 5]);
    const dictionary = await show("first.npy", "--as", "dictionary");
    expect(dictionary).toMatchObject({ patch: [8, 6], channels: 3, recognised: "nchw" });
    const asked = await show("first.npy", "--as", "dictionary", "--layout", "nhwc");
    expect(asked).toMatchObject({ patch: [3, 8], channels: 6, recognised: null });
    expect((await show("planes.npy", "--layout", "nhwc")).readAs.size).toEqual([3, 9, 8, 1]);
    const { stdout } = await crisp(["show", "first.npy"], { cwd });
    const line = "5 images of 8×6×3 (height×width×channels), channels first (nchw); the other order by --layout nhwc";
    expect(stdout).toContain(line);
  });

  it("decoded images of two λ are drawn as a row per λ, and not converted", async () => {
    expect((await show("decoded.npy", "--out", "decoded.png")).shape).toEqual([2, 3, 6, 5, 1]);
    // A pixel of an image is 6 of the sheet, images are 4 apart.
    const drawn = readFileSync(join(cwd, "decoded.png"));
    const [width, height] = [drawn.readUInt32BE(16), drawn.readUInt32BE(20)];
    expect([height, width]).toEqual([2 * (6 * 6 + 4) - 4, 3 * (5 * 6 + 4) - 4]);
    const { status, stderr } = await crisp(["show", "decoded.npy", "--to", "decoded.npz"], { cwd });
    expect([status, stderr]).toEqual([2, expect.stringContaining("has shape (2, 3, 6, 5, 1)")]);
  });

  it.each(["codes.npz", "codes.parquet"])("%s are codes: percent active and sums at each λ", async (name) => {
    const { kind, size, lambdas, network } = await show(name);
    expect([kind, size, network]).toEqual(["codes", [2, 2, 3], null]);
    const rows = lambdas.map(({ lambda, percentActive, l1, squares, unusedAtoms }: Record<string, number>) => [
      ...[lambda, percentActive, l1, squares, unusedAtoms],
    ]);
    // λ 1: codes 0 and 2, one active unit in 24, of atom 0. λ 0.5: five, of atoms 0, 1, 1, 1, 1.
    expect(rows).toEqual([
      [1, expect.closeTo(100 / 24, 9), 1, 2, 2],
      [0.5, expect.closeTo(500 / 24, 9), 5, 10, 1],
    ]);
  });

  it("pictures, tables, folders and files of many arrays are told by their kind", async () => {
    expect(await show("grey.png")).toMatchObject({
      kind: "picture",
      format: "png",
      height: 9,
      width: 8,
      depth: 8,
      noise: 0,
    });
    expect(await show("table.csv")).toMatchObject({
      kind: "table",
      columns: ["size", "control", "value", "error"],
      rows: 3,
      sizes: [8, 16],
    });
    expect(await show("folder")).toMatchObject({ kind: "pictures", count: 1, skipped: "1 .gif" });
    expect((await show("others.npz")).arrays).toEqual([
      { name: "a", shape: [3, 6, 5, 1] },
      { name: "b", shape: [5, 4, 4, 3] },
    ]);
    expect((await show("two.safetensors")).kind).toBe("arrays");
  });

  it("results of a sweep, and any table without curves, are told by their columns and ranges", async () => {
    const none = { squaredResidual: 1, l1: 2, gap: 0, iterations: 3, converged: true };
    const points = emptyPoints(2);
    for (const [image, lambda] of [0.25, 0.5].entries())
      addPoint(points, { image, lambda, squaredError: 1e-7 * (image + 1), active: 1234, ...none });
    writeFileSync(join(cwd, "results.parquet"), encodePoints(points));
    const shown = await show("results.parquet");
    expect(shown).toMatchObject({ kind: "columns", points: true, rows: 2 });
    expect(shown.columns).toContainEqual({ name: "lam", smallest: 0.25, largest: 0.5 });
    const { stdout } = await crisp(["show", "results.parquet"], { cwd });
    expect(stdout).toMatch(/results\.parquet: What sweeps of a study measured, .*: 2 rows\n/);
    expect(stdout).toMatch(/^ {2}squared_error +1\.00e−7 to 2\.00e−7$/m);
    writeFileSync(join(cwd, "towns.csv"), "town,people,height\nUlm,126000,478\nBonn,336000,\n");
    expect(await show("towns.csv")).toMatchObject({
      kind: "columns",
      points: false,
      rows: 2,
      columns: [
        { name: "town", smallest: null, largest: null },
        { name: "people", smallest: 126000, largest: 336000 },
        { name: "height", smallest: 478, largest: 478 },
      ],
    });
  });

  it("a trained dictionary says who made it; a study's folder shows its status", async () => {
    const words = [
      "train",
      "--features",
      "8",
      "--training-images",
      "164",
      "--workers",
      "1",
      "--seed",
      "3",
      "--out",
      "made",
    ];
    const more = ["--set", "learning.images=32", "--set", "learning.heldOut=64"];
    const { status, stderr } = await crisp([...words, ...more], { cwd });
    expect(status, stderr).toBe(0);
    const trained = await show("made/dictionary.safetensors");
    expect(trained).toMatchObject({ kind: "dictionary", features: 8, stride: [2, 2], boundary: "crop" });
    expect(trained.madeBy).toBe(`Crisp, in ${join(cwd, "made")}, seed 3, images of leaves`);
    const [id] = readdirSync(join(cwd, "made/dictionaries"), { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".safetensors"),
    );
    expect((await show(join("made/dictionaries", id))).madeBy).toBe(trained.madeBy);
    const folder = await show("made");
    expect([folder.kind, folder.status.training.features]).toEqual(["study", 8]);
    const drawn = readFileSync(join(cwd, "made/dictionary.png"));
    await show("made/dictionary.safetensors", "--out", "again.png");
    expect(readFileSync(join(cwd, "again.png"))).toEqual(drawn);
  });

  it("converts dictionaries, images and codes without changing a number", async () => {
    for (const to of ["a.npy", "a.npz", "a.safetensors", "a.pvp"]) {
      await show("atoms.pvp", "--to", to);
      expect(decodeDictionary(readFileSync(join(cwd, to)), to).atoms.data, to).toEqual(atoms.data);
    }
    await show("images.pvp", "--to", "i.npy");
    expect(decodeNpy(readFileSync(join(cwd, "i.npy")), "i")).toEqual({ shape: [3, 6, 5, 1], data: images.data });
    await show("codes.npz", "--to", "c.parquet");
    await show("c.parquet", "--to", "c.npz");
    expect(await readCodes(join(cwd, "c.npz"))).toEqual(await readCodes(join(cwd, "codes.npz")));
    await show("grey.png", "--to", "g.npy");
    expect(decodeNpy(readFileSync(join(cwd, "g.npy")), "g").shape).toEqual([1, 9, 8, 1]);
  });

  it("draws atoms at whole-number scale, grey for zero, and pages that hold what the terminal says", async () => {
    await show("atoms.pvp", "--out", "atoms.png");
    const { picture } = decodePicture(readFileSync(join(cwd, "atoms.png")), "atoms");
    // 16 per row, each pixel of an atom 10 wide, 4 apart.
    expect([picture.height, picture.width]).toEqual([40, 16 * 44 - 4]);
    const pixel = (x: number) => [...picture.bytes.subarray(3 * x, 3 * x + 3)];
    // Atom 0 is red at its first pixel, atom 1 green: the largest weight is 255, zero 128.
    expect([pixel(0), pixel(10), pixel(44)]).toEqual([
      [255, 128, 128],
      [128, 128, 128],
      [128, 255, 128],
    ]);
    const { stdout } = await crisp(["show", "atoms.pvp", "--out", "atoms.html"], { cwd });
    const page = readFileSync(join(cwd, "atoms.html"), "utf8").replaceAll("<wbr>", "");
    for (const text of ["A dictionary of 5 atoms of 4×4×3", "1.000 to 5.000", tensorSha256(atoms)]) {
      expect(stdout).toContain(text);
      expect(page).toContain(text);
    }
    await show("codes.npz", "--out", "codes.svg");
    expect(readFileSync(join(cwd, "codes.svg"), "utf8")).toContain("At λ 1, 4.2% of the units are active");
  });

  it.each([
    [["none.npy"], 3, "none.npy cannot be read: it does not exist"],
    [["text.bin"], 3, "text.bin is of no kind that is known"],
    [["page.csv"], 3, "page.csv is a web page by its content"],
    [["table.csv", "--out", "t.html"], 2, "Draw it by crisp fit table.csv --out DIR."],
    [["atoms.pvp", "--out", "t.jpg"], 2, "a drawing is .html, .png or .svg"],
    [["codes.npz", "--out", "t.png"], 2, "codes are drawn as .html or .svg"],
    [["images.pvp", "--to", "t.safetensors"], 2, "images are written as .npy, .npz, .pvp"],
    [["codes.npz", "--to", "t.pvp"], 2, "holds the codes of one λ; 2 were asked for"],
    [["atoms.pvp", "--to", "atoms.pvp"], 2, "atoms.pvp"],
    [["atoms.pvp", "--as", "music"], 2, "dictionary, images"],
  ] as const)("%j is refused and nothing is written", async (words, expected, says) => {
    const before = readdirSync(cwd).sort();
    const { status, stdout, stderr } = await crisp(["show", ...words], { cwd });
    expect({ status, stdout }).toEqual({ status: expected, stdout: "" });
    expect(stderr).toContain(says);
    expect(readdirSync(cwd).sort()).toEqual(before);
  });
});
