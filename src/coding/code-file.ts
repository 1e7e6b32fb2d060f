/**
 * Codes to and from files (docs/formats-arrays.md):
 *
 *   .npz      sparse: index, value, offset, lambda, shape; with `dense`: code, lambda; the network as JSON
 *   .parquet  one row per active unit: image, lam, unit, value; sizes as metadata
 *   .pvp      PetaVision's sparse activity (file type 6), one λ a file
 *
 * .npz and .parquet also keep the mean and deviation that were taken out of each image.
 */
import { CrispError } from "../core/errors.js";
import { canonicalJson } from "../core/key.js";
import { formatOf } from "../formats/format.js";
import type { NumberArray } from "../formats/npy.js";
import { encodeNpz, type NpzFile, openNpz } from "../formats/npz.js";
import { encodeParquet, openParquet, readNumbers } from "../formats/parquet.js";
import { decodePvp, encodePvpSparse } from "../formats/pvp.js";
import type { Normalisation } from "../images/normalise.js";
import { type CodeNetwork, type CodeSet, checkCodes, networkFrom, unitsOf } from "./codes.js";
import type { SparseCode } from "./engine.js";
import { nonzero } from "./path.js";

/** Largest file that is written as one block of memory. */
const largestFile = 2 ** 31;

/** Throws `usage` for a name of no known kind, or one that cannot hold that many λ's. */
export function checkCodePath(path: string, lambdas: number, dense = false): void {
  const kind = kindOf(path);
  if (kind === "pvp" && lambdas > 1) {
    throw new CrispError(
      "usage",
      `${path}: a .pvp file holds the codes of one λ; ${lambdas} were asked for. Give one λ, or write .npz or .parquet.`,
    );
  }
  if (dense && kind !== "npz")
    throw new CrispError("usage", `${path}: dense codes go to .npz only. Name an .npz file or leave out --dense.`);
}

/** The bytes of codes in the format of the path's ending. */
export function encodeCodes(path: string, set: CodeSet, { dense = false }: { dense?: boolean } = {}): Uint8Array {
  checkCodePath(path, set.lambdas.length, dense);
  checkCodes(set, path);
  switch (kindOf(path)) {
    case "npz":
      return encodeNpz({
        ...(dense ? denseArrays(set, path) : sparseArrays(set, path)),
        ...networkArray(set),
        ...unitArrays(set),
      });
    case "parquet":
      return encodeTable(set);
    default:
      return encodePvpSparse(set.size, set.codes);
  }
}

/** The codes in the bytes of a file. @throws CrispError `data` for a damaged file or one that holds no codes */
export async function decodeCodes(bytes: Uint8Array, path: string): Promise<CodeSet> {
  const set = await decoded(bytes, path);
  checkCodes(set, path);
  return set;
}

function decoded(bytes: Uint8Array, path: string): CodeSet | Promise<CodeSet> {
  switch (kindOf(path, bytes)) {
    case "npz":
      return fromArchive(openNpz(bytes, path), path);
    case "parquet":
      return decodeTable(bytes, path);
    default:
      return fromPvp(bytes, path);
  }
}

function kindOf(path: string, bytes?: Uint8Array): "npz" | "parquet" | "pvp" {
  const kind = formatOf(path, bytes);
  if (kind === "npz" || kind === "parquet" || kind === "pvp") return kind;
  throw new CrispError("usage", `${path}: the name of a file of codes must end in .npz, .parquet or .pvp. Rename it.`);
}

function sizeList({ size, images, lambdas }: CodeSet): number[] {
  return [images, lambdas.length, size.rows, size.columns, size.features];
}

function sparseArrays(set: CodeSet, path: string): Record<string, NumberArray> {
  const offset = new Int32Array(set.codes.length + 1);
  const total = set.codes.reduce((sum, { index }) => sum + index.length, 0);
  if (total > largestFile / 8 || unitsOf(set.size) > 0x7fffffff)
    throw tooLarge(path, 8 * total, "Write fewer images per file.");
  const index = new Int32Array(total);
  const value = new Float32Array(total);
  for (const [i, code] of set.codes.entries()) {
    index.set(code.index, offset[i]);
    value.set(code.value, offset[i]);
    offset[i + 1] = offset[i] + code.index.length;
  }
  return {
    index: { shape: [total], data: index },
    value: { shape: [total], data: value },
    offset: { shape: [offset.length], data: offset },
    lambda: { shape: [set.lambdas.length], data: Float64Array.from(set.lambdas) },
    shape: { shape: [5], data: Int32Array.from(sizeList(set)) },
  };
}

