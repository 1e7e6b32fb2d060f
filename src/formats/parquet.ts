/**
 * Parquet, a table by columns, readable by pandas, DuckDB and R. Written by
 * hyparquet-writer, read by hyparquet once parquet-check.ts has walked the
 * bytes. Wanted columns are flat ones of numbers or text; others, nested ones
 * too, are passed over. Equal columns give equal bytes.
 */
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadata,
  parquetRead,
  parquetSchema,
  type SchemaTree,
} from "hyparquet";
import { ByteWriter, ParquetWriter, parquetWriteBuffer, schemaFromColumnData } from "hyparquet-writer";
import { CrispError } from "../core/errors.js";
import { checkChunk, type Unpackers } from "./parquet-check.js";
import { numbersIn } from "./parquet-numbers.js";
import { readStruct } from "./thrift.js";

/** A column to be written. */
export type Column = {
  readonly name: string;
  readonly type: "INT32" | "FLOAT" | "DOUBLE";
  readonly data: ArrayLike<number>;
};

/** A column of texts. */
export type TextColumn = { readonly name: string; readonly type: "STRING"; readonly data: readonly string[] };

/** A table that is written row group by row group, so that it need not be in memory as a whole. */
export type GrowingParquet = {
  /** The next bytes of the file: those of one more row group, with the same columns each time. */
  group(columns: readonly (Column | TextColumn)[]): Uint8Array;
  /** The last bytes of the file. */
  finish(): Uint8Array;
};

/** Bytes that are read in pieces: an ArrayBuffer, or a file of any size. */
export type ParquetSource = AsyncBuffer;

/** An open table. */
export type ParquetTable = {
  /** As errors name it. */
  readonly file: string;
  /** Names of the top-level columns, in their order. */
  readonly names: readonly string[];
  readonly metadata: ReadonlyMap<string, string>;
  /** The columns with these names, one row group at a time; a cell is a number, bigint, text, truth value or null. */
  groups(names: readonly string[]): AsyncGenerator<readonly ArrayLike<unknown>[]>;
  /** The same of one row group. @throws CrispError `data` where there is no such group */
  group(index: number, names: readonly string[]): Promise<readonly ArrayLike<unknown>[]>;
};

/** Largest footer that is read; those of tables take some 100 bytes per row group and column. */
const largestFooter = 1 << 24;
/** Most rows of a table: runs of equal values take no room in a file, but in memory they do. */
const mostRows = 2 ** 27;
/** Most elements of a schema, and how deep they nest. */
const schemaLimits = { elements: 10_000, depth: 32 };

/** The bytes of a table. `metadata`: texts by key. */
export function encodeParquet(columns: readonly Column[], metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const columnData = columns.map(({ name, type, data }) => ({ name, type, data: data as number[] }));
  const kvMetadata = Object.entries(metadata).map(([key, value]) => ({ key, value }));
  return new Uint8Array(
    parquetWriteBuffer({ columnData, createdBy: "crisp", ...(kvMetadata.length > 0 ? { kvMetadata } : {}) }),
  );
}

/** The bytes of a table, group by group; the first one, which may be empty, tells the columns. Equal groups give equal bytes. */
export function growParquet(): GrowingParquet {
  const writer = new ByteWriter();
  let table: ParquetWriter | undefined;
  const taken = () => {
    const bytes = writer.getBytes().slice();
    writer.index = 0; // `offset` goes on counting: places in the file are told by it
    return bytes;
  };
  return {
    group(columns) {
      const columnData = columns.map(({ name, type, data }) => ({ name, type, data: data as number[] }));
      table ??= new ParquetWriter({ writer, schema: schemaFromColumnData({ columnData }), createdBy: "crisp" });
      table.write({ columnData, rowGroupSize: Math.max(1, columns[0].data.length) });
      return taken();
    },
    finish() {
      table?.finish();
      return taken();
    },
  };
}

/**
 * Opens a table: reads its footer and checks it.
 *
 * @param name  named in errors
 * @param unpackers  codecs beside none and Snappy
 * @throws CrispError `data` for another kind of file or a damaged one, here or while groups are read
 */
