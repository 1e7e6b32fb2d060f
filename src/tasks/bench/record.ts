/** What `crisp bench` finds: the record that is printed, drawn and written as bench.json. */
import type { Measured, Reached, Timing } from "./measure.js";

export type BenchRecord = {
  /** "leaves" or "cifar10". */
  readonly data: string;
  readonly images: number;
  readonly lambda: number;
  readonly seed: number;
  readonly rounds: number;
  /** Processor, system and architecture. */
  readonly machine: string;
  /** Version of Node, and of Crisp. */
  readonly node: string;
  readonly version: string;
  /** Numeric family of the kernel's coordinate solver. */
  readonly family: string;
  readonly threads: 1;
  readonly clock: "processor time";
  readonly sizes: readonly SizeRecord[];
  readonly torch: TorchHere;
};

export type SizeRecord = {
  readonly features: number;
  /** L. */
  readonly units: number;
  /** Where the atoms come from, in words. */
  readonly dictionary: string;
  /** ‖Φ‖²; the LCA's rate 1 − e is 1/‖Φ‖². */
  readonly norm: number;
  /** Of the codes that all others are compared with. */
  readonly best: { readonly relativeGap: number; readonly percentActive: number };
  readonly runs: readonly Measured[];
  readonly torch: readonly TorchRun[];
};

/** Torch on this machine, or why there is none. */
export type TorchHere =
  | { readonly here: true; readonly python: string; readonly version: string }
  | { readonly here: false; readonly reason: string };

/**
 * LCA in torch on the CPU, one thread. `residual`: two convolutions per step through s − Φa.
 * `gram`: the convolution of the dictionary with itself, as lca-pytorch does; it knows
 * no image border, so it codes the zero-extended canvas (boundary full).
 */
export type TorchForm = "residual" | "gram";

export type TorchRun =
  | ({
      readonly form: TorchForm;
      readonly boundary: "crop" | "full";
      readonly steps: number;
      /** Images of the bench's that were coded: fewer where the time was short. */
      readonly images: number;
      /** Making the convolution of the dictionary with itself, once. */
      readonly setupMilliseconds: number;
    } & Reached &
      Timing)
  | { readonly form: TorchForm; readonly failed: string };

/** The run of a solver to a gap, or after steps. */
export function runOf(
  size: SizeRecord,
  solver: Measured["solver"],
  stop: { readonly gap?: number; readonly steps?: number },
): Measured | undefined {
  return size.runs.find((run) => run.solver === solver && run.gap === stop.gap && run.steps === stop.steps);
}

/** How many times longer than the coordinate solver to a gap of 1e-2. */
export function timesLonger(size: SizeRecord, run: Timing): number | null {
  const coordinate = runOf(size, "coordinate", { gap: 1e-2 });
  return coordinate ? run.milliseconds.median / coordinate.milliseconds.median : null;
}
