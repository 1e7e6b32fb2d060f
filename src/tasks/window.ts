/** One window of a picture through the network, as `crisp denoise` asks for it: Φa at each λ. */
import { imagePath } from "../coding/batch.js";
import type { CodingRule } from "../coding/engine.js";
import type { Task } from "../work/task.js";
import type { Reconstruction } from "./denoise/reconstruct.js";

export type WindowInput = {
  /** [height, width, channels], coded as it is. */
  readonly image: Float32Array;
  /** Strictly falling. */
  readonly lambdas: readonly number[];
  readonly rule: CodingRule;
};

/** ŝ = Φa, active units and convergence at each λ. */
export const codeWindow: Task<WindowInput, readonly Reconstruction[]> = {
  kind: "window",
  async run({ coder }, { image, lambdas, rule }) {
    const { coder: prepared } = await coder({ rule });
    const found: Reconstruction[] = [];
    for await (const { lambda, code, reconstruction, converged } of imagePath(prepared, image, { lambdas, rule }))
      found.push({ lambda, image: reconstruction, active: code.index.length, converged });
    return found;
  },
};
