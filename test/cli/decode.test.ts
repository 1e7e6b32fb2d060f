// crisp decode through the built command: what crisp encode wrote comes back as its reconstructions.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeCodes } from "../../src/coding/code-file.js";
import { coordinateCoder } from "../../src/coding/coordinate.js";
import { type Boundary, type Geometry, imageLength } from "../../src/core/geometry.js";
import { slice, tensor } from "../../src/core/tensor.js";
import { decodeNpy, encodeNpy } from "../../src/formats/npy.js";
import { readCodes } from "../../src/node/code-files.js";
import { dense, gaussianDictionary, gaussianImage, imageOf, rule } from "../coding/networks.js";
import { crisp, emptyFolder } from "./process.js";

const cwd = emptyFolder();
const network = { height: 9, width: 12, channels: 2, patch: [4, 5], stride: [2, 3], features: 5 } as const;
const lambdas = [1, 0.4];

/** The solver's own reconstructions, image by image, λ falling. */
function expected(geometry: Geometry): number[] {
  const coder = coordinateCoder(gaussianDictionary(geometry));
  return [1, 2].flatMap((seed) =>
    Array.from(coder.path(gaussianImage(geometry, seed), lambdas, rule(1e-9))).flatMap(({ reconstruction }) => [
      ...reconstruction,
    ]),
  );
}

beforeAll(() => {
  const geometry: Geometry = { ...network, boundary: "crop" };
  const images = tensor([2, 9, 12, 2]);
  for (const seed of [1, 2]) slice(images, seed - 1).set(gaussianImage(geometry, seed));
  writeFileSync(join(cwd, "images.npy"), encodeNpy(images));
  writeFileSync(join(cwd, "ten.npy"), encodeNpy(tensor([1, 10, 12, 2], gaussianImage({ ...geometry, height: 10 }))));
  writeFileSync(join(cwd, "dictionary.npy"), encodeNpy(gaussianDictionary(geometry).atoms));
});

async function run(...words: string[]) {
  const { status, stdout, stderr } = await crisp(words, { cwd });
  return { status, stdout, stderr };
}

const place = (boundary: string) => ["--dictionary", "dictionary.npy", "--stride", "2,3", "--boundary", boundary];

