// Codes written in every format come back as they were, on random sets of codes.
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeCodes, encodeCodes } from "../../src/coding/code-file.js";
import type { CodeNetwork, CodeSet } from "../../src/coding/codes.js";
import { decodeNpz } from "../../src/formats/npz.js";
import { encodeParquet } from "../../src/formats/parquet.js";

const size = { rows: 2, columns: 3, features: 4 };
const value = fc.float({ noNaN: true, noDefaultInfinity: true }).filter((a) => a !== 0);
const code = fc
  .dictionary(fc.nat(23).map(String), value, { maxKeys: 24 })
  .map((entries) => Object.entries(entries).sort(([a], [b]) => Number(a) - Number(b)))
  .map((sorted) => ({
    index: Uint32Array.from(sorted, ([unit]) => Number(unit)),
    value: Float32Array.from(sorted, ([, a]) => a),
  }));
const codeSets = fc
  .record({ images: fc.integer({ min: 1, max: 3 }), lambdas: fc.subarray([2, 0.5, 0.1, 7], { minLength: 1 }) })
  .chain(({ images, lambdas }) => {
    const count = images * lambdas.length;
    return fc.array(code, { minLength: count, maxLength: count }).map(
      (codes): CodeSet => ({
        size,
        images,
        lambdas,
        codes,
        ...(images > 1 ? { network, units: means.slice(0, images) } : {}),
      }),
    );
  });
const means = [
  { mean: 127.25, deviation: 1 / 3 },
  { mean: -0.1, deviation: 0 },
  { mean: 0, deviation: 1 },
];
const network: CodeNetwork = {
  height: 4,
  width: 6,
  channels: 3,
  patch: [4, 3],
  stride: [2, 2],
  boundary: "circular",
  atoms: "0123456789abcdef".repeat(4),
};

test.each([
  ["codes.npz", false],
  ["codes.npz", true],
  ["codes.parquet", false],
])("%s, dense %s, gives back every code", async (path, dense) => {
  await fc.assert(
    fc.asyncProperty(codeSets, async (set) => {
      const bytes = encodeCodes(path, set, { dense });
      expect(await decodeCodes(bytes, path)).toEqual(set);
      expect(Buffer.compare(encodeCodes(path, set, { dense }), bytes)).toBe(0);
    }),
    { seed: 1, numRuns: 60 },
  );
});

test("codes.pvp gives back every code of one λ; the file does not name λ", async () => {
  await fc.assert(
    fc.asyncProperty(codeSets, async ({ codes }) => {
      const set = { size, images: codes.length, lambdas: [0.5], codes };
      expect(await decodeCodes(encodeCodes("codes.pvp", set), "codes.pvp")).toEqual({ ...set, lambdas: [] });
    }),
    { seed: 1, numRuns: 60 },
  );
});

test("the sparse archive is a matrix of compressed rows, one row per image and λ", () => {
  const codes = [
    { index: Uint32Array.of(1, 5), value: Float32Array.of(0.5, 2) },
    { index: Uint32Array.of(23), value: Float32Array.of(-1) },
  ];
  const arrays = decodeNpz(encodeCodes("a.npz", { size, images: 1, lambdas: [1, 0.5], codes }), "a");
  expect(arrays.get("offset")!.data).toEqual(Int32Array.of(0, 2, 3));
  expect(arrays.get("index")!.data).toEqual(Int32Array.of(1, 5, 23));
  expect(arrays.get("value")!.data).toEqual(Float32Array.of(0.5, 2, -1));
  expect(arrays.get("shape")!.data).toEqual(Int32Array.of(1, 2, 2, 3, 4));
  expect(arrays.get("lambda")!.data).toEqual(Float64Array.of(1, 0.5));
});

test.each([
  ["boundary", "round"],
  ["stride", [2]],
  ["height", 0],
  ["atoms", "abc"],
])("a network with %s %j is refused as damage", async (name, value) => {
  const none = { index: new Uint32Array(0), value: new Float32Array(0) };
  const set = { size, images: 1, lambdas: [1], codes: [none], network: { ...network, [name]: value } };
  for (const path of ["a.npz", "a.parquet"])
    await expect(decodeCodes(encodeCodes(path, set), path)).rejects.toThrow(`${path}: its network is {`);
});

test("what a format cannot hold is refused before anything is written", () => {
  const none = { index: new Uint32Array(0), value: new Float32Array(0) };
  const set = { size, images: 1, lambdas: [1, 0.5], codes: [none, none] };
  expect(() => encodeCodes("a.pvp", set)).toThrow("one λ");
  expect(() => encodeCodes("a.parquet", set, { dense: true })).toThrow("--dense");
  expect(() => encodeCodes("a.csv", set)).toThrow(".npz, .parquet or .pvp");
  expect(() => encodeCodes("a.npz", { ...set, codes: [none] })).toThrow("1 codes");
});

test("a table of no rows cannot claim a hundred million images", async () => {
  const names = ["image", "lam", "unit", "value"];
  const none = names.map((name) => ({ name, type: "DOUBLE", data: [] }) as const);
  const claims = (images: number) =>
    encodeParquet(none, { crisp: JSON.stringify({ rows: 1, columns: 1, features: 1, images, lambdas: [1] }) });
  expect((await decodeCodes(claims(1000), "a.parquet")).codes.length).toBe(1000);
  await expect(decodeCodes(claims(1e8), "a.parquet")).rejects.toThrow("100000000 images at 1 λ's in 0 rows");
});
