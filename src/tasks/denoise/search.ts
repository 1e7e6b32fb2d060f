/**
 * λ from the noisy picture itself: the least of
 *
 *   SURE(λ) = Σ over crops of SURE of their mixture (mixture.ts),
 *
 * the sums taken over all crops before minimising, λ by a local cubic in ln λ.
 * Crops lie evenly over the picture, four of 48×48 at most; a small picture is
 * one crop. The λ's tried begin around that of the leaves pictures and go on
 * while the least lies at an end.
 */
import { localMinimum } from "../../scaling/minimum.js";
import { addSums, mixtureOf, type SteinSums, steinSums } from "./mixture.js";
import { type ReconstructOptions, reconstruct } from "./reconstruct.js";
import type { Size } from "./variants.js";

export type SearchOptions = Omit<ReconstructOptions, "lambdas" | "code" | "onWindow"> & {
  /** σ in the units of the values, > 0. */
  readonly sigma: number;
  /** λ/σ where the search begins. */
  readonly start: number;
  /** Codes a window along falling λ's, to a relative gap of 1e-2 or less. */
  code(window: Float32Array, size: Size, lambdas: readonly number[]): ReturnType<ReconstructOptions["code"]>;
};

/** What the search found: λ in the units of the values, and SURE over the number of values at each λ tried. */
export type Found = {
  readonly lambda: number;
  /** The least lay at the end of what may be tried. */
  readonly atEnd: boolean;
  readonly curve: readonly { readonly lambda: number; readonly error: number }[];
};

/** Ratio of neighbouring λ's. */
const factor = 1.26;
/** λ's of the first pass, as powers of the factor from the start. */
const first = [2, 1, 0, -1, -2] as const;
/** λ/σ never leaves these bounds. */
const bounds = { least: 0.4, most: 8 } as const;
/**
 * λ in units of the picture's deviation is not sought below this: a coding takes about λ⁻¹
 * as long, and the noisy picture's own share makes good what λ is too large by.
 */
export const leastLambda = 0.05;

/** Crops along an axis at most, their side, and that of one alone. */
const cropping = { most: 2, side: 48, alone: 64 } as const;

/**
 * @param values  noisy picture [height, width, channels], mean 0, in units of its clean deviation
 */
export async function sureLambda(values: Float32Array, size: Size, options: SearchOptions): Promise<Found> {
  const { sigma, start } = options;
  const crops = cropsOf(values, size);
  const least = Math.max(bounds.least * sigma, Math.min(leastLambda, bounds.most * sigma));
  const within = (lambda: number) => Math.min(bounds.most * sigma, Math.max(least, lambda));
  const centre = within(start * sigma);
  const tried = new Map<number, number>();
  const measure = async (powers: readonly number[]) => {
    const lambdas = [...new Set(powers.map((power) => within(centre * factor ** power)))].filter((l) => !tried.has(l));
    if (lambdas.length === 0) return false;
    const errors = await errorsAt(lambdas, crops, options);
    lambdas.forEach((lambda, i) => void tried.set(lambda, errors[i]));
    return true;
  };
  await measure(first);
  for (let reach = 2; ; reach += 3) {
    const { below, above } = endOf(tried);
    const next = below ? [-1, -2, -3] : above ? [3, 2, 1] : [];
    if (next.length === 0 || !(await measure(next.map((power) => power + (below ? -reach : reach))))) break;
  }
  return foundIn(tried);
}

/** Whether the least of the curve lies at, or next to, an end. */
function endOf(tried: ReadonlyMap<number, number>): { below: boolean; above: boolean } {
  const curve = curveOf(tried);
  const at = curve.findIndex(({ error }) => error === Math.min(...curve.map((point) => point.error)));
  return { below: at === 0, above: at === curve.length - 1 };
}

/** Rising in λ. */
function curveOf(tried: ReadonlyMap<number, number>): Found["curve"] {
  return Array.from(tried, ([lambda, error]) => ({ lambda, error })).sort((a, b) => a.lambda - b.lambda);
}

function foundIn(tried: ReadonlyMap<number, number>): Found {
  const curve = curveOf(tried);
  const least = curve.reduce((a, b) => (b.error < a.error ? b : a));
  const { below, above } = endOf(tried);
  const t = curve.map(({ lambda }) => Math.log(lambda));
  const { status, location } = localMinimum({ t, y: curve.map(({ error }) => error) }, 2 * Math.log(factor));
  const lambda = status === "interior" ? Math.exp(location) : least.lambda;
  return { lambda, atEnd: below || above, curve };
}

type Crop = { readonly values: Float32Array; readonly size: Size };

/** SURE ÷ number of values at each λ, over all crops. */
async function errorsAt(lambdas: readonly number[], crops: readonly Crop[], options: SearchOptions): Promise<number[]> {
  const sums = await Promise.all(crops.map((crop) => sumsOf(crop, lambdas, options)));
  return lambdas.map((_, i) => {
    const all = sums.map((of) => of[i]).reduce(addSums);
    return mixtureOf(all, options.sigma).squaredError / all.values;
  });
}

async function sumsOf(
  { values, size }: Crop,
  lambdas: readonly number[],
  options: SearchOptions,
): Promise<SteinSums[]> {
  const results = await reconstruct(values, size, {
    ...options,
    lambdas,
    code: (window, windowSize) => options.code(window, windowSize, lambdas),
  });
  return results.map((result) => steinSums(values, result, size.channels));
}

/** Crops of the picture, evenly spread. */
function cropsOf(values: Float32Array, size: Size): Crop[] {
  const [rows, columns] = [spread(size.height), spread(size.width)];
  return rows.starts.flatMap((top) =>
    columns.starts.map((left) => {
      const cropSize = { height: rows.side, width: columns.side, channels: size.channels };
      const line = columns.side * size.channels;
      const crop = new Float32Array(rows.side * line);
      for (let y = 0; y < rows.side; y++) {
        const from = ((top + y) * size.width + left) * size.channels;
        crop.set(values.subarray(from, from + line), y * line);
      }
      return { values: crop, size: cropSize };
    }),
  );
}

/** Pixels of the crops on which λ is sought in a picture of a size. */
export function searchedPixels({ height, width }: Pick<Size, "height" | "width">): number {
  const [rows, columns] = [spread(height), spread(width)];
  return rows.side * rows.starts.length * columns.side * columns.starts.length;
}

/** Where crops start along an axis of n pixels: in the middle of equal parts. */
function spread(n: number): { side: number; starts: readonly number[] } {
  const count = Math.min(cropping.most, Math.max(1, Math.floor(n / cropping.side)));
  const side = Math.min(n, count === 1 ? cropping.alone : cropping.side);
  return { side, starts: Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * n) / count - side / 2)) };
}
