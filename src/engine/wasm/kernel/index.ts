/**
 * The kernel's face: lay out, prepare, then for each image `start` and one `solve`
 * for each λ of a falling path. The solver is working-set coordinate descent:
 *
 *   r = s − Φa,  g = Φᵀr;  stop when the certificate says so
 *   W = {a ≠ 0} ∪ violators;  passes over W
 *
 * One instance holds one dictionary and one image; `start` clears all that an
 * earlier image left, so a result never depends on what was coded before.
 */
import { prepareAtoms } from "./atoms";
import { certify, energy, gap, rebuildResidual } from "./certificate";
import {
  canvasLength, code, features, image, outIndex, outValue, positions, potential, residual, trueFeatures, units,
} from "./layout";
import { descend } from "./passes";
import { analyse } from "./toom-cook";
import { clearSet, renewSet } from "./working-set";

export {
  columnTable, image, layOut, outIndex, outValue, rawAtoms, residual, root, rowStride, rowTable,
} from "./layout";
export { energy, gap } from "./certificate";
export { accelerate, beginFista } from "./fista";
export { relax } from "./lca";
export { setPeriod, setWeighted } from "./parts";
export { prepareAtoms };

/** Rounds without a gap a tenth smaller after which float32 has given what it can. */
const patience: i32 = 20;

let gradientFits: bool = false; // gradient = Φᵀ(residual) and residual = s − Φa

/** Begins the image that the caller has written into `image`, with the zero code. */
export function start(): void {
  memory.fill(code, 0, <usize>units << 2);
  memory.fill(potential, 0, <usize>units << 2);
  memory.copy(residual, image, <usize>canvasLength << 2);
  clearSet();
  gradientFits = false;
}

/** Lowers the energy at λ from the current code; returns the rounds taken. `gap` tells how far it came. */
export function solve(lambda: f64, rectified: bool, tolerance: f64, limit: i32): i32 {
  let best = Infinity;
  let waited = 0;
  let round = 0;
  while (true) {
    if (!gradientFits) refresh();
    certify(lambda, rectified);
    if (gap < 0.9 * best) {
      best = gap;
      waited = 0;
    } else {
      waited++;
    }
    if (gap <= tolerance || round >= limit || waited >= patience) break;
    renewSet(<f32>lambda, rectified);
    descend(<f32>lambda, rectified, energy, tolerance);
    gradientFits = false;
    round++;
  }
  return round;
}

/** The last check of one λ leaves what the first check of the next needs. */
function refresh(): void {
  rebuildResidual();
  analyse();
  gradientFits = true;
}

/** Writes the non-zero units, ascending, to outIndex and outValue; returns how many. */
export function collect(): i32 {
  let count: usize = 0;
  for (let position = 0; position < positions; position++) {
    for (let f = 0; f < trueFeatures; f++) {
      const value = load<f32>(code + (<usize>(position * features + f) << 2));
      if (value == 0) continue;
      store<u32>(outIndex + (count << 2), position * trueFeatures + f);
      store<f32>(outValue + (count++ << 2), value);
    }
  }
  return <i32>count;
}
