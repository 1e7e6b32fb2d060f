// Parquet under damage: every kind of header that makes the library spin or fill the memory is refused
// before the library sees it, and no other damage does either.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it, test } from "vitest";
import { CrispError } from "../../src/core/errors.js";
import { draws, purpose } from "../../src/core/random.js";
import { encodeParquet, growParquet, openParquet, readNumbers } from "../../src/formats/parquet.js";
import { type Chunk, checkChunk } from "../../src/formats/parquet-check.js";
import { readStruct } from "../../src/formats/thrift.js";

const read = async (bytes: Uint8Array) => {
  const table = await openParquet(new Uint8Array(bytes).buffer, "a.parquet");
  for await (const group of table.groups(table.names)) for (const cells of group) Array.from(cells);
};

const rows = 200;
const columns = [
  { name: "size", type: "INT32", data: Array.from({ length: rows }, (_, i) => 8 << (i % 3)) },
  { name: "value", type: "DOUBLE", data: Array.from({ length: rows }, (_, i) => Math.sin(i)) },
  { name: "one", type: "FLOAT", data: Array.from({ length: rows }, () => 1) },
] as const;

describe("a table of Parquet", () => {
  it("comes back to the bit, and its texts too", async () => {
    const bytes = encodeParquet(columns, { about: "sizes" });
    const table = await openParquet(new Uint8Array(bytes).buffer, "a.parquet");
    expect(table.names).toEqual(["size", "value", "one"]);
    expect(table.metadata.get("about")).toBe("sizes");
    const found = await readNumbers(table, ["value", "size", "none"]);
    expect([...found]).toEqual([
      ["value", Float64Array.from(columns[1].data)],
      ["size", Float64Array.from(columns[0].data)],
    ]);
  });

  it("is read group by group, with nulls where they are", async () => {
    const data = Array.from({ length: 20 }, (_, i) => (i % 7 === 3 ? null : i));
    const bytes = parquetWriteBuffer({ columnData: [{ name: "x", type: "DOUBLE", data }], rowGroupSize: 6 });
    const table = await openParquet(bytes, "a.parquet");
    const cells: unknown[][] = [];
    for await (const [x] of table.groups(["x"])) cells.push(Array.from(x, (cell) => cell ?? null));
    expect(cells.map(({ length }) => length)).toEqual([6, 6, 6, 2]);
    expect(cells.flat()).toEqual(data);
  });
});

test("numbers are the same to the bit by a dictionary of any width and plain, over runs and packed indices", async () => {
  const draw = draws({ seed: 3, purpose: purpose.test }, 0);
  // 1, 2, 3, 40 and 700 different values; the last are written plain. Long runs, and none.
  const kinds = [1, 2, 3, 40, 700].flatMap((count) => [1, 50].map((run) => ({ count, run })));
  for (const type of ["INT32", "DOUBLE", "FLOAT"] as const) {
    const columns = kinds.map(({ count, run }, k) => {
      const values = Array.from({ length: count }, () =>
        type === "INT32" ? draw.whole(2 ** 30) : draw.uniform() - 0.5,
      );
      const data = Array.from(
        { length: 1003 },
        (_, i) => values[run === 1 ? draw.whole(count) : Math.floor(i / run) % count],
      );
      return { name: `x${k}`, type, data: type === "FLOAT" ? Array.from(Float32Array.from(data)) : data };
    });
    const bytes = new Uint8Array(encodeParquet(columns));
    const table = await openParquet(bytes.buffer, "a.parquet");
    const found = await readNumbers(table, table.names);
    for (const { name, data } of columns) expect(found.get(name)).toEqual(Float64Array.from(data));
    const [first] = await table.group(0, ["x0"]);
    expect(ArrayBuffer.isView(first)).toBe(true); // taken without the library
  }
});

