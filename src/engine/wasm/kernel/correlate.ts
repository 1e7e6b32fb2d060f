/**
 * g = Φᵀr for every unit: g[position][f] = Σ_k r[patch of position][k] · φ_f[k].
 * Atoms are whole here: the residual is zero outside what counts, which clips them.
 *
 * Register tile: 4 positions × 8 features, 8 accumulators; each patch value is
 * spread over a vector and meets 8 features at once. Two panel vectors, one value
 * and the accumulators fit the 16 vector registers of x86-64. The four positions
 * are any four: each has its own pointer, so map rows need no padding.
 */
import { features, gradient, panels, patchOffsets, patchRows, residual, rowStride, rowValues } from "./layout";
import { multiplyAdd } from "./vector";

// @ts-ignore: decorator
@inline
function patchAt(position: i32): usize {
  return residual + load<u32>(patchOffsets + (<usize>position << 2));
}

/** Fills `gradient` for the four positions from `position` on and eight features; one long body, the accumulators must stay in registers. */
export function tile(position: i32, group: usize): void {
  let panel = panels + group * (<usize>patchRows * rowValues << 5);
  let r0 = patchAt(position);
  const to1 = patchAt(position + 1) - r0, to2 = patchAt(position + 2) - r0, to3 = patchAt(position + 3) - r0;
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  const rowBytes = <usize>rowValues << 2, rowSkip = (<usize>rowStride << 2) - rowBytes;
  for (let y = patchRows; y > 0; y--, r0 += rowSkip) {
    let r1 = r0 + to1, r2 = r0 + to2, r3 = r0 + to3;
    for (const end = r0 + rowBytes; r0 < end; r0 += 4, r1 += 4, r2 += 4, r3 += 4, panel += 32) {
      const low = v128.load(panel), high = v128.load(panel, 16);
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
  const step = <usize>features << 2;
  let g = gradient + <usize>position * step + (group << 5);
  v128.store(g, a0); v128.store(g, a1, 16); g += step;
  v128.store(g, b0); v128.store(g, b1, 16); g += step;
  v128.store(g, c0); v128.store(g, c1, 16); g += step;
  v128.store(g, d0); v128.store(g, d1, 16);
}