export async function openParquet(file: ParquetSource, name: string, unpackers: Unpackers = {}): Promise<ParquetTable> {
  const { metadata, names } = await orRefused(name, () => readFooter(file));
  const group = (index: number, wanted: readonly string[]) =>
    orRefused(name, async () => {
      const own = metadata.row_groups[index];
      if (own === undefined) throw new Error(`it has ${metadata.row_groups.length} row groups, and no ${index}`);
      return readGroup({ file, unpackers, metadata: { ...metadata, row_groups: [own] } }, wanted);
    });
  return {
    file: name,
    names,
    metadata: new Map(metadata.key_value_metadata?.map(({ key, value }) => [key, value ?? ""])),
    async *groups(wanted) {
      for (const index of metadata.row_groups.keys()) yield await group(index, wanted);
    },
    group,
  };
}

/**
 * Whole columns of numbers by name; one that the table lacks is absent.
 *
 * @throws CrispError `data` as `openParquet`, and for a cell that is not a number
 */
export async function readNumbers(table: ParquetTable, names: readonly string[]): Promise<Map<string, Float64Array>> {
  const held = names.filter((name) => table.names.includes(name));
  const parts: Float64Array[][] = held.map(() => []);
  for await (const group of table.groups(held))
    group.forEach((cells, i) => {
      parts[i].push(numbersOf(cells, `${table.file}: the column ${held[i]}`));
    });
  return new Map(held.map((name, i) => [name, joined(parts[i])]));
}

/** Cells as numbers; throws for null and text, in the words of the column. */
function numbersOf(cells: ArrayLike<unknown>, column: string): Float64Array {
  if (cells instanceof Float64Array) return cells;
  if (ArrayBuffer.isView(cells)) return new Float64Array(cells as Int32Array);
  const numbers = new Float64Array(cells.length);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i];
    if (typeof cell === "number" || typeof cell === "bigint") numbers[i] = Number(cell);
    else
      throw new CrispError(
        "data",
        `${column} holds ${String(cell).slice(0, 40)}; numbers are read. Write the file again.`,
      );
  }
  return numbers;
}

