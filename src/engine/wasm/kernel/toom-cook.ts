/**
 * g = Φᵀr with fewer products. Along a map row the residual is correlated with
 * stride-spaced taps: phase φ of every stride columns meets taps φ, φ + stride, ….
 * Four outputs of a four-tap filter need 16 products, or 7 as values of polynomials
 * at the points ±½, ±1, ±2, ∞ (Toom and Cook; F(4, 4) of Winograd 1980):
 *
 *   y = Aᵀ[(G w) ⊙ (Bᵀ d)],  A_ik = p_iᵏ,  G_ik = p_iᵏ / Π_{j≠i}(p_i − p_j),
 *   B_i = coefficients of Π_{j≠i}(x − p_j);  ∞: A = G = (0, 0, 0, 1), B = Π(x − p_j)
 *
 * Rows, phases, channels and groups of four taps add up before Aᵀ, so 768 products
 * become 336 on 8×8×3 atoms at stride 2. The rounding error is 6e-7 of ‖g‖, not 2e-7
 * (bench/README.md has the gain).
 */
import {
  atomSpectra, canvasLength, columns, features, gradient, line, patchRows, rawAtoms, residual, rowStride,
  rowTable, rowValues, spectrumSpan, stepValues, tapGroups, tiles, residualSpectra, trueFeatures, channels,
} from "./layout";
import { multiplyAdd } from "./vector";


/** Values of p: transforms below use that they come in pairs ±p, then ∞. */
const points: StaticArray<f64> = [0.5, -0.5, 1, -1, 2, -2];
export const pointCount: i32 = 7;
export const tapsAGroup: i32 = 4;

const inputMatrix: usize = memory.data(7 * 7 * 4); // Bᵀ, float32
const products: usize = memory.data(7 * 4 * 8 * 4); // [point][tile of four][8 features]

/** Fills atomSpectra, [panel][point][group][patch row][phase, channel][8], from rawAtoms, and the input transform. */
export function prepareSpectra(): void {
  fillInputMatrix();
  for (let f = 0; f < trueFeatures; f++) {
    for (let point = 0; point < pointCount; point++) {
      for (let group = 0; group < tapGroups; group++) {
        for (let y = 0; y < patchRows; y++) {
          for (let i = 0; i < stepValues; i++) store<f32>(spectrum(f, point, group, y, i), atomValue(f, point, group, y, i));
        }
      }
    }
  }
}

function spectrum(f: i32, point: i32, group: i32, y: i32, i: i32): usize {
  const at = ((<usize>((f >> 3) * pointCount + point) * tapGroups + group) * patchRows + y) * stepValues + i;
  return atomSpectra + (at * 8 + (f & 7) << 2);
}

/** (G w) at a point for the four taps of one group, phase and channel; taps past the patch are zero. */
function atomValue(f: i32, point: i32, group: i32, y: i32, i: i32): f32 {
  let sum: f64 = 0;
  for (let k = 0; k < tapsAGroup; k++) {
    const value = (group * tapsAGroup + k) * stepValues + i;
    if (value >= rowValues) break;
    const factor = point == pointCount - 1 ? <f64>(k == tapsAGroup - 1) : power(points[point], k);
    sum += factor * load<f32>(rawAtoms + (<usize>(f * patchRows + y) * rowValues + value << 2));
  }
  return <f32>(sum / scale(point));
}

/** pᵏ. */
function power(p: f64, k: i32): f64 {
  let product: f64 = 1;
  for (; k > 0; k--) product *= p;
  return product;
}

/** Π_{j≠i}(p_i − p_j), 1 at ∞. */
function scale(i: i32): f64 {
  let product: f64 = 1;
  if (i == pointCount - 1) return product;
  for (let j = 0; j < pointCount - 1; j++) if (j != i) product *= points[i] - points[j];
  return product;
}

/** Row i: coefficients of Π_{j≠i}(x − p_j), constant first; the last row takes all points. Small integers over 4: exact. */
function fillInputMatrix(): void {
  for (let i: usize = 0; i < <usize>pointCount; i++) {
    const row = inputMatrix + i * 28;
    for (let k: usize = 0; k < 7; k++) store<f32>(row + (k << 2), <f32>(k == 0));
    for (let j: usize = 0; j < <usize>pointCount - 1; j++) {
      if (j != i) timesRoot(row, <f32>points[<i32>j]);
    }
  }
}

/** Multiplies the polynomial of seven coefficients by (x − p). */
function timesRoot(row: usize, p: f32): void {
  for (let k: usize = 6; k > 0; k--) store<f32>(row + (k << 2), load<f32>(row + (k - 1 << 2)) - p * load<f32>(row + (k << 2)));
  store<f32>(row, -p * load<f32>(row));
}

/** Fills `gradient` for `count` ≤ 4 of the quads listed at `quads` and eight features, once transformResidual has run. */
export function multiplyTiles(quads: usize, count: i32, group: usize): void {
  const atoms = atomSpectra + group * (<usize>pointCount * tapGroups * patchRows * stepValues << 5);
  for (let i = count; i < 4; i++) store<i32>(quads + (<usize>i << 2), load<i32>(quads));
  multiply(load<i32>(quads), load<i32>(quads, 4), load<i32>(quads, 8), load<i32>(quads, 12), atoms);
  for (let i = 0; i < count; i++) transformOutput(load<i32>(quads + (<usize>i << 2)), i, group);
}

