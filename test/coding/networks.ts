/** Small networks with Gaussian atoms and images, for tests: pure functions of a seed. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { imageMinus } from "../../src/coding/canvas.js";
import { coordinateCoder } from "../../src/coding/coordinate.js";
import type { Dictionary } from "../../src/coding/dictionary.js";
import type { Coding, CodingRule, SparseCode } from "../../src/coding/engine.js";
import { fistaCoder } from "../../src/coding/fista.js";
import { lcaCoder } from "../../src/coding/lca.js";
import { networkOf, residualOf, target } from "../../src/coding/operator.js";
import type { ImageCoder } from "../../src/coding/path.js";
import { atomLength, type Geometry, imageLength } from "../../src/core/geometry.js";
import { draws, purpose } from "../../src/core/random.js";
import { tensor } from "../../src/core/tensor.js";
import { referenceEngine } from "../../src/engine/reference/engine.js";
import { openWasm, wasmEngine } from "../../src/engine/wasm/engine.js";
import { type Tools, toolbox } from "../../src/work/task.js";

export const smallGeometry: Geometry = {
  height: 12,
  width: 10,
  channels: 2,
  patch: [5, 4],
  stride: [2, 2],
  boundary: "crop",
  features: 6,
};

/** Unit-norm Gaussian atoms. */
export function gaussianDictionary(geometry: Geometry, seed = 1): Dictionary {
  const length = atomLength(geometry);
  const data = new Float32Array(geometry.features * length);
  for (let f = 0; f < geometry.features; f++) {
    const draw = draws({ seed, purpose: purpose.test }, f);
    const atom = Float64Array.from({ length }, () => draw.gaussian());
    const norm = Math.hypot(...atom);
    for (let i = 0; i < length; i++) data[f * length + i] = atom[i] / norm;
  }
  return { geometry, atoms: tensor([geometry.features, ...geometry.patch, geometry.channels], data) };
}

/** Independent standard normal pixels. */
export function gaussianImage(geometry: Geometry, seed = 1): Float32Array {
  const draw = draws({ seed, purpose: purpose.test, epoch: 1 }, 0);
  return Float32Array.from({ length: imageLength(geometry) }, () => draw.gaussian());
}

export function rule(tolerance: number, rectified = true, maxIterations?: number): CodingRule {
  return { threshold: { kind: "soft", rectified }, tolerance, maxIterations };
}

/** All codings of a path. */
export function codings(coder: ImageCoder, image: Float32Array, lambdas: number[], by: CodingRule): Coding[] {
  return [...coder.path(image, lambdas, by)];
}

export function dense(code: SparseCode, units: number): Float64Array {
  const values = new Float64Array(units);
  code.index.forEach((unit, i) => {
    values[unit] = code.value[i];
  });
  return values;
}

/** A map [rows, columns, values] moved down and right, what leaves it coming in at the other side. */
export function rolled<T extends Float32Array | Float64Array>(
  of: T,
  map: { rows: number; columns: number; values: number },
  by: readonly [down: number, right: number],
): T {
  const { rows, columns, values } = map;
  const moved = of.slice() as T;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const to = ((y + by[0]) % rows) * columns + ((x + by[1]) % columns);
      moved.set(of.subarray((y * columns + x) * values, (y * columns + x + 1) * values), to * values);
    }
  }
  return moved;
}

/** Φa on the image's pixels. */
export function imageOf(dictionary: Dictionary, code: Float64Array): Float32Array {
  const net = networkOf(dictionary);
  const canvas = new Float64Array(net.canvasLength);
  residualOf(net, { image: canvas.slice(), code }, canvas);
  const nothing = new Float32Array(imageLength(dictionary.geometry));
  return imageMinus(dictionary.geometry, net.canvas, nothing, target(net, canvas));
}

/** The built kernel, compiled. */
export function kernelModule(): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(fileURLToPath(new URL("../../dist/kernel.wasm", import.meta.url))));
}

/** What a worker with the kernel and the float64 loops has when it holds a dictionary. */
export function toolsOf(dictionary: Dictionary): Tools {
  return toolbox([wasmEngine(kernelModule()), referenceEngine()], () => 0).hold(dictionary);
}

/** One way to make a coder, and the smallest gap it certifies. */
export type Route = {
  readonly name: string;
  readonly prepare: (dictionary: Dictionary) => ImageCoder;
  readonly finest: number;
};

/** Every way to code. float32 residuals of norm 10 leave about 1e-6 of the energy undecided. */
export const routes: Route[] = [
  { name: "reference", prepare: coordinateCoder, finest: 1e-9 },
  { name: "wasm", prepare: (dictionary) => openWasm(kernelModule()).prepare(dictionary), finest: 5e-6 },
  {
    name: "wasm lca",
    prepare: (dictionary) => openWasm(kernelModule()).prepare(dictionary, { kind: "lca" }),
    finest: 5e-6,
  },
  {
    name: "wasm fista",
    prepare: (dictionary) => openWasm(kernelModule()).prepare(dictionary, { kind: "fista" }),
    finest: 5e-6,
  },
  { name: "fista", prepare: fistaCoder, finest: 1e-9 },
  { name: "lca", prepare: (dictionary) => lcaCoder(dictionary), finest: 1e-6 },
];
