/**
 * Types of numbers in the array files of others, named as NumPy names them
 * ("f4": a float of four bytes), and the typed array each is read into: the
 * smallest of ours that holds every value. Whole numbers of 64 bits become
 * float64, exact up to 2⁵³, beyond what images and atoms may hold (arrays.ts).
 */

/** What numbers are read into. */
export type Numbers = Float32Array | Float64Array | Uint8Array | Int32Array;

/** Bytes of one number, and the numbers in the little-endian bytes of a buffer. */
export type NumberKind = { readonly width: number; read(buffer: ArrayBuffer): Numbers };

/** All types that are read, by NumPy's code; "bf2" (bfloat16) is not NumPy's. */
export const numberKinds: Readonly<Record<string, NumberKind>> = {
  f8: { width: 8, read: (buffer) => new Float64Array(buffer) },
  f4: { width: 4, read: (buffer) => new Float32Array(buffer) },
  f2: { width: 2, read: (buffer) => Float32Array.from(new Uint16Array(buffer), halfFloat) },
  bf2: { width: 2, read: (buffer) => new Float32Array(Uint32Array.from(new Uint16Array(buffer), upperHalf).buffer) },
  b1: { width: 1, read: (buffer) => new Uint8Array(buffer).map((value) => (value === 0 ? 0 : 1)) },
  u1: { width: 1, read: (buffer) => new Uint8Array(buffer) },
  i1: { width: 1, read: (buffer) => Int32Array.from(new Int8Array(buffer)) },
  u2: { width: 2, read: (buffer) => Int32Array.from(new Uint16Array(buffer)) },
  i2: { width: 2, read: (buffer) => Int32Array.from(new Int16Array(buffer)) },
  u4: { width: 4, read: (buffer) => Float64Array.from(new Uint32Array(buffer)) },
  i4: { width: 4, read: (buffer) => new Int32Array(buffer) },
  u8: { width: 8, read: (buffer) => Float64Array.from(new BigUint64Array(buffer), Number) },
  i8: { width: 8, read: (buffer) => Float64Array.from(new BigInt64Array(buffer), Number) },
};

/** Sign, 5 bits of exponent, 10 of fraction (IEEE 754 binary16). */
function halfFloat(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, (bits & 1023) / 1024];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

/** The nearest number of 16 bits to each value, as its bits (IEEE 754 binary16). */
export function halfFloats(values: Float32Array | Float64Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    const size = Math.abs(value);
    const exponent = Math.max(-14, Math.floor(Math.log2(size)));
    // Below 2⁻¹⁴ the fraction stands alone; rounding up to the next power of two carries into the exponent.
    const steps = Math.round(size * 2 ** (10 - exponent));
    const bits = size < 2 ** -14 ? steps : steps + (exponent + 14) * 1024;
    return (value < 0 ? 0x8000 : 0) + Math.min(bits, 0x7c00);
  });
}

function upperHalf(bits: number): number {
  return bits * 65_536;
}
