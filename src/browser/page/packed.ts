/**
 * Dictionaries in few bytes. Each atom's weights are whole numbers −127 … 127, the largest of them ±127
 * (0.7 % of the atom's norm is lost at 512 features). A file of the page holds them as the errors of a
 * prediction, plane by plane: green, red − green, blue − green, each weight from its neighbours left,
 * above and above left as JPEG-LS predicts (Weinberger, Seroussi and Sapiro 2000). Deflate then takes
 * 512 atoms to 63 kB instead of 94 kB.
 */
import { slice, type Tensor } from "../../core/tensor.js";

/** Weights of atoms as whole numbers: w · 127/max|w| of its atom, rounded. */
export function wholeWeights(atoms: Tensor): Int8Array {
  const whole = new Int8Array(atoms.data.length);
  const length = atoms.data.length / atoms.shape[0];
  for (let m = 0; m < atoms.shape[0]; m++) {
    const weights = slice(atoms, m);
    const largest = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0) || 1;
    weights.forEach((w, i) => {
      whole[m * length + i] = Math.round((w * 127) / largest);
    });
  }
  return whole;
}

/** Errors of the prediction, one byte each, of whole weights [features, rows, columns, 3]. */
export function packWeights(whole: Int8Array, columns: number): Uint8Array {
  const pixels = whole.length / 3;
  const planes = planesOf(whole);
  return Uint8Array.from({ length: whole.length }, (_, i) => {
    const plane = planes.subarray(Math.floor(i / pixels) * pixels);
    const at = i % pixels;
    return plane[at] - predicted(plane, at, columns);
  });
}

/** The whole weights [features, rows, columns, 3] of packed ones; atoms are square. */
export function unpackWeights(bytes: Uint8Array, columns: number): Int8Array {
  const pixels = bytes.length / 3;
  const planes = new Int16Array(bytes.length);
  for (let c = 0; c < 3; c++) {
    const plane = planes.subarray(c * pixels, (c + 1) * pixels);
    // A plane's values span 9 bits; those of differences wrap, and unwrap where weights are made of them.
    for (let i = 0; i < pixels; i++) plane[i] = wrapped(bytes[c * pixels + i] + predicted(plane, i, columns));
  }
  const whole = new Int8Array(bytes.length);
  for (let i = 0; i < pixels; i++) {
    const green = planes[i];
    whole[3 * i + 1] = green;
    whole[3 * i] = green + planes[pixels + i];
    whole[3 * i + 2] = green + planes[2 * pixels + i];
  }
  return whole;
}

/** Green, red − green, blue − green, each to 8 bits with a sign. */
function planesOf(whole: Int8Array): Int16Array {
  const pixels = whole.length / 3;
  const planes = new Int16Array(whole.length);
  for (let i = 0; i < pixels; i++) {
    const green = whole[3 * i + 1];
    planes[i] = green;
    planes[pixels + i] = wrapped(whole[3 * i] - green);
    planes[2 * pixels + i] = wrapped(whole[3 * i + 2] - green);
  }
  return planes;
}

/** To −128 … 127, modulo 256. */
function wrapped(value: number): number {
  return (value << 24) >> 24;
}

/** The median of left, above and left + above − corner; 0 at the first weight of an atom. */
function predicted(plane: Int16Array, at: number, columns: number): number {
  const inAtom = at % (columns * columns);
  const left = inAtom % columns > 0;
  const above = inAtom >= columns;
  if (!left) return above ? plane[at - columns] : 0;
  if (!above) return plane[at - 1];
  const [a, b, c] = [plane[at - 1], plane[at - columns], plane[at - columns - 1]];
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), a + b - c));
}
