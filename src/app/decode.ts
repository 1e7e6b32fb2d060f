/**
 * Images from codes: ŝ = Φa, float64 sums, for every code of a file that
 * `crisp encode` or PetaVision wrote, with the dictionary they were made with; in the units the
 * images had before encode took out their mean and deviation, which its files keep.
 */
import { canvasOf } from "../coding/canvas.js";
import { decodeCodes } from "../coding/code-file.js";
import type { CodeNetwork, CodeSet } from "../coding/codes.js";
import { type DictionaryFile, decodeDictionary } from "../coding/dictionary-file.js";
import type { SparseCode } from "../coding/engine.js";
import { type Network, networkOf, synthesis } from "../coding/operator.js";
import { CrispError } from "../core/errors.js";
import { type Boundary, columnAxis, type Extent, type Geometry, rowAxis } from "../core/geometry.js";
import { tensorSha256 } from "../core/key.js";
import { slice, type Tensor, tensor } from "../core/tensor.js";
import type { Layout } from "../formats/arrays.js";
import { formatOf } from "../formats/format.js";
import { encodeNpy } from "../formats/npy.js";
import { checkOutputs } from "./outputs.js";
import { placementOf } from "./placement.js";
import type { Platform } from "./platform.js";

/** What is to be decoded, and where to. */
export type DecodeRequest = {
  /** .npz, .parquet or .pvp */
  readonly codes: string;
  /** .safetensors, .npy, .npz or .pvp */
  readonly dictionary: string;
  /** Height and width of the images; by default what the codes say, else what the map of units covers. */
  readonly size?: Extent;
  /** Default: what the codes say, else the dictionary's own, else 2×2. */
  readonly stride?: Extent;
  /** Default: what the codes say, else the dictionary's own, else crop. */
  readonly boundary?: Boundary;
  readonly layout?: Layout;
  readonly normaliseAtoms?: boolean;
  /** Leave the images as they were coded: the mean and deviation that were taken out stay out. */
  readonly normalised?: boolean;
  /** Told what had to be assumed of codes that do not say their network. */
  onWarning?(text: string): void;
  /** .npy file to write: [images, height, width, channels], or [images, λ's, height, width, channels]. */
  readonly out: string;
};

/** What was written. */
export type DecodeResult = {
  readonly shape: readonly number[];
  /**
   * "restored": each image's mean and deviation are put back; "own": nothing had been taken out;
   * "normalised": they are left out, as asked; "unknown": as coded, of codes that do not say.
   */
  readonly units: "restored" | "own" | "normalised" | "unknown";
};

/**
 * Writes deviation · Φa + mean of every code, Φa where nothing was taken out, nobody knows, or
 * `normalised` is asked for.
 *
 * @throws CrispError `data` for files that cannot be read, `shape` when codes,
 *   dictionary and size are not of one network or the atoms not those of the codes,
 *   `usage` when `out` is not an .npy or an option contradicts what the codes say
 */
export async function decodeImages(request: DecodeRequest, { files }: Platform): Promise<DecodeResult> {
  const { out, layout, normaliseAtoms, normalised = false } = request;
  if (formatOf(out) !== "npy")
    throw new CrispError("usage", `${out}: images are written as .npy. Name the file so, such as --out images.npy.`);
  await checkOutputs(
    [["--out", out]],
    [
      ["the codes", request.codes],
      ["--dictionary", request.dictionary],
    ],
    files,
  );
  const set = await decodeCodes(await files.read(request.codes), request.codes);
  const own = set.network && [...set.network.patch, set.network.channels].join();
  const fits = (shape: readonly number[]) => own === undefined || shape.slice(1).join() === own;
  const bytes = await files.read(request.dictionary);
  const file = decodeDictionary(bytes, request.dictionary, { layout, normaliseAtoms, fits });
  const placed = set.network ? knownPlacement(set.network, file.atoms, request) : assumedPlacement(file, request);
  const geometry = networkGeometry(set, file.atoms, { ...request, ...placed });
  if (!set.network) warnAssumed(geometry, request);
  const images = reconstructions(set.codes, networkOf({ geometry, atoms: file.atoms }));
  const [, ...size] = images.shape;
  const codings = set.lambdas.length;
  const taken = set.units?.some(({ mean, deviation }) => mean !== 0 || deviation !== 1) ?? false;
  if (taken && !normalised) putBack(images, set);
  const shape = codings > 1 ? [set.images, codings, ...size] : images.shape;
  await files.replace(out, encodeNpy({ shape, data: images.data }));
  const units = !set.units ? "unknown" : !taken ? "own" : normalised ? "normalised" : "restored";
  return { shape, units };
}

