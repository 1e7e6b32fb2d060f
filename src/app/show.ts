/**
 * `crisp show`: what a file or folder holds, told by its content: a study, a
 * dictionary, codes, images, a picture, a table. A file is read whole.
 */

import { normsOf } from "../coding/atoms.js";
import { decodeCodes } from "../coding/code-file.js";
import type { CodeSet } from "../coding/codes.js";
import { type DictionaryFile, decodeDictionary } from "../coding/dictionary-file.js";
import { decodePatchModel, isPatchModel } from "../coding/patch-model-file.js";
import { CrispError } from "../core/errors.js";
import { tensorSha256 } from "../core/key.js";
import { type Tensor, tensor } from "../core/tensor.js";
import { counted } from "../core/words.js";
import { channelsLast, hasPictureChannels, type ImageReading, type Layout, likelyReading } from "../formats/arrays.js";
import { contentWords, countEndings, formatOf } from "../formats/format.js";
import { decodeNpy, type NumberArray } from "../formats/npy.js";
import { openNpz } from "../formats/npz.js";
import type { Numbers } from "../formats/numbers.js";
import { openParquet } from "../formats/parquet.js";
import { lossesOf, type Picture } from "../formats/picture.js";
import { readPictureHeader } from "../formats/picture-header.js";
import { decodePvp } from "../formats/pvp.js";
import type { TableRanges } from "../formats/ranges.js";
import { openSafetensors } from "../formats/safetensors.js";
import { sourceText } from "../images/image-set.js";
import type { Shown, ShownCodes, ShownLambda } from "../report/shown.js";
import { columnNames, findColumns } from "../scaling/column-names.js";
import type { TableFile } from "../scaling/column-reader.js";
import { noiseLevel } from "../tasks/denoise/noise-level.js";
import { pointNames } from "../tasks/points-file.js";
import { openStatistics } from "../tasks/statistics.js";
import { manifestIn } from "./manifest.js";
import type { Platform } from "./platform.js";
import { plannedItems, type StudyStatus, studyStatus } from "./study-files.js";

/** What a file is taken for, where its content does not tell. */
export type ShownAs = "dictionary" | "images" | "codes";

/** A file to look at, and how it is read. */
export type ShowRequest = {
  /** A file, or the folder of a study or of pictures. */
  readonly path: string;
  /** Default: what the content says. */
  readonly as?: ShownAs;
  /** Order of axes in .npy, .npz and safetensors of others; left out: the one that looks like pictures, nhwc first. */
  readonly layout?: Layout;
};

/** What was found, and the numbers behind it, for drawing and converting. */
export type Found =
  | { readonly shown: { readonly kind: "study"; readonly status: StudyStatus }; readonly content: null }
  | { readonly shown: Shown; readonly content: Content };

/** Null where there is nothing to draw or convert. */
export type Content =
  | { readonly kind: "atoms"; readonly file: DictionaryFile }
  /** `perRow` where decoded images of several λ are stacked: a row per λ. */
  | { readonly kind: "images"; readonly images: Tensor; readonly perRow?: number }
  | { readonly kind: "codes"; readonly set: CodeSet }
  | { readonly kind: "picture"; readonly picture: Picture }
  | null;

/** @throws CrispError `data` for what is not there, damaged or of no known kind */
export async function recognise(request: ShowRequest, platform: Platform): Promise<Found> {
  const { files } = platform;
  const path = files.paths.resolve(request.path);
  const kind = await files.kind(path);
  if (kind === null)
    throw new CrispError(
      "data",
      `${request.path} cannot be read: it does not exist; a file or the folder of a study is needed. Check the path.`,
    );
  if (kind === "folder") return folder(path, platform);
  const bytes = await files.read(path);
  switch (formatOf(path, bytes)) {
    case "safetensors":
      return tensors(bytes, request, platform);
    case "npz":
      return archive(bytes, request, platform);
    case "npy":
      return numbers(decodeNpy(bytes, path), request, platform);
    case "pvp":
      return petavision(bytes, request, platform);
    case "parquet":
      return (await isCodes(bytes, path)) ? codes(await decodeCodes(bytes, path)) : table(path, platform);
    case "csv":
    case "ndjson":
      return table(path, platform);
    case "png":
    case "jpeg":
    case "tiff":
    case "webp":
    case "bmp":
    case "pnm":
      return picture(bytes, path, platform);
    default: {
      const found = contentWords(bytes);
      throw new CrispError(
        "data",
        `${request.path} is ${found ?? "of no kind that is known"}; dictionaries, codes, arrays, pictures, tables and studies can be shown. Give another file.`,
      );
    }
  }
}

async function folder(path: string, platform: Platform): Promise<Found> {
  if (await manifestIn(path, platform))
    return { shown: { kind: "study", status: await studyStatus(path, platform) }, content: null };
  const { names, skipped } = await platform.images.pictureNames(path).catch((error) => {
    if (!(error instanceof CrispError)) throw error;
    throw new CrispError("data", `${path} holds neither a study nor a picture. Name another folder, or a file.`);
  });
  return { shown: { kind: "pictures", count: names.length, skipped: countEndings(skipped) }, content: null };
}

