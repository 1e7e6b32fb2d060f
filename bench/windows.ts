/** Codes windows of pictures in this process, for the benchmarks of denoising. */
import type { ImageCoder } from "../src/coding/path.js";
import type { Tensor } from "../src/core/tensor.js";
import { openWasm } from "../src/engine/wasm/engine.js";
import type { WasmSolver } from "../src/engine/wasm/solve.js";
import type { Reconstruction } from "../src/tasks/denoise/reconstruct.js";
import type { Size } from "../src/tasks/denoise/variants.js";
import { clean, kernelModule } from "./data.js";

/** A coder of windows for 8×8 atoms at stride 2; it keeps the last window size prepared. */
export function windowCoder(atoms: Tensor, tolerance = clean.tolerance, solver?: WasmSolver) {
  const engine = openWasm(kernelModule());
  let prepared: { key: string; coder: ImageCoder } | undefined;
  return async (window: Float32Array, size: Size, lambdas: readonly number[]): Promise<Reconstruction[]> => {
    const key = `${size.height}×${size.width}`;
    if (prepared?.key !== key) {
      const shape = { patch: [8, 8], stride: [2, 2], boundary: "crop", features: atoms.shape[0] } as const;
      prepared = { key, coder: engine.prepare({ geometry: { ...size, ...shape }, atoms }, solver) };
    }
    return Array.from(
      prepared.coder.path(window, lambdas, { ...clean, tolerance }),
      ({ lambda, reconstruction: image, code, converged }) => ({ lambda, image, active: code.index.length, converged }),
    );
  };
}
