/**
 * The kernel's exports as TypeScript sees them, and how a dictionary is put into
 * its memory: sizes, one table an axis (canvas.ts), raw atoms.
 */
import type { Canvas, Span } from "../../coding/canvas.js";
import type { Certificate } from "../../coding/certificate.js";
import type { Dictionary } from "../../coding/dictionary.js";
import type { CodingRule, SparseCode } from "../../coding/engine.js";
import type { Network } from "../../coding/operator.js";
import type { Solved } from "../../coding/path.js";
import { CrispError } from "../../core/errors.js";

/** What kernel/index.ts exports; addresses are bytes in `memory`. */
export type Kernel = {
  readonly memory: WebAssembly.Memory;
  layOut(...sizes: number[]): number;
  setPeriod(firstRow: number, firstColumn: number, rows: number, columns: number): void;
  setWeighted(is: number): void;
  prepareAtoms(): void;
  start(): void;
  solve(lambda: number, rectified: number, tolerance: number, limit: number): number;
  beginFista(): void;
  accelerate(lambda: number, rectified: number, bound: number, steps: number): void;
  fillPotential(level: number): void;
  setTransfer(vertices: number, costs: number): void;
  enter(): void;
  stepSoft(rate: number, lambda: number, rectified: number, read: number): void;
  stepTransfer(rate: number, read: number): void;
  proveGap(lambda: number, rectified: number): void;
  rank(): void;
  dataTerm(): number;
  totalCost(): number;
  collect(): number;
} & { readonly [name in Address]: WebAssembly.Global } & {
  readonly [name in Result]: WebAssembly.Global;
};

type Address =
  | "rowTable"
  | "columnTable"
  | "rawAtoms"
  | "image"
  | "residual"
  | "root"
  | "rowStride"
  | "features"
  | "trueFeatures"
  | "gradient"
  | "potential"
  | "polyline"
  | "pieces"
  | "outIndex"
  | "outValue";

type Result = "energy" | "gap" | "stepData" | "stepCost" | "leastIdle" | "mostIdle";

/** One λ from the kernel's current code, which becomes that of the certificate. */
export type Solve = (task: {
  /** The network with the image's weights. */
  readonly net: Network;
  /** ½ Σ w s². */
  readonly power: () => number;
  readonly lambda: number;
  readonly rule: CodingRule;
  /** Whether this is the image's first λ. */
  readonly isFirst: boolean;
}) => Solved;

export type NormOf = (net: Network) => number;

/** The compiled kernel, a `WebAssembly.Module`: so named, its users need no types of the DOM. */
export type KernelModule = object;

/** An instance of its own memory; throws `internal` if the module is another. */
export function openKernel(module: KernelModule): Kernel {
  try {
    const instance = new WebAssembly.Instance(module, { env: { abort } });
    const kernel = instance.exports as unknown as Kernel;
    if (typeof kernel.solve === "function") return kernel;
  } catch (cause) {
    throw new CrispError("internal", `the wasm kernel does not start: ${String(cause)}. Build it with npm run build.`, {
      cause,
    });
  }
  throw new CrispError(
    "internal",
    "the wasm module is not the kernel: it exports no solve. Build it with npm run build.",
  );
}

function abort(): never {
  throw new CrispError(
    "internal",
    "the wasm kernel stopped on a failed assertion. Please report it with the command you ran.",
  );
}

/** Lays the kernel's memory out for a dictionary and fills it, `roomy` for solvers whose working set may be all units; throws `usage` if 4 GiB do not suffice. */
export function prepareKernel(kernel: Kernel, dictionary: Dictionary, of: { canvas: Canvas; roomy: boolean }): void {
  const { vertical, horizontal } = of.canvas;
  const { height, width, features, patch, stride, channels, boundary } = dictionary.geometry;
  const wraps = boundary === "circular";
  const [rowKinds, columnKinds] = [kinds(vertical), kinds(horizontal)];
  const map = [vertical.positions, horizontal.positions];
  const classes = [new Set(rowKinds).size, new Set(columnKinds).size];
  const fits = kernel.layOut(
    ...[...map, features, ...patch, channels],
    ...[vertical.length, horizontal.length, stride[1], ...classes, wraps ? 2 : 1, of.roomy ? 1 : 0],
  );
  if (!fits) {
    throw new CrispError(
      "usage",
      `a network of ${map[0]}×${map[1]}×${features} units does not fit the memory of the wasm engine (at most 4 GiB). Use fewer features or smaller images.`,
    );
  }
  kernel.setPeriod(vertical.image, horizontal.image, wraps ? height : 0, wraps ? width : 0);
  writeTable(kernel, kernel.rowTable.value, { span: vertical, kinds: rowKinds });
  writeTable(kernel, kernel.columnTable.value, { span: horizontal, kinds: columnKinds });
  new Float32Array(kernel.memory.buffer, kernel.rawAtoms.value).set(dictionary.atoms.data);
  kernel.prepareAtoms();
}

/** Numbers the distinct visible parts (from, to) of an axis in order of appearance. */
function kinds(span: Span): number[] {
  const seen = new Map<string, number>();
  return Array.from(span.start, (_, i) => {
    const part = `${span.from[i]}:${span.to[i]}`;
    if (!seen.has(part)) seen.set(part, seen.size);
    return seen.get(part)!;
  });
}

/** Four 32-bit words a line: start, from, to, class. */
function writeTable(kernel: Kernel, at: number, table: { span: Span; kinds: readonly number[] }): void {
  const words = new Int32Array(kernel.memory.buffer, at, 4 * table.kinds.length);
  table.kinds.forEach((kind, i) => {
    words.set([table.span.start[i], table.span.from[i], table.span.to[i], kind], 4 * i);
  });
}

/** The kernel's memory from `at` on; valid until the memory grows. */
export function floats(kernel: Kernel, at: number): Float32Array {
  return new Float32Array(kernel.memory.buffer, at);
}

/** The kernel's code as arrays of the caller's own. */
export function sparse(kernel: Kernel): SparseCode {
  const count = kernel.collect();
  return {
    index: new Uint32Array(kernel.memory.buffer, kernel.outIndex.value, count).slice(),
    value: new Float32Array(kernel.memory.buffer, kernel.outValue.value, count).slice(),
  };
}

/** The energy and gap that the kernel certified last. */
export function gapIn(kernel: Kernel): Certificate {
  return { energy: kernel.energy.value, certificate: "gap", gap: kernel.gap.value };
}
