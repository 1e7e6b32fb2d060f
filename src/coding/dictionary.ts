/** A dictionary Φ: atoms of norm 1 and the geometry of the units that carry them. */
import type { Geometry } from "../core/geometry.js";
import type { Tensor } from "../core/tensor.js";

/** Φ: the atoms, and the geometry of the units that carry them. */
export type Dictionary = {
  readonly geometry: Geometry;
  /** [features, patch rows, patch columns, channels], each atom of unit L2 norm. */
  readonly atoms: Tensor;
};
