/**
 * A path up in λ against the path down: at each λ the code reached from the
 * smaller λ beside the one reached from the larger. The soft threshold's energy
 * is convex, so both must have the least energy and may differ by no more than
 * the certificate allows; a first-order transition would keep two branches.
 */
import { energy as energyOf } from "../../coding/certificate.js";
import type { CodingRule, SparseCode } from "../../coding/engine.js";
import { type Network, onCanvas, residualOf } from "../../coding/operator.js";
import { refine } from "../../coding/refine.js";

/** An exact code on the way down. */
export type Branch = { readonly lambda: number; readonly support: readonly number[]; readonly value: Float64Array };

export type Hysteresis = {
  /** Largest |E_up − E_down| / E_down over the λ's. */
  readonly energy: number;
  /** What it may be: the tolerance of the way up. */
  readonly allowed: number;
  /** Largest ‖a_up − a_down‖ / ‖a_down‖. */
  readonly code: number;
};

/** Relative duality gap of the codes on the way up. */
const tolerance = 1e-6;

/**
 * Walks up from the last of the exact codes, which go down in λ; null with fewer than two.
 *
 * @throws CrispError as `refine` does
 */
export function hysteresis(
  net: Network,
  image: Float32Array,
  down: readonly Branch[],
  rectified: boolean,
): Hysteresis | null {
  if (down.length < 2) return null;
  const rule: CodingRule = { threshold: { kind: "soft", rectified }, tolerance };
  let code = sparse(down[down.length - 1]);
  const most = { energy: 0, allowed: tolerance, code: 0 };
  for (let i = down.length - 2; i >= 0; i--) {
    const up = refine(net, { image, code }, { lambda: down[i].lambda, rule });
    const least = exactEnergy(net, image, down[i]);
    most.energy = Math.max(most.energy, Math.abs(up.energy - least) / least);
    // Where the way up could not prove the tolerance, its own gap is what may differ.
    most.allowed = Math.max(most.allowed, up.gap);
    most.code = Math.max(most.code, distance(up.code, sparse(down[i])));
    code = up.code;
  }
  return most;
}

function sparse({ support, value }: Branch): SparseCode {
  return { index: Uint32Array.from(support), value: Float32Array.from(value) };
}

function exactEnergy(net: Network, image: Float32Array, { lambda, support, value }: Branch): number {
  const code = new Float64Array(net.units);
  support.forEach((unit, i) => {
    code[unit] = value[i];
  });
  const residual = new Float64Array(net.canvasLength);
  residualOf(net, { image: onCanvas(net, image), code }, residual);
  return energyOf(residual, value, lambda);
}

function distance(a: SparseCode, b: SparseCode): number {
  const difference = new Map<number, number>();
  b.index.forEach((unit, i) => {
    difference.set(unit, -b.value[i]);
  });
  a.index.forEach((unit, i) => {
    difference.set(unit, (difference.get(unit) ?? 0) + a.value[i]);
  });
  const power = b.value.reduce((sum, v) => sum + v * v, 0);
  let squares = 0;
  for (const d of difference.values()) squares += d * d;
  return power === 0 ? Math.sqrt(squares) : Math.sqrt(squares / power);
}