describe("crisp decode", () => {
  it.each(["crop", "full", "valid"] as Boundary[])(
    "gives back the reconstructions of codes, boundary %s",
    async (boundary) => {
      const geometry: Geometry = { ...network, boundary };
      const call = ["encode", "images.npy", ...place(boundary), "--lambda", "1,0.4", "--tolerance", "1e-9"];
      expect((await run(...call, "--out", "codes.npz")).status).toBe(0);
      const { status, stdout } = await run(
        "decode",
        "codes.npz",
        ...place(boundary),
        "--size",
        "9x12",
        "--out",
        "back.npy",
        "--json",
      );
      expect(status).toBe(0);
      expect(JSON.parse(stdout).shape).toEqual([2, 2, 9, 12, 2]);
      const { data } = decodeNpy(new Uint8Array(readFileSync(join(cwd, "back.npy"))), "back.npy");
      const wanted = expected(geometry);
      expect(data.length).toBe(4 * imageLength(geometry));
      // Codes of gap 1e-9 are written as float32.
      for (let i = 0; i < wanted.length; i++) expect(Math.abs(data[i] - wanted[i])).toBeLessThan(1e-3);
    },
  );

  it.each(["codes.npz", "codes.parquet"])(
    "%s carries its network: decoding needs no option and takes no other",
    async (file) => {
      const call = ["encode", "ten.npy", ...place("circular"), "--lambda", "1", "--out", file];
      expect((await run(...call)).status).toBe(0);
      const alone = ["decode", file, "--dictionary", "dictionary.npy", "--out"];
      const found = await run(...alone, "alone.npy");
      expect([found.status, found.stderr]).toEqual([0, ""]);
      const { codes, network } = await readCodes(join(cwd, file));
      expect(network).toMatchObject({ height: 10, width: 12, channels: 2, patch: [4, 5], stride: [2, 3] });
      const dictionary = gaussianDictionary({ ...network!, features: 5 });
      const wanted = codes.flatMap((code) => [...imageOf(dictionary, dense(code, 5 * 4 * 5))]);
      const { data } = decodeNpy(new Uint8Array(readFileSync(join(cwd, "alone.npy"))), "alone.npy");
      expect(data.length).toBe(wanted.length);
      for (let i = 0; i < wanted.length; i++) expect(Math.abs(data[i] - wanted[i])).toBeLessThan(1e-6);
      for (const [flag, value, own] of [
        ["--boundary", "crop", "circular"],
        ["--stride", "2", "2×3"],
        ["--size", "9x12", "10×12"],
      ]) {
        const { status, stderr } = await run(...alone, "wrong.npy", flag, value);
        expect([status, stderr]).toEqual([2, expect.stringContaining(`of ${flag.slice(2)} ${own}`)]);
      }
      writeFileSync(join(cwd, "other.npy"), encodeNpy(gaussianDictionary({ ...network!, features: 5 }, 9).atoms));
      const other = await run("decode", file, "--dictionary", "other.npy", "--out", "wrong.npy");
      expect(other.status).toBe(3);
      expect(other.stderr).toMatch(
        new RegExp(`atoms ${network!.atoms} \\(sha256\\); other.npy holds other atoms, [0-9a-f]{64}`),
      );
      expect(existsSync(join(cwd, "wrong.npy"))).toBe(false);
    },
  );

  it.each([".npz", ".parquet"])(
    "images coded with --normalise come back in their own units, by codes%s",
    async (ending) => {
      // Wide apart and flat: x = 100·s + 20, x = s + 200, x = 7.
      const of: Geometry = { ...network, boundary: "crop" };
      const images = tensor([3, 9, 12, 2]);
      slice(images, 0).set(gaussianImage(of, 1).map((s) => 100 * s + 20));
      slice(images, 1).set(gaussianImage(of, 2).map((s) => s + 200));
      slice(images, 2).fill(7);
      writeFileSync(join(cwd, "wide.npy"), encodeNpy(images));
      const file = `wide${ending}`;
      const call = ["encode", "wide.npy", ...place("crop"), "--normalise", "--signed", "--lambda", "0.1,0.01"];
      expect((await run(...call, "--out", file)).status).toBe(0);
      const decode = ["decode", file, "--dictionary", "dictionary.npy", "--out"];
      const restored = await run(...decode, "own.npy");
      expect(restored.stdout).toContain("Each image has its own mean and deviation back");
      const coded = await run(...decode, "coded.npy", "--normalised", "--json");
      expect(JSON.parse(coded.stdout)).toMatchObject({ shape: [3, 2, 9, 12, 2], units: "normalised" });
      const [own, left] = ["own.npy", "coded.npy"].map((name) => decodeNpy(readFileSync(join(cwd, name)), name).data);
      const each = imageLength(of);
      for (let n = 0; n < 6; n++) {
        const x = slice(images, Math.floor(n / 2));
        const mean = x.reduce((sum, value) => sum + value, 0) / each;
        const deviation = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / each);
        for (let i = n * each; i < (n + 1) * each; i++)
          // float32 of values up to some 400.
          expect(Math.abs(own[i] - (left[i] * deviation + mean))).toBeLessThan(1e-4);
      }
      expect(new Set(own.slice(4 * each))).toEqual(new Set([7]));
    },
  );

  it("says what it takes for granted of codes without a network: .pvp, and older files", async () => {
    await run("encode", "ten.npy", ...place("circular"), "--lambda", "1", "--out", "two.pvp");
    const { network: _, units: __, ...old } = await readCodes(join(cwd, "two.pvp"));
    writeFileSync(join(cwd, "old.npz"), encodeCodes("old.npz", { ...old, lambdas: [1] }));
    for (const file of ["two.pvp", "old.npz"]) {
      const words = ["decode", file, "--dictionary", "dictionary.npy", "--out", "taken.npy", "--stride", "2,3"];
      const { status, stdout, stderr } = await run(...words);
      expect(status).toBe(0);
      expect(stdout).toContain("do not say what mean and deviation were taken out");
      expect(stderr).toMatch(/^warning: .* taken: size 10×12 \(--size\), boundary crop \(--boundary\)\. Where one/);
      const told = await run(...words, "--size", "10x12", "--boundary", "circular");
      expect([told.status, told.stderr]).toEqual([0, ""]);
    }
  });

  it("refuses a network the codes are not of, and writes nothing", async () => {
    await run("encode", "images.npy", ...place("crop"), "--lambda", "1", "--out", "one.pvp");
    const { status, stderr } = await run(
      "decode",
      "one.pvp",
      ...place("crop"),
      "--size",
      "20x20",
      "--out",
      "wrong.npy",
    );
    expect(status).toBe(3);
    expect(stderr).toMatch(/one\.pvp has codes of 5×4×5 units .* has 10×7×5\. Give/);
    expect(existsSync(join(cwd, "wrong.npy"))).toBe(false);
  });
});

describe("outputs that would replace inputs", () => {
  it("are refused by decode and encode, and nothing is touched", async () => {
    const files = ["images.npy", "dictionary.npy", "codes.npz"];
    const before = files.map((name) => readFileSync(join(cwd, name)));
    const decoded = await run("decode", "codes.npz", ...place("valid"), "--out", "dictionary.npy");
    const over = await run("encode", "images.npy", ...place("crop"), "--lambda", "1", "--stats", "images.npy");
    const each = await run(
      "encode",
      "images.npy",
      ...place("crop"),
      "--lambda",
      "1",
      "--out",
      "a.npz",
      "--stats",
      "a.npz",
    );
    for (const { status } of [decoded, over, each]) expect(status).toBe(2);
    expect(decoded.stderr).toMatch(/--out dictionary\.npy is also read as --dictionary/);
    expect(over.stderr).toMatch(/--stats images\.npy is also read as the images/);
    expect(each.stderr).toMatch(/--stats a\.npz is also written as --out/);
    expect(files.map((name) => readFileSync(join(cwd, name)))).toEqual(before);
    expect(existsSync(join(cwd, "a.npz"))).toBe(false);
  });
});
