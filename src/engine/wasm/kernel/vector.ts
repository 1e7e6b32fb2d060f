/**
 * The inner loops on vectors of four float32: products in float32, sums for the
 * certificate in float64. `atom` is contiguous, `canvas` is rowSkip bytes apart
 * between the end of one atom row and the start of the next.
 */

/** a·b + c, rounded twice: plain simd128 gives the same bits on every machine. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

// @ts-ignore: decorator
@inline
export function sumLanes(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3);
}

/** Σ canvas · atom over `count` rows of `rowBytes`, a multiple of 32. */
// @ts-ignore: decorator
@inline
export function dot(canvas: usize, atom: usize, count: i32, rowBytes: usize, rowSkip: usize): f32 {
  let even = f32x4.splat(0);
  let odd = even;
  for (; count > 0; count--, canvas += rowSkip) {
    for (const end = atom + rowBytes; atom < end; atom += 32, canvas += 32) {
      even = multiplyAdd(v128.load(canvas), v128.load(atom), even);
      odd = multiplyAdd(v128.load(canvas, 16), v128.load(atom, 16), odd);
    }
  }
  return sumLanes(f32x4.add(even, odd));
}

/** canvas ← canvas + weight · atom. */
// @ts-ignore: decorator
@inline
export function addScaled(canvas: usize, atom: usize, count: i32, weight: f32, rowBytes: usize, rowSkip: usize): void {
  const w = f32x4.splat(weight);
  for (; count > 0; count--, canvas += rowSkip) {
    for (const end = atom + rowBytes; atom < end; atom += 32, canvas += 32) {
      v128.store(canvas, multiplyAdd(w, v128.load(atom), v128.load(canvas)));
      v128.store(canvas, multiplyAdd(w, v128.load(atom, 16), v128.load(canvas, 16)), 16);
    }
  }
}

/** canvas ← canvas + weight · atom, then Σ canvas · next: one trip where addScaled and dot would take two. */
// @ts-ignore: decorator
@inline
export function addScaledThenDot(
  canvas: usize, atom: usize, next: usize, count: i32, weight: f32, rowBytes: usize, rowSkip: usize,
): f32 {
  const w = f32x4.splat(weight);
  let even = f32x4.splat(0);
  let odd = even;
  for (; count > 0; count--, canvas += rowSkip) {
    for (const end = atom + rowBytes; atom < end; atom += 32, next += 32, canvas += 32) {
      const low = multiplyAdd(w, v128.load(atom), v128.load(canvas));
      v128.store(canvas, low);
      even = multiplyAdd(low, v128.load(next), even);
      const high = multiplyAdd(w, v128.load(atom, 16), v128.load(canvas, 16));
      v128.store(canvas, high, 16);
      odd = multiplyAdd(high, v128.load(next, 16), odd);
    }
  }
  return sumLanes(f32x4.add(even, odd));
}

/** Σ canvas · root · atom, rounded as (root · atom) first. */
// @ts-ignore: decorator
@inline
export function dotWeighted(canvas: usize, atom: usize, root: usize, count: i32, rowBytes: usize, rowSkip: usize): f32 {
  let sum = f32x4.splat(0);
  for (; count > 0; count--, canvas += rowSkip, root += rowSkip) {
    for (const end = atom + rowBytes; atom < end; atom += 16, canvas += 16, root += 16) {
      sum = multiplyAdd(v128.load(canvas), f32x4.mul(v128.load(root), v128.load(atom)), sum);
    }
  }
  return sumLanes(sum);
}

/** canvas ← canvas + weight · root · atom. */
// @ts-ignore: decorator
@inline
export function addWeighted(
  canvas: usize, atom: usize, root: usize, count: i32, weight: f32, rowBytes: usize, rowSkip: usize,
): void {
  const w = f32x4.splat(weight);
  for (; count > 0; count--, canvas += rowSkip, root += rowSkip) {
    for (const end = atom + rowBytes; atom < end; atom += 16, canvas += 16, root += 16) {
      v128.store(canvas, multiplyAdd(w, f32x4.mul(v128.load(root), v128.load(atom)), v128.load(canvas)));
    }
  }
}

/** Σ (root · atom)². */
export function normWeighted(atom: usize, root: usize, count: i32, rowBytes: usize, rowSkip: usize): f32 {
  let sum = f32x4.splat(0);
  for (; count > 0; count--, root += rowSkip) {
    for (const end = atom + rowBytes; atom < end; atom += 16, root += 16) {
      const value = f32x4.mul(v128.load(root), v128.load(atom));
      sum = multiplyAdd(value, value, sum);
    }
  }
  return sumLanes(sum);
}

/** a ← a · b over `length` float32 values (a multiple of 4). */
export function multiplyBy(a: usize, b: usize, length: i32): void {
  for (const end = a + (<usize>length << 2); a < end; a += 16, b += 16) {
    v128.store(a, f32x4.mul(v128.load(a), v128.load(b)));
  }
}

/** Σ a·b over `length` float32 values (a multiple of 4), products and sum in float64. */
export function inner(a: usize, b: usize, length: i32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  for (const end = a + (<usize>length << 2); a < end; a += 16, b += 16) {
    const x = v128.load(a);
    const y = v128.load(b);
    low = f64x2.add(low, f64x2.mul(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(y)));
    high = f64x2.add(high, f64x2.mul(upper(x), upper(y)));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** The two upper lanes as float64. */
// @ts-ignore: decorator
@inline
function upper(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 2, 3));
}
