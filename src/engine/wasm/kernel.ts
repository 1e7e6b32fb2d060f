/**
 * The kernel's exports as TypeScript sees them, and how a dictionary is put into
 * its memory: sizes, one table an axis (canvas.ts), raw atoms.
 */
import type { Canvas, Span } from "../../coding/canvas.js";
import type { Dictionary } from "../../coding/dictionary.js";
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
  relax(lambda: number, rectified: number, rate: number, steps: number): void;
  collect(): number;
} & { readonly [name in Address]: WebAssembly.Global } & {
  readonly [name in "energy" | "gap"]: WebAssembly.Global;
};

type Address =
  | "rowTable"
  | "columnTable"
  | "rawAtoms"
  | "image"
  | "residual"
  | "root"
  | "rowStride"
  | "outIndex"
  | "outValue";

/** An instance of its own memory; throws `internal` if the module is another. */
export function openKernel(module: WebAssembly.Module): Kernel {
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