function denseArrays(set: CodeSet, path: string): Record<string, NumberArray> {
  const units = unitsOf(set.size);
  const bytes = 4 * units * set.codes.length;
  if (bytes > largestFile) throw tooLarge(path, bytes, "Leave out --dense, or write fewer images per file.");
  const code = new Float32Array(units * set.codes.length);
  set.codes.forEach(({ index, value }, i) => {
    for (let k = 0; k < index.length; k++) code[i * units + index[k]] = value[k];
  });
  return {
    code: { shape: sizeList(set), data: code },
    lambda: { shape: [set.lambdas.length], data: Float64Array.from(set.lambdas) },
  };
}

function tooLarge(path: string, bytes: number, advice: string): CrispError {
  return new CrispError(
    "usage",
    `${path} would take ${(bytes / 1e9).toFixed(1)} GB; at most ${(largestFile / 1e9).toFixed(1)} GB are written. ${advice}`,
  );
}

function noCodes(path: string, what: string): CrispError {
  return new CrispError(
    "data",
    `${path}: ${what}; it holds no codes that crisp encode wrote, or is damaged. Write it again.`,
  );
}

/** JSON of the network, its UTF-8 bytes as an array of the archive. */
function networkArray({ network }: CodeSet): Record<string, NumberArray> {
  if (!network) return {};
  const data = new TextEncoder().encode(canonicalJson(network));
  return { network: { shape: [data.length], data } };
}

/** Mean and deviation that were taken out of each image. */
function unitArrays({ units }: CodeSet): Record<string, NumberArray> {
  if (!units) return {};
  const list = (data: readonly number[]) => ({ shape: [data.length], data: Float64Array.from(data) });
  return {
    mean: list(units.map(({ mean }) => mean)),
    deviation: list(units.map(({ deviation }) => deviation)),
  };
}

/** The units of an archive's images, none where one of the two lists is missing. */
function unitsFrom(arrays: ReadonlyMap<string, NumberArray>): Pick<CodeSet, "units"> {
  const [mean, deviation] = ["mean", "deviation"].map((name) => arrays.get(name)?.data);
  if (!mean || !deviation) return {};
  return { units: Array.from(mean, (of, i) => ({ mean: of, deviation: deviation[i] })) };
}

/** Arrays of an archive that are read; others do not matter. */
const known = ["code", "index", "value", "offset", "lambda", "shape", "network", "mean", "deviation"];

function fromArchive({ names, read }: NpzFile, path: string): CodeSet {
  const arrays = new Map(names.filter((name) => known.includes(name)).map((name) => [name, read(name)]));
  const set = { ...fromArrays(arrays, path), ...unitsFrom(arrays) };
  const bytes = arrays.get("network")?.data;
  return bytes ? { ...set, network: parsedNetwork(new TextDecoder().decode(Uint8Array.from(bytes)), path) } : set;
}

function parsedNetwork(text: string, path: string): CodeNetwork {
  let value: unknown = text;
  try {
    value = JSON.parse(text);
  } catch {
    // Refused below.
  }
  return networkFrom(value, path);
}

function fromArrays(arrays: ReadonlyMap<string, NumberArray>, path: string): CodeSet {
  const lambdas = Array.from(arrays.get("lambda")?.data ?? []);
  const whole = arrays.get("code");
  if (whole) return fromDense(whole, lambdas, path);
  const [index, value, offset, shape] = ["index", "value", "offset", "shape"].map((name) => {
    const array = arrays.get(name);
    if (array?.shape.length === 1) return array.data;
    throw noCodes(path, `no list called ${name}`);
  });
  const codes: SparseCode[] = [];
  for (let i = 0; i + 1 < offset.length; i++) {
    if (!(offset[i] >= 0 && offset[i] <= offset[i + 1] && offset[i + 1] <= Math.min(index.length, value.length))) {
      throw noCodes(path, `offset ${offset[i]} to ${offset[i + 1]} of ${index.length} indices`);
    }
    codes.push({
      index: Uint32Array.from(index.subarray(offset[i], offset[i + 1])),
      value: Float32Array.from(value.subarray(offset[i], offset[i + 1])),
    });
  }
  const [images, counted, rows, columns, features] = shape;
  if (shape.length !== 5 || counted !== lambdas.length)
    throw noCodes(path, `shape [${shape.slice(0, 8)}] for ${lambdas.length} λ's`);
  return { size: { rows, columns, features }, images, lambdas, codes };
}

function fromDense({ shape, data }: NumberArray, lambdas: readonly number[], path: string): CodeSet {
  const [images, counted, rows, columns, features] = shape;
  if (shape.length !== 5 || counted !== Math.max(1, lambdas.length) || shape.some((length) => length < 1))
    throw noCodes(path, `code of shape [${shape}] for ${lambdas.length} λ's`);
  const size = { rows, columns, features };
  const units = unitsOf(size);
  const codes = Array.from({ length: images * counted }, (_, i) => nonzero(data.subarray(i * units, (i + 1) * units)));
  return { size, images, lambdas, codes };
}

