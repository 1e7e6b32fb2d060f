/** The readers of files that the commands use, each with small sound files and what it promises of a value. */
import { readdirSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { encode as encodeJpeg } from "jpeg-js";
import { manifestIn } from "../../src/app/manifest.js";
import { readRecord } from "../../src/app/study-files.js";
import { draftOf, planOf } from "../../src/cli/settings.js";
import { encodeCodes } from "../../src/coding/code-file.js";
import { decodeDictionary } from "../../src/coding/dictionary-file.js";
import { canonicalJson, contentKey } from "../../src/core/key.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { encodeNpz } from "../../src/formats/npz.js";
import { encodeParquet } from "../../src/formats/parquet.js";
import { encodePng } from "../../src/formats/png.js";
import { encodePvpDense, encodePvpSparse, encodePvpWeights } from "../../src/formats/pvp.js";
import { readCodes } from "../../src/node/code-files.js";
import { openImageSource } from "../../src/node/image-source.js";
import { readPicture } from "../../src/node/picture-files.js";
import { nodePlatform } from "../../src/node/platform.js";
import { readTable } from "../../src/node/table-file.js";
import { encodeDictionary } from "../../src/study/items/files.js";
import { atoms, code, codes, size } from "./small-arrays.js";

/** One kind of file: what it is called on disk, sound ones, and the reader, which throws where a promise is broken. */
export type Reader = {
  readonly kind: string;
  readonly file: string;
  readonly sound: readonly Uint8Array[];
  read(path: string): Promise<void>;
};

// The same from the sources and from the bundle in .cache/fuzz.
const root = fileURLToPath(new URL("../../", import.meta.url));
const pictures = join(root, "test/fixtures/pictures");
const bytesOf = (text: string) => new TextEncoder().encode(text);
const refusedFixtures = ["float.tif", "jpeg.tif", "animated.webp"];
const fixtures = (ending: string) =>
  readdirSync(pictures)
    .filter((name) => name.endsWith(ending) && !refusedFixtures.includes(name))
    .sort()
    .map((name) => new Uint8Array(readFileSync(join(pictures, name))));

const pixels = Uint8Array.from({ length: 48 }, (_, i) => (37 * i) % 256);
const rows = [8, 16, 32].flatMap((features) => [1, 2, 3, 4].map((x) => ({ features, x, value: 20 + (x - 2.5) ** 2 })));
const columns = (["features", "x", "value"] as const).map((name) => ({
  name: name === "x" ? "lambda" : name,
  type: "DOUBLE" as const,
  data: rows.map((row) => row[name]),
}));
const table = (separator: string) =>
  bytesOf(
    [["size", "control", "value"], ...rows.map(({ features, x, value }) => [features, x / 10, value])]
      .map((cells) => `${cells.join(separator)}\n`)
      .join(""),
  );
const lines = rows.map(({ features, x, value }) => `${JSON.stringify({ size: features, control: x, value })}\n`);
const study = { schemaVersion: 2, settings: { seed: 1, normalise: true }, warnings: [], minima: [{ value: 1.5 }] };
const oldStudy = { ...study, schemaVersion: 1, settings: { normalize: true }, minima: [{ percentError: 1.5 }] };
const sealed = (one: object) => `${canonicalJson({ ...one, checksum: contentKey(one) })}\n`;
const manifest = readFileSync(join(root, "docs/results/cifar10-paper/trained/manifest.json"));
const settingsText =
  "# a study\nseed: 7\nnoise: 0.5\nfeatures: [16, 32, 64]\nleftOut: [128]\npatch: [8, 8]\nout: studies/a\nlearning: {lambda: 0.3, images: 960}\nsweep:\n  factor: 1.25\n";
const pnm = (head: string, values = pixels) => new Uint8Array([...bytesOf(head), ...values]);

/** Every reader. Added at the end, a new one changes the inputs of a seed, as does any change of a sound file. */
export const readers: readonly Reader[] = [
  ...Object.entries({
    npy: encodeNpy(atoms),
    npz: encodeNpz({ atoms }),
    safetensors: encodeDictionary(atoms, { stride: [2, 2], boundary: "crop" }),
    pvp: encodePvpWeights(atoms),
  }).map(([ending, sound]) => one(`dictionary ${ending}`, `a.${ending}`, { sound: [sound], read: dictionary })),
  ...Object.entries({ npy: encodeNpy(atoms), npz: encodeNpz({ atoms }), pvp: encodePvpDense(atoms) }).map(
    ([ending, sound]) => one(`images ${ending}`, `a.${ending}`, { sound: [sound], read: images }),
  ),
  ...["npz", "parquet", "pvp"].map((ending) => {
    const sound = ending === "pvp" ? encodePvpSparse(size, [code, code]) : encodeCodes(`a.${ending}`, codes);
    return one(`codes ${ending}`, `a.${ending}`, { sound: [sound], read: sparse });
  }),
  ...Object.entries({
    png: [
      encodePng({ width: 4, height: 4, channels: 3, bytes: pixels }),
      encodePng({ width: 4, height: 4, channels: 1, bytes: pixels.subarray(0, 16), deep: new Uint16Array(16).fill(9) }),
      ...fixtures(".png"),
    ],
    jpg: [encodeJpeg({ width: 16, height: 16, data: new Uint8Array(1024).map((_, i) => (i * i) % 256) }, 80).data],
    tif: fixtures(".tif"),
    bmp: fixtures(".bmp"),
    webp: fixtures(".webp"),
    pgm: [pnm("P5\n8 6\n255\n"), bytesOf(`P2\n# by hand\n8 6\n255\n${[...pixels].join(" ")}\n`)],
    ppm: [pnm("P6 4 4 255\n"), bytesOf(`P3 4 4 255 ${[...pixels].join("\n")}\n`)],
    pam: [pnm("P7\nWIDTH 4\nHEIGHT 4\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n")],
  }).map(([ending, sound]) => one(`picture ${ending}`, `a.${ending}`, { sound, read: picture })),
  one("table csv", "a.csv", { sound: [table(","), table(";")], read: scalingTable }),
  one("table tsv", "a.tsv", { sound: [table("\t")], read: scalingTable }),
  one("table ndjson", "a.ndjson", { sound: [bytesOf(lines.join(""))], read: scalingTable }),
  one("table parquet", "a.parquet", { sound: [encodeParquet(columns)], read: scalingTable }),
  one("settings yaml", "a.yaml", { sound: [bytesOf(settingsText)], read: settings }),
  one("manifest json", "manifest.json", {
    sound: [manifest],
    read: async (path) => void (await manifestIn(dirname(path), nodePlatform)),
  }),
  one("record json", "scaling.json", {
    sound: [sealed(study), canonicalJson(study), canonicalJson(oldStudy)].map(bytesOf),
    read: record,
  }),
];

function one(kind: string, file: string, { sound, read }: Pick<Reader, "sound" | "read">): Reader {
  // Copies: slices of a Buffer share its bytes, so damage would reach the sound file.
  return { kind, file, sound: sound.map((bytes) => new Uint8Array(bytes)), read };
}

function demand(holds: boolean, promise: string): void {
  if (!holds) throw new Error(`a broken promise: ${promise}`);
}

async function dictionary(path: string): Promise<void> {
  const { shape, data } = decodeDictionary(await readFile(path), path).atoms;
  demand(data.length === shape.reduce((product, side) => product * side, 1), "atoms fill their shape");
  demand(data.length > 0 && data.every(Number.isFinite), "atoms are finite");
}

async function images(path: string): Promise<void> {
  const source = await openImageSource({ images: path, layout: "nhwc", normalise: false, channels: 1 });
  try {
    for (let i = 0; i < Math.min(source.sizes.length, 4); i++)
      demand((await source.image(i)).values.every(Number.isFinite), "values of images are finite");
  } finally {
    await source.close?.();
  }
}

async function sparse(path: string): Promise<void> {
  for (const { index, value } of (await readCodes(path)).codes)
    demand(index.length === value.length && value.every(Number.isFinite), "codes are whole and finite");
}

async function picture(path: string): Promise<void> {
  const { height, width, channels, bytes, deep } = (await readPicture(path)).picture;
  const values = height * width * channels;
  demand(values > 0 && bytes.length === values && (deep?.length ?? values) === values, "pixels fill the picture");
}

async function scalingTable(path: string): Promise<void> {
  const { size: sizes, value, control, error } = (await readTable(path)).columns;
  demand(sizes.length > 0 && sizes.length === value.length, "columns are equally long");
  for (const column of [sizes, value, control, error])
    demand(column === null || column.every(Number.isFinite), "numbers of a table are finite");
}

/** As `crisp run FILE` takes its settings, before it looks at images. */
async function settings(path: string): Promise<void> {
  planOf(await draftOf(path, {}, {}), {});
}

async function record(path: string): Promise<void> {
  await writeFile(join(dirname(path), "manifest.json"), manifest);
  await readRecord(dirname(path), nodePlatform);
}