test("a table written group by group is read by any group, texts and an empty table too", async () => {
  const table = growParquet();
  const group = (from: number, count: number) => [
    { name: "item", type: "STRING" as const, data: Array.from({ length: count }, () => `item ${from}`) },
    { name: "x", type: "DOUBLE" as const, data: Array.from({ length: count }, (_, i) => 1 / (from + i)) },
  ];
  const pieces = [table.group(group(1, 5)), table.group(group(6, 3)), table.finish()];
  const found = await openParquet(Uint8Array.from(pieces.flatMap((piece) => [...piece])).buffer, "a.parquet");
  const [items, x] = await found.group(1, ["item", "x"]);
  expect([Array.from(items), Array.from(x)]).toEqual(group(6, 3).map(({ data }) => data));
  await expect(found.group(2, ["x"])).rejects.toMatchObject({ code: "data" });
  const empty = growParquet();
  const bytes = Uint8Array.from([...empty.group(group(1, 0)), ...empty.finish()]);
  expect((await openParquet(bytes.buffer, "b.parquet")).names).toEqual(["item", "x"]);
});

/** Thrift's compact protocol, as far as page headers need it: [field, whole number or struct]. */
type Fields = readonly (readonly [field: number, value: number | boolean | Fields])[];
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
const zigzag = (value: number): number[] => varint(value < 0 ? -2 * value - 1 : 2 * value);
function struct(fields: Fields): number[] {
  let last = 0;
  const bytes = fields.flatMap(([field, value]) => {
    const step = (field - last) << 4;
    last = field;
    if (typeof value === "boolean") return [step | (value ? 1 : 2)];
    return typeof value === "number" ? [step | 5, ...zigzag(value)] : [step | 12, ...struct(value)];
  });
  return [...bytes, 0];
}

const page = (
  body: readonly number[],
  of: { count: number; encoding: number; size?: number; packed?: number | null },
) => {
  const { count, encoding, size = body.length, packed = body.length } = of;
  const sizes: Fields =
    packed === null
      ? [[2, size]]
      : [
          [2, size],
          [3, packed],
        ];
  return Uint8Array.from([
    ...struct([
      [1, 0],
      ...sizes,
      [
        5,
        [
          [1, count],
          [2, encoding],
        ],
      ],
    ]),
    ...body,
  ]);
};
const chunk: Chunk = { type: "INT32", typeLength: undefined, codec: "UNCOMPRESSED", optional: false, rows: 8 };
const plain = Array.from({ length: 32 }, () => 7);

describe("a column chunk", () => {
  it("is sound where sizes, counts and runs fit", () => {
    checkChunk(page(plain, { count: 8, encoding: 0 }), chunk);
    checkChunk(page([2, 3, 0b00_01_10_11, 0], { count: 8, encoding: 8 }), chunk);
  });

  it.each<[what: string, bytes: Uint8Array, says: RegExp, own?: Partial<Chunk>]>([
    [
      "a page without a size, at which the library reads one byte for ever",
      page(plain, { count: 8, encoding: 0, packed: null }),
      /a page states no size or count/,
    ],
    ["a page of a negative size", page(plain, { count: 8, encoding: 0, packed: -40 }), /is -40/],
    ["a page longer than the file", page(plain, { count: 8, encoding: 0, packed: 33 }), /is 33; 0 to 32/],
    ["more values than rows", page(plain, { count: 2 ** 30, encoding: 0 }), /is 1073741824; 0 to 8/],
    ["fewer values than rows", page(plain.slice(0, 16), { count: 4, encoding: 0 }), /holds 4 values in a group of 8/],
    ["values that the bytes do not hold", page([1, 2, 3], { count: 8, encoding: 0 }), /needs 32 bytes/],
    [
      "a run of 2^29 equal values",
      page([1, ...varint(2 ** 30), 1], { count: 8, encoding: 8 }),
      /a run of 536870912 values/,
    ],
    ["a packed run behind the bytes", page([1, 65, 1], { count: 8, encoding: 8 }), /a run of 256 values/],
    ["a packed run of no values", page([1, 1, 16, 1], { count: 8, encoding: 8 }), /a run of 0 values/],
    [
      "differences in negative blocks, which turn the library back",
      page([...varint(2 ** 32 - 128), 4, 8, 0, 0], { count: 8, encoding: 5 }),
      /differences in blocks/,
    ],
    ["differences in no parts", page([128, 1, 0, 8, 0, 0], { count: 8, encoding: 5 }), /in 0 parts/],
    [
      "a Snappy page that claims a thousandfold",
      page([8, 0, 0], { count: 8, encoding: 0, size: 3000 }),
      /claims to unpack to 3000/,
      { codec: "SNAPPY" },
    ],
    [
      "a Snappy literal of a negative length",
      page([32, 252, 251, 255, 255, 255, 0, 0], { count: 8, encoding: 0, size: 32 }),
      /cut off/,
      { codec: "SNAPPY" },
    ],
    [
      "levels behind the page",
      page([255, 0, 0, 0, 16, 1], { count: 8, encoding: 0 }),
      /levels of a page claim/,
      { optional: true },
    ],
    [
      "a text that can be no number",
      page([255, 255, 0, 0], { count: 1, encoding: 0 }),
      /text of 65535 bytes/,
      { type: "BYTE_ARRAY", rows: 1 },
    ],
  ])("is refused for %s", (_what, bytes, says, own = {}) => {
    expect(() => checkChunk(bytes, { ...chunk, ...own })).toThrow(says);
  });
});