function joined(parts: readonly Float64Array[]): Float64Array {
  if (parts.length === 1) return parts[0];
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function orRefused<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Faults of opening and reading the file itself keep their own words.
    if (error instanceof CrispError || (error instanceof Error && "syscall" in error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CrispError("data", `${name} cannot be read as a Parquet table: ${reason}. Write the table again.`, {
      cause: error,
    });
  }
}

/** The footer: its Thrift walked with bounds, then read by the library, then held against the file. */
async function readFooter(file: ParquetSource): Promise<{ metadata: FileMetaData; names: string[] }> {
  const { byteLength } = file;
  if (byteLength < 12) throw new Error(`it has ${byteLength} bytes`);
  const tail = new DataView(await file.slice(byteLength - 8, byteLength));
  if (tail.getUint32(4, true) !== 0x31524150)
    throw new Error("it does not end in PAR1, so it was cut off or is of another kind");
  const length = tail.getUint32(0, true);
  if (length > Math.min(byteLength - 12, largestFooter))
    throw new Error(
      `its footer claims ${length} bytes; at most ${Math.min(byteLength - 12, largestFooter)} are possible`,
    );
  const footer = new Uint8Array(await file.slice(byteLength - 8 - length, byteLength));
  readStruct(footer.subarray(0, length), 0);
  const metadata = parquetMetadata(footer, { geoparquet: false });
  checkSchema(metadata);
  checkSums(metadata, byteLength);
  return { metadata, names: parquetSchema(metadata).children.map(({ element }) => String(element.name)) };
}

/** A chain of nested elements would cost the library memory as its square. */
function checkSchema({ schema }: FileMetaData): void {
  if (schema.length > schemaLimits.elements)
    throw new Error(`its schema has ${schema.length} elements; at most ${schemaLimits.elements} are read`);
  const open: number[] = []; // children still to come, of each element that is open
  for (const { num_children: children } of schema) {
    while (open.at(-1) === 0) open.pop();
    if (open.length > 0) open[open.length - 1]--;
    if (children) open.push(children);
    if (open.length > schemaLimits.depth) throw new Error(`its columns nest more than ${schemaLimits.depth} deep`);
  }
}

/**
 * Rows in proportion to the file: a table of measured values has some bytes per
 * row, not less than 1/16. Column chunks are no more than the file.
 */
function checkSums({ row_groups: groups }: FileMetaData, bytes: number): void {
  const most = Math.min(mostRows, 2 ** 20 + 16 * bytes);
  let [rows, packed] = [0, 0];
  for (const { num_rows: own, columns } of groups) {
    rows += Number(own);
    if (!(own >= 0 && rows <= most))
      throw new Error(`it claims ${rows} rows; a file of ${bytes} bytes may hold ${most}`);
    for (const { meta_data: meta } of columns) packed += Math.max(0, Number(meta?.total_compressed_size));
    if (!(packed <= bytes)) throw new Error(`its columns claim ${packed} bytes of a file of ${bytes}`);
  }
}

/** A row group, the only one in `metadata`. */
type Group = { readonly file: ParquetSource; readonly metadata: FileMetaData; readonly unpackers: Unpackers };

async function readGroup(group: Group, wanted: readonly string[]): Promise<readonly ArrayLike<unknown>[]> {
  const { file, metadata, unpackers } = group;
  const rows = Number(metadata.row_groups[0].num_rows);
  if (rows === 0) return wanted.map(() => []);
  const { children } = parquetSchema(metadata);
  const numbers = new Map<string, ArrayLike<number> | null>();
  for (const name of new Set(wanted)) numbers.set(name, await checkColumn(group, name, children));
  const parts = new Map<string, ArrayLike<unknown>[]>();
  for (const [name, found] of numbers) parts.set(name, found ? [found] : []);
  const columns = [...parts.keys()].filter((name) => numbers.get(name) === null);
  if (columns.length > 0)
    await parquetRead({
      file,
      metadata,
      columns,
      compressors: unpackers,
      onChunk: ({ columnName, columnData }) => parts.get(columnName)?.push(columnData),
    });
  return wanted.map((name) => {
    const [first, ...others] = parts.get(name)!;
    const whole = others.length === 0 ? first : [first, ...others].flatMap((part) => Array.from(part));
    if (whole.length < rows)
      throw new Error(`the column ${name} holds ${whole.length} values in a group of ${rows} rows`);
    return whole;
  });
}

/** Types whose cells are numbers, text or truth values. */
const plainTypes = /^(UTF8|DECIMAL|U?INT_\d+|STRING|INTEGER|FLOAT16|NULL)$/;

/** Walks the pages of a column before the library sees them; its numbers, where they need no library. */
async function checkColumn(
  { file, metadata, unpackers }: Group,
  name: string,
  children: readonly SchemaTree[],
): Promise<ArrayLike<number> | null> {
  const [group] = metadata.row_groups;
  const own = group.columns.filter(({ meta_data: meta }) => meta?.path_in_schema[0] === name);
  const [node, ...others] = children.filter((child) => child.element.name === name);
  const [element, meta] = [node?.element, own[0]?.meta_data];
  const flat = own.length === 1 && others.length === 0 && meta?.path_in_schema.length === 1;
  if (!flat || node.children.length > 0 || element.repetition_type === "REPEATED")
    throw new Error(`the column ${name} is nested or stands twice; one value per row is read`);
  const meaning = element.converted_type ?? element.logical_type?.type;
  if (meta.type !== element.type || (meaning !== undefined && !plainTypes.test(meaning)))
    throw new Error(`the column ${name} holds ${meaning ?? meta.type}; numbers are read`);
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const end = start + Number(meta.total_compressed_size);
  if (!(start >= 0 && start <= end && end <= file.byteLength))
    throw new Error(`the column ${name} lies at bytes ${start} to ${end} of ${file.byteLength}`);
  const chunk = {
    type: String(meta.type),
    typeLength: element.type_length,
    codec: String(meta.codec),
    unpackers,
    optional: element.repetition_type !== "REQUIRED",
    rows: Number(group.num_rows),
  };
  const pages = checkChunk(new Uint8Array(await file.slice(start, end)), chunk);
  return meaning === undefined ? numbersIn(pages, chunk) : null;
}
