/**
 * Images from codes: ŝ = Φa, float64 sums, for every code of a file that
 * `crisp encode` or PetaVision wrote, with the dictionary they were made with.
 */
import { canvasOf, imageMinus } from "../coding/canvas.js";
import type { CodeSet } from "../coding/codes.js";
import type { SparseCode } from "../coding/engine.js";
import { addAtom, type Network, networkOf, target } from "../coding/operator.js";
import { CrispError } from "../core/errors.js";
import { type Boundary, columnAxis, type Extent, type Geometry, rowAxis } from "../core/geometry.js";
import { encodeNpy } from "../core/npy.js";
import { slice, type Tensor, tensor } from "../core/tensor.js";
import type { Layout } from "./array-files.js";
import { readCodes } from "./code-files.js";
import { readDictionary } from "./dictionary-files.js";
import { replaceFile } from "./files.js";

/** What is to be decoded, and where to. */
export type DecodeRequest = {
  /** .npz, .parquet or .pvp */
  readonly codes: string;
  /** .safetensors, .npy, .npz or .pvp */
  readonly dictionary: string;
  /** Height and width of the images; by default what the map of units covers. */
  readonly size?: Extent;
  /** Default: the dictionary's own if the file says it, else 2×2. */
  readonly stride?: Extent;
  /** Default: the dictionary's own if the file says it, else crop. */
  readonly boundary?: Boundary;
  readonly layout?: Layout;
  readonly unitAtoms?: boolean;
  /** .npy file to write: [images, height, width, channels], or [images, λ's, height, width, channels]. */
  readonly out: string;
};

/**
 * Writes Φa of every code and returns the shape written.
 *
 * @throws CrispError `data` for files that cannot be read, `shape` when codes,
 *   dictionary and size are not of one network, `usage` when `out` is no .npy
 */
export async function decodeImages(request: DecodeRequest): Promise<readonly number[]> {
  const { out, layout, unitAtoms } = request;
  if (!/\.npy$/i.test(out))
    throw new CrispError("usage", `${out}: images are written as .npy. Name the file so, such as --out images.npy.`);
  const set = await readCodes(request.codes);
  const file = await readDictionary(request.dictionary, { layout, unitAtoms });
  const stride = request.stride ?? file.stride ?? [2, 2];
  const boundary = request.boundary ?? file.boundary ?? "crop";
  const geometry = networkGeometry(set, file.atoms, { ...request, stride, boundary });
  const images = reconstructions(set.codes, networkOf({ geometry, atoms: file.atoms }));
  const [, ...size] = images.shape;
  const codings = set.lambdas.length;
  const shape = codings > 1 ? [set.images, codings, ...size] : images.shape;
  await replaceFile(out, encodeNpy({ shape, data: images.data }));
  return shape;
}

/** ŝ = Φa of each code, [codes, height, width, channels]: 0 − (0 − Φa). */
function reconstructions(codes: readonly SparseCode[], net: Network): Tensor {
  const { geometry } = net.dictionary;
  const { height, width, channels } = geometry;
  const images = tensor([codes.length, height, width, channels]);
  const nothing = new Float32Array(height * width * channels);
  const residual = new Float64Array(net.canvasLength);
  codes.forEach(({ index, value }, n) => {
    residual.fill(0);
    for (let k = 0; k < index.length; k++) addAtom(net, residual, { unit: index[k], weight: -value[k] });
    slice(images, n).set(imageMinus(geometry, net.canvas, nothing, target(net, residual)));
  });
  return images;
}

/** The network the codes are of: its map of units must be the file's. */
function networkGeometry(
  { size: map }: CodeSet,
  atoms: Tensor,
  of: DecodeRequest & { readonly stride: Extent; readonly boundary: Boundary },
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
