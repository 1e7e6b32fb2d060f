/**
 * One step on the dictionary, a diagonal Newton step:
 *
 *   φ_m ← unit( φ_m + η · Σ a_m r / ⟨Σ a_m²⟩ )
 *
 * Both sums run over the minibatch; ⟨⟩ is a running mean over minibatches, so
 * a rarely used atom is not thrown about by one bright image. Atoms without an
 * event are left alone. η ≥ 0.3 oscillates.
 */
import { atomLength, type Geometry } from "../core/geometry.js";
import { type Tensor, tensor } from "../core/tensor.js";
import type { Gradient } from "./gradient.js";

/** Memory of the running mean, in minibatches. */
const memory = 20;

/**
 * ⟨Σ a_m²⟩ after one more minibatch: the plain mean at first, exponential later.
 * A minibatch without an event of atom m leaves its mean alone: were it to
 * decay, the next event would throw the atom (after 60 idle minibatches by an
 * effective η of 1). An atom's first event sets its mean.
 */
export function runningMean(before: Float64Array, { squares, events }: Gradient, batches: number): Float64Array {
  const weight = Math.max(1 / (batches + 1), 1 / memory);
  return before.map((mean, m) => {
    if (events[m] === 0) return mean;
    return mean === 0 ? squares[m] : mean + weight * (squares[m] - mean);
  });
}

/** The atoms after a step of length η; atoms keep unit norm. */
export function updatedAtoms(atoms: Tensor, gradient: Gradient, mean: Float64Array, step: number): Tensor {
  const length = atoms.data.length / mean.length;
  const next = Float32Array.from(atoms.data);
  for (let m = 0; m < mean.length; m++) {
    if (gradient.events[m] === 0 || mean[m] === 0) continue;
    const scale = step / mean[m];
    const start = m * length;
    for (let i = start; i < start + length; i++) next[i] += scale * gradient.numerator[i];
    normalise(next.subarray(start, start + length));
  }
  return tensor(atoms.shape, next);
}

/** Scales a vector to unit L2 norm in place; false if it is too small to have a direction. */
export function normalise(vector: Float32Array): boolean {
  let squares = 0;
  for (const v of vector) squares += v * v;
  if (squares < 1e-12) return false;
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < vector.length; i++) vector[i] *= scale;
  return true;
}

/**
 * Share of the dictionary's energy in its leading direction, λ₁(ΦΦᵀ)/F: 1/192
 * for a spread dictionary, near 1 when the atoms have collapsed onto each other.
 * Power iteration on the atoms' second moments, 30 steps from their sum of squares.
 */
export function leadingShare(atoms: Tensor, g: Geometry): number {
  const length = atomLength(g);
  let direction = new Float64Array(length).fill(1 / Math.sqrt(length));
  let share = 0;
  for (let step = 0; step < 30; step++) {
    const next = new Float64Array(length);
    for (let m = 0; m < g.features; m++) {
      const atom = atoms.data.subarray(m * length, (m + 1) * length);
      let product = 0;
      for (let i = 0; i < length; i++) product += atom[i] * direction[i];
      for (let i = 0; i < length; i++) next[i] += product * atom[i];
    }
    const norm = Math.sqrt(next.reduce((sum, v) => sum + v * v, 0));
    if (norm === 0) return 0;
    share = norm / g.features;
    direction = next.map((v) => v / norm);
  }
  return share;
}
