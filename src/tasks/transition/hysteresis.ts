/**
 * A path up in λ against the path down: at each λ the code reached from the
 * smaller λ beside the one reached from the larger. The soft threshold's energy
 * is convex, so both must have the least energy and may differ by no more than
 * their certificates allow; a first-order transition would keep two branches.
 */
import type { Coding, CodingRule } from "../../coding/engine.js";
import type { Network } from "../../coding/operator.js";
import { refine } from "../../coding/refine.js";

export type Hysteresis = {
  /** Largest |E_up − E_down| / E_down over the λ's. */
  readonly energy: number;
  /** Largest sum of the two gaps: what `energy` may be. */
  readonly allowed: number;
  /** Largest ‖a_up − a_down‖ / ‖a_down‖. */
  readonly code: number;
};

/**
 * Walks up from the last of the codings, which go down in λ.
 *
 * @param down  codings of one image, λ falling, each finished to the rule's tolerance
 */
export function hysteresis(net: Network, image: Float32Array, down: readonly Coding[], rule: CodingRule): Hysteresis {
  let { code } = down[down.length - 1];
  const most = { energy: 0, allowed: 0, code: 0 };
  for (let i = down.length - 2; i >= 0; i--) {
    const up = refine(net, { image, code }, { lambda: down[i].lambda, rule });
    most.energy = Math.max(most.energy, Math.abs(up.energy - down[i].energy) / down[i].energy);
    most.allowed = Math.max(most.allowed, up.gap + down[i].gap);
    most.code = Math.max(most.code, distance(up, down[i]));
    code = up.code;
  }
  return most;
}

function distance(a: Coding, b: Coding): number {
  const difference = new Map<number, number>();
  b.code.index.forEach((unit, i) => {
    difference.set(unit, -b.code.value[i]);
  });
  a.code.index.forEach((unit, i) => {
    difference.set(unit, (difference.get(unit) ?? 0) + a.code.value[i]);
  });
  const power = b.code.value.reduce((sum, v) => sum + v * v, 0);
  let squares = 0;
  for (const d of difference.values()) squares += d * d;
  return power === 0 ? Math.sqrt(squares) : Math.sqrt(squares / power);
}