/** x = deviation · s + mean, in place; a flat image is its mean. */
function putBack(images: Tensor, { units = [], lambdas }: CodeSet): void {
  const codings = Math.max(1, lambdas.length);
  for (let n = 0; n < images.shape[0]; n++) {
    const { mean, deviation } = units[Math.floor(n / codings)];
    const image = slice(images, n);
    for (let i = 0; i < image.length; i++) image[i] = image[i] * deviation + mean;
  }
}

type Placed = { readonly size?: Extent; readonly stride: Extent; readonly boundary: Boundary };

/** What the codes say, held against the atoms and the options. */
function knownPlacement(network: CodeNetwork, atoms: Tensor, request: DecodeRequest): Placed {
  const { height, width, stride, boundary } = network;
  const given = tensorSha256(atoms);
  if (given !== network.atoms) {
    throw new CrispError(
      "shape",
      `${request.codes} was made with the atoms ${network.atoms} (sha256); ${request.dictionary} holds other atoms, ${given}. Give the dictionary that made the codes, with the same --atoms-layout and --normalise-atoms.`,
    );
  }
  const size = [height, width] as const;
  for (const [name, asked, own] of [
    ["size", request.size?.join("×"), size.join("×")],
    ["stride", request.stride?.join("×"), stride.join("×")],
    ["boundary", request.boundary, boundary],
  ] as const) {
    if (asked === undefined || asked === own) continue;
    throw new CrispError(
      "usage",
      `--${name} is ${asked}, but ${request.codes} says its codes are of ${name} ${own}. Leave --${name} out.`,
    );
  }
  return { size, stride, boundary };
}

function assumedPlacement(file: DictionaryFile, request: DecodeRequest): Placed {
  const { stride, boundary } = placementOf(file, request);
  return { stride, boundary, ...(request.size ? { size: request.size } : {}) };
}

/** Says what was not given: a wrong stride, boundary or size gives wrong pixels and no error. */
function warnAssumed({ height, width, stride, boundary }: Geometry, request: DecodeRequest): void {
  const parts = [
    ...(request.size ? [] : [`size ${height}×${width} (--size)`]),
    ...(request.stride ? [] : [`stride ${stride.join("×")} (--stride)`]),
    ...(request.boundary ? [] : [`boundary ${boundary} (--boundary)`]),
  ];
  if (parts.length === 0) return;
  request.onWarning?.(
    `${request.codes} does not say what network its codes are of; taken: ${parts.join(", ")}. Where one is wrong, so are the images.`,
  );
}

/** ŝ = Φa of each code, [codes, height, width, channels]. */
function reconstructions(codes: readonly SparseCode[], net: Network): Tensor {
  const { height, width, channels } = net.dictionary.geometry;
  const images = tensor([codes.length, height, width, channels]);
  codes.forEach((code, n) => {
    slice(images, n).set(synthesis(net, code));
  });
  return images;
}

/** The network the codes are of: its map of units must be the file's. */
function networkGeometry(
  { size: map }: CodeSet,
  atoms: Tensor,
  of: Omit<DecodeRequest, keyof Placed> & Placed,
): Geometry {
  const [features, rows, columns, channels] = atoms.shape;
  const { stride, boundary } = of;
  const covered = (count: number, axis: 0 | 1) =>
    boundary === "valid" ? (count - 1) * stride[axis] + [rows, columns][axis] : count * stride[axis];
  const [height, width] = of.size ?? [covered(map.rows, 0), covered(map.columns, 1)];
  const geometry: Geometry = { height, width, channels, patch: [rows, columns], stride, boundary, features };
  canvasOf(geometry); // refuses what no network has
  const found = [rowAxis(geometry).count, columnAxis(geometry).count, features];
  const wanted = [map.rows, map.columns, map.features];
  if (found.join() === wanted.join()) return geometry;
  throw new CrispError(
    "shape",
    `${of.codes} has codes of ${wanted.join("×")} units (rows, columns, features); ${of.dictionary} on images of ${height}×${width} at stride ${stride.join("×")}, boundary ${boundary}, has ${found.join("×")}. Give the dictionary, --size, --stride and --boundary the codes were made with.`,
  );
}
