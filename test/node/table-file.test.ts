// Tables from files: three formats with one result, columns by name, and bad input with its place.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, it } from "vitest";
import { readTable } from "../../src/node/table-file.js";
import type { GivenColumns } from "../../src/scaling/column-names.js";
import { fitColumns } from "../../src/scaling/table.js";

const folder = mkdtempSync(join(tmpdir(), "crisp-table-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(name: string, content: string | Uint8Array, given?: GivenColumns) {
  const path = join(folder, name);
  writeFileSync(path, content);
  const { columns, warnings, notes } = await readTable(path, given);
  const plain = Object.entries(columns).map(([column, values]) => [column, values && Array.from(values)]);
  return { columns: Object.fromEntries(plain), warnings, notes };
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

  const rows = [
    [8, 0.5, 1.25],
    [8, 0.125, 3],
    [1024, 2, 0.5],
  ];
  const textOf = (separator: string, number = (value: number) => String(value)) =>
    rows.map((row) => row.map(number).join(separator)).join("\n");
  const comma = (value: number) => String(value).replace(".", ",");
  it.each<[what: string, name: string, content: string]>([
    ["blanks", "blank.dat", `size control value\n${textOf("   ")}`],
    ["tabs", "tab.txt", `size\tcontrol\tvalue\n${textOf("\t")}`],
    ["a header behind #", "hash.txt", `# size control value\n${textOf(" ")}`],
    ["a decimal comma", "comma.csv", `size;control;value\n${textOf(";", comma)}`],
    ["a decimal comma and thousands", "both.csv", `size;control;value\n${textOf(";", comma).replace("1024", "1.024")}`],
    ["thousands in quotes", "thousands.csv", `size,control,value\n${textOf(",").replace("1024", '"1,024"')}`],
    ["thousands with blanks", "blanks.csv", `size,control,value\n${textOf(",").replace("1024", "1 024")}`],
    ["Fortran's D", "d.csv", `size,control,value\n${textOf(",", (value) => value.toExponential(6).replace("e", "D"))}`],
    ["a separator at each end", "end.csv", `size,control,value,\n${textOf(",").replaceAll("\n", ",\n")},`],
  ])("is the same with %s", async (_what, name, content) => {
    const { columns, warnings, notes } = await read(name, content);
    expect([columns.size, columns.control, columns.value]).toEqual([0, 1, 2].map((i) => rows.map((row) => row[i])));
    expect([...warnings, ...notes]).toEqual([]);
  });

  it("passes over a row of units and says so", async () => {
    const { columns, notes } = await read("units.csv", `size,control,value\n-,K,J/mol\n${textOf(",")}`);
    expect(columns.size).toEqual([8, 8, 1024]);
    expect(notes).toEqual(["units.csv, line 2: taken as units: -, K, J/mol."]);
  });

  it("takes errors from the cells of the value", async () => {
    const found = await read("paren.csv", "size,control,value\n8,1,2.634(6)\n16,1,1.5 ± 0.25\n");
    expect([found.columns.value, found.columns.error]).toEqual([
      [2.634, 1.5],
      [0.006, 0.25],
    ]);
  });

  it("knows the names of the field and says what it took", async () => {
    const found = await read("field.csv", "L,T (K),chi,run,chi_err\n8,0.5,1.25,3,0.1\n");
    expect(found.columns).toEqual({ size: [8], control: [0.5], value: [1.25], replicate: [3], error: [0.1], x: null });
    expect(found.notes).toEqual([
      "field.csv: took L as size, T (K) as control, chi as value, run as replicate, chi_err as error. Say otherwise with --columns.",
    ]);
  });

  it.each(
    "_sd _std _stdev _stderr _se _sem _err _error _uncertainty _unc _sigma err d d_ s_ σ_ Δ sd_ err_ sigma_".split(" "),
  )("knows an error by the value's name with %s", async (mark) => {
    const name = mark.startsWith("_") || mark === "err" ? `binder${mark}` : `${mark}binder`;
    const { columns } = await read("affix.csv", `L,T,binder,${name}\n8,0.5,1.25,0.1\n`);
    expect(columns).toMatchObject({ value: [1.25], error: [0.1] });
  });

  it("takes no other quantity for an error", async () => {
    const { columns, warnings } = await read("msd.csv", "L,T,M,MSD,chi2_sd,density\n8,0.5,1.25,7,0.1,3\n");
    expect([columns.value, columns.error]).toEqual([[1.25], null]);
    expect(warnings).toEqual(["msd.csv: not read: MSD, chi2_sd, density."]);
  });

  const row = { size: [8], control: [0.5], value: [1.25], error: [0.1] };
  it.each<[names: string, cells: string, columns: object]>([
    ["L,Cmax,dC", "8,1.25,0.1", { ...row, control: null }],
    ["Nspin_side,Temp,binder,binder_sd", "8,0.5,1.25,0.1", row],
    ["side,Temperature,suscept,dsuscept", "8,0.5,1.25,0.1", row],
    ["Temperature,side,suscept,suscept_se", "0.5,8,1.25,0.1", row],
    ["side,T,chi,dchi", "8,0.5,1.25,0.1", row],
    ["L,T,chi,m,chi_sd", "8,0.5,1.25,3,0.1", row],
    ["L,T,chi,chi_err,chi_sd", "8,0.5,1.25,0.1,3", row],
    ["L,T (K),Cmax,Cmax error", "8,0.5,1.25,0.1", row],
    ["spins,kelvin,density,samples", "8,0.5,1.25,3", { ...row, error: null }],
  ])("has a whole line of columns in its advice on %s", async (names, cells, columns) => {
    const content = `${names}\n${cells}\n`;
    const { message } = await read("advice.csv", content).then(
      () => ({ message: "" }),
      (error: Error) => error,
    );
    const pairs = /--columns (\S+|"[^"]+")\.$/.exec(message)?.[1].replaceAll('"', "").split(",") ?? [];
    const given = Object.fromEntries(pairs.map((pair) => pair.split("=")));
    expect((await read("advice.csv", content, given)).columns).toMatchObject(columns);
  });

  it("takes the columns that are stated, and no other by guess", async () => {
    const given = { size: "L", control: "T", value: "m" };
    const found = await read("given.csv", "L,T,chi,m,run\n8,0.5,1.25,7,3\n", given);
    expect(found.columns).toEqual({ size: [8], control: [0.5], value: [7], replicate: null, error: null, x: null });
    expect(found.warnings).toEqual(["given.csv: not read: chi, run."]);
    expect(found.notes).toEqual([]);
    const places = await read("places.txt", "8 0.5 1.25\n", { size: "1", control: "2", value: "3" });
    expect(places.columns).toMatchObject({ size: [8], control: [0.5], value: [1.25] });
  });

  it.each([
    ["GZIP", gzipSync],
    ["BROTLI", brotliCompressSync],
  ] as const)("is unpacked from Parquet by %s", async (codec, pack) => {
    const columnData = ["size", "control", "value"].map((name, i) => ({
      name,
      type: "DOUBLE" as const,
      data: rows.map((row) => row[i]),
    }));
    const compressors = { [codec]: (bytes: Uint8Array) => new Uint8Array(pack(bytes)) };
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData, codec, compressors }));
    expect((await read(`${codec}.parquet`, bytes)).columns).toMatchObject({
      size: [8, 8, 1024],
      value: [1.25, 3, 0.5],
    });
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
      "size,kelvin,value\n",
      "kelvin is a name of no known column; control is not found among size, kelvin, value. Say which is which, such as --columns size=size,control=kelvin,value=value.",
    ],
    [
      "stated.csv",
      "L,chi_max,err\n",
      "chi_max is a name of no known column; value is not found among L, chi_max, err. Say which is which, such as --columns size=L,value=chi_max,error=err.",
    ],
    [
      "peaks.csv",
      "L,Cmax,dC\n",
      "Cmax and dC are names of no known column; value and error are not found among L, Cmax, dC. Say which is which, such as --columns size=L,value=Cmax,error=dC.",
    ],
    ["spelt.csv", "size,contol,value\n1,2,3\n", "Did you mean control by contol?"],
    ["optional.csv", "size,control,value,replicat\n1,2,3,4\n", "Did you mean replicate by replicat?"],
    [
      "side.csv",
      "side,Temperature,suscept,dsuscept\n",
      "Did you mean size by side? Say which is which, such as --columns size=side,control=Temperature,value=suscept,error=dsuscept.",
    ],
    [
      "short.csv",
      "L,T\n8,1\n",
      "short.csv has no column value; its columns are L, T. size, control and value are needed. Add it.",
    ],
    ["twice.csv", "size,size,control,value\n", "two columns size"],
    ["text.csv", "size,control,value\n8,1,2\n8,many,3\n", 'text.csv, line 3: control is "many"; it must be a number'],
    ["gap.csv", "size,control,value\n8,1,\n", "gap.csv, line 2: value is missing"],
    [
      "doubt.csv",
      "size;control;value\n1,024;1;2\n",
      /^doubt\.csv, line 2: size: 1,024 may be a number above a thousand/,
    ],
    [
      "mixed.csv",
      "size;control;value\n8;1,5;2\n8;1.5;2\n",
      /^mixed\.csv, line 3: control: 1\.5 has a point before its decimals, line 2: control: 1,5 a comma;/,
    ],
    [
      "two.csv",
      "L,T,chi,m\n8,1,2,3\n",
      "chi and m may each be the column value; one is needed. Say which: --columns size=L,control=T,value=chi.",
    ],
    ["wide.csv", "T,L8,L16\n1,2,3\n", "A column per size is not read"],
    ["names.csv", "8,1,2\n16,1,2\n", "names.csv has no line of names: its first line has numbers alone"],
    ["percent.csv", "size,control,value\n8,5%,1\n", "Write the number without the percent sign"],
    ["pairs.csv", "size,control,value\n8,1,2(1)\n8,2,3\n", "line 3: value is 3 without an error"],
    ["late.csv", "size,control,value\n8,1,2\n8,2,3(1)\n", "line 3: value is 3(1), and rows before state no error"],
    ["twoerrors.csv", "size,control,value,error\n8,1,2(1),1\n", "one error is allowed"],
    [
      "late.ndjson",
      '{"size":8,"control":1,"value":2}\n{"size":8,"control":2,"value":2,"error":1}\n',
      "late.ndjson, line 1: error is missing; line 2 has it",
    ],
    [
      "field.ndjson",
      '{"L":8,"T":1,"chi":2}\n{"L":8,"T":2,"chi":2,"chi_err":1}\n',
      "field.ndjson, line 1: chi_err is missing; line 2 has it, and every row must",
    ],
    ["doubt.ndjson", '{"L":8,"T":1,"chi":2}\n{"L":8,"T":2,"chi":2,"M":1}\n', "chi and M may each be the column value"],
    ["nan.ndjson", '{"size":8,"control":1,"value":NaN}\n', "JSON has no NaN"],
    ["array.ndjson", "[\n", "Write each object of the array on its own line."],
    ["nan.csv", "size,control,value\n8,1,nan\n", "nan.csv, line 2: value is NaN; it must be a finite number"],
    ["inf.csv", "size,control,value\n8,-inf,1\n", "control is -Infinity"],
    ["hex.csv", "size,control,value\n0x10,1,2\n", 'size is "0x10"'],
    ["zero.csv", "size,control,value\n0,1,2\n", "line 2: size is 0; it must be above 0"],
    [
      "minus.csv",
      "size,control,value,error\n8,1,2,-0.1\n",
      "line 2: error is -0.1; a standard error must be at least 0",
    ],
    ["text.ndjson", '{"size":8,"control":1,"value":"2;5"}\n', 'text.ndjson, line 1: value is "2;5"'],
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
    ["no.parquet", "PAR1 it is not", "no.parquet cannot be read as a Parquet table: it does not end in PAR1"],
    ["a.xlsx", "", "a.xlsx is not a table by its name"],
    ["a.json", "[]", "Of JSON one object per line is read: write it so, as .ndjson."],
  ])("refuses %s and says where", async (name, content, says) => {
    await expect(read(name, content)).rejects.toThrow(says);
  });
});

