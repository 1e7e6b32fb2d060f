/**
 * Codes of the user's images with the user's dictionary: files in, one record
 * per image out. Work is cut image by image for the worker pool and put together
 * in the order of the images, so the number of workers changes nothing.
 */

import { canvasOf } from "../coding/canvas.js";
import { checkCodePath, encodeCodes } from "../coding/code-file.js";
import type { CodeSet } from "../coding/codes.js";
import type { Dictionary } from "../coding/dictionary.js";
import type { CodingRule, SparseCode } from "../coding/engine.js";
import type { Solver } from "../coding/solver.js";
import { transferOf } from "../coding/threshold.js";
import { CrispError } from "../core/errors.js";
import { type Boundary, columnAxis, type Extent, type Geometry, rowAxis } from "../core/geometry.js";
import { tensorSha256 } from "../core/key.js";
import { type Tensor, tensor } from "../core/tensor.js";
import { counted } from "../core/words.js";
import { formatOf } from "../formats/format.js";
import type { Normalisation } from "../images/normalise.js";
import type { Masks } from "../study/masks.js";
import { type Encoded, encode } from "../tasks/encode.js";
import type { Executor, Held } from "../work/executor.js";
import { runLanes } from "../work/lanes.js";
import { type CodingFiles, checkCodingFiles, openCodingFiles } from "./coding-files.js";
import { type CodingPace, codingPace, type Extent2, pieceOf } from "./coding-pace.js";
import { type CodingInputs, openInputs, unitsWarning } from "./encode-inputs.js";
import { decodeMasks } from "./masks.js";
import { checkOutputs, type Named } from "./outputs.js";
import { assumedText, placementOf } from "./placement.js";
import type { ImageSize, ImageSource, Platform } from "./platform.js";

/** Images, dictionary, λ's and rule of a coding. */
export type EncodeRequest = CodingInputs & {
  /** Default: the dictionary's own if the file says it, else 2×2. */
  readonly stride?: Extent;
  /** Default: the dictionary's own if the file says it, else crop. */
  readonly boundary?: Boundary;
  readonly rule: CodingRule;
  /** Coordinate if left out; the others stop where they stop, without a finish in float64. */
  readonly solver?: Solver;
  /** Noise added to what is coded; percentError stays against the clean image. */
  readonly noise?: { readonly sigma: number; readonly seed: number };
  /** .npy or .npz of weights w ≥ 0 of the data term, for all images or one per image; 0 hides a pixel. */
  readonly mask?: string;
  readonly workers: number;
  /** .npz, .parquet or .pvp to write the codes to. */
  readonly out?: string;
  /** Write .npz dense. */
  readonly dense?: boolean;
  /** Steps and statistics to write; steps are an LCA's. */
  readonly files?: CodingFiles;
  readonly signal?: AbortSignal;
  /** Told, before anything is coded, what was assumed (`note`) and what looks wrong (`warning`). */
  onRemark?(kind: "note" | "warning", text: string): void;
  /** Told how long it will take, measured before it begins. */
  onEstimate?(estimate: EncodingEstimate): void;
  /** Told after each image. */
  onProgress?(done: number, total: number): void;
};

/** One image: its codings without the codes themselves, in the order the λ's were given. */
export type ImageRecord = {
  readonly index: number;
  /** File of the picture, within its folder; absent for arrays. */
  readonly name?: string;
  readonly lambdas: readonly Omit<Encoded, "code" | "steps">[];
};

