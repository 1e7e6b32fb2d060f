/**
 * How much noise a picture has, only from the picture: white Gaussian noise
 * keeps its deviation σ under an orthogonal transform, and a picture leaves
 * most of the finest diagonal wavelet coefficients d near zero, so
 *
 *   σ = median |d| / 0.6745
 *
 * (Donoho and Johnstone, "Ideal spatial adaptation by wavelet shrinkage",
 * Biometrika 1994, section 4.2). Where texture is fine the median is too large,
 * so it is taken over the calmest part of the picture alone; calm is judged by
 * the horizontal and vertical coefficients, whose noise is independent of d's:
 * the choice does not bias σ. Where values are clipped at 0 or 255, and in bars,
 * frames and masks of one value, noise is missing: such places are left out as
 * far as others suffice. Wavelet: Daubechies with four taps.
 */
import { CrispError } from "../../core/errors.js";
import { leastStep, levelsOf, type Picture } from "../../formats/picture.js";

const root3 = Math.sqrt(3);
const smooth = [1 + root3, 3 + root3, 3 - root3, 1 - root3].map((h) => h / (4 * Math.SQRT2));
/** Orthogonal to `smooth` and its even shifts, to constants and to slopes. */
const detail = [smooth[3], -smooth[2], smooth[1], -smooth[0]];

/** Third quartile of the standard normal distribution: median |z|. */
const normalQuartile = 0.674489750196082;

/**
 * Part of the picture that counts as calm, and the fewest places it may have.
 * On leaves pictures at σ = 10 the whole picture says 13.6, the calmest tenth 10.5.
 */
const calmFraction = 0.1;
const fewestPlaces = 200;

/** Most values of a neighbourhood, as a fraction, that may lie at 0 or 255. */
const mostClipped = 0.02;

/**
 * Noise of this many steps of rounding makes 16 equal values by chance in less than 1 of 10⁶ places;
 * weaker noise does by rounding, and then flat places count with the others.
 */
const leastUneven = 1;

/**
 * σ of the noise in grey levels (0 … 255, of 16 bits too), all channels pooled.
 *
 * Assumes noise that is white and alike everywhere; JPEG's and a demosaiced
 * camera's are not. Within 5 % on leaves pictures of 128×128 at σ = 10 … 25.
 *
 * @throws CrispError `data` for a picture smaller than 8×8
 */
export function noiseLevel(picture: Picture): number {
  const { height, width } = picture;
  if (height < 8 || width < 8) {
    throw new CrispError(
      "data",
      `the picture is ${height}×${width} pixels; noise can be estimated from 8×8 pixels or more. Give it with --sigma.`,
    );
  }
  const bands = bandsOf(picture);
  const uneven = noiseAt(bands, unevenPlaces(bands));
  return uneven >= leastUneven * leastStep(picture) ? uneven : noiseAt(bands, Array.from(bands.edges.keys()));
}

/** Places that have no flat one in their neighbourhood, in any channel; none if they are too few to tell. */
function unevenPlaces(bands: Bands): number[] {
  const flat = neighbourhoodMeans(bands, bands.flat);
  const places = Array.from(bands.edges.keys()).filter((place) => flat[place] === 0);
  return places.length < fewestPlaces ? [] : places;
}

/** σ over the calmest of these places; 0 without any. */
function noiseAt(bands: Bands, places: readonly number[]): number {
  const channels = bands.diagonal.length / bands.edges.length;
  const sizes: number[] = [];
  for (const place of calmPlaces(bands, places)) {
    for (let c = 0; c < channels; c++) sizes.push(Math.abs(bands.diagonal[place * channels + c]));
  }
  return sizes.length === 0 ? 0 : medianOf(Float64Array.from(sizes)) / normalQuartile;
}

type Bands = {
  readonly rows: number;
  readonly columns: number;
  /** d, [rows, columns, channels]. */
  readonly diagonal: Float32Array;
  /** Squares of the horizontal and vertical coefficients, summed over channels, [rows, columns]. */
  readonly edges: Float64Array;
  /** Fraction of the values under each place's taps that are 0 or 255. */
  readonly clipped: Float64Array;
  /** 1 where all values under a place's taps are equal in a channel, else 0. */
  readonly flat: Float64Array;
};

/** The calmest of these places among those that are not clipped. */
function calmPlaces(bands: Bands, places: readonly number[]): number[] {
  const clipped = neighbourhoodMeans(bands, bands.clipped);
  const whole = places.filter((place) => clipped[place] <= mostClipped);
  if (whole.length < fewestPlaces) whole.splice(0, whole.length, ...places);
  const activity = neighbourhoodMeans(bands, bands.edges);
  whole.sort((a, b) => activity[a] - activity[b] || a - b);
  return whole.slice(0, Math.max(fewestPlaces, Math.ceil(calmFraction * places.length)));
}

/** Coefficients at every second place of both axes; no tap reaches over the edge. */
function bandsOf(picture: Picture): Bands {
  const { height, width, channels } = picture;
  const values = levelsOf(picture);
  const [rows, columns] = [(height - 2) >> 1, (width - 2) >> 1];
  const diagonal = new Float32Array(rows * columns * channels);
  const edges = new Float64Array(rows * columns);
  const clipped = new Float64Array(rows * columns);
  const flat = new Float64Array(rows * columns);
  for (let place = 0; place < edges.length; place++) {
    const corner = 2 * Math.floor(place / columns) * width + 2 * (place % columns);
    for (let c = 0; c < channels; c++) {
      const product = (down: readonly number[], right: readonly number[]): number => {
        let sum = 0;
        for (let i = 0; i < 4; i++) {
          const line = (corner + i * width) * channels + c;
          for (let j = 0; j < 4; j++) sum += down[i] * right[j] * values[line + j * channels];
        }
        return sum;
      };
      diagonal[place * channels + c] = product(detail, detail);
      edges[place] += product(smooth, detail) ** 2 + product(detail, smooth) ** 2;
      const under = valuesUnder(values, corner * channels + c, { line: width * channels, step: channels });
      clipped[place] += under.filter((value) => value === 0 || value === 255).length / (16 * channels);
      if (under.every((value) => value === under[0])) flat[place] = 1;
    }
  }
  return { rows, columns, diagonal, edges, clipped, flat };
}

/** The 4×4 values from `corner` on. */
function valuesUnder(
  values: ArrayLike<number>,
  corner: number,
  { line, step }: { line: number; step: number },
): number[] {
  return Array.from({ length: 16 }, (_, i) => values[corner + (i >> 2) * line + (i & 3) * step]);
}

/** Mean of a list over each place and its neighbours. */
function neighbourhoodMeans({ rows, columns }: Bands, values: Float64Array): Float64Array {
  return values.map((_, place) => {
    const [y, x] = [Math.floor(place / columns), place % columns];
    let sum = 0;
    let count = 0;
    for (let j = Math.max(0, y - 1); j <= Math.min(rows - 1, y + 1); j++) {
      for (let i = Math.max(0, x - 1); i <= Math.min(columns - 1, x + 1); i++, count++) sum += values[j * columns + i];
    }
    return sum / count;
  });
}

function medianOf(values: Float64Array): number {
  const sorted = values.sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