function fromPvp(bytes: Uint8Array, path: string): CodeSet {
  const file = decodePvp(bytes, path);
  if (file.kind === "sparse") return { size: file.size, images: file.frames.length, lambdas: [], codes: file.frames };
  if (file.kind === "weights") throw noCodes(path, "file type 5 (weights)");
  const [images, rows, columns, features] = file.frames.shape;
  const units = rows * columns * features;
  const codes = Array.from({ length: images }, (_, i) =>
    nonzero(file.frames.data.subarray(i * units, (i + 1) * units)),
  );
  return { size: { rows, columns, features }, images, lambdas: [], codes };
}

/** Name of the metadata that holds sizes and λ's: images without active units leave no row. */
const metadataKey = "crisp";

function encodeTable(set: CodeSet): Uint8Array {
  const { lambdas, codes } = set;
  const total = codes.reduce((sum, { index }) => sum + index.length, 0);
  const [image, lam, unit, value] = [
    new Int32Array(total),
    new Float64Array(total),
    new Int32Array(total),
    new Float32Array(total),
  ];
  let row = 0;
  for (const [i, code] of codes.entries()) {
    const end = row + code.index.length;
    image.fill(Math.floor(i / Math.max(1, lambdas.length)), row, end);
    lam.fill(lambdas.length === 0 ? 0 : lambdas[i % lambdas.length], row, end);
    unit.set(code.index, row);
    value.set(code.value, row);
    row = end;
  }
  const { images, network, units } = set;
  const sizes = JSON.stringify({ ...set.size, images, lambdas, network, units });
  return encodeParquet(
    [
      { name: "image", type: "INT32", data: image },
      { name: "lam", type: "DOUBLE", data: lam },
      { name: "unit", type: "INT32", data: unit },
      { name: "value", type: "FLOAT", data: value },
    ],
    { [metadataKey]: sizes },
  );
}

async function decodeTable(bytes: Uint8Array, path: string): Promise<CodeSet> {
  const table = await openParquet(new Uint8Array(bytes).buffer, path);
  const columns = await readNumbers(table, ["image", "lam", "unit", "value"]);
  const { images, lambdas, network, units, ...size } = tableSizes(table.metadata.get(metadataKey), path);
  const codes = codesOfRows(columns, { images, lambdas }, path);
  const set = { size, images, lambdas, codes, ...(Array.isArray(units) ? { units: units as Normalisation[] } : {}) };
  return network === undefined ? set : { ...set, network: networkFrom(network, path) };
}

function tableSizes(text: string | undefined, path: string) {
  try {
    const { rows, columns, features, images, lambdas, network, units } = JSON.parse(text ?? "") as Record<
      string,
      unknown
    >;
    const whole = [rows, columns, features, images].every(
      (n) => Number.isInteger(n) && (n as number) >= 1 && (n as number) <= 0x7fffffff,
    );
    const list = Array.isArray(lambdas) && lambdas.every((lambda) => typeof lambda === "number");
    if (whole && list)
      return { rows, columns, features, images, lambdas, network, units } as CodeSet["size"] & {
        images: number;
        lambdas: number[];
        network: unknown;
        units: unknown;
      };
  } catch {
    // Refused below.
  }
  throw noCodes(path, "its metadata does not give the sizes");
}

/** Rows come sorted by image, λ in the file's order, unit. */
function codesOfRows(
  columns: ReadonlyMap<string, ArrayLike<number>>,
  of: { images: number; lambdas: readonly number[] },
  path: string,
): SparseCode[] {
  const [image, lam, unit, value] = ["image", "lam", "unit", "value"].map((name) => columns.get(name) ?? []);
  const codings = Math.max(1, of.lambdas.length);
  // Images without active units have no row, but some room in memory: a file of few rows has not many of them.
  if (of.images * codings > 2 ** 20 + 16 * image.length)
    throw noCodes(path, `${of.images} images at ${codings} λ's in ${image.length} rows`);
  const codes: { index: number[]; value: number[] }[] = Array.from({ length: of.images * codings }, () => ({
    index: [],
    value: [],
  }));
  const place = new Map(of.lambdas.map((lambda, i) => [lambda, i]));
  for (let row = 0; row < image.length; row++) {
    const code = codes[image[row] * codings + (of.lambdas.length === 0 ? 0 : (place.get(lam[row]) ?? Number.NaN))];
    if (!code || unit.length !== image.length || value.length !== image.length)
      throw noCodes(path, `row ${row} belongs to no image and λ`);
    code.index.push(unit[row]);
    code.value.push(value[row]);
  }
  return codes.map((code) => ({ index: Uint32Array.from(code.index), value: Float32Array.from(code.value) }));
}
