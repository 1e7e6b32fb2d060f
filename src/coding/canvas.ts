/**
 * The canvas: the rectangle that holds the image and every patch, and which part
 * of each patch counts. What a boundary means is decided here and nowhere else:
 *
 *   crop     patches may reach over the edge; only image pixels count
 *   full     the zero-extended image counts as well, so every patch counts whole
 *   valid    patches lie inside the image
 *   circular what reaches over one edge counts at the opposite one: such a patch has two
 *            parts an axis, each clipped to the image as for crop
 *
 * Solvers see only start, from and to.
 */
import { type Axis, type Boundary, checkGeometry, columnAxis, type Geometry, rowAxis } from "../core/geometry.js";

/**
 * One axis: for each map position the canvas line where its patch starts and the patch lines
 * from … to − 1 that count. Circular has twice as many entries: entry `positions` + i is the
 * part of patch i that wraps, which may be empty (from = to).
 */
export type Span = {
  readonly length: number;
  readonly positions: number;
  /** Canvas line of the image's first pixel. */
  readonly image: number;
  readonly start: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
};

export type Canvas = { readonly vertical: Span; readonly horizontal: Span };

/** The canvas of a geometry; throws whatever `checkGeometry` throws. */
export function canvasOf(g: Geometry): Canvas {
  checkGeometry(g);
  const { patch, stride, boundary } = g;
  return {
    vertical: span({ axis: rowAxis(g), patch: patch[0], stride: stride[0], pixels: g.height, boundary }),
    horizontal: span({ axis: columnAxis(g), patch: patch[1], stride: stride[1], pixels: g.width, boundary }),
  };
}

type Line = { axis: Axis; patch: number; stride: number; pixels: number; boundary: Boundary };

function span(of: Line): Span {
  const image = Math.max(0, -of.axis.first);
  const first = Int32Array.from({ length: of.axis.count }, (_, i) => image + of.axis.first + i * of.stride);
  const length = Math.max(image + of.pixels, first[of.axis.count - 1] + of.patch);
  const start = of.boundary === "circular" ? withWrapped(first, image, of.pixels) : first;
  const [low, high] = of.boundary === "full" ? [0, length] : [image, image + of.pixels];
  const from = start.map((line) => Math.min(of.patch, Math.max(0, low - line)));
  const to = start.map((line, i) => Math.max(from[i], Math.min(of.patch, high - line)));
  return { length, positions: of.axis.count, image, start, from, to };
}

/** A patch no longer than the image reaches over one edge at most: the same patch, one period on. */
function withWrapped(start: Int32Array, image: number, period: number): Int32Array {
  return Int32Array.of(...start, ...start.map((line) => (line < image ? line + period : line - period)));
}

/** Writes an image [height, width, channels] into a canvas whose rows are `rowStride` values apart. */
export function placeImage(g: Geometry, canvas: Canvas, image: ArrayLike<number>, onto: Target): void {
  const line = g.width * g.channels;
  for (let y = 0; y < g.height; y++) {
    const at = (canvas.vertical.image + y) * onto.rowStride + canvas.horizontal.image * g.channels;
    for (let i = 0; i < line; i++) onto.data[at + i] = image[y * line + i];
  }
}

/** Canvas values and the distance between their rows. */
export type Target = { readonly data: Float32Array | Float64Array; readonly rowStride: number };

/** ŝ = s − r on the image's pixels, [height, width, channels]. */
export function imageMinus(g: Geometry, canvas: Canvas, image: Float32Array, residual: Target): Float32Array {
  const line = g.width * g.channels;
  const result = new Float32Array(g.height * line);
  for (let y = 0; y < g.height; y++) {
    const at = (canvas.vertical.image + y) * residual.rowStride + canvas.horizontal.image * g.channels;
    for (let i = 0; i < line; i++) result[y * line + i] = image[y * line + i] - residual.data[at + i];
  }
  return result;
}