/** residualSpectra[point][tile][canvas row][phase, channel] = Bᵀ of seven stride-spaced values. */
export function transformResidual(): void {
  const canvasRows = canvasLength / rowStride;
  const step = <usize>stepValues << 2;
  for (let tile = 0; tile < tiles + tapGroups - 1; tile++) {
    for (let y = 0; y < canvasRows; y++) {
      const source = residual + (<usize>y * rowStride + <usize>tile * 4 * stepValues << 2);
      const goal = residualSpectra + (<usize>(tile * canvasRows + y) * stepValues << 2);
      // Vectors reach past the values of this row; the next row, written later, mends it.
      for (let i: usize = 0; i < step; i += 16) transformInput(source + i, goal + i, step);
    }
  }
}

// @ts-ignore: decorator
@inline
function transformInput(source: usize, goal: usize, step: usize): void {
  const d0 = v128.load(source), d1 = v128.load(source + step), d2 = v128.load(source + 2 * step);
  const d3 = v128.load(source + 3 * step), d4 = v128.load(source + 4 * step), d5 = v128.load(source + 5 * step);
  const d6 = v128.load(source + 6 * step);
  for (let m = inputMatrix, end = m + 7 * 28; m < end; m += 28, goal += <usize>spectrumSpan << 2) {
    let sum = f32x4.mul(v128.load32_splat(m), d0);
    sum = multiplyAdd(v128.load32_splat(m, 4), d1, sum);
    sum = multiplyAdd(v128.load32_splat(m, 8), d2, sum);
    sum = multiplyAdd(v128.load32_splat(m, 12), d3, sum);
    sum = multiplyAdd(v128.load32_splat(m, 16), d4, sum);
    sum = multiplyAdd(v128.load32_splat(m, 20), d5, sum);
    sum = multiplyAdd(v128.load32_splat(m, 24), d6, sum);
    v128.store(goal, sum);
  }
}

/** Address of the spectra under a (map row, tile) pair at the first point and group. */
// @ts-ignore: decorator
@inline
function spectraAt(pair: i32): usize {
  const row = pair / tiles;
  const canvasRows = canvasLength / rowStride;
  return residualSpectra + (<usize>((pair - row * tiles) * canvasRows + line(rowTable, row).start) * stepValues << 2);
}

/** products[point][tile][8] for four pairs: the register tile of correlate.ts, once per point. */
function multiply(pair: i32, second: i32, third: i32, fourth: i32, atoms: usize): void {
  const first = spectraAt(pair);
  const to1 = spectraAt(second) - first;
  const to2 = spectraAt(third) - first;
  const to3 = spectraAt(fourth) - first;
  const depth = <usize>patchRows * stepValues << 2;
  const groupBytes = <usize>canvasLength / rowStride * stepValues << 2;
  for (let point = 0; point < pointCount; point++) {
    let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
    for (let group = 0; group < tapGroups; group++) {
      let r0 = first + (<usize>point * spectrumSpan << 2) + <usize>group * groupBytes;
      let r1 = r0 + to1, r2 = r0 + to2, r3 = r0 + to3;
      for (const end = r0 + depth; r0 < end; r0 += 4, r1 += 4, r2 += 4, r3 += 4, atoms += 32) {
        const low = v128.load(atoms), high = v128.load(atoms, 16);
        let value = v128.load32_splat(r0);
        a0 = multiplyAdd(value, low, a0); a1 = multiplyAdd(value, high, a1);
        value = v128.load32_splat(r1);
        b0 = multiplyAdd(value, low, b0); b1 = multiplyAdd(value, high, b1);
        value = v128.load32_splat(r2);
        c0 = multiplyAdd(value, low, c0); c1 = multiplyAdd(value, high, c1);
        value = v128.load32_splat(r3);
        d0 = multiplyAdd(value, low, d0); d1 = multiplyAdd(value, high, d1);
      }
    }
    const p = products + (<usize>point << 7);
    v128.store(p, a0); v128.store(p, a1, 16); v128.store(p, b0, 32); v128.store(p, b1, 48);
    v128.store(p, c0, 64); v128.store(p, c1, 80); v128.store(p, d0, 96); v128.store(p, d1, 112);
  }
}

/** Aᵀ: four outputs of one pair, those inside the map stored. */
// @ts-ignore: decorator
@inline
function transformOutput(pair: i32, i: i32, group: usize): void {
  const row = pair / tiles;
  const column = (pair - row * tiles) * 4;
  const step = <usize>features << 2;
  const goal = gradient + <usize>(row * columns + column) * step + (group << 5);
  const count = min(4, columns - column);
  for (let half: usize = 0; half < 32; half += 16) outputs(products + (<usize>i << 5) + half, goal + half, step, count);
}

// @ts-ignore: decorator
@inline
function outputs(m: usize, goal: usize, step: usize, count: i32): void {
  const p0 = v128.load(m), n0 = v128.load(m, 128), p1 = v128.load(m, 256), n1 = v128.load(m, 384);
  const p2 = v128.load(m, 512), n2 = v128.load(m, 640), infinity = v128.load(m, 768);
  const even0 = f32x4.add(p0, n0), even1 = f32x4.add(p1, n1), even2 = f32x4.add(p2, n2);
  const odd0 = f32x4.sub(p0, n0), odd1 = f32x4.sub(p1, n1), odd2 = f32x4.sub(p2, n2);
  v128.store(goal, f32x4.add(f32x4.add(even0, even1), even2));
  if (count > 1) v128.store(goal + step, weighted(odd0, odd1, odd2, 0.5, 2));
  if (count > 2) v128.store(goal + 2 * step, weighted(even0, even1, even2, 0.25, 4));
  if (count > 3) v128.store(goal + 3 * step, f32x4.add(infinity, weighted(odd0, odd1, odd2, 0.125, 8)));
}

// @ts-ignore: decorator
@inline
function weighted(a: v128, b: v128, c: v128, wa: f32, wc: f32): v128 {
  return f32x4.add(multiplyAdd(f32x4.splat(wa), a, b), f32x4.mul(f32x4.splat(wc), c));
}