describe("a header in Thrift", () => {
  it.each([
    ["lists longer than the bytes", [0x19, 0xf5, 0xff, 0xff, 0xff, 0x0f, 0]],
    ["structs without end", Array.from({ length: 2000 }, () => 0x1c)],
    ["numbers without end", [0x16, ...Array.from({ length: 2000 }, () => 0x80)]],
    ["fields of which the library makes others", [0x05, ...zigzag(2 ** 32 + 3), 0, 0]],
    ["the end of the bytes", [0x15]],
  ])("is refused for %s", (_what, bytes) => {
    expect(() => readStruct(Uint8Array.from(bytes), 0)).toThrow(Error);
  });
});

const shared = resolve(import.meta.dirname, "../../../shared/cases");
const sharedFile = resolve(shared, "hostile/hang-table.parquet");
test.skipIf(!existsSync(sharedFile))("the table that made the library spin is refused", async () => {
  await expect(read(readFileSync(sharedFile))).rejects.toThrow("a page states no size or count where it needs one");
});

const snappy = (data: (number | null)[]) => ({
  name: "x",
  type: "INT64" as const,
  data: data.map((x) => (x === null ? null : BigInt(x))),
});
const cases: readonly [name: string, sound: Uint8Array][] = [
  ["dictionary and plain", encodeParquet(columns)],
  [
    "nulls in groups",
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [snappy(Array.from({ length: 60 }, (_, i) => (i % 5 ? i * i : null)))],
        rowGroupSize: 25,
      }),
    ),
  ],
  [
    "differences",
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          {
            name: "x",
            type: "INT32",
            data: Array.from({ length: 300 }, (_, i) => i * i),
            encoding: "DELTA_BINARY_PACKED",
          },
        ],
      }),
    ),
  ],
];

const mutations = 1500;

test.each(cases)("%s: 1,500 damaged files", async (_name, sound) => {
  await read(sound);
  let refused = 0;
  for (let n = 0; n < mutations; n++) {
    const bytes = sound.slice();
    const draw = draws({ seed: 11, purpose: purpose.test }, n);
    for (let hits = draw.whole(3); hits >= 0; hits--) bytes[draw.whole(bytes.length)] = draw.whole(256);
    const before = process.memoryUsage().arrayBuffers;
    try {
      await read(bytes);
    } catch (error) {
      if (!(error instanceof CrispError)) throw new Error(`mutation ${n}: ${String(error)}`, { cause: error });
      refused++;
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32e6);
  }
  expect(refused).toBeGreaterThan(mutations / 10);
});