async function dictionary(bytes: Uint8Array, { path, layout }: ShowRequest, platform: Platform): Promise<Found> {
  const madeBy = await makerOf(bytes, platform.files.paths.resolve(path), platform);
  return dictionaryOf(decodeDictionary(bytes, path, { layout, fits: hasPictureChannels }), madeBy);
}

function dictionaryOf(file: DictionaryFile, madeBy: string | null): Found {
  const [features, rows, columns, channels] = file.atoms.shape;
  const { stride, boundary, recognised = null } = file;
  const shown = {
    kind: "dictionary",
    ...{ features, channels, stride, boundary, recognised, madeBy },
    patch: [rows, columns] as const,
    norms: normsOf(file.atoms),
    atoms: tensorSha256(file.atoms),
  } as const;
  return { shown, content: { kind: "atoms", file } };
}

/** A model that denoises, shown by the atoms of its first stage. */
function model(bytes: Uint8Array, path: string): Found {
  const stages = decodePatchModel(bytes, path);
  const madeBy = `Crisp, a model that denoises, of ${counted(stages.length, "stage")}`;
  return dictionaryOf({ atoms: stages[0].atoms, stride: null, boundary: null }, madeBy);
}

/** PetaVision's files say when, Crisp's lie in the folder of their study or training; of others the metadata. */
async function makerOf(bytes: Uint8Array, path: string, platform: Platform): Promise<string | null> {
  const format = formatOf(path, bytes);
  if (format === "pvp") {
    const file = decodePvp(bytes, path);
    return file.kind === "weights"
      ? `not stated; PetaVision's format, time ${file.time}, the last of ${counted(file.frames, "frame")}`
      : null;
  }
  if (format !== "safetensors") return null;
  const { metadata } = openSafetensors(bytes, path);
  if (String(metadata?.format).startsWith("crisp-")) return crispText(path, platform);
  const pairs = Object.entries(metadata ?? {}).map(([key, value]) => `${key}: ${String(value).slice(0, 80)}`);
  return pairs.length === 0 ? null : pairs.slice(0, 8).join(", ");
}

/** Crisp, and of a dictionary in its study's folder the item that made it. */
async function crispText(path: string, platform: Platform): Promise<string> {
  const { paths } = platform.files;
  const id = paths.basename(path).replace(/\.safetensors$/, "");
  for (const study of [paths.dirname(path), paths.join(path, "..", "..", "..")]) {
    const manifest = await manifestIn(study, platform);
    if (manifest === null) continue;
    const item = (await plannedItems(study, platform)).find((one) => one.id === id) as
      | { readonly kind: string; readonly seed?: number }
      | undefined;
    const seed = item?.seed ?? (manifest.kind === "training" ? manifest.settings.seed : undefined);
    const how = item?.kind === "atoms" ? "without training" : seed === undefined ? "" : `seed ${seed}`;
    return `Crisp, in ${study}${how === "" ? "" : `, ${how}`}, images of ${sourceText(manifest.images.source)}`;
  }
  return "Crisp";
}

/** A dictionary where a tensor can be one, else a list of names. */
async function tensors(bytes: Uint8Array, request: ShowRequest, platform: Platform): Promise<Found> {
  if (isPatchModel(bytes, request.path)) return model(bytes, request.path);
  const { shapes } = openSafetensors(bytes, request.path);
  const four = [...shapes.values()].filter((shape) => shape.length === 4).length;
  if (request.as === "dictionary" || four === 1 || shapes.get("atoms")?.length === 4)
    return dictionary(bytes, request, platform);
  return { shown: { kind: "arrays", arrays: [...shapes].map(([name, shape]) => ({ name, shape })) }, content: null };
}

async function archive(bytes: Uint8Array, request: ShowRequest, platform: Platform): Promise<Found> {
  const { names, read } = openNpz(bytes, request.path);
  const has = (...wanted: string[]) => wanted.every((name) => names.includes(name));
  if (request.as === "codes" || has("code", "lambda") || has("index", "value", "offset", "shape"))
    return codes(await decodeCodes(bytes, request.path));
  if (request.as === "dictionary" || has("atoms")) return dictionary(bytes, request, platform);
  const name = names.length === 1 ? names[0] : names.find((one) => one === "images");
  if (name !== undefined) return numbers(read(name), request, platform);
  return {
    shown: { kind: "arrays", arrays: names.map((one) => ({ name: one, shape: read(one).shape })) },
    content: null,
  };
}

