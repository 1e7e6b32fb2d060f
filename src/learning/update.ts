/**
 * One step on the dictionary, φ_m ← constrained( φ_m + Δ_m ), by one of these rules.
 * Sums run over the minibatch's images and positions, r is the residual s − Φa:
 *
 *   newton           Δ = η · Σ a_m r / ⟨Σ a_m²⟩       diagonal Newton, ⟨⟩ a running mean
 *   tangent-newton   Δ = η · G⊥ / (H_m + 0.02 · H̄) + f · Δ⊥_before
 *                    G = Σ a_m r, H_m = ⟨Σ a_m²⟩, H̄ its mean over atoms, ⊥ the part orthogonal to φ_m
 *   sgd              Δ = η · Σ a_m r / images
 *   petavision-2017  Δ = δ + f · Δ_before             δ = η · Σ a_m r / events
 *   petavision       Δ = (1 − f) · δ + f · Δ_before   f = exp(−1/momentumTau), η = dWMax
 *
 * PetaVision (normalizeDw) counts events value by value: those whose patch has
 * that value inside the image. Δ_before is the last minibatch's Δ, before the
 * constraint. Source: OpenPV, HebbianUpdater and MomentumUpdater.
 */
import { CrispError } from "../core/errors.js";
import { atomLength, type Geometry } from "../core/geometry.js";
import { type Tensor, tensor } from "../core/tensor.js";
import { type Constraint, constrain } from "./constraint.js";
import type { Gradient } from "./gradient.js";

/** Rules of learning; docs/method.md has their equations. */
export const ruleNames = ["newton", "tangent-newton", "sgd", "petavision-2017", "petavision"] as const;

/** One of `ruleNames`. */
export type RuleName = (typeof ruleNames)[number];

/** A rule and its time constant. */
export type UpdateRule = Constraint & {
  readonly rule: RuleName;
  /** Minibatches over which tangent-newton and PetaVision's rules remember Δ, f = exp(−1/momentumTau); 0: not at all. */
  readonly momentumTau: number;
};

/** What a rule carries from one minibatch to the next. */
export type Learned = {
  readonly atoms: Tensor;
  /** ⟨Σ a_m²⟩, [features]; zeros for rules without curvature. */
  readonly mean: Float64Array;
  /** Δ of the minibatch before, as long as the atoms; empty for rules without momentum. */
  readonly momentum: Float64Array;
  readonly batches: number;
};

/** Memory of the running mean, in minibatches. */
const memory = 20;
/** Share of the mean curvature added to each atom's own: a rare atom's is poorly known and may be near zero. */
const damping = 0.02;

/** True for rules that carry Δ from one minibatch to the next. */
export function hasMomentum(rule: RuleName): boolean {
  return rule === "tangent-newton" || isPetaVision(rule);
}

/** True for rules that need `Gradient.seen`. */
export function isPetaVision(rule: RuleName): boolean {
  return rule === "petavision" || rule === "petavision-2017";
}

/**
 * Everything a rule carries after one more minibatch.
 *
 * @param step  η of this minibatch, and the images its sums run over
 */
export function updated(
  before: Learned,
  gradient: Gradient,
  { rule, step, images }: { readonly rule: UpdateRule; readonly step: number; readonly images: number },
): Learned {
  const batches = before.batches + 1;
  switch (rule.rule) {
    case "newton": {
      const mean = runningMean(before.mean, gradient, before.batches);
      const atoms = movedAtoms(before.atoms, newtonChange(gradient, mean, step), rule);
      return { ...before, atoms, mean, batches };
    }
    case "tangent-newton": {
      const mean = runningMean(before.mean, gradient, before.batches);
      return { ...tangentMove(before, gradient, { mean, step, rule }), mean, batches };
    }
    case "sgd": {
      const change = gradient.numerator.map((v) => (step / images) * v);
      return { ...before, atoms: movedAtoms(before.atoms, change, rule), batches };
    }
    case "petavision":
    case "petavision-2017": {
      const momentum = momentumChange(before.momentum, eventMean(gradient, step), rule);
      return { ...before, atoms: movedAtoms(before.atoms, momentum, rule), momentum, batches };
    }
    default:
      throw new CrispError("internal", `there is no learning rule ${rule.rule satisfies never}.`);
  }
}

