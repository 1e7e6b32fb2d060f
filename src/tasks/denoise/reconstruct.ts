/**
 * A picture of any size through the network:
 *
 *   ŝ = mean over variants v of  v⁻¹ Σ_k w_k Φa_k(v),
 *   a_k(v) = argmin ½‖s_k − Φa‖² + λ Σ|a|  on window k of the picture as v shifts and holds it
 *
 * Windows go to a coder several at a time and come back in order, so the
 * sums do not depend on who worked. In memory at once: s, ŝ (4 bytes per value
 * each) and a few windows.
 */
import type { Geometry } from "../../core/geometry.js";
import { runLanes } from "../../work/lanes.js";
import { reflected, type Windows, windowsOver } from "./tiles.js";
import { held, released, type Size, type Variant } from "./variants.js";

/** What a window's coding gives back: Φa for each λ, and what is known of it. */
export type Reconstruction = {
  readonly lambda: number;
  readonly image: Float32Array;
  readonly active: number;
  readonly converged: boolean;
};

export type ReconstructOptions = {
  /** The network's patch and stride; windows take the place of its height and width. */
  readonly network: Pick<Geometry, "patch" | "stride">;
  readonly variants: readonly Variant[];
  /** λ's, strictly falling; most often one. */
  readonly lambdas: readonly number[];
  /** Windows under way at once. */
  readonly together: number;
  /** Codes one window [height, width, channels] along the λ's; sizes differ only by a transpose. */
  code(window: Float32Array, size: Size): Promise<readonly Reconstruction[]>;
  /** Told after each window. */
  onWindow?(done: number, total: number): void;
};

/** One λ's result: ŝ, and over all codings the mean of active units a pixel and how many missed the tolerance. */
export type Reconstructed = {
  readonly lambda: number;
  readonly image: Float32Array;
  readonly activePerPixel: number;
  readonly unconverged: number;
  readonly codings: number;
};

/** ŝ for each λ, as long as s. @param image  s, [height, width, channels], mean removed */
export async function reconstruct(
  image: Float32Array,
  size: Size,
  options: ReconstructOptions,
): Promise<Reconstructed[]> {
  const frame = frameOf(size, options);
  const tasks = options.variants.flatMap((variant) =>
    frame.rows.starts.flatMap((_, row) => frame.columns.starts.map((_, column) => ({ variant, row, column }))),
  );
  const sums = options.lambdas.map(() => ({ image: new Float32Array(image.length), active: 0, unconverged: 0 }));
  await runLanes(tasks.length, {
    lanes: options.together,
    ahead: options.together,
    work: (n) => options.code(...cut(image, size, frame, tasks[n])),
    take(answers, n) {
      answers.forEach((answer, i) => {
        const task = { ...tasks[n], window: answer.image, share: 1 / options.variants.length };
        addWindow(sums[i].image, size, frame, task);
        sums[i].active += answer.active;
        if (!answer.converged) sums[i].unconverged++;
      });
      options.onWindow?.(n + 1, tasks.length);
    },
  });
  const pixels = tasks.length * frame.rows.length * frame.columns.length;
  return sums.map(({ image: sum, active, unconverged }, i) => ({
    lambda: options.lambdas[i],
    image: sum,
    activePerPixel: active / pixels,
    unconverged,
    codings: tasks.length,
  }));
}

/** The picture continued by reflection until every shift of the grid fits, and its windows. */
type Frame = { readonly rows: Windows; readonly columns: Windows; readonly size: Size };

function frameOf(size: Size, { network, variants }: ReconstructOptions): Frame {
  const down = Math.max(...variants.map((variant) => variant.down));
  const right = Math.max(...variants.map((variant) => variant.right));
  // A transposed window meets the patch the other way round.
  const patch = Math.max(...network.patch);
  const stride = variants.some(({ transposed }) => transposed) ? commonMultiple(...network.stride) : 0;
  const rows = axisWindows(size.height + down, patch, stride || network.stride[0]);
  const columns = axisWindows(size.width + right, patch, stride || network.stride[1]);
  return { rows, columns, size: { height: rows.length, width: columns.length, channels: size.channels } };
}

function axisWindows(pixels: number, patch: number, stride: number): Windows {
  return windowsOver(Math.ceil(Math.max(pixels, patch) / stride) * stride, stride, patch);
}

function commonMultiple(a: number, b: number): number {
  let multiple = a;
  while (multiple % b !== 0) multiple += a;
  return multiple;
}

type Task = { readonly variant: Variant; readonly row: number; readonly column: number };

/** Window (row, column) of the shifted picture, held as the variant says, and the size it has then. */
function cut(image: Float32Array, size: Size, frame: Frame, task: Task): [Float32Array, Size] {
  const { variant } = task;
  const { channels } = size;
  const top = frame.rows.starts[task.row] - variant.down;
  const left = frame.columns.starts[task.column] - variant.right;
  const { height, width } = frame.size;
  const window = new Float32Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    const line = reflected(top + y, size.height) * size.width;
    for (let x = 0; x < width; x++) {
      const from = (line + reflected(left + x, size.width)) * channels;
      for (let c = 0; c < channels; c++) window[(y * width + x) * channels + c] = image[from + c];
    }
  }
  const turned = variant.transposed ? { height: width, width: height, channels } : frame.size;
  return [held(window, frame.size, variant), turned];
}

/** Adds `share` of a coded window at its place, weighted; what was continued beyond the picture is dropped. */
function addWindow(
  sum: Float32Array,
  size: Size,
  frame: Frame,
  task: Task & { readonly window: Float32Array; readonly share: number },
): void {
  const { channels } = size;
  const { width } = frame.size;
  const window = released(task.window, frame.size, task.variant);
  const top = frame.rows.starts[task.row] - task.variant.down;
  const left = frame.columns.starts[task.column] - task.variant.right;
  const [down, right] = [frame.rows.weights[task.row], frame.columns.weights[task.column]];
  for (let y = Math.max(0, -top); y < frame.size.height && top + y < size.height; y++) {
    if (down[y] === 0) continue;
    const last = Math.min(width, size.width - left);
    for (let x = Math.max(0, -left); x < last; x++) {
      const weight = task.share * down[y] * right[x];
      const to = ((top + y) * size.width + left + x) * channels;
      for (let c = 0; c < channels; c++) sum[to + c] += weight * window[(y * width + x) * channels + c];
    }
  }
}