async function numbers(
  array: NumberArray,
  request: ShowRequest & { readonly madeBy?: string },
  platform: Platform,
): Promise<Found> {
  if (request.as === "dictionary")
    return dictionary(await platform.files.read(platform.files.paths.resolve(request.path)), request, platform);
  const { shape, data } = array;
  let [smallest, largest, sum, notFinite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) notFinite++;
    else {
      smallest = Math.min(smallest, data[i]);
      largest = Math.max(largest, data[i]);
      sum += data[i];
    }
  }
  const mean = sum / (data.length - notFinite);
  // Decoded images of several λ: (λ's, images, …).
  const [lambdas, perRow] = shape.length === 5 ? shape : [1, undefined];
  const axes = perRow === undefined ? shape : [lambdas * perRow, ...shape.slice(2)];
  const reading = data.length === 0 ? undefined : likelyReading(axes, request.layout);
  const readAs = reading === undefined ? null : { layout: reading.layout, size: reading.size };
  const values = { smallest, largest, mean, notFinite };
  const shown = { kind: "array", shape, ...values, readAs, madeBy: request.madeBy ?? null } as const;
  if (reading === undefined || notFinite > 0) return { shown, content: null };
  return { shown, content: { kind: "images", images: imagesOf(data, reading), perRow } };
}

/** [n, height, width, channels] of float32. */
function imagesOf(data: Numbers, { layout, size }: ImageReading): Tensor {
  const [n, height, width, channels] = size;
  const values = Float32Array.from(data);
  return tensor(size, layout === "nchw" ? channelsLast(values, [n, channels, height, width]) : values);
}

async function petavision(bytes: Uint8Array, request: ShowRequest, platform: Platform): Promise<Found> {
  const file = decodePvp(bytes, request.path);
  if (file.kind === "weights") return dictionary(bytes, request, platform);
  if (file.kind === "sparse" || request.as === "codes") return codes(await decodeCodes(bytes, request.path));
  const madeBy = `not stated; PetaVision's dense activity, ${counted(file.times.length, "frame")}`;
  return numbers(file.frames, { ...request, layout: "nhwc", madeBy }, platform);
}

/** Whether a Parquet table is of codes, as crisp encode writes it. */
async function isCodes(bytes: Uint8Array, path: string): Promise<boolean> {
  const buffer = new Uint8Array(bytes).buffer;
  const { names } = await openParquet(buffer, path);
  return ["image", "lam", "unit", "value"].every((name) => names.includes(name));
}

function codes(set: CodeSet): Found {
  const { size, images, network } = set;
  const lambdas = set.lambdas.length === 0 ? [null] : set.lambdas;
  const shown: ShownCodes = {
    kind: "codes",
    images,
    size: [size.rows, size.columns, size.features],
    lambdas: lambdas.map((lambda, l) => statisticsAt(set, { lambda, l, each: lambdas.length })),
    network: network
      ? { ...network, image: [network.height, network.width, network.channels], boundary: network.boundary }
      : null,
  };
  return { shown, content: { kind: "codes", set } };
}

/** Every `each`-th code from the l-th on. */
function statisticsAt(
  { codes: all, size, images }: CodeSet,
  at: { lambda: number | null; l: number; each: number },
): ShownLambda {
  const statistics = openStatistics(size.features);
  let [l1, squares] = [0, 0];
  for (let i = at.l; i < all.length; i += at.each) {
    statistics.add(all[i], size.rows * size.columns);
    for (const a of all[i].value) {
      l1 += Math.abs(a);
      squares += a * a;
    }
  }
  return { lambda: at.lambda, ...statistics.result(), l1: l1 / images, squares: squares / images };
}

async function picture(bytes: Uint8Array, path: string, { images }: Platform): Promise<Found> {
  const { format, orientation = 1 } = readPictureHeader(bytes, path);
  const decoded = await images.picture(path);
  const { height, width, channels, deep } = decoded.picture;
  const noise = height >= 8 && width >= 8 ? noiseLevel(decoded.picture) : null;
  const depth = deep ? 16 : 8;
  const shown = { kind: "picture", format, height, width, channels, depth, orientation, noise } as const;
  return { shown: { ...shown, losses: lossesOf(decoded) }, content: { kind: "picture", picture: decoded.picture } };
}

/** A table of curves, or where its columns are not those of one, their names and ranges. */
async function table(path: string, platform: Platform): Promise<Found> {
  try {
    return curves(await platform.table(path));
  } catch (error) {
    const ranges = await platform.ranges(path).catch(() => null);
    if (ranges === null || ranges.rows === 0 || areKnown(ranges)) throw error;
    const names = ranges.columns.map(({ name }) => name);
    const points = pointNames.every((name) => names.includes(name));
    return { shown: { kind: "columns", points, ...ranges }, content: null };
  }
}

/** Whether the columns are those of a table of curves, so that something else is wrong with it. */
function areKnown({ columns }: TableRanges): boolean {
  try {
    return (
      findColumns(
        "",
        columns.map(({ name }) => name),
      ).columns.length > 0
    );
  } catch {
    return false;
  }
}

function curves({ columns, notes, warnings }: TableFile): Found {
  const shown = {
    kind: "table",
    columns: columnNames.filter((name) => columns[name] !== null),
    rows: columns.size.length,
    sizes: [...new Set(columns.size)].sort((a, b) => a - b),
    notes: [...notes, ...warnings],
  } as const;
  return { shown, content: null };
}
