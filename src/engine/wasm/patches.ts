/** Denoising by patches on the wasm kernel (kernel/patches.ts): an instance of its own per size of image. */

import type { PatchCoder, PatchLayout, PatchTask } from "../../coding/patches.js";
import { starts } from "../../coding/patches.js";
import { CrispError } from "../../core/errors.js";
import type { KernelModule } from "./kernel.js";

type Kernel = { readonly memory: WebAssembly.Memory } & {
  readonly [name in Address]: WebAssembly.Global;
} & {
  layOutPatches(...sizes: number[]): number;
  preparePatches(): void;
  rewindPatches(): void;
  codePatches(row: number, step: number, finest: number): void;
  clearSlopes(): void;
  beginGrading(): void;
  gradePatches(row: number, step: number): void;
};

type Address =
  | "patchAtoms"
  | "patchDecoder"
  | "patchThresholds"
  | "patchImage"
  | "patchSum"
  | "patchCount"
  | "patchSlope"
  | "atomSlope"
  | "decoderSlope"
  | "thresholdSlope"
  | "activeUnits";

/** A coder of images of one size. @throws CrispError `usage` if 4 GiB do not suffice */
export function openPatches(module: KernelModule, layout: PatchLayout): PatchCoder {
  const instance = new WebAssembly.Instance(module, { env: { abort } });
  const kernel = instance.exports as unknown as Kernel;
  const { side, inputs, outputs, features, height, width } = layout;
  const patches = (height - side + 1) * (width - side + 1);
  if (!kernel.layOutPatches(side, inputs, outputs, features, height, width, patches)) throw tooLarge(layout);
  const at = (name: Address, length: number) => new Float32Array(kernel.memory.buffer, kernel[name].value, length);
  const [taps, outs] = [side * side * inputs, side * side * outputs];
  const gradient = {
    atoms: at("atomSlope", features * taps),
    decoder: at("decoderSlope", features * outs),
    thresholds: at("thresholdSlope", features),
  };
  let coded: PatchTask | undefined;
  const rowsOf = ({ image, step }: PatchTask) => starts(image.length / inputs / width - side, step);
  return {
    load({ atoms, decoder }) {
      at("patchAtoms", features * taps).set(atoms.data);
      at("patchDecoder", features * outs).set(decoder.data);
      kernel.preparePatches();
    },
    code(task) {
      coded = task;
      at("patchImage", task.image.length).set(task.image);
      at("patchThresholds", features).set(task.thresholds);
      kernel.rewindPatches();
      for (const row of rowsOf(task)) kernel.codePatches(row, task.step, task.finest);
      const pixels = task.image.length / inputs;
      return {
        sum: at("patchSum", pixels * outputs),
        count: at("patchCount", pixels),
        active: kernel.activeUnits.value,
      };
    },
    grade(slope) {
      if (!coded) throw new CrispError("internal", "a gradient was asked for before any image was coded.");
      at("patchSlope", slope.length).set(slope);
      kernel.beginGrading();
      for (const row of rowsOf(coded)) kernel.gradePatches(row, coded.step);
      return gradient;
    },
    clear: () => kernel.clearSlopes(),
  };
}

function abort(): never {
  throw new CrispError("internal", "the wasm kernel stopped on a failed assertion. Please report it.");
}

function tooLarge({ height, width }: PatchLayout): CrispError {
  return new CrispError(
    "usage",
    `an image of ${height}×${width} pixels does not fit the memory of the wasm engine (at most 4 GiB). Use a smaller one.`,
  );
}