const cases = resolve(import.meta.dirname, "../../../shared/cases");

describe.runIf(existsSync(cases))("tables of the field", () => {
  // Read by the tests alone: this body runs where the tables are not there, too.
  const base = () => readTable(join(cases, "tables/base.csv"));

  it("have the exponents of base.csv", async () => {
    const { location, value } = fitColumns((await base()).columns);
    expect(location.exponent?.value).toBeCloseTo(-0.49988, 4);
    // The windows of each curve's own width moved it by 0.00011, well within its interval.
    expect(value.exponent?.value).toBeCloseTo(-0.19993, 3);
    expect(value.exponent!.low).toBeLessThan(-0.19993);
    expect(value.exponent!.high).toBeGreaterThan(-0.19993);
  });

  it.each(
    [
      "L-T-chi.csv Upper-Case.csv aligned.txt blank-lines.csv codec-brotli.parquet codec-gzip.parquet codec-none.parquet",
      "codec-snappy.parquet comment-first.csv comment-inside.csv cr-only.csv crlf.csv d-exponent.csv dictionary.parquet",
      "fortran-no-e.csv groups-of-7.parquet hash-header.txt map-column.parquet nested-extra.parquet numbers-as-text.ndjson",
      "ok.ndjson other-columns.parquet quote-after-space.csv quoted-all.csv semicolon-decimal-comma.csv sep-line.csv",
      "space-after-comma.csv spaces.dat spaces.txt tab.tsv text.parquet thousands-space.csv thousands.csv trailing-comma.csv",
      "u8-size.parquet units-row.csv utf16-excel.txt utf8-bom.csv v2-delta.parquet windows-1252.csv",
    ]
      .join(" ")
      .split(" "),
  )("%s holds the numbers of base.csv", async (name) => {
    const { columns } = await readTable(join(cases, "tables", name));
    const expected = (await base()).columns;
    for (const column of ["size", "control", "value", "replicate"] as const)
      expect(columns[column]).toEqual(expected[column]);
  });
});