/**
 * ⟨Σ a_m²⟩ after one more minibatch: the plain mean at first, exponential later.
 * A minibatch without an event of atom m leaves its mean as it is: were it to
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

/** η Σ a_m r / ⟨Σ a_m²⟩; η ≥ 0.3 oscillates. Zero for an atom without an event. */
function newtonChange({ numerator, events }: Gradient, mean: Float64Array, step: number): Float64Array {
  const length = numerator.length / mean.length;
  const change = new Float64Array(numerator.length);
  for (let m = 0; m < mean.length; m++) {
    if (events[m] === 0 || mean[m] === 0) continue;
    const scale = step / mean[m];
    for (let i = m * length; i < (m + 1) * length; i++) change[i] = scale * numerator[i];
  }
  return change;
}

type Tangent = { readonly mean: Float64Array; readonly step: number; readonly rule: UpdateRule };

/**
 * Atoms and momentum after a step on the spheres that the atoms lie on: what is left of the gradient
 * along the atom would only be undone by the norm. An atom without an event keeps both.
 */
function tangentMove(before: Learned, gradient: Gradient, by: Tangent): Pick<Learned, "atoms" | "momentum"> {
  const change = tangentChange(before, gradient, by);
  const atoms = movedAtoms(before.atoms, change, by.rule);
  const momentum = before.momentum.slice();
  for (const [from, to] of activeRanges(gradient)) {
    momentum.set(orthogonal(change.subarray(from, to), atoms.data.subarray(from, to)), from);
  }
  return { atoms, momentum };
}

/** η G⊥ / (H_m + damping · H̄) + f Δ⊥_before. Zero for an atom without an event. */
function tangentChange({ atoms, momentum }: Learned, gradient: Gradient, { mean, step, rule }: Tangent): Float64Array {
  const { numerator } = gradient;
  const length = numerator.length / mean.length;
  const floor = (damping * mean.reduce((sum, v) => sum + v, 0)) / mean.length;
  const kept = Math.exp(-1 / rule.momentumTau);
  const change = new Float64Array(numerator.length);
  for (const [from, to] of activeRanges(gradient)) {
    const slope = orthogonal(numerator.subarray(from, to), atoms.data.subarray(from, to));
    const scale = step / (mean[from / length] + floor);
    for (let i = 0; i < length; i++) change[from + i] = kept * momentum[from + i] + scale * slope[i];
  }
  return change;
}

/** First value and end of each atom that had an event. */
function activeRanges({ numerator, events }: Gradient): [number, number][] {
  const length = numerator.length / events.length;
  return Array.from(events.keys(), (m): [number, number] => [m * length, (m + 1) * length]).filter(
    (_, m) => events[m] > 0,
  );
}

/** v − (v·φ) φ, for φ of norm 1. */
function orthogonal(v: Float64Array, atom: Float32Array): Float64Array {
  let along = 0;
  for (let i = 0; i < v.length; i++) along += v[i] * atom[i];
  return v.map((value, i) => value - along * atom[i]);
}

/** δ: η times the mean of a_m r over the events that saw each value. */
function eventMean({ numerator, seen }: Gradient, step: number): Float64Array {
  return numerator.map((v, i) => (seen[i] === 0 ? 0 : (step * v) / seen[i]));
}

function momentumChange(before: Float64Array, now: Float64Array, rule: UpdateRule): Float64Array {
  const kept = Math.exp(-1 / rule.momentumTau);
  const share = rule.rule === "petavision" ? 1 - kept : 1;
  return now.map((v, i) => share * v + kept * before[i]);
}

/** φ + Δ, constrained. An atom whose Δ is zero, or of which the constraint would leave nothing, stays as it is. */
export function movedAtoms(atoms: Tensor, change: Float64Array, to: Constraint): Tensor {
  const length = atoms.data.length / atoms.shape[0];
  const next = Float32Array.from(atoms.data);
  for (let start = 0; start < next.length; start += length) {
    if (change.subarray(start, start + length).every((v) => v === 0)) continue;
    const atom = next.subarray(start, start + length);
    for (let i = 0; i < length; i++) atom[i] += change[start + i];
    if (!constrain(atom, to)) atom.set(atoms.data.subarray(start, start + length));
  }
  return tensor(atoms.shape, next);
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
