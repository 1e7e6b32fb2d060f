// The smallest dictionary and codes that have every axis: what is damaged in tests.
import { tensor } from "../../src/core/tensor.js";

export const atoms = tensor(
  [3, 2, 2, 2],
  Float32Array.from({ length: 24 }, (_, i) => i / 8 - 1),
);
export const size = { rows: 2, columns: 2, features: 3 };
export const code = { index: Uint32Array.of(0, 3, 11), value: Float32Array.of(1, -2, 0.5) };
export const codes = { size, images: 2, lambdas: [1], codes: [code, code] };
