/** Adam (Kingma and Ba 2015, algorithm 1): steps of the size of `rate`, whatever the gradient's scale. */

/** Means of the gradient and of its square, and how many there were. */
export type Adam = { readonly mean: Float32Array; readonly square: Float32Array; steps: number };

/** The memory of `length` parameters before the first step. */
export function startAdam(length: number): Adam {
  return { mean: new Float32Array(length), square: new Float32Array(length), steps: 0 };
}

/** x ← x − rate · m̂ / √v̂, in place; decays 0.9 and 0.99. */
export function adamStep(
  adam: Adam,
  x: Float32Array,
  { gradient, rate }: { gradient: Float32Array; rate: number },
): void {
  adam.steps++;
  const { mean, square, steps } = adam;
  const [first, second] = [1 - 0.9 ** steps, 1 - 0.99 ** steps];
  for (let i = 0; i < x.length; i++) {
    const g = gradient[i];
    mean[i] += 0.1 * (g - mean[i]);
    square[i] += 0.01 * (g * g - square[i]);
    x[i] -= (rate * (mean[i] / first)) / (Math.sqrt(square[i] / second) + 1e-12);
  }
}
