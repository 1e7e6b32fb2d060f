// Tables from files: three formats with one result, columns by name, and bad input with its place.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, it } from "vitest";
import { readTable } from "../../src/node/table-file.js";

const folder = mkdtempSync(join(tmpdir(), "crisp-table-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(name: string, content: string | Uint8Array) {
  const path = join(folder, name);
  writeFileSync(path, content);
  const { columns, warnings } = await readTable(path);
  const plain = Object.entries(columns).map(([column, values]) => [column, values && Array.from(values)]);
  return { columns: Object.fromEntries(plain), warnings };
}

const expected = {
  size: [8, 8, 16],
  control: [0.5, 1e-3, 2],
  value: [1.25, -3, 0.5],
  replicate: [0, 0, 1],
  error: null,
  x: null,
};

describe("a table from a file", () => {
  it("is the same from CSV, NDJSON and Parquet", async () => {
    const csv = "Size,value,replicate,control\n8,1.25,0,.5\n8,-3,0,1e-3\n16,0.5,1,2\n";
    expect((await read("a.csv", csv)).columns).toEqual(expected);
    const rows = [
      { size: 8, control: 0.5, value: 1.25, replicate: 0 },
      { size: 8, value: -3, control: 1e-3, replicate: 0 },
      { size: 16, value: 0.5, control: 2, replicate: 1 },
    ];
    expect((await read("a.ndjson", rows.map((row) => JSON.stringify(row)).join("\n"))).columns).toEqual(expected);
    const columnData = [
      { name: "size", type: "INT64" as const, data: [8n, 8n, 16n] },
      { name: "control", type: "DOUBLE" as const, data: expected.control },
      { name: "value", type: "DOUBLE" as const, data: expected.value },
      { name: "replicate", type: "INT32" as const, data: expected.replicate },
    ];
    const parquet = new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 2 }));
    expect((await read("a.parquet", parquet)).columns).toEqual(expected);
  });

  it("keeps every number across the blocks in which columns grow", async () => {
    const count = 5000; // the first two blocks hold 1,024 and 2,048
    const lines = Array.from({ length: count }, (_, i) => `${i + 1},${i / 7},${-i}`);
    const { columns } = await read("long.csv", `size,control,value\n${lines.join("\n")}\n`);
    expect(columns.size).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    expect(columns.control?.[4999]).toBe(4999 / 7);
  });

  it("names what it does not read", async () => {
    const found = await read("b.csv", "size,control,value,comment\n8,1,2,yes\n");
    expect(found.warnings).toEqual(["b.csv: not read: comment."]);
  });

  it.each([
    ["empty.csv", "", "empty.csv is empty"],
    [
      "binary.csv",
      "\u0000\u0001size,control\n1,2\n",
      "binary.csv is not a text table: its first line holds the character U+0000",
    ],
    ["head.csv", "size,control,value\n", "head.csv has no rows"],
    ["empty.ndjson", "\n", "empty.ndjson is empty"],
    [
      "missing.csv",
      "size,lambda,value\n",
      "no column control; its columns are size, lambda, value. size, control and value are needed. Name one of them control.",
    ],
    ["spelt.csv", "size,contol,value\n1,2,3\n", "Did you mean control by contol?"],
    ["optional.csv", "size,control,value,replicat\n1,2,3,4\n", "Did you mean replicate by replicat?"],
    ["twice.csv", "size,size,control,value\n", "two columns size"],
    ["text.csv", "size,control,value\n8,1,2\n8,many,3\n", 'text.csv, line 3: control is "many"; it must be a number'],
    ["gap.csv", "size,control,value\n8,1,\n", "gap.csv, line 2: value is missing"],
    ["comma.csv", "size;control;value\n8;1,5;2\n", "Write decimals with a point."],
    ["nan.csv", "size,control,value\n8,1,nan\n", "nan.csv, line 2: value is NaN; it must be a finite number"],
    ["inf.csv", "size,control,value\n8,-inf,1\n", "control is -Infinity"],
    ["hex.csv", "size,control,value\n0x10,1,2\n", 'size is "0x10"'],
    ["zero.csv", "size,control,value\n0,1,2\n", "line 2: size is 0; it must be above 0"],
    [
      "minus.csv",
      "size,control,value,error\n8,1,2,-0.1\n",
      "line 2: error is -0.1; a standard error must be at least 0",
    ],
    ["text.ndjson", '{"size":8,"control":1,"value":"2,5"}\n', 'text.ndjson, line 1: value is "2,5"'],
    [
      "null.ndjson",
      '{"size":8,"control":1,"value":2}\n{"size":8,"control":2,"value":null}\n',
      "line 2: value is missing",
    ],
    ["list.ndjson", "[1,2]\n", "list.ndjson, line 1: [1,2] is not a JSON object"],
    [
      "endless.ndjson",
      `{"size":8,"control":"${"1".repeat(1 << 20)}`,
      "endless.ndjson, line 1: a line of more than 1048576",
    ],
    [
      "endless.csv",
      `size,control,value\n8,1,${"1".repeat(1 << 20)}`,
      "endless.csv, line 2: a line of more than 1048576",
    ],
    ["web.csv", "<!DOCTYPE html>\n<html>", "web.csv is a web page by its content, not a text table as its name says"],
    ["no.parquet", "PAR1 it is not", "no.parquet is not a readable Parquet file: it does not end in PAR1"],
    ["a.xlsx", "", "a.xlsx is not a table by its name"],
  ])("refuses %s and says where", async (name, content, says) => {
    await expect(read(name, content)).rejects.toThrow(says);
  });
});
