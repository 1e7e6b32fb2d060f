/**
 * What is written is not only ŝ but
 *
 *   z = g ŝ + h y,   y the noisy picture,
 *
 * with the gain g and share h of least SURE. g undoes the shrinkage by λ; h gives
 * back some of the picture where the network describes it worse than the noise
 * hides it: with little noise h → 1, and z is never expected to be worse than y.
 * ∇·z = g ∇·ŝ + h n, and SURE(g, h) is a quadratic, least where
 *
 *   ⟨ŝ,ŝ⟩ g + ⟨ŝ,y⟩ h = ⟨ŝ,y⟩ − σ² ∇·ŝ,   ⟨ŝ,y⟩ g + ⟨y,y⟩ h = ⟨y,y⟩ − σ² n
 *
 * (a linear expansion of thresholds with two terms: Blu and Luisier, "The SURE-LET
 * approach to image denoising", IEEE Transactions on Image Processing 2007). The same holds for a
 * mean over shifts and flips, whose divergence is the mean of theirs.
 */
/** Sums over the values of a picture, or over several. */
export type SteinSums = {
  /** ⟨y, y⟩, ⟨ŝ, y⟩, ⟨ŝ, ŝ⟩. */
  readonly noisy: number;
  readonly product: number;
  readonly squares: number;
  /** ∇·ŝ: active units, mean over the codings, at most n. */
  readonly divergence: number;
  /** n. */
  readonly values: number;
};

export type Mixture = {
  readonly gain: number;
  /** Of the noisy picture itself, 0 … 1. */
  readonly share: number;
  /** SURE of z: the estimate of ‖s − z‖². */
  readonly squaredError: number;
};

/**
 * Sums of a noisy picture y of mean 0 and what its coding gave. ∇·ŝ = rank(Φ_S), for which the
 * active units stand; there can be more of them than values where their atoms depend on each
 * other, the rank cannot.
 */
export function steinSums(
  noisy: Float32Array,
  { image, activePerPixel }: { readonly image: Float32Array; readonly activePerPixel: number },
  channels: number,
): SteinSums {
  let [power, product, squares] = [0, 0, 0];
  for (let i = 0; i < image.length; i++) {
    power += noisy[i] * noisy[i];
    product += image[i] * noisy[i];
    squares += image[i] * image[i];
  }
  const divergence = Math.min(image.length, (activePerPixel * image.length) / channels);
  return { noisy: power, product, squares, divergence, values: image.length };
}

export function addSums(a: SteinSums, b: SteinSums): SteinSums {
  return {
    noisy: a.noisy + b.noisy,
    product: a.product + b.product,
    squares: a.squares + b.squares,
    divergence: a.divergence + b.divergence,
    values: a.values + b.values,
  };
}

/** The gain and share of least SURE with g ≥ 0 and 0 ≤ h ≤ 1. @param sigma  σ in the units of y */
export function mixtureOf(sums: SteinSums, sigma: number): Mixture {
  const tried = [both(sums, sigma), gainAt(0, sums, sigma), gainAt(1, sums, sigma), alone(sums, sigma)];
  return tried
    .filter(({ gain, share }) => gain >= 0 && share >= 0 && share <= 1)
    .map((weights) => ({ ...weights, squaredError: errorOf(weights, sums, sigma) }))
    .reduce((best, mixture) => (mixture.squaredError < best.squaredError ? mixture : best));
}

type Weights = Omit<Mixture, "squaredError">;

/** SURE of g ŝ + h y. Its divergence is not a rank: with g > 1 it may exceed n. */
function errorOf({ gain, share }: Weights, sums: SteinSums, sigma: number): number {
  const { noisy, product, squares, divergence, values } = sums;
  const kept = 1 - share;
  const squaredResidual = Math.max(0, kept * kept * noisy - 2 * kept * gain * product + gain * gain * squares);
  return squaredResidual - values * sigma * sigma + 2 * sigma * sigma * (gain * divergence + share * values);
}

/** Both free. Where ŝ is a multiple of y the two cannot be told apart: h = 0 then. */
function both(sums: SteinSums, sigma: number): Weights {
  const { noisy, product, squares, divergence, values } = sums;
  const determinant = squares * noisy - product * product;
  if (!(determinant > 1e-9 * squares * noisy)) return gainAt(0, sums, sigma);
  const [p, q] = [product - sigma * sigma * divergence, noisy - sigma * sigma * values];
  const gain = (p * noisy - q * product) / determinant;
  const share = (q * squares - p * product) / determinant;
  return { gain, share };
}

/** The best gain ≥ 0 for a given share. */
function gainAt(share: number, sums: SteinSums, sigma: number): Weights {
  const { product, squares, divergence } = sums;
  const gain = squares > 0 ? Math.max(0, ((1 - share) * product - sigma * sigma * divergence) / squares) : 0;
  return { gain, share };
}

/** The noisy picture by itself, shrunk as Wiener would: h = 1 − nσ²/‖y‖². */
function alone(sums: SteinSums, sigma: number): Weights {
  const { noisy, values } = sums;
  const share = noisy > 0 ? Math.max(0, 1 - (values * sigma * sigma) / noisy) : 0;
  return { gain: 0, share };
}