/** Records of all images, in their order. */
export type EncodeResult = {
  readonly images: readonly ImageRecord[];
  /** The network of the first image. */
  readonly geometry: Geometry;
  /** sha256 of the atoms as they were used. */
  readonly dictionary: string;
  /** sha256 of the mask's shape and weights; null without a mask. */
  readonly mask: string | null;
  readonly unconverged: number;
  /** What was assumed. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
};

/**
 * Codes all images, and writes the codes if `out` is given.
 *
 * @throws CrispError `data` or `shape` for files that cannot be read or do not fit
 *   together, `usage` for λ's, a rule or an `out` that cannot be used,
 *   `incomplete` when `signal` stopped it
 */
export async function encodeImages(request: EncodeRequest, platform: Platform): Promise<EncodeResult> {
  const { files } = platform;
  const { lambdas, out } = request;
  if (out !== undefined) checkCodePath(out, lambdas.length, request.dense);
  await checkOutputs([["--out", out], ...writtenBy(request.files)], inputsOf(request), files);
  if (request.files) checkCodingFiles(request.files);
  demandSteps(request);
  for (const lambda of lambdas) transferOf(request.rule.threshold, lambda); // refuses what no rule can be
  const opened = await openCoding(request, platform);
  const { source, notes, dictionary, networks, geometry, masks } = opened;
  if (request.onEstimate) request.onEstimate(await encodingEstimate(opened, request, platform));
  const writer =
    request.files && (await openCodingFiles(request.files, { features: geometry.features, lambdas }, platform));
  const images: ImageRecord[] = [];
  const codes: SparseCode[] = [];
  const units: Normalisation[] = [];
  async function take({ codings, taken }: CodedOne, index: number): Promise<void> {
    units.push(taken);
    await writer?.add(codings, networks(index).dictionary.geometry);
    if (out !== undefined) for (const { code } of codings) codes.push(code);
    images.push(recordOf(codings, index, source.names));
  }
  try {
    await encodeAll(source, { networks, masks, request, take }, platform).finally(() => source.close?.());
    if (out !== undefined)
      await files.replace(
        out,
        encodeCodes(out, codeSet(codes, { geometry, lambdas, atoms: dictionary, units }), { dense: request.dense }),
      );
    await writer?.finish();
  } finally {
    await writer?.discard();
  }
  return {
    images,
    geometry,
    dictionary,
    mask: masks?.hash ?? null,
    notes,
    unconverged: images.reduce((sum, of) => sum + of.lambdas.filter(({ converged }) => !converged).length, 0),
    warnings: [...opened.warnings, ...flatWarning(images)],
  };
}

/** Everything opened and checked that a coding begins with. */
async function openCoding(request: EncodeRequest, platform: Platform) {
  const { file, source, advice, notes } = await openInputs(request, platform);
  const placement = placementOf(file, request);
  const assumed = assumedText(request.dictionary, placement);
  if (assumed !== null) notes.push(assumed);
  const units = source.raw ? await unitsWarning(source, request) : [];
  const networks = networksOf(source.sizes, file.atoms, { ...placement, names: request, advice });
  const { geometry } = networks(0).dictionary;
  if (request.out !== undefined) demandOneSize(source.sizes, request.out);
  if (isWarm(request)) demandOneSize(source.sizes, "--warm");
  const masks = await masksFor(request.mask, source, platform);
  const warnings = [...source.warnings, ...units, ...unitsLost(source.raw, request)];
  for (const note of notes) request.onRemark?.("note", note);
  for (const warning of warnings) request.onRemark?.("warning", warning);
  return { file, source, notes, warnings, dictionary: tensorSha256(file.atoms), networks, geometry, masks };
}

/** PetaVision's format has no place for what was taken out of the images. */
function unitsLost(raw: boolean, { out }: EncodeRequest): readonly string[] {
  if (raw || out === undefined || formatOf(out) !== "pvp") return [];
  return [
    `${out} cannot hold the mean and deviation that are taken out of each image, so crisp decode gives images of mean 0 and deviation 1 from it. Write .npz or .parquet to keep them beside the codes.`,
  ];
}

/** What a coding will take on this machine. */
export type EncodingEstimate = CodingPace & { readonly images: number };

/** The estimate by itself, for `--dry-run`. @throws as `encodeImages` before it begins */
export async function estimateEncoding(request: EncodeRequest, platform: Platform): Promise<EncodingEstimate> {
  const opened = await openCoding(request, platform);
  try {
    return await encodingEstimate(opened, request, platform);
  } finally {
    opened.source.close?.();
  }
}

/** Pieces of the first image are coded, and the others taken to cost as much for each of their pixels. */
async function encodingEstimate(
  { source, masks, geometry, file }: Awaited<ReturnType<typeof openCoding>>,
  request: EncodeRequest,
  platform: Platform,
): Promise<EncodingEstimate> {
  const weights = masks?.at(0);
  const { values: image } = await source.image(0, weights);
  const pool = await platform.openExecutor(1);
  async function code(piece: Extent2): Promise<unknown> {
    const held = {
      id: `piece ${piece.height}×${piece.width}`,
      dictionary: { geometry: { ...geometry, ...piece }, atoms: file.atoms },
    };
    const of = { index: 0, image: pieceOf(image, geometry, piece), held };
    return encodeOne(pool, { ...of, weights: weights && pieceOf(weights, geometry, piece) }, request);
  }
  try {
    const { seconds, atLeast } = await codingPace(geometry, code, platform);
    const pixels = ({ height, width }: Extent2) => height * width;
    const images = source.sizes.reduce((sum, size) => sum + pixels(size) / pixels(geometry), 0);
    const lanes = isWarm(request) ? 1 : Math.min(request.workers, source.sizes.length, platform.cores);
    return { images: source.sizes.length, seconds: (seconds * images) / lanes, atLeast };
  } finally {
    await pool.close();
  }
}

async function masksFor(path: string | undefined, { sizes }: ImageSource, { files }: Platform): Promise<Masks | null> {
  if (path === undefined) return null;
  demandOneSize(sizes, "--mask");
  return decodeMasks(await files.read(path), path, { ...sizes[0], training: { count: sizes.length }, name: "images" });
}

/** An LCA that starts each image from the V of the one before, so images go one after the other. */
function isWarm({ solver }: EncodeRequest): boolean {
  return solver?.kind === "lca" && solver.warm === true;
}

function wantsSteps({ files }: EncodeRequest): boolean {
  return files?.probe !== undefined || files?.probePlot !== undefined;
}

function demandSteps(request: EncodeRequest): void {
  const kind = request.solver?.kind ?? "coordinate";
  if (!wantsSteps(request) || kind === "lca") return;
  throw new CrispError(
    "usage",
    `--probe records the steps of the LCA, but the solver is ${kind}. Add --solver lca or leave --probe out.`,
  );
}

function writtenBy(files: CodingFiles | undefined): readonly Named[] {
  const { probe, probePlot, stats, statsPlot } = files ?? {};
  return [
    ["--probe", probe],
    ["--probe-plot", probePlot],
    ["--stats", stats],
    ["--stats-plot", statsPlot],
  ];
}

function inputsOf({ images, dictionary, mask }: EncodeRequest): readonly Named[] {
  return [
    ["the images", images],
    ["--dictionary", dictionary],
    ["--mask", mask],
  ];
}

type NetworkOptions = {
  readonly stride: Extent;
  readonly boundary: Boundary;
  readonly names: { readonly images: string; readonly dictionary: string };
  /** What to do where the channels disagree. */
  advice(size: ImageSize): string;
};

/** The network of each image: one per size of image, all of the same atoms. */
function networksOf(sizes: readonly ImageSize[], atoms: Tensor, of: NetworkOptions): (index: number) => Held {
  const known = new Map<string, Held>();
  const networks = sizes.map(({ height, width, channels }) => {
    const key = `${height}×${width}×${channels}`;
    const found = known.get(key) ?? { id: key, dictionary: dictionaryFor({ height, width, channels }, atoms, of) };
    known.set(key, found);
    return found;
  });
  return (index) => networks[index];
}

function dictionaryFor(
  size: ImageSize,
  atoms: Tensor,
  { stride, boundary, names, advice }: NetworkOptions,
): Dictionary {
  const [features, rows, columns, channels] = atoms.shape;
  if (channels !== size.channels) {
    throw new CrispError(
      "shape",
      `${names.images} has images of ${size.height}×${size.width}×${size.channels}, ${names.dictionary} atoms of ${rows}×${columns}×${channels}: the channels (last) must agree. ${advice(size)}`,
    );
  }
  const geometry: Geometry = { ...size, patch: [rows, columns], stride, boundary, features };
  canvasOf(geometry); // refuses what no network has
  return { geometry, atoms };
}

function demandOneSize(sizes: readonly ImageSize[], out: string): void {
  const other = sizes.find(({ height, width }) => height !== sizes[0].height || width !== sizes[0].width);
  if (!other) return;
  throw new CrispError(
    "usage",
    `${out}: images of ${sizes[0].height}×${sizes[0].width} and of ${other.height}×${other.width} have maps of different size; here all must be alike. Code them apart, or leave it out.`,
  );
}

/** The codings of one image, and the mean and deviation that were taken out of it. */
type CodedOne = { readonly codings: readonly Encoded[]; readonly taken: Normalisation };
type Take = (coded: CodedOne, index: number) => Promise<void>;

/** Results that may wait for a slower image before theirs, a lane of work. */
const mostAhead = 32;

/**
 * Gives the codings of all images to `take` in the order of the images, λ's as given. A few images a
 * worker are under way or wait for a slower one, however many there are; what stays of each image is
 * what `take` keeps: of `encodeImages` a record of 0.3 kB per λ, and with `out` 8 bytes per active unit.
 */
async function encodeAll(
  source: ImageSource,
  of: { networks: (index: number) => Held; masks: Masks | null; request: EncodeRequest; take: Take },
  platform: Platform,
): Promise<void> {
  const { networks, masks, request, take } = of;
  const total = source.sizes.length;
  const oneByOne = isWarm(request);
  const pool = await platform.openExecutor(oneByOne ? 1 : Math.min(request.workers, total));
  const lanes = oneByOne ? 1 : 2 * pool.workers;
  let done = 0;
  // A coding at a tiny λ may take minutes and hears nothing: a stop ends its thread instead of waiting for it.
  const stopped = new Promise<never>((_, reject) => {
    request.signal?.addEventListener("abort", () =>
      reject(
        new CrispError(
          "incomplete",
          `stopped after ${done} of ${counted(total, "image")}. Run the same command again.`,
        ),
      ),
    );
  });
  stopped.catch(() => {});
  async function work(index: number): Promise<CodedOne> {
    request.signal?.throwIfAborted(); // heard as `stopped`
    const weights = masks?.at(index);
    const { values: image, taken } = await source.image(index, weights);
    return { taken, codings: await encodeOne(pool, { index, image, weights, held: networks(index) }, request) };
  }
  const all = runLanes(total, {
    lanes,
    ahead: mostAhead * lanes,
    work,
    async take(coded, index) {
      await take(coded, index);
      request.onProgress?.(++done, total);
    },
  });
  try {
    await Promise.race([all, stopped]);
  } finally {
    await pool.close();
  }
}

async function encodeOne(
  pool: Executor,
  of: { index: number; image: Float32Array; weights: Float32Array | undefined; held: Held },
  request: EncodeRequest,
): Promise<Encoded[]> {
  const { lambdas, rule, noise, solver } = request;
  const { height, width, channels } = of.held.dictionary.geometry;
  const falling = [...lambdas].sort((a, b) => b - a);
  const shape = [1, height, width, channels];
  const images = tensor(shape, of.image);
  // A copy: a view would take its whole array along to the worker.
  const weights = of.weights && tensor(shape, of.weights.slice());
  const [codings] = await pool.run(encode, of.held, {
    batch: { images, indices: [of.index], ...(weights ? { weights } : {}) },
    noise: noise === undefined || noise.sigma === 0 ? null : { ...noise, stream: 0 },
    lambdas: falling,
    rule,
    ...(solver ? { solver, probe: wantsSteps(request) } : {}),
  });
  return lambdas.map((lambda) => codings[falling.indexOf(lambda)]);
}

function recordOf(codings: readonly Encoded[], index: number, names: readonly string[] | null): ImageRecord {
  const lambdas = codings.map(({ code: _, steps: __, ...rest }) => rest);
  return names === null ? { index, lambdas } : { index, name: names[index], lambdas };
}

function codeSet(
  codes: readonly SparseCode[],
  of: Pick<CodeSet, "lambdas" | "units"> & { readonly geometry: Geometry; readonly atoms: string },
): CodeSet {
  const { features, ...placed } = of.geometry;
  const size = { rows: rowAxis(of.geometry).count, columns: columnAxis(of.geometry).count, features };
  const { lambdas, atoms, units } = of;
  return { size, images: codes.length / lambdas.length, lambdas, codes, units, network: { ...placed, atoms } };
}

function flatWarning(images: readonly ImageRecord[]): string[] {
  const flat = images.filter(({ lambdas }) => lambdas.some(({ percentError }) => percentError === null));
  if (flat.length === 0) return [];
  return [
    `${counted(flat.length, "image")} zero everywhere, the first of them image ${flat[0].index}: percentError is null there.`,
  ];
}
