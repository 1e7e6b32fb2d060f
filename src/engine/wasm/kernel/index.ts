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
import { analyse, forget } from "./analysis";
import { prepareAtoms } from "./atoms";
import { certify, energy, gap, penalty, rebuildResidual } from "./certificate";
import {
  canvasLength, code, features, image, outIndex, outValue, positions, potential, residual, trueFeatures, units,
} from "./layout";
import { descend } from "./passes";
import { beginPath, leave, predict } from "./predict";
import { clearSet, renewSet } from "./working-set";

export {
  columnTable, features, gradient, image, layOut, outIndex, outValue, potential, rawAtoms, residual, root, rowStride, rowTable, trueFeatures,
} from "./layout";
export { energy, gap } from "./certificate";
export { accelerate, beginFista } from "./fista";
export {
  dataTerm, enter, fillPotential, leastIdle, mostIdle, proveGap, rank, stepCost, stepData, stepSoft, stepTransfer,
} from "./lca";
export { setPeriod, setWeighted } from "./parts";
export {
  activeUnits, atomSlope, codePatches, decoderSlope, layOutPatches, patchAtoms, patchCount, patchDecoder, patchImage, patchSlope, patchSum,
  patchThresholds, preparePatches, records, rewindPatches, thresholdSlope,
} from "./patches";
export { beginGrading, clearSlopes, gradePatches } from "./patches-gradient";
export { pieces, polyline, setTransfer, totalCost } from "./transfer";
export { prepareAtoms };

/** Rounds without a gap a tenth smaller after which float32 has given what it can. */
const patience: i32 = 20;

let residualFits: bool = false; // residual = s − Φa as rebuilt from the code

/** Begins the image that the caller has written into `image`, with the zero code. */
export function start(): void {
  memory.fill(code, 0, <usize>units << 2);
  memory.fill(potential, 0, <usize>units << 2);
  memory.copy(residual, image, <usize>canvasLength << 2);
  clearSet();
  forget();
  beginPath();
  residualFits = false;
}

/**
 * Lowers the energy at λ from the current code; returns the rounds taken. `gap` tells how far it came.
 * A λ close to the one before has a gap below the tolerance from the start, with the code of that λ
 * (active units off by up to 14 %): only a gap of 0 saves the first round.
 */
export function solve(lambda: f64, rectified: bool, tolerance: f64, limit: i32): i32 {
  let best = Infinity;
  let waited = 0;
  let round = 0;
  const isPredicted = predict(lambda);
  if (isPredicted) residualFits = false;
  while (true) {
    // A predicted code goes without a look: the units to begin with are those of the λ before.
    if (!isPredicted || round > 0) {
      refresh(lambda, rectified);
      certify(lambda);
      if (gap < 0.9 * best) {
        best = gap;
        waited = 0;
      } else {
        waited++;
      }
      if (gap == 0 || (gap <= tolerance && round > 0) || round >= limit || waited >= patience) break;
    }
    renewSet(<f32>lambda, rectified);
    descend(<f32>lambda, rectified, energy, penalty, tolerance);
    residualFits = false;
    round++;
  }
  leave(lambda);
  return round;
}

/** The last check of one λ leaves most of what the first check of the next needs. */
function refresh(lambda: f64, rectified: bool): void {
  if (!residualFits) rebuildResidual();
  analyse(lambda, rectified);
  residualFits = true;
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
